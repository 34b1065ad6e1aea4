"""Cases of the header, of objects, values and streams."""

from collections.abc import Iterator

from tests.pdf_corpus.grammar_case import GrammarCase, both, differ
from tests.pdf_corpus.grammar_writer import CONTENT, HEADER, base, build, open_document

_BINARY = b"\xe2\xe3\xcf\xd3"


def _value(entry: bytes, signed: bool) -> bytes:
    catalog = base(signed)[1]
    return build(signed, {1: catalog[: -len(b">>")] + b"/X " + entry + b" >>"})


def _stream(signed: bool, body: bytes, **options: object) -> bytes:
    return build(signed, {4: body}, **options)  # type: ignore[arg-type]


def cases() -> Iterator[GrammarCase]:
    yield from both("plain", None, build)
    yield from _headers()
    yield from _object_headers()
    yield from _values()
    yield from _streams()


def _headers() -> Iterator[GrammarCase]:
    yield from both("header_1_0", None, lambda s: build(s, header=b"%PDF-1.0\n"))
    yield from both("header_2_0", None, lambda s: build(s, header=b"%PDF-2.0\r\n%" + _BINARY + b"\r\n"))
    yield from both("header_cr", None, lambda s: build(s, header=b"%PDF-1.4\r"))
    for name, header in (("1_8", b"%PDF-1.8\n"), ("2_1", b"%PDF-2.1\n"), ("1_10", b"%PDF-1.10\n"), ("1", b"%PDF-1\n")):
        yield from both(f"header_{name}", "version_bytes", lambda s, h=header: build(s, header=h), "header")
    yield from both("header_not_first", "header", lambda s: build(s, header=b" " + HEADER))
    yield from both("header_same_line", "header", lambda s: build(s, header=b"%PDF-1.7 "), "version_bytes", "comment")
    comment = b"%PDF-1.7\n%" + _BINARY
    yield from both("header_comment_64", None, lambda s: build(s, header=comment + b"x" * 59 + b"\n"))
    yield from both("header_comment_65", "comment", lambda s: build(s, header=comment + b"x" * 60 + b"\n"))
    yield from both("header_comment_keyword", "comment", lambda s: build(s, header=comment + b" 9 0 obj\n"))
    yield from differ("header_comment_ascii", "comment", None, lambda s: build(s, header=b"%PDF-1.7\n%plain\n"))
    yield from differ("header_comment_second", "comment", None, lambda s: build(s, header=HEADER + b"% made by hand\n"))


def _object_headers() -> Iterator[GrammarCase]:
    for name, head in (
        ("leading_zero", b"04 0 obj"),
        ("sign", b"+4 0 obj"),
        ("two_spaces", b"4  0 obj"),
        ("line_end", b"4\n0 obj"),
        ("generation_zeros", b"4 00 obj"),
    ):
        yield from both(
            f"object_header_{name}", "object_header", lambda s, h=head: build(s, heads={4: h}), "junk", "offset"
        )
    yield from both("number_1000000", None, lambda s: _highest(s, 1_000_000))
    yield from both("number_1000001", "object_header", lambda s: _highest(s, 1_000_001), "table_entries", "integer")
    yield from both("number_0", "object_header", _number_zero, "entry_zero", "unlisted", "junk")
    yield from both("junk_between", "junk", lambda s: build(s, after={3: b"hello\n"}))
    yield from differ("comment_between", "comment", None, lambda s: build(s, after={3: b"% a line\n"}))
    for name, comment in (
        ("object", b"% 4 0 obj\n"), ("endobj", b"% endobj\n"), ("xref", b"% xref\n"), ("eof", b"%%EOF\n"),
        ("trailer", b"% trailer\n"), ("startxref", b"% startxref\n"), ("endstream", b"% endstream\n"),
        ("header", b"%%PDF-1.7\n"), ("byte_range", b"% /ByteRange [\n"), ("linearized", b"% /Linearized 1\n"),
        ("binary", b"% \xc3\xa9\n"), ("tab", b"% a\tb\n"),
    ):  # fmt: skip
        yield from both(f"comment_{name}", "comment", lambda s, c=comment: build(s, after={3: c}), "junk")
    yield from both("offset_behind", "offset", lambda s: build(s, shift={4: 1}), "unlisted", "junk")
    yield from both("offset_3_before", "offset", lambda s: build(s, after={3: b"   "}, shift={4: -3}), "unlisted")
    yield from differ("offset_1_before", "offset", None, lambda s: build(s, shift={4: -1}))
    yield from differ("offset_1_before_first", "offset", None, lambda s: build(s, shift={1: -1}))
    yield from both("offset_2_before_first", "offset", lambda s: build(s, shift={1: -2}), "dangling", "object_header")
    yield from differ("offset_2_before", "offset", None, lambda s: build(s, after={3: b" "}, shift={4: -2}))
    yield from both(
        "generation_differs", "generation", lambda s: build(s, listed={4: (_at(s, 4), 1, b"n")}), "offset", "unlisted"
    )
    yield from both("number_twice", "duplicate_number", _twice, "unlisted")
    yield from both("unlisted", "unlisted", lambda s: build(s, after={3: b"9 0 obj\n(x)\nendobj\n"}, size=10), "size")
    yield from both("listed_free", "listed_free", _listed_free, "unlisted")
    yield from both("endobj_missing", "value", _no_endobj, "junk")


