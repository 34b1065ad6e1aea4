"""Cross-reference sections: each number and kind that is refused stands in a section that nothing else refuses."""

import pytest

from mobile_app.device.document_checks import cross_references
from mobile_app.device.document_checks.cross_references import Section, read_sections, read_stream_section
from mobile_app.device.document_checks.filters import Inflater
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.errors import CheckFailed

ZERO = b"0 1\n0000000000 65535 f \n"


def table(rows: bytes = ZERO, entries: bytes = b"/Size 1/Root 1 0 R", start: int = 1) -> bytes:
    """A section at ``start`` that is the whole of a file but for what stands before."""
    return b"xref\n%btrailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (rows, entries, start)


def read(data: bytes, start: int = 1, end: int | None = None) -> list[Section]:
    return read_sections(data, start, len(data) if end is None else end, Inflater(), Softenings())


def refused(data: bytes, start: int = 1) -> object:
    with pytest.raises(CheckFailed) as error:
        read(data, start)
    return error.value.details["what"]


def stream(said: bytes = b"/W[1 2 1]/Index[0 2]/Size 2", data: bytes = bytes(8), kind: bytes = b"/XRef") -> bytes:
    return b"9 0 obj\n<</Type%b%b/Length %d>>\nstream\n%b\nendstream\nendobj" % (kind, said, len(data), data)


def stream_refused(data: bytes) -> object:
    with pytest.raises(CheckFailed) as error:
        read_stream_section(data, 0, len(data), Inflater())
    return error.value.details["what"]


def test_what_is_varied_here_is_read() -> None:
    assert read(b"\n" + table())[0].entries == {0: (0, 0, 65535)}
    assert read_stream_section(stream(), 0, 200, Inflater()).entries == {0: (0, 0, 0), 1: (0, 0, 0)}


@pytest.mark.parametrize(
    ("said", "data"),
    [
        (b"/Index[0 2]/Size 2", bytes(8)),
        (b"/W 5/Index[0 2]/Size 2", bytes(8)),
        (b"/W[1 2]/Index[0 2]/Size 2", bytes(6)),
        (b"/W[1 2 1 0]/Index[0 2]/Size 2", bytes(8)),
        (b"/W[1 2.0 1]/Index[0 2]/Size 2", bytes(8)),
        (b"/W[2 2 -1]/Index[0 2]/Size 2", bytes(6)),
        (b"/W[1 9 1]/Index[0 2]/Size 2", bytes(22)),
        (b"/W[1 2 1]/Index 2/Size 2", bytes(8)),
        (b"/W[1 2 1]/Index[0 2 3]/Size 2", bytes(8)),
        (b"/W[1 2 1]/Index[-1 2]/Size 2", bytes(8)),
        (b"/W[1 2 1]/Index[0.0 2]/Size 2", bytes(8)),
        (b"/W[1 2 1]/Index[1000002 1]/Size 2", bytes(4)),
        (b"/W[1 0 1]/Index[0 2]/Size 2", bytes(4)),
        (b"/W[1 2 1]/Index[0 2]/Size 2", bytes(7)),
        (b"/W[1 2 1]/Index[0 2]/Size 2", bytes(9)),
        (b"/W[0 1 0]/Index[0 1000001]/Size 1000001", bytes(1_000_001)),
        (b"/W[1 2 1]/Index[0 2 1 1]/Size 2", bytes(12)),
    ],
    ids=lambda value: value.decode() if len(value) < 100 else "",
)
def test_a_stream_of_another_shape(said: bytes, data: bytes) -> None:
    assert stream_refused(stream(said, data)) == "xref_stream_size"


def test_what_is_no_cross_reference_stream() -> None:
    assert stream_refused(stream(kind=b"/ObjStm")) == "startxref"
    assert stream_refused(b"9 0 obj\n<</Type/XRef/W[1 2 1]/Index[0 0]/Size 1>>\nendobj") == "startxref"
    assert stream_refused(b"9 0 obj\n[1 2]\nendobj") == "startxref"


