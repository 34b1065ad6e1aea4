"""The pages that the check counted, within a time and a size; what can't be drawn says why."""

import io
import time

import pytest
from reportlab.pdfgen.canvas import Canvas

from mobile_app.errors import CheckFailed
from mobile_app.ui import pdf_pages
from mobile_app.ui.page_picture import LARGEST_SIDE, CheckedPdf
from mobile_app.ui.pdf_pages import PdfPages
from tests.unit.drawing.drawn_documents import lines, prepared

TWO_PAGES = prepared(lines("text", page_count=2), pages=2)


def slow_page() -> bytes:
    """Takes seconds at this size: each of the shapes covers much of the page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 400), pageCompression=1)
    canvas._code += [f"{at % 7} {at % 11} 390 390 re f" for at in range(60_000)]
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("counted", [1, 3])
def test_a_renderer_that_counts_otherwise_shows_nothing(counted: int) -> None:
    pages = PdfPages(lambda _position: TWO_PAGES.checked(counted))
    for draw in (pages.picture, pages.before_signing):
        with pytest.raises(CheckFailed, match="doc_pages_drawn") as refused:
            draw(0, 0, 100)
        assert refused.value.details == {"drawn": 2, "checked": counted}
    pages.close()


def test_pages_beyond_the_last_are_the_last() -> None:
    pages = PdfPages(lambda _position: TWO_PAGES.checked())
    assert [pages.picture(0, page, 100).page for page in (-1, 0, 1, 2)] == [0, 0, 1, 1]
    pages.close()


def test_a_page_that_takes_too_long_ends_with_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    data = slow_page()
    pages = PdfPages(lambda _position: CheckedPdf(data, 1, len(data)))
    monkeypatch.setattr(pdf_pages, "MAX_PAGE_SECONDS", 0.1)
    began = time.process_time()  # of this process: what else the machine does is no matter
    with pytest.raises(CheckFailed, match="page_too_slow"):
        pages.picture(0, 0, 2000)
    with pytest.raises(CheckFailed, match="page_too_slow"):
        pages.before_signing(0, 0, 2000, 0.1)
    assert time.process_time() - began < 5, "it was drawn to the end"
    monkeypatch.undo()
    assert pages.picture(0, 0, 20).width == 20, "the next one is drawn"
    pages.close()


def test_a_picture_is_never_larger_than_memory_allows() -> None:
    pages = PdfPages(lambda _position: TWO_PAGES.checked())
    picture = pages.picture(0, 0, 10**6)
    assert (picture.width, picture.height, len(picture.pixels)) == (LARGEST_SIDE, LARGEST_SIDE, 4 * LARGEST_SIDE**2)
    pages.close()


@pytest.mark.parametrize("data", [b"", b"not a PDF at all"])
def test_what_is_no_document_says_so(data: bytes) -> None:
    pages = PdfPages(lambda _position: CheckedPdf(data, 1, len(data)))
    for draw in (pages.picture, pages.before_signing):
        with pytest.raises(CheckFailed, match="page_unreadable"):
            draw(0, 0, 100)
    pages.close()