def _at(signed: bool, number: int) -> int:
    return open_document(signed).entries[number][0]


def _highest(signed: bool, number: int) -> bytes:
    pages = base(signed)[2].replace(b"/Count 1", b"/Count 1 /X %d 0 R" % number)
    return build(signed, {2: pages, number: b"(x)"})


def _number_zero(signed: bool) -> bytes:
    return build(signed, after={3: b"0 0 obj\n(x)\nendobj\n"})


def _twice(signed: bool) -> bytes:
    return build(signed, after={3: b"4 0 obj\n(x)\nendobj\n"})


def _listed_free(signed: bool) -> bytes:
    return build(signed, after={3: b"9 0 obj\n(x)\nendobj\n"}, listed={9: (0, 1, b"f")}, size=10)


def _no_endobj(signed: bool) -> bytes:
    return build(signed).replace(b"endobj\n2 0 obj", b"      \n2 0 obj")


def _values() -> Iterator[GrammarCase]:
    deep = b"[" * 29 + b"]" * 29  # inside the catalog's dictionary: 30 levels
    yield from both("depth_30", None, lambda s: _value(deep, s))
    yield from both("depth_31", "depth", lambda s: _value(b"[" + deep + b"]", s))
    yield from both("name_127", None, lambda s: _value(b"/" + b"n" * 127, s))
    yield from both("name_84_escaped", None, lambda s: _value(b"/" + b"#6e" * 84, s))
    yield from both("name_85_escaped", "name_length", lambda s: _value(b"/" + b"#6e" * 85, s))
    yield from both("name_128", "name_length", lambda s: _value(b"/" + b"n" * 128, s))
    yield from both("name_128_key", "name_length", lambda s: _value(b"<< /%b 1 >>" % (b"n" * 128), s))
    for name, number in (("max", b"2147483647"), ("min", b"-2147483647"), ("zeros", b"007"), ("negative", b"-4")):
        yield from both(f"integer_{name}", None, lambda s, n=number: _value(n, s))
    yield from both("integer_ten_digits", None, lambda s: _value(b"-0000000007", s))
    yield from both("integer_eleven_digits", "integer", lambda s: _value(b"00000000007", s))
    yield from both("number_ten_digits", None, lambda s: _value(b"0000000007." + b"0" * 40, s))
    yield from both("number_eleven_digits", "number", lambda s: _value(b"00000000007.5", s))
    yield from both("number_41_decimals", "number", lambda s: _value(b"7." + b"0" * 41, s))
    yield from both("integer_large", "integer", lambda s: _value(b"2147483648", s))
    yield from both("integer_small", "integer", lambda s: _value(b"-2147483649", s))
    for name, number in (("point_first", b".5"), ("point_last", b"5."), ("negative", b"-0.25"), ("both", b"-.25")):
        yield from both(f"number_{name}", None, lambda s, n=number: _value(n, s))
    for name, number in (("plus", b"+5"), ("minus_twice", b"--5"), ("exponent", b"1e5"), ("points", b"1.2.3"), ("point", b"."),
                         ("minus", b"-"), ("minus_inside", b"5-3"), ("minus_last", b"5-")):  # fmt: skip
        yield from both(f"number_{name}", "number", lambda s, n=number: _value(n, s), "value")
    yield from both("key_twice", "duplicate_key", lambda s: _value(b"<< /A 1 /B 2 /A 1 >>", s))
    yield from both("key_twice_escaped", "duplicate_key", lambda s: _value(b"<< /A 1 /#41 2 >>", s))
    for name, value in (("word", b"nil"), ("array_open", b"[ 1 2"), ("brace", b"{ }"), ("bracket", b"]"), ("reference_short", b"4 R"),
                        ("hexadecimal", b"<0g>"), ("key_no_name", b"<< 1 2 >>"), ("key_alone", b"<< /A >>")):  # fmt: skip
        yield from both(f"value_{name}", "value", lambda s, v=value: _value(v, s), "number")
    yield from both("value_two", "value", lambda s: _extra(s, b"(x) (y)"), "junk")
    yield from both("value_none", "value", lambda s: _extra(s, b""))
    yield from both("value_reference", "reference_value", lambda s: _extra(s, b"4 0 R"))
    yield from both("value_null", None, lambda s: _extra(s, b"null"))
    yield from both("value_string_nested", None, lambda s: _extra(s, b"(a (b) \\) endobj 4 0 obj stream)"))
    yield from both("comment_inside", "comment", lambda s: _extra(s, b"[ 1 % a line\n2 ]"))
    yield from both("comment_before_endobj", "comment", lambda s: _extra(s, b"(x) % a line\n"))


