"""Pages as pictures by Android's own renderer: the port of ``ui.pdf_pages`` on a phone.

Rules:
* Drawn are the very bytes that were hashed: they are written to a file that has no name any more when the renderer gets it, so nobody
  can put others in their place. The renderer's descriptor is its own and goes with it.
* Nothing is drawn on the first thread; one page at a time.
* Android draws on transparent ground; the paper is put under it here.
* Before Android 15 the renderer leaves out fields and annotations. From then on it is asked for those annotations that it can draw; whether
  fields are among them depends on how new the phone's PDF module is. So ``kinds_drawn`` promises no more than is sure: how many others lie
  over a page, and over which, is told to the person.
* Drawing can't be broken off here: the counts of ``limits`` bound it, and the screen says when it takes longer.
"""

import os
import threading
from pathlib import Path
from typing import Any, Final

from mobile_app.android.java import Java, JavaError, octets
from mobile_app.device.document_checks.limits import MAX_PAGE_SECONDS
from mobile_app.errors import CheckFailed
from mobile_app.ui.page_picture import CheckedPdf, PagePicture, ReadChecked, check_count, size_of_picture

_WHITE: Final = -1
"""ARGB, as Java's int has it."""
_DRAWS_ANNOTATIONS: Final = 35
"""Android 15."""


def kinds_drawn(sdk: int) -> frozenset[str]:
    """The annotations that this phone's renderer draws for sure, by their subtypes."""
    return frozenset(("Text", "Highlight")) if sdk >= _DRAWS_ANNOTATIONS else frozenset()


class AndroidPages:
    """See ``ui.page_picture.Pages``."""

    def __init__(self, java: Java, folder: Path, read: ReadChecked) -> None:
        """``folder`` is the app's own: where the file without a name lies."""
        self._java = java
        self._folder = folder
        self._read = read
        self._lock = threading.Lock()
        self._position = -1
        self._pages = 0
        self._renderer: Any = None

    def picture(self, position: int, page: int, width: int) -> PagePicture:
        with self._lock:
            try:
                if position != self._position:
                    self._close()
                    checked = self._read(position)
                    self._renderer, self._pages = self._opened(checked.octets, checked), checked.pages
                    self._position = position
                shown = min(max(0, page), self._pages - 1)
                size, pixels = self._java.run(lambda: self._draw(self._renderer, shown, width))
            except JavaError as error:
                raise CheckFailed("page_unreadable") from error
            return PagePicture(position, shown, self._pages, *size, pixels)

    def before_signing(
        self, position: int, page: int, width: int, seconds: float = MAX_PAGE_SECONDS, fields: bool = True
    ) -> PagePicture:
        checked = self._read(position)
        with self._lock:
            try:
                renderer = self._opened(checked.octets[: checked.original_length], checked)
                try:
                    size, pixels = self._java.run(lambda: self._draw(renderer, page, width))
                finally:
                    self._java.run(lambda: renderer.close())
            except JavaError as error:
                raise CheckFailed("page_unreadable") from error
            return PagePicture(position, page, checked.pages, *size, pixels)

    def close(self) -> None:
        with self._lock:
            self._close()

    def _close(self) -> None:
        renderer, self._renderer, self._position = self._renderer, None, -1
        if renderer is not None:
            self._java.run(lambda: renderer.close())

    def _opened(self, octets: bytes, checked: CheckedPdf) -> Any:
        """A renderer that sees as many pages as the check counted."""
        unnamed = self._unnamed(octets)
        renderer = self._java.run(lambda: self._open(unnamed))
        try:
            check_count(self._java.run(lambda: renderer.getPageCount()), checked.pages)
        except CheckFailed:
            self._java.run(lambda: renderer.close())
            raise
        return renderer

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

    def _draw(self, renderer: Any, page: int, width: int) -> tuple[tuple[int, int], bytes]:
        opened = renderer.openPage(page)
        try:
            return self._drawn(opened, width)
        finally:
            opened.close()

    def _drawn(self, opened: Any, width: int) -> tuple[tuple[int, int], bytes]:
        across, down = size_of_picture(max(1, opened.getWidth()), max(1, opened.getHeight()), width)
        find = self._java.find
        bitmap = find("android.graphics.Bitmap").createBitmap(
            across, down, find("android.graphics.Bitmap$Config").ARGB_8888
        )
        try:
            bitmap.eraseColor(_WHITE)
            opened.render(bitmap, None, None, self._how())
            pixels = find("java.nio.ByteBuffer").allocate(across * down * 4)
            bitmap.copyPixelsToBuffer(pixels)
            return (across, down), octets(pixels.array())
        finally:
            bitmap.recycle()

    def _how(self) -> Any:
        """The mode, and from Android 15 on with the annotations that the renderer can draw."""
        mode = self._java.find("android.graphics.pdf.PdfRenderer$Page").RENDER_MODE_FOR_DISPLAY
        if self._java.sdk < _DRAWS_ANNOTATIONS:
            return mode
        params = self._java.find("android.graphics.pdf.RenderParams")
        flags = params.FLAG_RENDER_TEXT_ANNOTATIONS | params.FLAG_RENDER_HIGHLIGHT_ANNOTATIONS
        return self._java.find("android.graphics.pdf.RenderParams$Builder")(mode).setRenderFlags(flags).build()