@pytest.mark.parametrize("size", [b"0", b"1000002", b"2.0", b"null", b"-1", b"(2)"])
def test_a_size_that_is_none(size: bytes) -> None:
    assert stream_refused(stream(b"/W[1 2 1]/Index[]/Size " + size, b"")) == "size"
    assert refused(b"\n" + table(b"0 0\n", b"/Root 1 0 R/Size " + size)) == "size"


def test_a_size_below_a_number_that_is_listed() -> None:
    assert stream_refused(stream(b"/W[1 2 1]/Index[5 1]/Size 5", bytes(4))) == "size"
    assert refused(b"\n" + table(b"5 1\n0000000000 00001 f \n", b"/Size 5/Root 1 0 R")) == "size"


def test_a_section_at_the_very_first_byte() -> None:
    assert refused(table(start=0), 0) == "startxref"
    assert refused(table(start=0), -5) == "startxref"


def chained(prev: bytes) -> bytes:
    first = b"\n" + table()
    return first + table(entries=b"/Size 1/Root 1 0 R/Prev " + prev, start=len(first))


@pytest.mark.parametrize("prev", [b"0", b"-1", b"1.0", b"(1)", b"9999", b"2"])
def test_a_section_before_that_is_none(prev: bytes) -> None:
    data = chained(prev)
    assert refused(data, len(table()) + 1) == "prev"
    assert len(read(chained(b"1"), len(table()) + 1)) == 2


def test_a_section_before_that_comes_back() -> None:
    assert refused(chained(b"%d" % (len(table()) + 1)), len(table()) + 1) == "prev"


def test_so_many_sections_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    data = chained(b"1")
    monkeypatch.setattr(cross_references, "MAX_SECTIONS", 2)
    read(data, len(table()) + 1)
    monkeypatch.setattr(cross_references, "MAX_SECTIONS", 1)
    assert refused(data, len(table()) + 1) == "prev"


def test_so_many_entries_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cross_references, "MAX_ENTRIES", 1)
    two = b"0 2\n" + b"0000000000 65535 f \n" * 2
    assert refused(b"\n" + table(two, b"/Size 2/Root 1 0 R")) == "table_entries"
    assert refused(chained(b"1"), len(table()) + 1) == "too_many_objects"
    assert stream_refused(stream()) == "xref_stream_size"


def test_a_number_too_high_in_a_table() -> None:
    row = b"1000001 1\n0000000000 00001 f \n"
    assert refused(b"\n" + table(row, b"/Size 1000001/Root 1 0 R")) == "table_entries"


@pytest.mark.parametrize("hidden", [b"0", b"-3", b"1.0", b"null 5", b"5000"])
def test_a_hidden_section_that_does_not_stand_before(hidden: bytes) -> None:
    with pytest.raises(CheckFailed):
        read(b"\n" + table(entries=b"/Size 1/Root 1 0 R/XRefStm " + hidden))


def test_a_hidden_section_at_the_first_byte_or_behind() -> None:
    first = stream(b"/W[1 2 1]/Index[0 1]/Size 1", bytes(4)) + b"\n"
    at = len(first)
    said = b"/Size 1/Root 1 0 R/XRefStm "
    assert read(b"\n" + first + table(entries=said + b"1", start=at + 1), at + 1)[0].hidden is not None
    assert refused(first + table(entries=said + b"0", start=at), at) == "hybrid"
    behind = b"\n" + table(entries=said + b"%06d", start=1)
    whole = behind.replace(b"%06d", b"%06d" % (len(behind))) + first
    assert refused(whole) == "hybrid"
    streamed = b"\n" + first[:-1].replace(b"/Size 1", b"/Size 1/Root 1 0 R/XRefStm 1")
    assert refused(streamed + b"\nstartxref\n1\n%%EOF\n") == "hybrid"
