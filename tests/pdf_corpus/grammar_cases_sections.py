"""Cases of cross-reference tables and streams, object streams, trailers and the end (ISO 32000-2, 7.5.4 to 7.5.8)."""

import zlib
from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, differ
from tests.pdf_corpus.grammar_writer import GrammarFile, base, build, open_document, pack


def cases() -> Iterator[GrammarCase]:
    yield from _tables()
    yield from _streams()
    yield from _object_streams()
    yield from _trailers()
    yield from _references()


def _rows(signed: bool, alter: tuple[bytes, bytes] | None = None) -> bytes:
    """The plain document, its table's text altered."""
    data = build(signed)
    if alter is None:
        return data
    head, keyword, tail = data.partition(b"xref\n0 ")
    return head + keyword + tail.replace(alter[0], alter[1], 1)


def _tables() -> Iterator[GrammarCase]:
    yield from both(
        "table_line_end_crlf", None, lambda s: _rows(s).replace(b" n \n", b" n\r\n").replace(b" f \n", b" f\r\n")
    )
    yield from both("table_entry_19", "table_entries", lambda s: _rows(s, (b" n \n", b" n\n")))
    yield from both("table_entry_21", "table_entries", lambda s: _rows(s, (b" n \n", b" n  \n")))
    yield from both("table_kind", "table_entries", lambda s: _rows(s, (b" n \n", b" x \n")))
    yield from both("table_count_short", "table_entries", lambda s: _rows(s, (b"7\n" if s else b"5\n", b"4\n")))
    yield from both("table_count_long", "table_entries", lambda s: _rows(s, (b"7\n" if s else b"5\n", b"8\n")))
    yield from both("table_from_1", "table_entries", _from_one, "entry_zero")
    yield from both("entry_zero_65536", None, lambda s: build(s, entry_zero=b"0000000000 65536 f \n"))
    yield from both("entry_zero_generation", "entry_zero", lambda s: build(s, entry_zero=b"0000000000 00000 f \n"))
    yield from both(
        "entry_zero_in_use", "entry_zero", lambda s: build(s, entry_zero=b"0000000009 65535 n \n"), "offset"
    )
    yield from both("table_descending", "entry_zero", lambda s: _in_two_runs(s, ascending=False))
    yield from both("table_in_two_runs", None, lambda s: _in_two_runs(s, ascending=True))
    for name, head in (("first", b"00 %d\n"), ("count", b"0 0%d\n"), ("white", b"\n0 %d\n")):
        yield from both(
            f"subsection_{name}_form", "table_entries", lambda s, h=head: open_document(s).close(rows=_headed(s, h)).done()
        )
    yield from both("table_number_twice", "duplicate_number", _number_twice, "table_entries")
    yield from both("free_never_used", None, lambda s: build(s, listed={7: (0, 0, b"f")}, size=8))
    yield from both("entry_nowhere", "dangling", lambda s: build(s, listed={9: (0, 0, b"n")}, size=10), "offset")
    yield from both(
        "entry_past_end", "dangling", lambda s: build(s, listed={9: (9_999_999, 0, b"n")}, size=10), "offset"
    )
    yield from both(
        "comment_in_table", "comment", lambda s: _rows(s, (b"trailer", b"% a line\ntrailer")), "table_entries"
    )


def _from_one(signed: bool) -> bytes:
    file = open_document(signed)
    rows = b"1 %d\n" % len(file.entries) + b"".join(b"%010d %05d %b \n" % entry for entry in file.entries.values())
    return file.close(rows=rows).done()


def _headed(signed: bool, head: bytes) -> bytes:
    file = open_document(signed)
    _, rows = file._rows(b"0000000000 65535 f \n").split(b"\n", 1)
    return head % (len(file.entries) + 1) + rows


def _in_two_runs(signed: bool, *, ascending: bool) -> bytes:
    file = open_document(signed)
    rows = [b"0000000000 65535 f \n", *(b"%010d %05d %b \n" % entry for entry in file.entries.values())]
    runs = [b"0 2\n" + b"".join(rows[:2]), b"2 %d\n" % len(rows[2:]) + b"".join(rows[2:])]
    return file.close(rows=b"".join(runs if ascending else runs[::-1])).done()


def _number_twice(signed: bool) -> bytes:
    file = open_document(signed)
    rows = file._rows(b"0000000000 65535 f \n") + b"4 1\n%010d %05d %b \n" % file.entries[4]
    return file.close(rows=rows).done()


def _with_stream(signed: bool, **options: object) -> bytes:
    return open_document(signed).close_stream(9, **options).done()  # type: ignore[arg-type]


