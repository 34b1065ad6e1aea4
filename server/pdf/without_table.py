"""A file whose cross-reference table nobody finds."""

import io
from pathlib import Path
from typing import Any

_TAIL = 4096


class WithoutTable(io.RawIOBase):
    """A file whose last ``startxref`` reads as a comment, so that qpdf looks for the objects themselves."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self._file = source.open("rb")
        self._length = self._file.seek(0, io.SEEK_END)
        begin = max(0, self._length - _TAIL)
        self._file.seek(begin)
        at = self._file.read().rfind(b"startxref")
        self._hidden = begin + at if at >= 0 else self._length

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: Any, /) -> int:
        begin = self._file.tell()
        count = self._file.readinto(buffer)
        for place in range(max(begin, self._hidden), min(begin + count, self._hidden + len(b"startxref"))):
            buffer[place - begin] = 0x25  # a percent sign
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
