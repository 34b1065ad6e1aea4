"""The operators of content streams and the operands that each takes (ISO 32000-2, annex A).

Operands are told by one letter each: ``n`` number, ``s`` string, ``N`` name, ``A`` array of numbers, ``T`` array of numbers and strings
with at least one string, ``E`` empty array, ``D`` dictionary, ``o`` anything else. An operator accepts exactly the listed words of
letters: viewers take the first, the last or none of operands that are too many.
"""

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

# Operators whose one name says what is drawn or set, by what they name.
NAMED: Final[dict[bytes, str]] = {
    b"Do": "/XObject",
    b"gs": "/ExtGState",
    b"sh": "/Shading",
    b"cs": "/ColorSpace",
    b"CS": "/ColorSpace",
    b"scn": "/Pattern",
    b"SCN": "/Pattern",
    b"Tf": "/Font",
    b"BDC": "/Properties",
    b"DP": "/Properties",
}

# What a text object must not hold (figure 9): its matrix would be saved with the state by some viewers and not by others.
OUTSIDE_TEXT: Final = frozenset(b"q Q cm Do sh BI m l re c v y h S s f F f* B B* b b* n W W*".split())