def _streams() -> Iterator[GrammarCase]:
    yield from both("xref_stream", None, _with_stream)
    yield from both(
        "xref_stream_flate", None, lambda s: _with_stream(s, alter=zlib.compress, extra=b"/Filter /FlateDecode ")
    )
    yield from both("xref_stream_not_listed", None, lambda s: _with_stream(s, list_itself=False))
    yield from both("xref_stream_generation", "generation", lambda s: _with_stream(s, generation=1), "offset")
    yield from both(
        "xref_stream_generation_not_listed", "generation", lambda s: _with_stream(s, generation=1, list_itself=False)
    )
    yield from both("xref_stream_entry_zero_generation", None, lambda s: _with_stream(s, entry_zero=(0, 0, 0)))
    yield from both(
        "xref_stream_entry_zero_in_use", "entry_zero", lambda s: _with_stream(s, entry_zero=(1, 9, 0)), "offset"
    )
    yield from both("xref_stream_long", "xref_stream_size", lambda s: _with_stream(s, alter=lambda data: data + b"\0"))
    yield from both("xref_stream_short", "xref_stream_size", lambda s: _with_stream(s, alter=lambda data: data[:-1]))
    hexadecimal = {"alter": lambda data: data.hex().encode() + b">", "extra": b"/Filter /ASCIIHexDecode "}
    yield from both("xref_stream_hexadecimal", "xref_stream_filter", lambda s: _with_stream(s, **hexadecimal))
    yield from both(
        "xref_stream_damaged",
        "xref_stream_filter",
        lambda s: _with_stream(s, extra=b"/Filter /FlateDecode "),
        "xref_stream_size",
    )
    yield from both("xref_stream_kind_3", "xref_kind", lambda s: _with_stream(s, kinds={8: (3, 0, 0)}))


def _packed(
    signed: bool, body: bytes | None = None, packed: dict[int, tuple[int, int]] | None = None, **options: object
) -> bytes:
    """Catalog and page tree's root in object stream 8, cross-reference stream 9."""
    objects = base(signed)
    file = GrammarFile()
    for number in sorted(set(objects) - {1, 2}):
        file.put(number, objects[number])
    file.put(8, pack({1: objects[1], 2: objects[2]}) if body is None else body)
    return file.close_stream(9, packed or {1: (8, 0), 2: (8, 1)}, **options).done()  # type: ignore[arg-type]


def _pack(signed: bool, **options: object) -> bytes:
    objects = base(signed)
    return pack({1: objects[1], 2: objects[2]}, **options)  # type: ignore[arg-type]


def packed_catalog(entries: bytes) -> bytes:
    """The unsigned document whose object stream has more ``entries`` in its dictionary."""
    return _packed(False, _pack(False, extra=entries))


def _object_streams() -> Iterator[GrammarCase]:
    yield from both("object_stream", None, _packed)
    yield from both(
        "object_stream_count_small", "object_stream", lambda s: _packed(s, _pack(s, count=1)), "object_stream_member"
    )
    yield from both("object_stream_count_large", "object_stream", lambda s: _packed(s, _pack(s, count=3)))
    yield from both("object_stream_first_early", "object_stream", lambda s: _packed(s, _pack(s, first=7)))
    yield from both("object_stream_first_late", "object_stream", lambda s: _packed(s, _pack(s, first=12)), "value")
    yield from both(
        "object_stream_order", "object_stream", lambda s: _packed(s, _pack(s, order=[2, 1]), {2: (8, 0), 1: (8, 1)})
    )
    yield from both(
        "object_stream_two_values",
        "object_stream",
        lambda s: _packed(s, pack({1: base(s)[1], 2: base(s)[2] + b" (x)"})),
        "value",
        "object_stream_member",
    )
    yield from both(
        "object_stream_hexadecimal", "object_stream", lambda s: _packed(s, _pack(s, extra=b"/Filter /ASCIIHexDecode "))
    )
    yield from both("member_not_listed", "object_stream_member", _member_not_listed, "unlisted")
    yield from both("member_index", "object_stream_member", lambda s: _packed(s, packed={1: (8, 1), 2: (8, 0)}))
    yield from both("member_elsewhere", "object_stream_member", _member_elsewhere, "duplicate_number")
    yield from both(
        "member_of_nothing",
        "object_stream_member",
        lambda s: _packed(s, packed={1: (8, 0), 2: (8, 1), 7: (8, 2)}),
        "object_stream",
        "dangling",
    )
    yield from both("member_nested", "object_stream_member", _nested, "object_stream", "value")
    yield from both(
        "member_reference", "reference_value", lambda s: _member(s, b"4 0 R"), "value", "object_stream_member"
    )


def _member(signed: bool, body: bytes) -> bytes:
    objects = base(signed)
    pages = objects[2].replace(b"/Count 1", b"/Count 1 /X 7 0 R")
    return _packed(signed, pack({1: objects[1], 2: pages, 7: body}), {1: (8, 0), 2: (8, 1), 7: (8, 2)})


