"""The entries of a foreign ZIP archive: which of them are documents, what they are called, and their bytes within limits.

Rules: a damaged entry fails alone; names are only names, in whatever encoding their maker wrote them; what a Mac or Windows put beside the
documents is none of them; together the entries inflate to no more than one request may hold.
"""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator

from server.errors import TooLarge, Unprocessable
from server.text import short_file_name, short_text

PIECE = 1 << 20
RATIO_LIMIT = 200
"""A PDF that shrinks more than this in an archive is a bomb."""
NAME_LIMIT = 200
DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError, ValueError, MemoryError,
)  # fmt: skip
"""What reading a spoilt archive, or a spoilt entry of one, may raise."""
_UTF8 = 0x800
_UNICODE_PATH = 0x7075
_LITTER = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


def plain_name(file_name: str) -> str:
    """The file's name without folders, as a document keeps it."""
    return short_file_name(file_name.replace("\\", "/").rsplit("/", 1)[-1], NAME_LIMIT) or "document.pdf"


def path_of(entry: zipfile.ZipInfo) -> str:
    """Where the entry lies in its archive. Names without the UTF-8 mark are what Info-ZIP's field beside them says, UTF-8 all the same
    where they can be (macOS, Linux), else Vietnamese Windows', else what the format says."""
    if entry.flag_bits & _UTF8:
        return entry.filename
    written = entry.orig_filename.encode("cp437", "replace")
    named = _unicode_path(entry.extra, written)
    if named is not None:
        return named
    for encoding in ("utf-8", "cp1258"):
        try:
            return written.partition(b"\0")[0].decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _unicode_path(extra: bytes, written: bytes) -> str | None:
    """The name in Info-ZIP's Unicode path field (APPNOTE 4.6.9: version 1, CRC-32 of the name in the header, name in UTF-8). None when
    there is none, or it belongs to another name: a program that renames entries without knowing the field leaves the old one standing."""
    while len(extra) >= 4:
        kind, size = struct.unpack_from("<HH", extra)
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and size > 5 and len(body) == size and body[0] == 1:
            (checked,) = struct.unpack_from("<I", body, 1)
            try:
                name = body[5:].decode("utf-8")
            except UnicodeDecodeError:
                return None
            return name if checked == zlib.crc32(written) else None
    return None


def shown_path(entry: zipfile.ZipInfo) -> str:
    """For the list of what was not taken: with its folders, since two of them may hold files of one name."""
    return short_text(path_of(entry).replace("\\", "/")[-NAME_LIMIT:], NAME_LIMIT) or "?"


def wanted(entry: zipfile.ZipInfo) -> bool:
    """Is it something that a person put in? Folders are not, and neither is what file managers add."""
    parts = path_of(entry).replace("\\", "/").lower().split("/")
    return not entry.is_dir() and parts[0] != "__macosx" and parts[-1] not in _LITTER


class Reading:
    """Reads the entries of one archive. ``limit``: bytes that they may inflate to, all together."""

    def __init__(self, archive: zipfile.ZipFile, limit: int) -> None:
        self._archive = archive
        self._limit = limit
        self._inflated = 0

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Raises ``Unprocessable`` (archive_entry_broken, archive_bomb) for this entry, ``TooLarge(archive_too_large)`` for the archive."""
        most = max(entry.compress_size, 1024) * RATIO_LIMIT
        size = 0
        try:
            with self._archive.open(entry) as source:
                while piece := source.read(PIECE):
                    size += len(piece)
                    self._inflated += len(piece)
                    if self._inflated > self._limit:
                        raise TooLarge(
                            "the archive inflates too much", code="archive_too_large", details={"limit": self._limit}
                        )
                    if size > most:
                        raise Unprocessable("an entry inflates too much", code="archive_bomb")
                    yield piece
        except OSError as error:
            if error.errno is not None:  # the disk's fault, not the archive's
                raise
            raise Unprocessable("a damaged entry", code="archive_entry_broken") from error
        except DAMAGED as error:
            raise Unprocessable("a damaged entry", code="archive_entry_broken") from error
