"""What counts as a disagreement, with viewers that draw what the test says."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest

from tests.agreement.journey import Outcome
from tests.agreement.judging import Judges, asked_pages
from tests.agreement.viewers import Answer, Asked, Picture, Viewers

OUTCOME = Outcome(pages=((60.0, 40.0),) * 5, prepared=b"<" + b"0" * 40 + b">", byte_range=(0, 0, 42, 0))


class Drawn:
    """Two viewers; ``marked`` draws a mark on the second page, ``at`` the widths named only."""

    def __init__(self, *, widths: tuple[int, ...] = (), count: int = 5, error: str = "", filled: bool = False) -> None:
        self.widths, self.count, self.error, self.filled = widths, count, error, filled
        self.asked: list[list[Asked]] = []

    def draw(self, path: Path, pages: list[Asked]) -> dict[str, Answer]:
        self.asked.append(pages)
        plain = tuple(self._page(width) for _, width in pages)
        is_marked = self.filled and path.name == "after.pdf"
        other = tuple(self.error or self._page(width, is_marked or width in self.widths) for _, width in pages)
        return {"one": Answer(5, plain), "other": Answer(self.count, other)}

    def _page(self, width: int, is_marked: bool = False) -> Picture:
        picture = np.full((width * 2 // 3, width), 255, np.uint8)
        if is_marked:
            picture[width // 4 : width // 3, width // 4 : width // 3] = 0
        return picture


def _differ(viewers: Drawn, folder: Path) -> list[str]:
    return [str(one) for one in Judges(cast(Viewers, viewers), folder).disagreements(OUTCOME)]


def test_pages_are_the_first_one_the_middle_and_the_last() -> None:
    assert asked_pages(OUTCOME) == [(0, 180), (2, 180), (4, 180)]


def test_nothing_differs(tmp_path: Path) -> None:
    assert _differ(Drawn(), tmp_path) == []


def test_a_difference_on_both_scales_counts_on_each_page(tmp_path: Path) -> None:
    assert len(_differ(Drawn(widths=(180, 360)), tmp_path)) == 3


def test_a_difference_that_a_finer_picture_lacks_is_none(tmp_path: Path) -> None:
    viewers = Drawn(widths=(180,))
    assert _differ(viewers, tmp_path) == []
    assert viewers.asked[-1] == [(0, 360), (2, 360), (4, 360)]


@pytest.mark.parametrize(
    ("settings", "word"), [({"count": 4}, "5 and 4 pages"), ({"error": "broken"}, "not drawn: broken")]
)
def test_counts_and_errors_differ(settings: dict[str, object], word: str, tmp_path: Path) -> None:
    assert word in " ".join(_differ(Drawn(**settings), tmp_path))  # type: ignore[arg-type]


def test_what_changes_with_the_filling_differs(tmp_path: Path) -> None:
    (told,) = _differ(Drawn(filled=True), tmp_path)
    assert told.startswith("other before≠after filling page 1")