def _member_not_listed(signed: bool) -> bytes:
    objects = base(signed)
    return _packed(signed, pack({1: objects[1], 2: objects[2], 7: b"(x)"}))


def _member_elsewhere(signed: bool) -> bytes:
    """Object 4 stands in the object stream and in the body."""
    objects = base(signed)
    return _packed(signed, pack({1: objects[1], 2: objects[2], 4: b"(x)"}))


def _nested(signed: bool) -> bytes:
    """An object stream that is said to lie in another."""
    return _packed(signed, packed={1: (8, 0), 2: (8, 1), 8: (7, 0), 7: (8, 2)})


def _trailers() -> Iterator[GrammarCase]:
    yield from both("size_missing", "size", lambda s: build(s, size=b""))
    yield from both("size_small", "size", lambda s: build(s, size=3))
    yield from both("size_real", "size", lambda s: build(s, size=b"/Size 9.0 "))
    yield from differ("size_large", "size", None, lambda s: build(s, size=20))
    yield from differ("size_large_xref_stream", "size", None, lambda s: _with_stream(s, size=20))
    yield from both("root_missing", "root", lambda s: build(s, root=b""))
    yield from both("root_direct", "root", lambda s: build(s, root=b"/Root " + base(s)[1]))
    yield from both(
        "startxref_wrong", "startxref", lambda s: build(s, startxref=b"startxref\n9\n"), "junk", "table_entries"
    )
    yield from both("startxref_sign", "startxref", lambda s: build(s, startxref=b"startxref\n+9\n"))
    yield from both("startxref_missing", "startxref", lambda s: build(s, startxref=b""))
    yield from both("eof_missing", "eof", lambda s: build(s, end=b""))
    yield from both("eof_no_line_end", None, lambda s: build(s, end=b"%%EOF"))
    yield from both("eof_crlf", None, lambda s: build(s, end=b"%%EOF\r\n"))
    yield from both("eof_two_line_ends", "eof", lambda s: build(s, end=b"%%EOF\n\n"))
    yield from both("eof_then_zeros", "eof", lambda s: build(s, end=b"%%EOF\n\0\0\0"))
    yield from both("eof_then_text", "eof", lambda s: build(s, end=b"%%EOF\nhello"))
    yield from both("eof_then_comment", "eof", lambda s: build(s, end=b"%%EOF\n% hello\n"), "comment")
    yield from both(
        "comment_after_startxref", "comment", lambda s: build(s, end=b"% a line\n%%EOF\n"), "eof", "startxref"
    )
    yield from differ("comment_in_trailer", "comment", None, lambda s: build(s, extra=b"% a line\n"))
    yield from differ("comment_before_startxref", "comment", None, lambda s: build(s, before_startxref=b"% a line\n"))
    yield from both("comment_in_trailer_keyword", "comment", lambda s: build(s, extra=b"% startxref\n"))
    yield from both(
        "comment_before_startxref_keyword", "comment", lambda s: build(s, before_startxref=b"% 4 0 obj\n"), "junk"
    )
    yield from both("trailer_key_twice", "duplicate_key", lambda s: build(s, extra=b"/Root 1 0 R "))


def _references() -> Iterator[GrammarCase]:
    names_9 = {
        True: base(True)[2].replace(b"/Count 1", b"/Count 1 /X 9 0 R"),
        False: base(False)[2].replace(b"/Count 1", b"/Count 1 /X 9 0 R"),
    }
    yield from both("reference_to_nothing", "dangling", lambda s: build(s, {2: names_9[s]}))
    yield from both(
        "reference_generation",
        "generation",
        lambda s: build(s, {2: base(s)[2].replace(b"/Count 1", b"/Count 1 /X 4 1 R")}),
        "dangling",
    )
    yield from both(
        "reference_freed",
        "freed_reference",
        lambda s: build(s, {2: names_9[s]}, listed={9: (0, 1, b"f")}, size=10),
        "dangling",
    )
    yield from both("info_to_nothing", "dangling", lambda s: build(s, extra=b"/Info 9 0 R "))
    yield from both("unknown_trailer_key_to_nothing", None, lambda s: build(s, extra=b"/Mine 9 0 R "))
    yield from differ("unreachable", "unreachable", None, lambda s: build(s, {7: b"(x)"}))
    yield from differ(
        "unreachable_but_trailer", "unreachable", None, lambda s: build(s, {7: b"(x)"}, extra=b"/Mine 7 0 R ")
    )
    yield from differ("id_of_its_own", "unreachable", None, lambda s: build(s, {7: b"[(x) (y)]"}, extra=b"/ID 7 0 R "))
    yield from both("info", None, lambda s: build(s, {7: b"<< /Title (x) >>"}, extra=b"/Info 7 0 R "))
