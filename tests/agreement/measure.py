"""The measure: do two viewers' pictures of a page say the same to a reader?

Pictures are grey, 255 is paper, drawn at ``SCALE`` pixels a point. Rules:
* **A page may lie a pixel off**: viewers round the page's corner differently, so pictures are first laid upon each other.
* **The outermost point says nothing**: viewers round the page's own edge, and nobody reads within ``MARGIN`` pixels of it.
* **Edges may lie up to ``REACH`` pixels apart**: a pixel is explained where its value lies between the darkest and the lightest of
  the other picture around it. This swallows anti-aliasing, hinting and shifts by half a pixel, and nothing that is wider.
* **Paper is paper**: where the other picture is blank all around, any tone counts (a pale word on white). Between two tones that are
  both ink, viewers convert colours differently: what is thin (a letter on a tinted ground) counts there, and what is broad counts as
  far as it differs by more than ``TONE``.
* **A hairline may be fainter**: viewers draw lines thinner than a pixel in tones of their own. A thin thing is there as long as the
  other picture has at least one part in ``FAINTER`` of its contrast at the same place.
* **A trace is no difference**: what is left unexplained is summed over squares of ``SQUARE`` pixels, and the worst square counts.
* One limit for all: ``LIMIT``. ``test_measure.py`` shows what it tells and what it does not alarm on.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

SCALE = 3.0
REACH = 2
MARGIN = 3
SQUARE = 12
TONE = 64
FAINTER = 4
LIMIT = 1400

_PAPER = 6
_GRAIN = 8
_THIN = 15
_ROUNDING = 3
_SHIFTS = ((0, 0), *((down, across) for down in (-1, 0, 1) for across in (-1, 0, 1) if down or across))

Picture = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True)
class Difference:
    """The worst square: how much is unexplained there (in grey levels times pixels), and where its middle lies in pixels."""

    amount: int
    across: int
    down: int

    @property
    def is_seen(self) -> bool:
        """Whether a reader would see it."""
        return self.amount > LIMIT


class Page:
    """A picture with what is needed to compare it to several others, computed once."""

    def __init__(self, picture: Picture) -> None:
        self.ink: Picture = 255 - picture

    @cached_property
    def most(self) -> Picture:
        """The greatest ink within reach of each pixel."""
        return _spread(self.ink, REACH, np.maximum)

    @cached_property
    def least(self) -> Picture:
        """The least ink within reach of each pixel."""
        return _spread(self.ink, REACH, np.minimum)

    def sized(self, height: int, width: int) -> "Page":
        """The same picture with its last row and column repeated up to a size."""
        rows, columns = height - self.ink.shape[0], width - self.ink.shape[1]
        return self if rows == columns == 0 else Page(255 - np.pad(self.ink, ((0, rows), (0, columns)), mode="edge"))


def difference(one: Page, other: Page) -> Difference:
    """How far two pictures of a page differ, whichever comes first."""
    (height, width), (rows, columns) = one.ink.shape, other.ink.shape
    if abs(height - rows) > _ROUNDING or abs(width - columns) > _ROUNDING:
        return Difference(255 * one.ink.size, 0, 0)
    size = max(height, rows), max(width, columns)
    one, other = one.sized(*size), other.sized(*size)
    if np.array_equal(one.ink, other.ink):
        return Difference(0, 0, 0)
    other = _laid_upon(one, other)
    sides = [_outside(one, other), _outside(other, one)]
    most = _at_most(np.maximum.reduce([left for over, under in sides for left in (over, under)]))
    if most <= LIMIT:
        return Difference(most, 0, 0)
    weighed = [_weighed(*sides[0], one, other), _weighed(*sides[1], other, one)]
    return _worst(np.maximum(*weighed))


def _laid_upon(one: Page, other: Page) -> Page:
    """``other`` moved by up to a pixel each way, to where it differs least from ``one``; every fourth row is looked at."""
    inner = slice(1, -1, 4), slice(1, -1)
    seen = one.ink[inner]

    def distance(shift: tuple[int, int]) -> int:
        moved = np.roll(other.ink, shift, axis=(0, 1))[inner]
        return int((np.maximum(seen, moved) - np.minimum(seen, moved)).sum(dtype=np.int64))

    best = min(_SHIFTS, key=distance)
    return other if best == (0, 0) else Page(255 - np.roll(other.ink, best, axis=(0, 1)))


def _outside(seen: Page, other: Page) -> tuple[Picture, Picture]:
    """How far ``seen`` is darker, and how far it is lighter, than anything that ``other`` shows within reach."""
    over = np.maximum(seen.ink, other.most) - other.most
    under = other.least - np.minimum(seen.ink, other.least)
    for left in (over, under):
        left[left <= _GRAIN] = 0
        left[:MARGIN], left[-MARGIN:], left[:, :MARGIN], left[:, -MARGIN:] = 0, 0, 0, 0
    return over, under


def _weighed(over: Picture, under: Picture, seen: Page, other: Page) -> Picture:
    """Of thin things what is not there at all; of broad ones all on paper, and between two tones what exceeds ``TONE``."""
    result = np.zeros_like(over)
    fainter = (other.most - other.least) >= np.maximum((seen.most - seen.least) // FAINTER, _GRAIN)
    for left, on_paper in ((over, other.most <= _PAPER), (under, seen.ink <= _PAPER)):
        if not left.any():
            continue
        broad = _spread(_spread(left, _THIN // 2, np.minimum), _THIN // 2, np.maximum)
        thin = np.where(fainter, 0, left - broad).astype(np.uint8)
        wide = np.where(on_paper, broad, np.maximum(broad, TONE) - TONE).astype(np.uint8)
        np.maximum(result, thin + wide, out=result)
    result[result <= _GRAIN] = 0
    return result


def _spread(picture: Picture, reach: int, pick: Any) -> Picture:
    """The greatest (or least) value within ``reach`` pixels of each, along both axes; beyond the edge lies nothing."""
    for axis in (0, 1):
        step_total = 0
        while step_total < reach:
            step = min(reach - step_total, max(1, step_total))
            picture = _picked(picture, step, axis, pick)
            step_total += step
    return picture


def _picked(picture: Picture, step: int, axis: int, pick: Any) -> Picture:
    ahead, behind = [slice(None)] * 2, [slice(None)] * 2
    ahead[axis], behind[axis] = slice(step, None), slice(None, -step)
    result = picture.copy()
    pick(result[tuple(ahead)], picture[tuple(behind)], out=result[tuple(ahead)])
    pick(result[tuple(behind)], picture[tuple(ahead)], out=result[tuple(behind)])
    return result


def _at_most(left: Picture) -> int:
    """A sum that no square exceeds, quickly: four neighbouring blocks hold every square."""
    height, width = (-(-side // SQUARE) * SQUARE for side in left.shape)
    whole = np.zeros((height, width), np.uint8)
    whole[: left.shape[0], : left.shape[1]] = left
    blocks = whole.reshape(height // SQUARE, SQUARE, width // SQUARE, SQUARE).sum(axis=(1, 3), dtype=np.uint32)
    blocks = np.pad(blocks, ((0, 1), (0, 1)))
    return int((blocks[:-1, :-1] + blocks[1:, :-1] + blocks[:-1, 1:] + blocks[1:, 1:]).max())


def _worst(left: Picture) -> Difference:
    padded = np.pad(left.astype(np.uint32), ((SQUARE, 0), (SQUARE, 0)))
    sums = padded.cumsum(axis=0).cumsum(axis=1)
    squares = sums[SQUARE:, SQUARE:] - sums[:-SQUARE, SQUARE:] - sums[SQUARE:, :-SQUARE] + sums[:-SQUARE, :-SQUARE]
    down, across = np.unravel_index(int(squares.argmax()), squares.shape)
    return Difference(int(squares[down, across]), int(across) - SQUARE // 2, int(down) - SQUARE // 2)
