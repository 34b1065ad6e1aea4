"""Whether the four viewers agree about a file that the phone would sign.

Rules: every pair of viewers on every page that is drawn, and each viewer with itself before and after the gap is filled otherwise;
the number of pages counts too; a viewer that draws nothing where another draws disagrees. Pages of a long document: the first,
the signature's, one in the middle and the last; after filling only the first and the signature's. **What two viewers differ in has to be
there on a finer picture, too**: where they differ, the page is drawn once more at ``FINER`` times the width and brought back to the first
one's; what was but the rounding of a place or a line to a pixel is gone then, and what a page says is not.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.agreement import measure
from tests.agreement.journey import Outcome
from tests.agreement.viewers import Answer, Asked, Viewers

#: A page is drawn with no more pixels than this; larger ones at a smaller scale.
MOST_PIXELS = 5_000_000
FINER = 2


@dataclass(frozen=True)
class Disagreement:
    """Who differs from whom, on which page (from 0), by how much and where (in points from the upper left corner)."""

    one: str
    other: str
    page: int
    amount: int
    where: tuple[float, float] | str

    def __str__(self) -> str:
        return f"{self.one}≠{self.other} page {self.page + 1}: {self.amount} at {self.where}"


def asked_pages(outcome: Outcome) -> list[Asked]:
    """Which pages, and how many pixels wide."""
    count = len(outcome.pages)
    chosen = sorted({0, min(outcome.signature_page, count - 1), count // 2, count - 1})
    return [(index, _width(*outcome.pages[index])) for index in chosen]


def asked_again(asked: list[Asked], outcome: Outcome) -> list[Asked]:
    """Which of them are drawn once more after filling."""
    return [(index, width) for index, width in asked if index in (0, outcome.signature_page)]


def _width(across: float, down: float) -> int:
    scale = min(measure.SCALE, (MOST_PIXELS / max(1.0, across * down)) ** 0.5)
    return max(1, round(across * scale))


class Judges:
    """Draws and compares; ``folder`` is for the files that viewers open."""

    def __init__(self, viewers: Viewers, folder: Path) -> None:
        self._viewers = viewers
        self._paths = folder / "before.pdf", folder / "after.pdf"

    def disagreements(self, outcome: Outcome) -> list[Disagreement]:
        """All that differs; nothing where every viewer shows the same."""
        asked = asked_pages(outcome)
        again = asked_again(asked, outcome)
        for path, data in zip(self._paths, outcome.filled(), strict=True):
            path.write_bytes(data)
        after = self._viewers.draw(self._paths[1], again)
        differ, before = self._between_viewers(asked, outcome)
        return [*differ, *after_filling(before, after, asked, again, outcome)]

    def disagreements_of(self, data: bytes, outcome: Outcome) -> list[Disagreement]:
        """The same for other bytes in the place of ``outcome``'s, before filling alone."""
        self._paths[0].write_bytes(data)
        return self._between_viewers(asked_pages(outcome), outcome)[0]

    def _between_viewers(self, asked: list[Asked], outcome: Outcome) -> tuple[list[Disagreement], dict[str, Answer]]:
        """What differs between viewers of the first file, on a finer picture too; and what they drew."""
        answers = self._viewers.draw(self._paths[0], asked)
        differ = list(between_viewers(answers, asked, outcome))
        doubtful = [(index, width) for index, width in asked if any(one.amount and one.page == index for one in differ)]
        if not doubtful:
            return differ, answers
        finer = self._viewers.draw(self._paths[0], [(index, width * FINER) for index, width in doubtful])
        coarse = {
            name: Answer(answer.count, tuple(map(_made_coarse, answer.pictures))) for name, answer in finer.items()
        }
        stay = {(one.one, one.other, one.page) for one in between_viewers(coarse, doubtful, outcome)}
        return [one for one in differ if not one.amount or (one.one, one.other, one.page) in stay], answers


def _made_coarse(picture: measure.Picture | str) -> measure.Picture | str:
    """A picture of the first width again: each pixel the mean of what lies in it."""
    if isinstance(picture, str):
        return picture
    height, width = picture.shape[0] // FINER * FINER, picture.shape[1] // FINER * FINER
    blocks = picture[:height, :width].reshape(height // FINER, FINER, width // FINER, FINER)
    return (blocks.sum(axis=(1, 3), dtype=np.uint32) // FINER**2).astype(np.uint8)


def between_viewers(answers: dict[str, Answer], asked: list[Asked], outcome: Outcome) -> Iterator[Disagreement]:
    """Every pair of viewers."""
    for one, other in itertools.combinations(answers, 2):
        if answers[one].count != answers[other].count:
            yield Disagreement(one, other, 0, 0, f"{answers[one].count} and {answers[other].count} pages")
    for position, (index, width) in enumerate(asked):
        drawn = {name: answer.pictures[position] for name, answer in answers.items()}
        pages = {
            name: picture if isinstance(picture, str) else measure.Page(picture) for name, picture in drawn.items()
        }
        for one, other in itertools.combinations(pages, 2):
            yield from _compared(one, other, pages[one], pages[other], index, width / outcome.pages[index][0])


def after_filling(
    before: dict[str, Answer], after: dict[str, Answer], asked: list[Asked], again: list[Asked], outcome: Outcome
) -> Iterator[Disagreement]:
    """Each viewer with itself."""
    for name in before:
        for position, (index, width) in enumerate(again):
            pair = before[name].pictures[asked.index((index, width))], after[name].pictures[position]
            one, other = (picture if isinstance(picture, str) else measure.Page(picture) for picture in pair)
            yield from _compared(f"{name} before", "after filling", one, other, index, width / outcome.pages[index][0])


def _compared(
    one: str, other: str, left: measure.Page | str, right: measure.Page | str, page: int, scale: float
) -> Iterator[Disagreement]:
    if isinstance(left, str) or isinstance(right, str):
        if isinstance(left, str) != isinstance(right, str):
            yield Disagreement(one, other, page, 0, f"not drawn: {left if isinstance(left, str) else right}")
        return
    found = measure.difference(left, right)
    if found.is_seen:
        yield Disagreement(one, other, page, found.amount, (round(found.across / scale), round(found.down / scale)))
