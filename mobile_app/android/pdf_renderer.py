"""Pages as pictures by Android's own renderer: the port of ``ui.pdf_pages`` on a phone.

Rules:
* Drawn are the very bytes that were hashed: they are written to a file that has no name any more when the renderer gets it, so nobody
  can put others in their place. The renderer's descriptor is its own and goes with it.
* Nothing is drawn on the first thread; one page at a time.
* Android draws on transparent ground; the paper is put under it here.
* Before Android 15 the renderer leaves out annotations. What lies over a page's text is listed to the person by the checks in any case.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from mobile_app.android.java import Java, JavaError, octets
from mobile_app.errors import CheckFailed
from mobile_app.ui.page_picture import LARGEST_SIDE, PagePicture

_WHITE: Final = -1
"""ARGB, as Java's int has it."""


class AndroidPages:
    """See ``ui.page_picture.Pages``."""

    def __init__(self, java: Java, folder: Path, read: Callable[[int], bytes]) -> None:
        """``folder`` is the app's own: where the file without a name lies."""
        self._java = java
        self._folder = folder
        self._read = read
        self._lock = threading.Lock()
        self._position = -1
        self._renderer: Any = None

    def picture(self, position: int, page: int, width: int) -> PagePicture:
        with self._lock:
            try:
                if position != self._position:
                    self._close()
                    unnamed = self._unnamed(self._read(position))
                    self._renderer = self._java.run(lambda: self._open(unnamed))
                    self._position = position
                return self._java.run(lambda: self._draw(page, width))
            except JavaError as error:
                raise CheckFailed("page_unreadable") from error

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        renderer, self._renderer, self._position = self._renderer, None, -1
        if renderer is not None:
            self._java.run(lambda: renderer.close())

    def _unnamed(self, checked: bytes) -> int:
        """A descriptor of a file that holds the bytes and has no name."""
        path = self._folder / "page.pdf"
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            path.unlink()
            left = memoryview(checked)
            while left:
                left = left[os.write(descriptor, left) :]
            os.lseek(descriptor, 0, os.SEEK_SET)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _open(self, descriptor: int) -> Any:
        """The renderer owns the descriptor from here on, unless it can't read the file."""
        owned = self._java.find("android.os.ParcelFileDescriptor").adoptFd(descriptor)
        try:
            return self._java.run(lambda: self._java.find("android.graphics.pdf.PdfRenderer")(owned))
        except JavaError:
            owned.close()
            raise

    def _draw(self, page: int, width: int) -> PagePicture:
        pages = self._renderer.getPageCount()
        page = min(max(0, page), pages - 1)
        opened = self._renderer.openPage(page)
        try:
            return self._drawn(opened, page, pages, width)
        finally:
            opened.close()

    def _drawn(self, opened: Any, page: int, pages: int, width: int) -> PagePicture:
        across, down = max(1, opened.getWidth()), max(1, opened.getHeight())
        scale = min(width / across, LARGEST_SIDE / across, LARGEST_SIDE / down)
        across, down = max(1, round(across * scale)), max(1, round(down * scale))
        find = self._java.find
        bitmap = find("android.graphics.Bitmap").createBitmap(
            across, down, find("android.graphics.Bitmap$Config").ARGB_8888
        )
        try:
            bitmap.eraseColor(_WHITE)
            mode = find("android.graphics.pdf.PdfRenderer$Page").RENDER_MODE_FOR_DISPLAY
            opened.render(bitmap, None, None, mode)
            pixels = find("java.nio.ByteBuffer").allocate(across * down * 4)
            bitmap.copyPixelsToBuffer(pixels)
            return PagePicture(self._position, page, pages, across, down, octets(pixels.array()))
        finally:
            bitmap.recycle()