def _extra(signed: bool, body: bytes) -> bytes:
    """An object of its own that the page tree's root names."""
    return build(signed, {2: base(signed)[2].replace(b"/Count 1", b"/Count 1 /X 7 0 R"), 7: body})


def _streams() -> Iterator[GrammarCase]:
    head = b"<< /Length 5 >>\n"
    yield from both("stream_crlf", None, lambda s: _stream(s, head + b"stream\r\n" + CONTENT + b"\r\nendstream"))
    yield from both("stream_no_line_end", None, lambda s: _stream(s, head + b"stream\n" + CONTENT + b"endstream"))
    yield from both("stream_bare_cr", None, lambda s: _stream(s, head + b"stream\n" + CONTENT + b"\rendstream"))
    yield from both(
        "stream_start_cr", "stream_start", lambda s: _stream(s, head + b"stream\r" + CONTENT + b"\nendstream")
    )
    yield from both(
        "stream_start_space", "stream_start", lambda s: _stream(s, head + b"stream \n" + CONTENT + b"\nendstream")
    )
    yield from both(
        "stream_long", "stream_length", lambda s: _stream(s, b"<< /Length 4 >>\nstream\n" + CONTENT + b"x\nendstream")
    )
    yield from both(
        "stream_short", "stream_length", lambda s: _stream(s, b"<< /Length 9 >>\nstream\n" + CONTENT + b"\nendstream")
    )
    yield from both(
        "stream_two_ends", "stream_length", lambda s: _stream(s, head + b"stream\n" + CONTENT + b"\n\nendstream")
    )
    yield from both(
        "stream_past_end",
        "stream_length",
        lambda s: _stream(s, b"<< /Length 99999 >>\nstream\n" + CONTENT + b"\nendstream"),
    )
    for name, entry in (
        ("missing", b""),
        ("real", b"/Length 5.0"),
        ("negative", b"/Length -5"),
        ("name", b"/Length /5"),
    ):
        yield from both(
            f"length_{name}",
            "length_value",
            lambda s, e=entry: _stream(s, b"<< %b >>\nstream\n" % e + CONTENT + b"\nendstream"),
            "stream_length",
        )
    yield from _indirect_lengths()
    yield from _abbreviations()


def _with_keys(signed: bool, keys: bytes) -> bytes:
    return _extra(signed, b"<< %b /Length 1 >>\nstream\nx\nendstream" % keys)


def _abbreviations() -> Iterator[GrammarCase]:
    image = b"/Type /XObject /Subtype /Image "
    for key in (b"/W 1", b"/H 1", b"/BPC 8", b"/CS /G", b"/D [1 0]", b"/IM true", b"/I false", b"/DP null", b"/#57 1"):
        name = f"image_{key[1:].split()[0].decode().replace('#', 'escaped_')}"
        yield from both(name, "abbreviated_key", lambda s, k=key: _with_keys(s, image + k))
    yield from both("stream_DP", "abbreviated_key", lambda s: _with_keys(s, b"/DP << >>"))
    yield from both("stream_D_of_no_image", None, lambda s: _with_keys(s, b"/D [1 0] /W 1 /I 7"))
    yield from both("image_full_keys", None, lambda s: _with_keys(s, image + b"/Width 1 /Height 1 /BitsPerComponent 8"))


def _indirect_lengths() -> Iterator[GrammarCase]:
    indirect = b"<< /Length 7 0 R >>\nstream\n" + CONTENT + b"\nendstream"
    yield from both("length_indirect", None, lambda s: build(s, {4: indirect, 7: b"5"}))
    yield from both("length_indirect_wrong", "stream_length", lambda s: build(s, {4: indirect, 7: b"4"}))
    yield from both(
        "length_indirect_name", "length_value", lambda s: build(s, {4: indirect, 7: b"/5"}), "stream_length"
    )
    yield from both(
        "length_indirect_nothing", "length_value", lambda s: build(s, {4: indirect}), "dangling", "stream_length"
    )
    yield from both(
        "length_circular",
        "length_value",
        lambda s: build(s, {4: b"<< /Length 4 0 R >>\nstream\n" + CONTENT + b"\nendstream"}),
        "stream_length",
    )
    yield from both(
        "external_data",
        "external_data",
        lambda s: _stream(s, b"<< /Length 5 /F (x.bin) >>\nstream\n" + CONTENT + b"\nendstream"),
    )
