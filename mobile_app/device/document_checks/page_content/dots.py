"""Dots that are drawn as lines of no length: some viewers show them, others don't (ISO 32000-2, 8.5.3.2).

Measured with PDFium, poppler, mupdf and pdf.js: a line back to its own start with round caps is no dot in pdf.js; without round caps it is
something in PDFium alone; curves and rectangles of no size differ again. A decimal point may be such a dot.
Rules: a path holds a dot when the first thing behind an ``m`` does not leave it (``h`` never does), or when both sides of a ``re`` are
none; it counts when the path is stroked. Differences up to ``NEAR``, or a millionth of the place, are none.
"""

from collections.abc import Sequence
from typing import Final

NEAR: Final = 1e-5
_MILLIONTH: Final = 1e-6

STROKING: Final = frozenset(b"S s B B* b b*".split())
PATH_ENDS: Final = STROKING | frozenset(b"f F f* n".split())
PATH_WORDS: Final = PATH_ENDS | frozenset(b"m l c v y h re".split())
_AHEAD: Final = ((1, (b"h",)), (3, (b"l",)), (5, (b"v", b"y")), (7, (b"c",)))


class Dots:
    """Told of each word of a path, knows whether a dot was drawn."""

    def __init__(self) -> None:
        self.drawn = self._in_path = False
        self._from: list[bytes] = []

    def read(self, word: bytes, operands: list[bytes]) -> None:
        """``word`` is one of ``PATH_WORDS``."""
        if word == b"m":
            self._from = operands.copy()
            return
        if word == b"re":
            self._in_path |= no_size(operands)
        elif word in PATH_ENDS:
            self.drawn |= self._in_path and word in STROKING
            self._in_path = False
        elif self._from:
            self._in_path |= stays(self._from, operands)
        self._from = []


def stays(start: Sequence[bytes], points: Sequence[bytes]) -> bool:
    """All points are where the path starts."""
    here = float(start[0]), float(start[1])
    places = list(map(float, points))
    return all(abs(place - here[at & 1]) <= max(NEAR, _MILLIONTH * abs(place)) for at, place in enumerate(places))


def no_size(rectangle: Sequence[bytes]) -> bool:
    """Neither width nor height."""
    return all(abs(float(side)) < NEAR for side in rectangle[2:4])


def may_hold_dots(words: list[bytes]) -> bool:
    """Whether something in a path that is written word by word could be a dot, stroked or not. ``words``: numbers and operators."""
    for at in _places(words, b"m"):
        for count, operators in _AHEAD:
            if at + count >= len(words):
                break
            if words[at + count] in operators:
                if stays(words[at - 2 : at], words[at + 1 : at + count]):
                    return True
                break
            if words[at + count].isalpha():
                break
    return any(no_size(words[at - 4 : at]) for at in _places(words, b"re"))


def _places(words: list[bytes], word: bytes) -> list[int]:
    found: list[int] = []
    at = -1
    for _ in range(words.count(word)):
        at = words.index(word, at + 1)
        found.append(at)
    return found
