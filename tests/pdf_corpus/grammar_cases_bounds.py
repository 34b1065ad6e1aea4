"""Cases of the last step before and behind each bound: one for every condition that no other case needs (ISO 32000-2, 7.3 and 7.5)."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, differ, signed_only
from tests.pdf_corpus.grammar_cases_revisions import hybrid, linearised
from tests.pdf_corpus.grammar_writer import PLAIN, GrammarFile, base, build, open_document, pack

_CONTENT_OTHER = b"<< /Length 6 >>\nstream\nq q Q \nendstream"
_HUGE = b"1" + b"0" * 30  # more than any place that a reader can be told
_ROW = 7  # bytes of an entry in ``close_stream``


def cases() -> Iterator[GrammarCase]:
    yield from _values()
    yield from _objects()
    yield from _tables()
    yield from _stream_layouts()
    yield from _object_streams()
    yield from _chains()
    yield from _linearised()
    yield from _hybrids()


def _extra(signed: bool, body: bytes) -> bytes:
    """An object of its own that the page tree's root names."""
    return build(signed, {2: base(signed)[2].replace(b"/Count 1", b"/Count 1 /X 7 0 R"), 7: body})


def _values() -> Iterator[GrammarCase]:
    for name, body in (("bracket_alone", b"]"), ("bracket_other", b"[ 1 >>"), ("name_zero_byte", b"/A#00")):
        yield from both(f"value_{name}", "value", lambda s, b=body: _extra(s, b))
    yield from both("integer_of_5000_digits", "integer", lambda s: _extra(s, b"1" * 5000))
    for name, body in (
        ("zeros_first", b"04 0 R"), ("zeros_second", b"4 00 R"), ("long_first", b"99999999999 0 R"), ("long_second", b"4 123456 R"),
    ):  # fmt: skip
        yield from both(f"reference_{name}", "number", lambda s, b=body: _extra(s, b"[ " + b + b" ]"))
    yield from both("reference_to_zero", "dangling", lambda s: _extra(s, b"[ 0 0 R ]"))
    yield GrammarCase("signed_by_its_widget/signed", build(True, {1: PLAIN[1]}), None, True)


def _objects() -> Iterator[GrammarCase]:
    yield from both("generation_65536", "object_header", lambda s: _generation(s, 65_536))
    yield from both("number_1000002_unlisted", "object_header", lambda s: build(s, after={3: b"1000002 0 obj\n(x)\nendobj\n"}))
    yield from both("stream_without_dictionary", "stream_start", lambda s: build(s, {4: b"stream\nq Q \n\nendstream"}))
    yield from both("stream_of_array", "value", lambda s: build(s, {4: b"[ 5 ]\nstream\nq Q \n\nendstream"}))
    yield from both("length_back_into_string", "length_value", lambda s: build(s, {4: _backwards()}))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> /UserUnit 1000000 >>"
    yield GrammarCase("user_unit_1000000/unsigned", build(False, {3: page}), "page_box", False)


def _generation(signed: bool, generation: int) -> bytes:
    page = base(signed)[3].replace(b"/Contents 4 0 R", b"/Contents 4 %d R" % generation)
    offset = open_document(signed, {3: page}).entries[4][0]
    head = b"4 %d obj" % generation
    return build(signed, {3: page}, heads={4: head}, listed={4: (offset, generation, b"n")})


def _backwards() -> bytes:
    """A stream whose length leads back to a string that ends it."""
    behind = b") /Length -%d >>\nstream\n"
    length = len(b"\nendstream endobj" + behind % 50)
    return b"<< /X (\nendstream endobj" + behind % length + b"q Q \n\nendstream"


def _tables() -> Iterator[GrammarCase]:
    yield from both("table_free_1000001", "table_entries", lambda s: build(s, listed={1_000_001: (0, 1, b"f")}, size=1_000_002))
    yield from both("trailer_array", "value", _trailer_in_array)


def _trailer_in_array(signed: bool) -> bytes:
    return build(signed).replace(b"trailer\n<<", b"trailer\n[ <<").replace(b">>\nstartx", b">> ]\nstartx")


def _with_stream(signed: bool, old: bytes = b"", new: bytes = b"", **options: object) -> bytes:
    """The document with a cross-reference stream, in whose dictionary ``new`` stands for ``old``."""
    head, keyword, tail = open_document(signed).close_stream(9, **options).done().rpartition(b"/Type /XRef")  # type: ignore[arg-type]
    return head + keyword + tail.replace(old, new, 1)


def _rows(data: bytes) -> list[bytes]:
    return [data[at : at + _ROW] for at in range(0, len(data), _ROW)]


def _repeated(data: bytes) -> bytes:
    rows = _rows(data)
    return b"".join([*rows[:5], rows[4], *rows[5:]])


