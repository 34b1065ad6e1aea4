"""One page drawn by PDFium, with everything that other viewers draw, within a time. No Kivy here.

Rules:
* Form fields and annotations are drawn too: fields need PDFium's form environment, which has to be there before a page is loaded. Nothing
  of the form is run or filled in: no action is performed, no field gets the focus, and PDFium is built without a script engine.
* PDFium is not thread-safe, whatever the document: ``PDFIUM`` is held around every call.
* Drawing goes on in steps and is broken off when its time is over. A step can't be: the counts of ``limits`` bound it.
"""

import ctypes
import threading
import time
from typing import Any, Final

import pypdfium2
import pypdfium2.raw as pdfium

from mobile_app.errors import CheckFailed
from mobile_app.ui.page_picture import size_of_picture

PDFIUM: Final = threading.RLock()
_WHITE: Final = (255, 255, 255, 255)
_FLAGS: Final = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER


def opened(octets: bytes) -> Any:
    """A document whose fields will be drawn. Raises CheckFailed("page_unreadable")."""
    try:
        document = pypdfium2.PdfDocument(octets)
        document.init_forms()
    except pypdfium2.PdfiumError as error:
        raise CheckFailed("page_unreadable") from error
    return document


def drawn(document: Any, page: int, width: int, seconds: float, fields: bool = True) -> tuple[int, int, bytes]:
    """Width and height in pixels, and the pixels. Raises CheckFailed("page_unreadable"), CheckFailed("page_too_slow")."""
    until = time.monotonic() + seconds
    try:
        loaded = document[page]
    except pypdfium2.PdfiumError as error:
        raise CheckFailed("page_unreadable") from error
    try:
        points_across, points_down = loaded.get_size()
        across, down = size_of_picture(points_across, points_down, width)
        bitmap = pypdfium2.PdfBitmap.new_native(across, down, pdfium.FPDFBitmap_BGRx, rev_byteorder=True)
        try:
            bitmap.fill_rect(_WHITE, 0, 0, across, down)
            _draw(document if fields else None, loaded, bitmap, until)
            return across, down, bytes(bitmap.buffer)
        finally:
            bitmap.close()
    except (pypdfium2.PdfiumError, ZeroDivisionError) as error:
        raise CheckFailed("page_unreadable") from error
    finally:
        loaded.close()


def _draw(form: Any, page: Any, bitmap: Any, until: float) -> None:
    """``form``: the document whose fields are drawn, or None."""
    place = (0, 0, bitmap.width, bitmap.height, 0, _FLAGS)
    is_over = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(pdfium.IFSDK_PAUSE))(lambda _pause: time.monotonic() > until)
    pause = pdfium.IFSDK_PAUSE(version=1, NeedToPauseNow=is_over)
    try:
        state = pdfium.FPDF_RenderPageBitmap_Start(bitmap, page, *place, pause)
        while state == pdfium.FPDF_RENDER_TOBECONTINUED and time.monotonic() <= until:
            state = pdfium.FPDF_RenderPage_Continue(page, pause)
    finally:
        pdfium.FPDF_RenderPage_Close(page)
    if state == pdfium.FPDF_RENDER_TOBECONTINUED or time.monotonic() > until:
        raise CheckFailed("page_too_slow")
    if state != pdfium.FPDF_RENDER_DONE:
        raise CheckFailed("page_unreadable")
    if form is not None and form.formenv is not None:
        pdfium.FPDF_FFLDraw(form.formenv, bitmap, page, *place)
