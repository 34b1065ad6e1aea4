"""Pages as pictures by PDFium, from the bytes that the phone has checked: see ``page_picture.Pages``. No Kivy here.

PDFium is not thread-safe: one at a time. The document is kept open while its pages are turned; its bytes are read (and hashed again) by the
device whenever another document is opened. ``close`` before the request ends, as the bytes go with it.
"""

import threading
from collections.abc import Callable
from typing import Any

import pypdfium2

from mobile_app.errors import CheckFailed
from mobile_app.ui.page_picture import LARGEST_SIDE, PagePicture


class PdfPages:
    """``read`` gives a document's checked bytes by position."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._position = -1
        self._document: Any = None

    def picture(self, position: int, page: int, width: int) -> PagePicture:
        with self._lock:
            if position != self._position:
                self._close()
                checked = self._read(position)
                try:
                    self._document = pypdfium2.PdfDocument(checked)
                except pypdfium2.PdfiumError as error:
                    raise CheckFailed("page_unreadable") from error
                self._position = position
            return self._rendered(page, width)

    def _rendered(self, page: int, width: int) -> PagePicture:
        pages = len(self._document)
        page = min(max(0, page), pages - 1)
        try:
            loaded = self._document[page]
            across, down = loaded.get_size()
            scale = min(width / across, LARGEST_SIDE / across, LARGEST_SIDE / down)
            bitmap = loaded.render(scale=scale, rev_byteorder=True, prefer_bgrx=True, may_draw_forms=True)
        except pypdfium2.PdfiumError as error:
            raise CheckFailed("page_unreadable") from error
        pixels = bytes(bitmap.buffer)
        made = PagePicture(self._position, page, pages, bitmap.width, bitmap.height, pixels)
        bitmap.close()
        loaded.close()
        return made

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._document is not None:
            self._document.close()
        self._document, self._position = None, -1