def _stream_layouts() -> Iterator[GrammarCase]:
    for name, widths in (("none", b""), ("four", b"/W [1 4 2 0]"), ("true", b"/W [true 4 2]"), ("negative", b"/W [1 8 -2]")):
        yield from both(f"widths_{name}", "xref_stream_size", lambda s, w=widths: _with_stream(s, b"/W [1 4 2]", w))
    wide = {"alter": lambda data: b"".join(row[:5] + bytes(7) + row[5:] for row in _rows(data))}
    yield from both("widths_nine", "xref_stream_size", lambda s: _with_stream(s, b"/W [1 4 2]", b"/W [1 4 9]", **wide))
    yield from both("xref_stream_without_size", "size", lambda s: _with_stream(s, b"/Index", b"/Wrong", size=b""))
    for name, index in (("single", b"/Index 5 /Old ["), ("odd", b"/Index [9 "), ("false", b"/Index [false 1 ")):
        old = b"/Index [0 1 " if name == "false" else b"/Index ["
        yield from both(f"index_{name}", "xref_stream_size", lambda s, o=old, i=index: _with_stream(s, o, i))
    before = {"alter": lambda data: bytes(_ROW) + data}
    yield from both("index_negative", "xref_stream_size", lambda s: _with_stream(s, b"/Index [", b"/Index [-1 1 ", **before))
    beyond = {"kinds": {1_000_001: (0, 0, 1)}, "size": 1_000_002}
    yield from both("index_1000001", "xref_stream_size", lambda s: _with_stream(s, **beyond))
    yield from both("index_number_twice", "duplicate_number", lambda s: _with_stream(s, b" 4 1 ", b" 4 1 4 1 ", alter=_repeated))
    headless = {"alter": lambda data: data[_ROW:]}
    yield from both("index_without_zero", "table_entries", lambda s: _with_stream(s, b"/Index [0 1 ", b"/Index [", **headless))
    swapped = {"alter": lambda data: data[_ROW : 2 * _ROW] + data[:_ROW] + data[2 * _ROW :]}
    second = _with_stream(False, b"/Index [0 1 1 1 ", b"/Index [1 1 0 1 ", **swapped)  # signed, the library refuses it
    yield GrammarCase("index_zero_second/unsigned", second, None, False)


def _packed(signed: bool, body: bytes, listed: dict[int, tuple[int, int]] | None = None) -> bytes:
    """Catalog and page tree's root in object stream 8; ``body`` is object stream 10."""
    objects = base(signed)
    file = GrammarFile()
    for number in sorted(set(objects) - {1, 2}):
        file.put(number, objects[number])
    pages = objects[2].replace(b"/Count 1", b"/Count 1 /X [%b]" % b" ".join(b"%d 0 R" % number for number in listed or ()))
    file.put(8, pack({1: objects[1], 2: pages}))
    file.put(10, body)
    return file.close_stream(9, {1: (8, 0), 2: (8, 1), **(listed or {})}).done()


def _members(head: bytes, data: bytes, count: bytes, first: bytes | None = None) -> bytes:
    content = head + data
    said = b"%d" % len(head) if first is None else first
    return b"<< /Type /ObjStm /N %b /First %b /Length %d >>\nstream\n" % (count, said, len(content)) + content + b"\nendstream"


def _object_streams() -> Iterator[GrammarCase]:
    one, two = {11: (10, 0)}, {11: (10, 0), 12: (10, 1)}
    yield from both("members_one", None, lambda s: _packed(s, _members(b"11 0 ", b"(x)", b"1"), one))
    yield from differ("members_none", "unreachable", None, lambda s: _packed(s, _members(b" ", b" ", b"0")))
    for name, body, listed in (
        ("count_real", _members(b"11 0 ", b"(x)", b"1.0"), one),
        ("first_real", _members(b"11 0 ", b"(x)", b"1", b"5.0"), one),
        ("first_negative", _members(b"", b" ", b"0", b"-1"), {}),
        ("first_past_end", _members(b"", b" ", b"0", b"99"), {}),
        ("word_in_pairs", _members(b"11 0 x ", b"(x)", b"1"), one),
        ("overlapping", _members(b"11 0 12 2 ", b"[ (x) ]", b"2"), two),
        ("same_place", _members(b"11 0 12 0 ", b"(x)", b"2"), two),
        ("sharing_an_end", _members(b"11 0 12 1 ", b"12", b"2"), two),
        ("junk_first", _members(b"11 4 ", b"(y) (x)", b"1"), one),
        ("none_but_data", _members(b" ", b"(x)", b"0"), {}),
        ("number_zero", _members(b"0 0 ", b"(x)", b"1"), {}),
        ("number_1000001", _members(b"1000001 0 ", b"(x)", b"1"), {}),
    ):
        yield from both(f"members_{name}", "object_stream", lambda s, b=body, w=listed: _packed(s, b, w))
    yield from signed_only("update_lists_member_elsewhere", "object_stream_member", _member_moved())


