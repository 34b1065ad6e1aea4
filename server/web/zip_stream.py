"""A ZIP archive on its way: made while it is sent, never whole anywhere.

Rules: entries are stored as they are (signed PDFs do not shrink, and their bytes count); files are read in pieces off the event loop; what
can't be read breaks the transfer off, so that nobody takes half an archive for a whole one.
"""

import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from server.lanes import Lanes
from server.signing.tell_requester import SignedFile
from server.web.file_names import UniqueNames

PIECE = 1 << 20
SEND_FROM = 1 << 18  # bytes: small files leave together
READ_AT_ONCE = 200
_ZIP64_FROM = 1 << 31


class _Sink:
    """What ``zipfile`` writes to: it can't seek, so each entry's size follows the entry."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def write(self, data: bytes, /) -> int:
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        whole = b"".join(self._pieces)
        self._pieces.clear()
        self.size = 0
        return whole


def zip_stream(
    lanes: Lanes, read_page: Callable[[int, int], list[SignedFile]], path_of: Callable[[str], Path], made_at: datetime
) -> Iterator[bytes]:
    """``read_page(after, count)`` reads the next files from the store; ``path_of`` finds the bytes of a digest."""
    sink, names = _Sink(), UniqueNames()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        after = -1
        while page := lanes.database(read_page, after, READ_AT_ONCE):
            for file in page:
                entry = zipfile.ZipInfo(names.take(file.title), made_at.timetuple()[:6])
                entry.external_attr = 0o644 << 16
                with lanes.slow(path_of(file.sha256).open, "rb") as source:
                    yield from _store(lanes, archive, entry, source, sink, zip64=file.length >= _ZIP64_FROM)
            after = page[-1].position
    yield sink.take()


def _store(
    lanes: Lanes, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, source: BinaryIO, sink: _Sink, *, zip64: bool
) -> Iterator[bytes]:
    with archive.open(entry, "w", force_zip64=zip64) as target:

        def copy_piece() -> int:
            return target.write(source.read(PIECE))

        while lanes.slow(copy_piece):
            if sink.size >= SEND_FROM:
                yield sink.take()
