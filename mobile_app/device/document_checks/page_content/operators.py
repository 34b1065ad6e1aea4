"""The operators of content streams (ISO 32000-2, annex A): what stands before each, and where each may stand.

Rules:
* operands are exactly those of the table, in number and kind: with more or fewer the viewers take the last, the
  first, or none;
* an operator stands where the standard lets it (8.2, figure 9), or where it was measured to be drawn alike;
* values that viewers understand differently are refused: a cap that is none, a negative width or dash.

Kinds of operands: ``n`` number, ``N`` name, ``s`` string, ``t`` array of strings and numbers, ``a`` array of
numbers (also an empty one), ``d`` dictionary.
"""

from collections.abc import Callable
from typing import Final

from mobile_app.device.document_checks.document import refuse

PAGE, TEXT, PATH, CLIP, CLIP_FIRST = "page", "text", "path", "clip", "clip first"
"""Where the reader is: outside of all, in a text object, in a path, behind a path's ``W``, behind one that comes before
its path (some makers write it so, and all viewers clip alike)."""

# Colours, line styles, text state and marks in a path, behind its W or before it change nothing in how viewers read the path.
_ANYWHERE: Final = frozenset((PAGE, TEXT, PATH, CLIP, CLIP_FIRST))
_PAGE: Final = frozenset((PAGE,))
_OUTSIDE_PATHS: Final = frozenset((PAGE, TEXT))
_TEXT: Final = frozenset((TEXT,))
_PATH: Final = frozenset((PATH,))
_BEGIN: Final = frozenset((PAGE, PATH, CLIP_FIRST))
# Not behind a W that got no path: mupdf alone then shows nothing of what follows.
_PAINT: Final = frozenset((PAGE, PATH, CLIP))

Rule = tuple[tuple[str, ...], frozenset[str], str | None]
"""The operands that may stand before, the states in which it may stand, and the state behind it (None: the same)."""


def _table() -> dict[bytes, Rule]:
    rules: dict[bytes, Rule] = {}

    def add(words: str, operands: str | tuple[str, ...], states: frozenset[str], after: str | None = None) -> None:
        for word in words.split():
            rules[word.encode()] = ((operands,) if isinstance(operands, str) else operands, states, after)

    add("w J j M i g G", "n", _ANYWHERE)
    add("d", "an", _ANYWHERE)
    add("ri gs cs CS", "N", _ANYWHERE)
    add("rg RG", "nnn", _ANYWHERE)
    add("k K", "nnnn", _ANYWHERE)
    add("sc SC scn SCN", (), _ANYWHERE)
    add("q Q BI", "", _PAGE)
    add("BX EX", "", _ANYWHERE)
    add("cm", "nnnnnn", _OUTSIDE_PATHS)
    add("m", "nn", _BEGIN, PATH)
    add("re", "nnnn", _BEGIN, PATH)
    add("l", "nn", _PATH)
    add("c", "nnnnnn", _PATH)
    add("v y", "nnnn", _PATH)
    add("h", "", _PATH)
    add("W W*", "", _PATH | _PAGE, CLIP)
    # Without a path nothing happens in all viewers; some makers write n before each path.
    add("S s f F f* B B* b b* n", "", _PAINT, PAGE)
    add("BT", "", _PAGE, TEXT)
    add("ET", "", _TEXT, PAGE)
    add("Tc Tw Tz TL Tr Ts", "n", _ANYWHERE)
    add("Tf", "Nn", _ANYWHERE)
    add("Td TD", "nn", _TEXT)
    add("Tm", "nnnnnn", _TEXT)
    add("T*", "", _TEXT)
    add("Tj '", "s", _TEXT)
    add('"', "nns", _TEXT)
    add("TJ", ("t", "a"), _TEXT)
    add("Do sh", "N", _PAGE)
    add("MP BMC", "N", _ANYWHERE)
    add("DP BDC", ("NN", "Nd"), _ANYWHERE)
    add("EMC", "", _ANYWHERE)
    add("d0", "nn", _PAGE)
    add("d1", "nnnnnn", _PAGE)
    return rules


OPERATORS: Final = _table()

def _whole(words: bytes) -> Callable[[bytes], bool]:
    allowed = frozenset(words.split())
    return lambda value: value in allowed


def _not_negative(value: bytes) -> bool:
    return float(value) >= 0


_NARROWEST: Final = 10
_VALUES: Final[dict[bytes, Callable[[bytes], bool]]] = {
    b"J": _whole(b"0 1 2"),
    b"j": _whole(b"0 1 2"),
    b"Tr": _whole(b"0 1 2 3 4 5 6 7"),
    b"w": _not_negative,
    b"M": _not_negative,
    # PDFium draws text that is squeezed further at its full width.
    b"Tz": lambda value: abs(float(value)) >= _NARROWEST or float(value) == 0,
}


def check_value(word: bytes, value: bytes) -> None:
    """The only operand of ``word`` is one that all viewers understand alike."""
    if not _VALUES[word](value):
        refuse("doc_content", "operands", operator=word.decode("ascii"))


def check_inks(word: bytes, inks: list[bytes]) -> None:
    """Four inks lie between 0 and 1 (8.6.4.4): beyond, some viewers clip each and others the sum."""
    if not all(0 <= float(ink) <= 1 for ink in inks):
        refuse("doc_content", "operands", operator=word.decode("ascii"))


def check_dashes(lengths: list[bytes], phase: bytes) -> None:
    """A dash pattern has no negative number, and not only zeros (8.4.3.6)."""
    numbers = [float(length) for length in lengths]
    if min(numbers, default=0) < 0 or (numbers and not any(numbers)) or float(phase) < 0:
        refuse("doc_content", "operands", operator="d")