def _member_moved() -> bytes:
    """An update says that the catalog is another member of the object stream that stays."""
    objects = base(True)
    file = GrammarFile()
    for number in sorted(set(objects) - {1, 2}):
        file.put(number, objects[number])
    file.put(8, pack({1: objects[1], 2: objects[2]}))
    file.close_stream(9, {1: (8, 0), 2: (8, 1)})
    return file.close_stream(10, {1: (8, 1)}).done()


def _chains() -> Iterator[GrammarCase]:
    for name, place in (("huge", _HUGE), ("minus_huge", b"-" + _HUGE)):
        yield from both(f"prev_{name}", "prev", lambda s, p=place: build(s, extra=b"/Prev %b " % p), "integer")
        yield from both(f"hybrid_place_{name}", "hybrid", lambda s, p=place: build(s, extra=b"/XRefStm %b " % p), "integer")
    yield from differ("startxref_white_before", "offset", None, _startxref_early)
    early = open_document(True).close(startxref=b"startxref\n14\n")  # the line end of the header
    early.put(4, _CONTENT_OTHER)
    yield from signed_only("revision_startxref_at_white", "startxref", early.close().done())
    inner = open_document(True).close()
    inner.put(4, _CONTENT_OTHER)
    inner.close(root=b"")
    inner.put(4, _CONTENT_OTHER)
    yield from signed_only("revision_without_root", "root", inner.close().done())
    endless = open_document(True).close_stream(9)
    endless.out = endless.out.rpartition(b"startxref")[0]
    endless.put(4, _CONTENT_OTHER)
    yield from signed_only("revision_without_startxref", "startxref", endless.close().done())


def _startxref_early(signed: bool) -> bytes:
    start = len(open_document(signed).out)
    return build(signed, startxref=b"startxref\n%d\n" % (start - 1))


def _linearised() -> Iterator[GrammarCase]:
    yield from both("linearised_startxref_front", "startxref", lambda s: linearised(s).replace(b"startxref\n0\n", b"startxref\n7\n"))
    head, keyword, tail = linearised(True).rpartition(b"startxref\n")
    updated = linearised(True, update=True)
    wrong = updated[: len(head)] + keyword + b"9" * tail.index(b"\n") + updated[len(head + keyword) + tail.index(b"\n") :]
    yield from signed_only("linearised_startxref_main", "startxref", wrong)
    yield from both("linearised_number_twice", "duplicate_number", _listed_in_both)
    yield from both("linearised_size_main", "size", lambda s: b"/Side 10".join(linearised(s).rsplit(b"/Size 10", 1)))
    yield from both("linearised_words_alone", "linearised", _says_linearised)


def _listed_in_both(signed: bool) -> bytes:
    """The main table lists the first page too."""
    head, keyword, tail = linearised(signed).rpartition(b"xref\n0 1\n")
    return head + keyword + tail.replace(b"\n4 1\n", b"\n3 1\n")


def _says_linearised(signed: bool) -> bytes:
    """One section, whose first object says that the file were linearised, and its right length."""
    said = b"/Linearized 1 /L %06d /Pages"
    length = len(build(signed, {1: base(signed)[1].replace(b"/Pages", said % 0)}))
    return build(signed, {1: base(signed)[1].replace(b"/Pages", said % length)})


def _hybrids() -> Iterator[GrammarCase]:
    yield from both("hybrid_place_real", "hybrid", lambda s: build(s, extra=b"/XRefStm 15.0 "))
    yield from both("hybrid_place_of_nothing", "hybrid", lambda s: build(s, extra=b"/XRefStm 5 "))
    yield from both("hybrid_place_of_catalog", "hybrid", lambda s: build(s, extra=b"/XRefStm 15 "))
    yield from both("hybrid_place_of_string", "hybrid", lambda s: _names_object(s, b"(x)"))
    yield from both("hybrid_place_of_dictionary", "xref_kind", lambda s: _names_object(s, b"<< /Type /XRef >>"), "hybrid")
    yield from signed_only("hybrid_stream_root_differs", "hybrid", hybrid(True, stream_root=b"/Root 5 0 R"))
    root = b"/Root 1 0 R"
    stream, table, newest = hybrid(True).split(root, 2)
    yield from signed_only("hybrid_table_without_root", "root", stream + root + table + b"/Rood 1 0 R" + newest)


def _names_object(signed: bool, body: bytes) -> bytes:
    changes = {2: base(signed)[2].replace(b"/Count 1", b"/Count 1 /X 7 0 R"), 7: body}
    return build(signed, changes, extra=b"/XRefStm %d " % open_document(signed, changes).entries[7][0])
