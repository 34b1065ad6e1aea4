"""Strokes that have no length: viewers draw a dot for them, a hairline, or nothing (ISO 32000-2, 8.5.3.2, leaves butt caps open).

Measured: ``100 100 m 100 100 l S`` with round caps is a dot for PDFium, poppler and mupdf and nothing for pdf.js; with other caps
PDFium alone draws something; a curve or a rectangle without size is a dot for poppler and mupdf alone. MetaPost and others write
decimal points and marks so. Rule: a path is a dot when its first line or curve does not leave its starting point, when it is closed at
once, or when it holds a rectangle without width and height; what is stroked of it is told. Lengths below ``NEAR`` are none: PDFium
reckons in 32 bits.
"""

from collections.abc import Sequence
from typing import Final

NEAR: Final = 1e-5
_RELATIVE: Final = 1e-6

_LINES: Final = frozenset((b"l", b"c", b"v", b"y", b"h"))
_STROKES: Final = frozenset((b"S", b"s", b"B", b"B*", b"b", b"b*"))
_FILLS: Final = frozenset((b"f", b"F", b"f*", b"n"))
#: The operators that ``Dots.read`` has to be given, in their order.
TRACED: Final = _LINES | _STROKES | _FILLS | {b"m", b"re"}

Operands = bytes | Sequence[object]


class Dots:
    """Follows the paths of a program; ``found``: a dot was stroked."""

    def __init__(self) -> None:
        self.found = False
        self._start: Operands | None = None
        self._is_dot = False

    def read(self, operator: bytes, operands: Operands) -> None:
        """One operator with its operands, as text (with the operator) or as numbers."""
        if operator in _LINES:
            start, self._start = self._start, None
            if start is not None and not self._is_dot:
                self._is_dot = _stays(_numbers(start), _numbers(operands))
        elif operator == b"m":
            self._start = operands
        elif operator == b"re":
            self._start = None
            self._is_dot |= all(abs(side) < NEAR for side in _numbers(operands)[2:])
        else:
            self.found |= self._is_dot and operator in _STROKES
            self._start, self._is_dot = None, False


def _stays(start: list[float], points: list[float]) -> bool:
    return all(abs(value - start[index % 2]) <= max(NEAR, _RELATIVE * abs(value)) for index, value in enumerate(points))


def _numbers(operands: Operands) -> list[float]:
    if isinstance(operands, bytes):
        return [float(word) for word in operands.replace(b"\0", b" ").split() if not word.isalpha()]
    return [value for value in operands if isinstance(value, float)]
