"""The operators of content streams: the operands that each takes (ISO 32000-2, annex A), and where it may stand (8.2, figure 9).

Operands are told by one letter each: ``n`` number, ``s`` string, ``N`` name, ``A`` array of numbers, ``T`` array of numbers and strings
with at least one string, ``E`` empty array, ``D`` dictionary, ``o`` anything else. An operator accepts exactly the listed words of
letters: viewers take the first, the last or none of operands that are too many.

Places are tables: from where the reader is, an operator leads to the table of where it is then. What is in no table of a place may not
stand there. Colours, line styles and marks change nothing in how a path or a text is read, so they stand everywhere.
"""

from collections.abc import Iterable
from typing import Final

_TAKES: Final[dict[str, str]] = {
    "": "q Q h S s f F f* B B* b b* n W W* BT ET T* EMC BX EX",
    "n": "w J j M i g G Tc Tw Tz TL Tr Ts",
    "nn": "m l Td TD d0",
    "nnn": "rg RG",
    "nnnn": "re v y k K",
    "nnnnnn": "c cm Tm d1",
    "N": "ri gs Do sh cs CS BMC MP",
    "Nn": "Tf",
    "s": "Tj '",
    "nns": '"',
    "An": "d",
    "En": "d",
    "A": "TJ",
    "T": "TJ",
    "E": "TJ",
    "NN": "BDC DP",
    "ND": "BDC DP",
}
MAX_COMPONENTS: Final = 32
_NUMBERS: Final = ["n" * count for count in range(1, MAX_COMPONENTS + 1)]

OPERANDS: Final[dict[bytes, set[str]]] = {}
for _letters, _names in _TAKES.items():
    for _name in _names.split():
        OPERANDS.setdefault(_name.encode(), set()).add(_letters)
for _name in ("sc", "SC"):
    OPERANDS[_name.encode()] = set(_NUMBERS)
for _name in ("scn", "SCN"):
    OPERANDS[_name.encode()] = {*_NUMBERS, *(numbers + "N" for numbers in ["", *_NUMBERS])}
OPERANDS[b"BI"] = {""}

# Operators whose only name says what is drawn or set, by the resources in which it is found.
NAMED: Final[dict[bytes, str]] = {
    b"Do": "/XObject",
    b"gs": "/ExtGState",
    b"sh": "/Shading",
    b"cs": "/ColorSpace",
    b"CS": "/ColorSpace",
    b"Tf": "/Font",
}
DEVICE_COLOURS: Final = {
    b"g": b"DeviceGray",
    b"G": b"DeviceGray",
    b"rg": b"DeviceRGB",
    b"RG": b"DeviceRGB",
    b"k": b"DeviceCMYK",
    b"K": b"DeviceCMYK",
}
PAINTS: Final = frozenset((b"sc", b"SC", b"scn", b"SCN"))

Place = dict[bytes, "Place"]

PAGE: Final[Place] = {}
TEXT: Final[Place] = {}
PATH: Final[Place] = {}
CLIP: Final[Place] = {}
BEFORE: Final[Place] = {}
"""Outside of all; in a text object; in a path; behind a path's ``W``; behind a ``W`` that stands before its path, as Ghostscript long
wrote it and all viewers read it."""

_PAINT: Final = "S s f F f* B B* b b* n"


def _lead(places: Iterable[Place], words: str, after: Place | None = None) -> None:
    for place in places:
        for word in words.encode().split():
            place[word] = place if after is None else after


_lead((PAGE, TEXT, PATH, CLIP, BEFORE), "w J j M i g G d ri gs cs CS rg RG k K sc SC scn SCN BX EX")
_lead((PAGE, TEXT, PATH, CLIP, BEFORE), "Tc Tw Tz TL Tr Ts Tf MP BMC DP BDC EMC")
_lead((PAGE,), "q Q BI Do sh d0 d1")
_lead((PAGE, TEXT), "cm")
_lead((PAGE,), "BT", TEXT)
_lead((TEXT,), "Td TD Tm T* Tj ' \" TJ")
_lead((TEXT,), "ET", PAGE)
_lead((PAGE,), "W W*", BEFORE)
_lead((PAGE, PATH, BEFORE), "m re", PATH)
_lead((PATH,), "l c v y h")
_lead((PATH,), "W W*", CLIP)
# Painting behind a W that never gets a path hides all that follows from mupdf alone.
_lead((PAGE, PATH, CLIP), _PAINT, PAGE)
