"""Cases of sections and objects that stand where they are not looked for, or together mean another file (ISO 32000-2, 7.5.4 to 7.5.8)."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, differ, signed_only
from tests.pdf_corpus.grammar_cases_revisions import hybrid
from tests.pdf_corpus.grammar_writer import GrammarFile, base, build, open_document

_CONTENT_OTHER = b"<< /Length 6 >>\nstream\nq q Q \nendstream"
_EMPTY = b"0 0\n"  # a table that lists nothing


def cases() -> Iterator[GrammarCase]:
    yield from both("section_in_stream", "startxref", _section_in_stream)
    yield from both("generation_of_header_differs", "generation", _generation_of_header)
    yield from differ("update_of_nothing", "revisions", None, lambda s: open_document(s).close().close(rows=_EMPTY).done())
    yield from signed_only("section_back_in_body", "prev", _section_back_in_body())
    yield from signed_only("hybrid_in_stream", "hybrid", _hybrid_in_stream())
    yield from signed_only("hybrid_copied_behind", None, _hybrid_copied_behind())
    yield from signed_only("hybrid_streams_of_one_number", "duplicate_number", _streams_of_one_number())


def _section_in_stream(signed: bool) -> bytes:
    """The only section stands within a stream's data."""
    file = open_document(signed, {2: base(signed)[2].replace(b"/Count 1", b"/Count 1 /X 7 0 R")})
    file.entries[7], file.highest = (len(file.out), 0, b"n"), 7
    head = b"7 0 obj\n<< /Length %05d >>\nstream\n"
    at = file.raw(head % 0)
    start = len(file.out)
    file.close()
    file.out[at:start] = head % (len(file.out) - start)
    file.raw(b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % start)
    return file.done()


def _generation_of_header(signed: bool) -> bytes:
    """Table and reference say generation 1, the object itself 0."""
    page = base(signed)[3].replace(b"/Contents 4 0 R", b"/Contents 4 1 R")
    offset = open_document(signed, {3: page}).entries[4][0]
    return build(signed, {3: page}, listed={4: (offset, 1, b"n")})


def _stream(rows: dict[int, tuple[int, int, int]]) -> bytes:
    """What ``/XRefStm`` names: a cross-reference stream with these rows."""
    index = b" ".join(b"%d 1" % number for number in sorted(rows))
    data = b"".join(b"%c%b%b" % (a, b.to_bytes(4, "big"), c.to_bytes(2, "big")) for _, (a, b, c) in sorted(rows.items()))
    head = b"<< /Type /XRef /Size 10 /Root 1 0 R /W [1 4 2] /Index [%b] /Length %d >>" % (index, len(data))
    return head + b"\nstream\n" + data + b"\nendstream"


def _listed(file: GrammarFile) -> dict[int, tuple[int, int, int]]:
    """Everything that the open revision lists, as rows of a cross-reference stream."""
    return {number: (1, entry[0], entry[1]) for number, entry in file.entries.items()}


def _section_back_in_body() -> bytes:
    """The newest section, of the hybrid shape, stands before the one that it names, and what is behind that one is listed nowhere."""
    file = open_document(True)
    rows = _listed(file)
    place = file.put(9, _stream(rows))
    file.close()
    first = file.sections[0]
    file.put(4, _CONTENT_OTHER)
    entries = dict(file.entries)
    head, tail = b"xref\n0 0\ntrailer\n<< /Size 10 /Root 1 0 R ", b"/XRefStm %d /Prev %010d >>\nstartxref\n%d\n%%%%EOF\n"
    newest = file.raw(head)
    at = file.raw(tail % (place, 0, newest))
    middle = len(file.out)
    file.out[at:] = tail % (place, middle, newest)
    file.entries = entries
    file.close(extra=b"/Prev %d " % first)
    file.raw(b"1 0 obj\n(x)\nendobj\nstartxref\n%d\n%%%%EOF\n" % newest)
    return file.done()


def _hybrid_in_stream() -> bytes:
    """The section that names another by /XRefStm is a stream itself, which some readers follow and others don't."""
    file = open_document(True)
    rows = _listed(file)
    place = file.put(9, _stream(rows))
    file.close()
    return file.close_stream(10, list_itself=False, extra=b"/XRefStm %d " % place).done()


def _hybrid_copied_behind() -> bytes:
    """A table right behind a hybrid file keeps its /XRefStm and repeats an entry."""
    data = hybrid(True)
    file = GrammarFile(b"")
    file.out += data
    file.sections.append(int(data.rsplit(b"startxref\n", 1)[1].split()[0]))
    file.highest = 9
    place = int(data.rsplit(b"/XRefStm ", 1)[1].split()[0])
    return file.close(rows=b"4 1\n%010d 00000 n \n" % data.index(b"4 0 obj"), extra=b"/XRefStm %d " % place).done()


def _streams_of_one_number() -> bytes:
    """Two tables that list nothing name a stream each, both of the same number, which nothing lists."""
    file = open_document(True)
    rows = _listed(file)
    places = [file.put(9, _stream(rows)) for _ in range(2)]
    del file.entries[9]
    file.close()
    for place in places:
        file.close(rows=_EMPTY, extra=b"/XRefStm %d " % place)
    return file.done()
