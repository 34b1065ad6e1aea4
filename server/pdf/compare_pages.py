"""Whether two files show the same pages: all of them, drawn by PDFium with annotations and form fields.

A rewrite settles one reading of a file. Where the broken rule could make two, what the pages showed before decides whether the right one
was settled: one engine draws both, streams are the same bytes, so equal pages are equal to the last pixel. The scale is small and still
tells 1,000 from 7,000 at 8 points, and a decimal point that moved (tests/unit/pdf_upload/test_compare_pages.py).
"""

from contextlib import closing
from pathlib import Path
from typing import Final

import pypdfium2

from server.errors import Unprocessable
from server.pdf.inspect_limits import Meter

SCALE: Final = 0.5  # pixels a point
_MAX_PIXELS: Final = 4_000_000
_SMALLEST: Final = 0.02  # points a page is drawn at least in one direction to be drawn at all


def refuse_if_pages_differ(before: Path, after: Path, meter: Meter) -> None:
    """Raises ``pdf_two_readings`` for another number, size or picture of pages (details: page, from 1; 0 for the number), ``pdf_broken``
    where ``before`` can't be drawn at all, ``pdf_too_complex`` when the time is used up.
    """
    with closing(_open(before)) as one, closing(_open(after)) as other:
        if len(one) != len(other):
            raise _two_readings(0)
        for index in range(len(one)):
            meter.check_time()
            if _picture(one, index) != _picture(other, index):
                raise _two_readings(index + 1)


def refuse_if_anything_is_lost(before: Path, after: Path) -> None:
    """Every rewrite keeps what PDFium counts: pages, and attached files. Raises ``pdf_two_readings`` for another number of pages,
    ``pdf_rewrite_loses`` for fewer attached files, ``pdf_broken`` where ``before`` can't be opened at all."""
    with closing(_open(before)) as one, closing(_open(after)) as other:
        if len(one) != len(other):
            raise _two_readings(0)
        if other.count_attachments() < one.count_attachments():
            raise Unprocessable("attached files are lost in the rewrite", code="pdf_rewrite_loses")


def _two_readings(page: int) -> Unprocessable:
    return Unprocessable(f"page {page} differs after the rewrite", code="pdf_two_readings", details={"page": page})


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(path)
        document.init_forms()
    except pypdfium2.PdfiumError as error:
        raise Unprocessable("PDFium can't open it", code="pdf_broken", details={"rule": "unreadable"}) from error
    return document


def _picture(document: pypdfium2.PdfDocument, index: int) -> tuple[float, float, bytes]:
    """Width and height in points, and the pixels; a page that PDFium can't load has none."""
    try:
        page = document[index]
    except pypdfium2.PdfiumError:
        return 0.0, 0.0, b""
    with closing(page):
        width, height = page.get_size()
        if width < _SMALLEST or height < _SMALLEST:
            return width, height, b""
        scale = min(SCALE, (_MAX_PIXELS / (width * height)) ** 0.5)
        with closing(page.render(scale=scale, may_draw_forms=True, draw_annots=True)) as bitmap:
            return width, height, bytes(bitmap.buffer)
