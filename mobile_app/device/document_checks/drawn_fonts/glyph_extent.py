"""Whether the procedure of a glyph draws within the box that its ``d1`` says (ISO 32000-2, 9.6.4): pdf.js cuts off what lies outside.

Rules: paths, strokes with half their width, and images count, clipped or not; a box without any extent is no box to anybody; a hair of
slack is rounding, and of an image's outer samples a third may be cut off, which hides nothing: makers of bitmap fonts shift them. What
is not followed here (text, forms, shadings, strokes in a width that a graphics state may have set) counts as outside. The
stream has been read by the grammar of content before.
"""

from collections.abc import Callable
from typing import Final

from mobile_app.device.document_checks.page_content.inline_images import read_inline_image
from mobile_app.device.document_checks.page_content.tokens import NUMBER, read_tokens

_SLACK: Final = 0.005  # of the longer side
_SAMPLE: Final = 1 / 3
_STEPS: Final = 16  # points by which a curve is followed
_FILLS: Final = frozenset((b"f", b"F", b"f*"))
_STROKES: Final = frozenset((b"S", b"s", b"B", b"B*", b"b", b"b*"))
_UNKNOWN: Final = frozenset((b"Tj", b"TJ", b"'", b'"', b"sh"))
Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
Size = tuple[int, int]


class _Extent:
    """Collects the corners of what is drawn; ``box`` is ``None`` before ``d1``."""

    def __init__(self, image_size: Callable[[bytes], Size | None]) -> None:
        self._image_size = image_size
        self._matrix: Matrix = (1, 0, 0, 1, 0, 0)
        self._width = 1.0
        self._saved: list[tuple[Matrix, float]] = []
        self._path: list[Point] = []
        self._has_state = False
        self.box: list[float] | None = None
        self.drawn: list[Point] = []
        self.is_followed = True

    def operator(self, word: bytes, numbers: list[float], name: bytes) -> None:
        if word in (b"m", b"l"):
            self._path.append(self._placed(*numbers))
        elif word in (b"c", b"v", b"y"):
            self._curve(word, [self._placed(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)])
        elif word == b"re":
            x, y, width, height = numbers
            self._path += [self._placed(x + dx, y + dy) for dx in (width, 0) for dy in (height, 0)]
        elif word in _FILLS or word in _STROKES:
            self._paint(strokes=word in _STROKES)
        elif word == b"n":
            self._path.clear()
        elif word == b"cm":
            self._matrix = _product(numbers, self._matrix)
        elif word == b"w":
            self._width = numbers[0]
        elif word == b"q":
            self._saved.append((self._matrix, self._width))
        elif word == b"Q":
            self._matrix, self._width = self._saved.pop()
        elif word == b"Do" and (size := self._image_size(name)) is not None:
            self.image(size)
        elif word == b"d1":
            self.box = numbers[2:]
        elif word == b"gs":
            self._has_state = True
        elif word == b"Do" or word in _UNKNOWN:
            self.is_followed = False

    def image(self, size: Size) -> None:
        """An image of so many samples on the unit square."""
        across, down = (_SAMPLE / max(1, samples) for samples in size)
        self.drawn += [self._placed(x, y) for x in (across, 1 - across) for y in (down, 1 - down)]

    def _curve(self, word: bytes, points: list[Point]) -> None:
        start = self._path[-1]
        one, other = start if word == b"v" else points[0], points[-1] if word == b"y" else points[-2]
        for step in range(1, _STEPS + 1):
            t = step / _STEPS
            parts = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
            corners = list(zip(parts, (start, one, other, points[-1]), strict=True))
            self._path.append((sum(part * x for part, (x, _) in corners), sum(part * y for part, (_, y) in corners)))

    def _placed(self, x: float, y: float) -> Point:
        a, b, c, d, e, f = self._matrix
        return a * x + c * y + e, b * x + d * y + f

    def _paint(self, *, strokes: bool) -> None:
        self.drawn += self._path
        if strokes:
            self.is_followed &= not self._has_state
            a, b, c, d, _, _ = self._matrix
            across, down = self._width / 2 * max(abs(a), abs(c)), self._width / 2 * max(abs(b), abs(d))
            self.drawn += [(x + sign * across, y + sign * down) for x, y in self._path for sign in (-1, 1)]
        self._path.clear()


def _product(numbers: list[float], matrix: Matrix) -> Matrix:
    a, b, c, d, e, f = numbers
    p, q, r, s, t, u = matrix
    return a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u


def draws_within_its_box(data: bytes, image_size: Callable[[bytes], Size | None]) -> bool:
    """Whether the glyph, a stream that was found to be well formed, draws within its box, or has none (``d0``).

    ``image_size``: the samples of an XObject that is an image. Linear in the length of ``data``."""
    extent = _Extent(image_size)
    position: int | None = 0
    while position is not None:
        position = _read_from(data, position, extent)
    box = extent.box
    if box is None or (box[0] == box[2] and box[1] == box[3]):
        return True
    left, right, bottom, top = *sorted(box[::2]), *sorted(box[1::2])
    slack = _SLACK * max(right - left, top - bottom)
    within = all(left - slack <= x <= right + slack and bottom - slack <= y <= top + slack for x, y in extent.drawn)
    return within and extent.is_followed


def _read_from(data: bytes, start: int, extent: _Extent) -> int | None:
    """Read up to the end (``None``) or the end of an inline image (where it is)."""
    numbers: list[float] = []
    name = b""
    for kind, text, position in read_tokens(data, start):
        if kind == NUMBER:
            numbers.append(float(text))
        elif kind != "w":
            name = text
        elif text not in (b"[", b"]", b"<<", b">>"):
            extent.operator(text, numbers, name)
            if text == b"BI":
                image, end = read_inline_image(data, position)
                extent.image((image.width, image.height))
                return end
            numbers, name = [], b""
    return None
