"""A ZIP archive on its way: made while it is sent, never whole anywhere, its length known before its first byte.

Rules: entries are stored as they are (signed PDFs do not shrink, and their bytes count), each with its CRC and sizes in front of it, so
that the plainest program unpacks it (APPNOTE 6.3.10; ZIP64 where 4 GiB or 65,535 entries are passed); files are read in pieces off the
event loop; what can't be read breaks the transfer off, so that nobody takes half an archive for a whole one. The same files make the same
bytes, so a transfer that broke off goes on where it stopped: what was sent before is read again for its CRC only.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from server.lanes import Lanes
from server.signing.tell_requester import SignedFile
from server.web.file_names import UniqueNames

PIECE = 1 << 20
SEND_FROM = 1 << 18  # bytes: small files leave together
_MOST_32, _MOST_16 = 0xFFFFFFFF, 0xFFFF
_LOCAL, _CENTRAL = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L")
_END, _END_64, _FIND_END_64 = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
_UTF8, _STORED = 0x0800, 0
_UNIX_FILE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class _Entry:
    name: bytes
    sha256: str
    length: int
    offset: int

    def local(self, crc: int, when: tuple[int, int]) -> bytes:
        big = self.length >= _MOST_32
        extra = struct.pack("<2H2Q", 1, 16, self.length, self.length) if big else b""
        size = min(self.length, _MOST_32)
        head = (b"PK\3\4", 45 if big else 20, _UTF8, _STORED, *when, crc, size, size, len(self.name), len(extra))
        return _LOCAL.pack(*head) + self.name + extra

    @property
    def end(self) -> int:
        """Where the next entry begins."""
        return self.offset + len(self.local(0, (0, 0))) + self.length

    def central(self, crc: int, when: tuple[int, int]) -> bytes:
        wide = [self.length, self.length] if self.length >= _MOST_32 else []
        wide += [self.offset] if self.offset >= _MOST_32 else []
        extra = struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
        version, size = 45 if wide else 20, min(self.length, _MOST_32)
        head = (b"PK\1\2", 3 << 8 | version, version, _UTF8, _STORED, *when, crc, size, size)
        rest = (len(self.name), len(extra), 0, 0, 0, _UNIX_FILE, min(self.offset, _MOST_32))
        return _CENTRAL.pack(*head, *rest) + self.name + extra


class ZipStream:
    """``path_of`` finds the bytes of a digest; they must be as long as the file says."""

    def __init__(self, lanes: Lanes, files: Sequence[SignedFile], path_of: Callable[[str], Path], made_at: datetime) -> None:
        self._lanes = lanes
        self._path_of = path_of
        year, month, day, hour, minute, second = made_at.timetuple()[:6]
        self._when = (hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
        self._entries: list[_Entry] = []
        names, offset = UniqueNames(), 0
        for file in files:
            self._entries.append(_Entry(names.take(file.title).encode(), file.sha256, file.length, offset))
            offset = self._entries[-1].end
        self._directory = offset
        self.length = offset + sum(len(entry.central(0, (0, 0))) for entry in self._entries)
        self.length += len(self._end(self.length))

    def pieces(self, first: int = 0) -> Iterator[bytes]:
        """The archive's bytes from ``first`` on."""
        waiting, size = [], 0
        for piece in self._from(first):
            waiting.append(piece)
            size += len(piece)
            if size >= SEND_FROM:
                yield b"".join(waiting)
                waiting, size = [], 0
        yield b"".join(waiting)

    def _from(self, first: int) -> Iterator[bytes]:
        directory: list[bytes] = []
        for entry in self._entries:
            path = self._path_of(entry.sha256)
            crc = self._lanes.slow(_crc, path, entry.length)
            directory.append(entry.central(crc, self._when))
            if entry.end > first:
                head = entry.local(crc, self._when)
                yield head[max(0, first - entry.offset) :]
                at = max(0, first - entry.offset - len(head))
                while at < entry.length:
                    piece = self._lanes.slow(_read, path, at)
                    at += len(piece)
                    yield piece
        tail = b"".join(directory)
        tail += self._end(self._directory + len(tail))
        yield tail[max(0, first - self._directory) :]

    def _end(self, at: int) -> bytes:
        """The end of central directory, which begins ``at``; with its ZIP64 forms when a number does not fit."""
        count, size = len(self._entries), at - self._directory
        narrow = (min(count, _MOST_16), min(count, _MOST_16), min(size, _MOST_32), min(self._directory, _MOST_32))
        end = _END.pack(b"PK\5\6", 0, 0, *narrow, 0)
        if narrow == (count, count, size, self._directory):
            return end
        wide = _END_64.pack(b"PK\6\6", _END_64.size - 12, 45, 45, 0, 0, count, count, size, self._directory)
        return wide + _FIND_END_64.pack(b"PK\6\7", 0, at, 1) + end


def _crc(path: Path, length: int) -> int:
    """Raises ``OSError`` when the file is not as long as its row says: the archive's length was promised."""
    crc = total = 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            crc = zlib.crc32(piece, crc)
            total += len(piece)
    if total != length:
        raise OSError(f"{path.name} has {total} bytes, not {length}")
    return crc


def _read(path: Path, at: int) -> bytes:
    with path.open("rb") as file:
        file.seek(at)
        piece = file.read(PIECE)
    if not piece:
        raise OSError(f"{path.name} ends too soon")
    return piece
