"""Pages as pictures by PDFium, from the bytes that the phone has checked: see ``page_picture.Pages``. No Kivy here.

The document is kept open while its pages are turned; its bytes are read (and hashed again) by the device whenever another document is
opened. ``close`` before the request ends, as the bytes go with it.
"""

from typing import Any

from mobile_app.device.document_checks.limits import MAX_PAGE_SECONDS
from mobile_app.ui.page_picture import CheckedPdf, PagePicture, ReadChecked, check_count
from mobile_app.ui.pdfium_drawing import PDFIUM, drawn, opened


class PdfPages:
    """``read`` gives a checked document by position."""

    def __init__(self, read: ReadChecked) -> None:
        self._read = read
        self._position = -1
        self._document: Any = None
        self._pages = 0

    def picture(self, position: int, page: int, width: int) -> PagePicture:
        with PDFIUM:
            if position != self._position:
                self._close()
                checked = self._read(position)
                self._document, self._pages = _opened(checked.octets, checked), checked.pages
                self._position = position
            page = min(max(0, page), self._pages - 1)
            return PagePicture(position, page, self._pages, *drawn(self._document, page, width, MAX_PAGE_SECONDS))

    def before_signing(
        self, position: int, page: int, width: int, seconds: float = MAX_PAGE_SECONDS, fields: bool = True
    ) -> PagePicture:
        checked = self._read(position)
        with PDFIUM:
            document = _opened(checked.octets[: checked.original_length], checked)
            try:
                return PagePicture(position, page, checked.pages, *drawn(document, page, width, seconds, fields))
            finally:
                document.close()

    def close(self) -> None:
        with PDFIUM:
            self._close()

    def _close(self) -> None:
        if self._document is not None:
            self._document.close()
        self._document, self._position = None, -1


def _opened(octets: bytes, checked: CheckedPdf) -> Any:
    """A document with as many pages as the check counted."""
    document = opened(octets)
    try:
        check_count(len(document), checked.pages)
    except BaseException:
        document.close()
        raise
    return document
