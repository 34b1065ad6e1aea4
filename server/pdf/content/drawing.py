"""Pages that ask for much are drawn once at upload, as the phone will draw them, in the time that the phone would have.

Rules: PDFium draws progressively and is asked to stop as soon as a page has had ``MAX_PAGE_SECONDS`` of processor time, which a busy
machine does not shorten; memory is bounded by the sandbox. At upload the heaviest pages come first, and once they have had as much
together, the lighter ones are taken by their counts. The picture itself is thrown away.
"""

import ctypes
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium_c

from server.document_limits import MAX_PAGE_SECONDS
from server.errors import Unprocessable
from server.pdf.inspect_limits import Meter

_PIXELS: Final = 1_000_000
_MAX_SIDE: Final = 4_000


class OutOfTime(Exception):
    """A page was not finished in its time."""


def draw_in_time(path: Path, pages: Sequence[int], meter: Meter) -> int | None:
    """The index of the first page that can't be drawn in time, ``None`` when all can. Raises ``pdf_too_complex`` when the inspection's
    own time is used up, ``pdf_broken`` when PDFium does not open what others do."""
    if not pages:
        return None
    try:
        return _first_late(path, pages, meter)
    except pypdfium2.PdfiumError as error:
        raise Unprocessable("PDFium can't draw it", code="pdf_broken") from error


def _first_late(path: Path, pages: Sequence[int], meter: Meter) -> int | None:
    began = time.process_time()
    with closing(pypdfium2.PdfDocument(path)) as document:
        document.init_forms()
        for index in pages:
            meter.check_time()
            if time.process_time() - began > MAX_PAGE_SECONDS:
                break
            with closing(document[index]) as page:
                width, height = page.get_size()
                scale = min((_PIXELS / max(width * height, 1.0)) ** 0.5, _MAX_SIDE / max(width, height, 1.0))
                try:
                    draw(page, (max(1, round(width * scale)), max(1, round(height * scale))), MAX_PAGE_SECONDS).close()
                except OutOfTime:
                    return index
    return None


def draw(page: pypdfium2.PdfPage, size: tuple[int, int], seconds: float = MAX_PAGE_SECONDS) -> pypdfium2.PdfBitmap:
    """The page with its annotations and fields on white, ``size`` pixels large. Raises ``OutOfTime``."""
    bitmap = pypdfium2.PdfBitmap.new_native(*size, pdfium_c.FPDFBitmap_BGR)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, *size)
    deadline = time.process_time() + seconds
    is_late = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(pdfium_c.IFSDK_PAUSE))(lambda _: time.process_time() > deadline)
    pause = pdfium_c.IFSDK_PAUSE(version=1, NeedToPauseNow=is_late, user=None)
    target = (bitmap, page, 0, 0, *size, 0, pdfium_c.FPDF_ANNOT)
    status = pdfium_c.FPDF_RenderPageBitmap_Start(*target, ctypes.byref(pause))
    pdfium_c.FPDF_RenderPage_Close(page)
    if status != pdfium_c.FPDF_RENDER_DONE:
        bitmap.close()
        raise OutOfTime
    if page.formenv is not None:
        pdfium_c.FPDF_FFLDraw(page.formenv, *target)
    return bitmap
