"""Only thin frames of links are taken away before a disagreement is explained by them."""

import io

import pikepdf
import pytest

from tests.agreement.contract import contract
from tests.agreement.kinds_fields import annotated
from tests.agreement.link_frames import without_thin_frames

_RECT = "/Rect [40 130 300 170]"


@pytest.mark.parametrize(
    "frame",
    ["", "/Border [0 0 1]", "/Border [0 0 0.5]", "/BS << /W 1 >>", "/BS << /S /U >>", "/Border [0 0 9] /BS << /W 1 >>"],
)
def test_a_thin_frame_goes(frame: str) -> None:
    bare = without_thin_frames(annotated(f"/Subtype /Link {frame} {_RECT}", None).build())
    assert bare is not None
    with pikepdf.open(io.BytesIO(bare)) as pdf:
        (link,) = pdf.pages[0].Annots
        assert [int(number) for number in link.Border] == [0, 0, 0]
        assert "/BS" not in link


@pytest.mark.parametrize(
    "link",
    [
        "/Subtype /Link /Border [0 0 0]",
        "/Subtype /Link /Border [0 0 2]",
        "/Subtype /Link /BS << /W 5 >>",
        "/Subtype /Square",
    ],
)
def test_nothing_else_goes(link: str) -> None:
    assert without_thin_frames(annotated(f"{link} {_RECT}", None).build()) is None


def test_a_file_without_links_stays() -> None:
    assert without_thin_frames(contract().build()) is None
