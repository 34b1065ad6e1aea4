"""Where the fetched documents of one request lie while the person looks at them: one nameless file in the
profile's cache.

Rules:
* The file has no name: nobody else can open it, and it is gone when the request is, or the process.
* What is handed out is hashed again and must be what was checked.
* Memory stays small: big documents are mapped, never read whole, except for the one that the person opens.
"""

import hashlib
import mmap
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobile_app.errors import CheckFailed, PhoneError
from mobile_app.link.manifest_wire import ManifestItem

_SPARE_BYTES = 64 << 20


class NoSpace(PhoneError):
    """The phone has no room for the documents of this request."""

    code = "no_space"


class DocumentStore:
    """One thread reserves and writes; any may add and read."""

    def __init__(self, folder: Path, total_bytes: int) -> None:
        free = shutil.disk_usage(folder).free
        if free < total_bytes + _SPARE_BYTES:
            raise NoSpace(details={"needed": total_bytes, "free": free})
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by close()
        self._fd = self._file.fileno()
        self._end = 0
        self._places: dict[int, tuple[int, ManifestItem]] = {}
        self._lock = threading.Lock()
        self._closed = False

    def reserve(self, length: int) -> int:
        """Where the next ``length`` bytes begin; a multiple of the system's map granularity."""
        start = -(-self._end // mmap.ALLOCATIONGRANULARITY) * mmap.ALLOCATIONGRANULARITY
        self._end = start + length
        return start

    def write_at(self, offset: int, octets: bytes | memoryview) -> None:
        view = memoryview(octets)
        with self._lock:
            if self._closed:
                raise LookupError("the request is no longer open")
            while view:
                written = os.pwrite(self._fd, view, offset)
                offset, view = offset + written, view[written:]

    def add(self, item: ManifestItem, start: int) -> None:
        """Say that the document at ``start`` was checked; only now can it be read."""
        with self._lock:
            self._places[item.position] = (start, item)

    @contextmanager
    def mapped(self, start: int, length: int) -> Iterator[mmap.mmap]:
        """The bytes from ``start`` (as reserved), read-only."""
        view = mmap.mmap(self._fd, length, access=mmap.ACCESS_READ, offset=start)
        try:
            yield view
        finally:
            view.close()

    def read(self, position: int) -> bytes:
        """A checked document. Raises IndexError, CheckFailed("document_changed"), LookupError after
        ``close``."""
        with self._lock:
            if self._closed:
                raise LookupError("the request is no longer open")
            place = self._places.get(position)
            if place is None:
                raise IndexError(position)
            start, item = place
            octets = os.pread(self._fd, item.prepared_length, start)
        if hashlib.sha256(octets).digest() != item.prepared_sha256:
            raise CheckFailed("document_changed", {"position": position})
        return octets

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._places.clear()
            self._file.close()
