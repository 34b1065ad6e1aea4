"""The archive's layout: what `zipfile` and Info-ZIP read is what went in, and the length promised is the length sent, beyond 4 GiB too."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from server.lanes import InPlace
from server.signing.tell_requester import SignedFile
from server.web import zip_stream
from server.web.zip_stream import ZipStream

MADE = datetime(2026, 11, 22, 14, 5, 31)


def stream(folder: Path, contents: list[bytes], title: str = "Hợp đồng thuê nhà") -> ZipStream:
    for number, content in enumerate(contents):
        (folder / str(number)).write_bytes(content)
    files = [SignedFile(number, title, str(number), len(content)) for number, content in enumerate(contents)]
    return ZipStream(InPlace(), files, lambda name: folder / name, MADE)


@pytest.mark.parametrize("count", [1, 2, 300])
def test_what_goes_in_comes_out(tmp_path: Path, count: int) -> None:
    contents = [f"%PDF {number}".encode() * (number % 7) for number in range(count)]
    made = stream(tmp_path, contents)
    whole = b"".join(made.pieces())
    assert len(whole) == made.length
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        entries = archive.infolist()
        assert [archive.read(entry) for entry in entries] == contents
    assert entries[0].date_time == (2026, 11, 22, 14, 5, 30)
    assert entries[0].flag_bits == 0x800, "sizes stand in front of each entry"
    assert len({entry.filename for entry in entries}) == count
    assert entries[0].filename == "Hợp đồng thuê nhà.pdf"


@pytest.mark.skipif(shutil.which("unzip") is None, reason="unzip is not installed")
def test_info_zip_unpacks_it(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join(stream(tmp_path, [b"one", b"", b"three"]).pieces()))
    run = subprocess.run(["unzip", "-t", str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, "No errors detected" in run.stdout) == (0, True), run.stdout + run.stderr


def test_every_place_to_go_on_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_stream, "PIECE", 64)
    monkeypatch.setattr(zip_stream, "SEND_FROM", 16)
    made = stream(tmp_path, [b"x" * 150, b"", b"yz"], "Đơn")
    whole = b"".join(made.pieces())
    for first in range(len(whole)):
        assert b"".join(made.pieces(first)) == whole[first:], first


def test_beyond_what_32_bits_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits are lowered, not the files raised: then every ZIP64 form appears, and zipfile reads it."""
    monkeypatch.setattr(zip_stream, "_MOST_16", 3)
    contents = [b"a" * 9, b"b" * 8, b"c" * 7, b"d" * 6]
    whole = b"".join(stream(tmp_path, contents).pieces())
    assert b"PK\6\6" in whole  # a directory of "more entries than fit"
    big = tmp_path / "0"
    with big.open("wb") as file:
        file.truncate(0xFFFFFFFF + 5)  # sparse
    files = [SignedFile(0, "lớn", "0", 0xFFFFFFFF + 5), SignedFile(1, "nhỏ", "1", 8)]
    monkeypatch.setattr(zip_stream, "_crc", lambda path, length: 0 if length > 99 else zip_stream.zlib.crc32(path.read_bytes()))
    made = ZipStream(InPlace(), files, lambda name: tmp_path / name, MADE)
    tail = b"".join(made.pieces(0xFFFFFFFF + 5))
    head = next(made.pieces())[:200]
    assert 0xFFFFFFFF + 5 + len(tail) == made.length
    with zipfile.ZipFile(_Sparse(head, tail, made.length)) as archive:  # type: ignore[arg-type]
        assert [(entry.filename, entry.file_size) for entry in archive.infolist()] == [
            ("lớn.pdf", 0xFFFFFFFF + 5),
            ("nhỏ.pdf", 8),
        ]
        assert archive.read("nhỏ.pdf") == contents[1]


def test_a_file_of_another_length_breaks_off(tmp_path: Path) -> None:
    made = stream(tmp_path, [b"abc", b"defg"])
    (tmp_path / "1").write_bytes(b"def")

    def read() -> Iterator[bytes]:
        yield from made.pieces()

    with pytest.raises(OSError, match="has 3 bytes, not 4"):
        list(read())


class _Sparse(io.RawIOBase):
    """A huge file of which only the ends are there; zeros between."""

    def __init__(self, head: bytes, tail: bytes, length: int) -> None:
        self._head, self._tail, self._length, self._at = head, tail, length, 0

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._length)[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        size = self._length - self._at if size < 0 else min(size, self._length - self._at)
        begins = self._length - len(self._tail)
        if self._at >= begins:
            found = self._tail[self._at - begins : self._at - begins + size]
        else:
            found = (self._head[self._at : self._at + size] + bytes(size))[:size]
        self._at += len(found)
        return found
