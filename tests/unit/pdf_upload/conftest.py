"""Small PDFs written object by object, and one sandbox for all tests of a session."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_result import Inspection
from server.pdf.inspect_upload import inspect_upload
from server.pdf.sandbox import Sandbox

BuildPdf = Callable[..., bytes]
Inspect = Callable[..., Inspection]

PAGE = {
    1: b"<< /Type /Catalog /Pages 2 0 R >>",
    2: b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>",
    4: b"<< /Length 4 >>\nstream\nq Q \nendstream",
}


def _write(objects: Mapping[int, bytes], size: int, base: bytes = b"%PDF-1.7\n", previous: int | None = None) -> bytes:
    """One revision after ``base``; every number gets its own subsection, so gaps don't matter."""
    out = bytearray(base)
    table = bytearray(b"xref\n")
    if previous is None:
        table += b"0 1\n0000000000 65535 f \n"
    for number, body in objects.items():
        table += b"%d 1\n%010d 00000 n \n" % (number, len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    trailer = b"<< /Size %d /Root 1 0 R " % size
    if previous is not None:
        trailer += b"/Prev %d " % previous
    return bytes(out + table + b"trailer\n" + trailer + b">>\nstartxref\n%d\n%%%%EOF\n" % start)


def _hung(objects: dict[int, bytes]) -> dict[int, bytes]:
    named = b" ".join(objects.values())
    loose = [number for number in objects if number >= 4 and not re.search(rb"(?<!\d)%d 0 R" % number, named)]
    if loose:
        catalog = objects[1].removesuffix(b">>")
        objects[1] = catalog + b"/Loose [" + b" ".join(b"%d 0 R" % number for number in loose) + b"] >>"
    return objects


@pytest.fixture
def build_pdf() -> BuildPdf:
    """``build_pdf(changes, *updates)``: one page; ``changes`` are bodies by number, each update a later revision. What nothing
    refers to is hung from the catalog, so that all of it is reached.
    """

    def build(changes: Mapping[int, bytes] | None = None, *updates: Mapping[int, bytes]) -> bytes:
        size = max(number for part in (PAGE, changes or {}, *updates) for number in part) + 1
        data = _write(_hung({**PAGE, **(changes or {})}), size)
        for update in updates:
            data = _write(update, size, data, int(data.rsplit(b"startxref\n", 1)[1].split()[0]))
        return data

    return build


@pytest.fixture
def stream() -> Callable[[bytes, bytes], bytes]:
    """``stream(data, entries)``: the body of a stream object with the right length."""

    def make(data: bytes, entries: bytes = b"") -> bytes:
        return b"<< /Length %d %s >>\nstream\n" % (len(data), entries) + data + b"\nendstream"

    return make


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    """Inspect bytes in this process with the default or given limits."""

    def run(data: bytes, limits: UploadLimits | None = None) -> Inspection:
        source = tmp_path / "upload.pdf"
        source.write_bytes(data)
        return inspect_upload(source, tmp_path / "repaired.pdf", limits or UploadLimits())

    return run


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as one:
        yield one
