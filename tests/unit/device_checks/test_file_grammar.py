"""The grammar of any file: each rule has a file that breaks it alone, and what honest makers do everywhere is accepted."""

import pytest

from mobile_app.device.document_checks import cross_references
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CONTENT, FONT, PAGE, stream
from tests.unit.device_checks.revision_forge import (
    HEADER,
    PLAIN,
    SIGNED,
    VALUE,
    WIDGET,
    Revision,
    judge,
    packed_stream,
    written,
)

MARK = b"%\xe2\xe3\xcf\xd3\n"


def plain(changes: dict[int, bytes] | None = None, header: bytes = HEADER, **more: object) -> bytes:
    """The plain document with some objects replaced or added."""
    return written(Revision({**PLAIN, **(changes or {})}, **more), header=header)  # type: ignore[arg-type]


def font(entry: bytes) -> bytes:
    """The plain document whose font says one thing more."""
    return plain({FONT: PLAIN[FONT].replace(b"/Type/Font", b"/Type/Font" + entry)})


def respelt(data: bytes, old: bytes, new: bytes) -> bytes:
    """``data`` with the first ``old`` replaced by ``new`` of the same length."""
    assert len(old) == len(new) and old in data
    return data.replace(old, new, 1)


def with_packed(
    members: dict[int, bytes] | None = None, rows: dict[int, tuple[int, int, int]] | None = None, **more: object
) -> bytes:
    """A file that keeps catalog, page tree, page and font in object stream 8."""
    members = members or {number: body for number, body in PLAIN.items() if number != CONTENT}
    body = packed_stream(members, **more)  # type: ignore[arg-type]
    places = {number: (8, index) for index, number in enumerate(members)}
    return written(Revision({CONTENT: PLAIN[CONTENT], 8: body}, packed=places, rows=dict(rows or {}), as_stream=True))


def deep(levels: int) -> bytes:
    """An array of ``levels`` levels, inside of the font's dictionary."""
    return b"/Deep " + b"[" * levels + b"]" * levels


def with_length(said: bytes, **objects: bytes) -> bytes:
    """A content stream whose length stands in object 9."""
    return plain({CONTENT: stream(b"BT ET", length=b"9 0 R"), 9: said})


def twice_defined_length() -> bytes:
    first = Revision({**SIGNED, CONTENT: stream(b"BT ET", length=b"9 0 R"), 9: b"5"})
    return written(first, Revision({9: b"6"}, zero=None))


def packed_length(said: bytes, rows: dict[int, tuple[int, int, int] | None] | None = None) -> bytes:
    members = {number: body for number, body in PLAIN.items() if number != CONTENT}
    members[9] = said
    places = {number: (8, index) for index, number in enumerate(members)}
    content = stream(b"BT ET", length=b"9 0 R")
    objects = {CONTENT: content, 8: packed_stream(members)}
    return written(Revision(objects, packed=places, rows=rows or {}, as_stream=True))


def length_inside_itself() -> bytes:
    members = {9: b"99"}
    body = packed_stream(members).replace(b"/Length 6", b"/Length 9 0 R")
    return plain({8: body}, packed={9: (8, 0)}, as_stream=True)


def redefined_by_table() -> bytes:
    members = {number: body for number, body in SIGNED.items() if number != CONTENT}
    places = {number: (8, index) for index, number in enumerate(members)}
    objects = {CONTENT: PLAIN[CONTENT], 8: packed_stream(members)}
    first = Revision(objects, packed=places, as_stream=True)
    return written(first, Revision({WIDGET: SIGNED[WIDGET]}, zero=None))


HONEST: dict[str, bytes] = {
    "stream that is no image with a short key": plain({CONTENT: stream(b"BT ET", b"/W 1/D 2")}),
    "as it is": plain(),
    "signed": written(Revision(SIGNED)),
    "binary mark": plain(header=HEADER + MARK),
    "binary mark as long as may be": plain(header=HEADER + b"%" + b"\xe2" * 63 + b"\r\n"),
    "oldest version": plain(header=b"%PDF-1.0\r"),
    "newest version": plain(header=b"%PDF-2.0\r\n"),
    "white space between objects": plain(between=b"\0\t\n\x0c\r ", before=b"\n\n"),
    "no line end behind the end": plain(tail=b""),
    "generation above zero": plain({PAGE: PLAIN[PAGE].replace(b"5 0 R", b"5 65535 R")}, generations={FONT: 65535}),
    "numbers that all read alike": font(b"/A[-1 0 .5 -.5 4. 007 -2147483648 2147483647]/B 1.50"),
    "name as long as may be": font(b"/" + b"n" * 127 + b" 1"),
    "name with escapes as long as may be": font(b"/" + b"#6e" * 63 + b"n" * 64 + b" 1"),
    "name spelt as long as may be": font(b"/" + b"#6e" * 84 + b"nn 1"),
    "as deep as may be": font(deep(29)),
    "no line end before endstream": plain({CONTENT: b"<</Length 5>>stream\nBT ETendstream"}),
    "carriage return before endstream": plain({CONTENT: b"<</Length 5>>\nstream\r\nBT ET\rendstream"}),
    "length elsewhere": with_length(b"5"),
    "length in an object stream": packed_length(b"5"),
    "entry zero of generation 65536": plain(zero=b"0000000000 65536 f \n"),
    "entries with carriage returns": plain(spoil_table=lambda table: table.replace(b" \n", b"\r\n")),
    "frees a number never used": plain(rows={9: (0, 0, 0)}, size=10),
    "cross-reference stream": plain(as_stream=True),
    "cross-reference stream that does not list itself": plain(as_stream=True, lists_itself=False),
    "cross-reference stream that does not count itself": plain(as_stream=True, lists_itself=False, size=6),
    "cross-reference stream without filter": plain(as_stream=True, stream_entries=b"/Filter[]"),
    "object stream": with_packed(),
    "unknown trailer key that leads nowhere": plain(trailer=b"/Root 1 0 R/Unknown 77 0 R"),
    "information": plain({9: b"<</Title(x)>>"}, trailer=b"/Root 1 0 R/Info 9 0 R"),
}


@pytest.mark.parametrize("case", HONEST)
def test_what_honest_makers_write_is_accepted(case: str) -> None:
    document = judge(HONEST[case])
    assert len(document.pages) == 1
    assert document.original.softenings.places == {}


BREACHES: dict[str, tuple[str, bytes]] = {
    "byte before the header": ("header", b"\n" + plain()),
    "unknown version": ("header", plain(header=b"%PDF-1.8\n")),
    "bytes behind the version": ("version_bytes", plain(header=b"%PDF-1.71\n")),
    "blank behind the version": ("version_bytes", plain(header=b"%PDF-1.7 \n")),
    "binary mark too long": ("comment", plain(header=HEADER + b"%" + b"\xe2" * 64 + b"\n")),
    "binary mark of three bytes": ("comment", plain(header=HEADER + b"%\xe2\xe3\xcf\n")),
    "binary mark with a keyword": ("comment", plain(header=HEADER + b"%\xe2\xe3\xcf\xd3 9 0 obj\n")),
    "junk between objects": ("junk", plain(between=b"x\n")),
    "junk behind the objects": ("junk", plain(behind=b"<<>>\n")),
    "header with two blanks": ("object_header", plain(head=b"%d  %d obj\n")),
    "header with a line end": ("object_header", plain(head=b"%d\n%d obj\n")),
    "header with a leading zero": ("object_header", plain(head=b"0%d %d obj\n")),
    "header with a sign": ("object_header", plain(head=b"+%d %d obj\n")),
    "header runs on": ("object_header", plain(head=b"%d %d objx\n")),
    "generation too high": ("object_header", plain(generations={FONT: 65536})),
    "object number too high": ("table_entries", plain({1_000_001: b"<<>>"})),
    "number too high where it stands": (
        "object_header",
        respelt(
            plain(
                {9: b"(padding)", PAGE: PLAIN[PAGE].replace(b"/Page/", b"/Page/Tabs 9 0 R/")},
                between=b"      \n",
            ),
            b"9 0 obj\n(padding)\nendobj\n      \n",
            b"9000009 0 obj\n(padding)\nendobj\n\n",
        ),
    ),
    "offset into an object": ("duplicate_number", plain(shift={FONT: 7})),
    "offset of another object": ("offset", plain(rows={FONT: (1, len(HEADER), 0)})),
    "offset of the next object": (
        "offset",
        respelt(plain(), b"5 0 obj\n<</Type/Font", b"9 0 obj\n<</Type/Font"),
    ),
    "offset behind the section": ("dangling", plain(rows={FONT: (1, 9_000, 0)})),
    "offset zero": ("dangling", plain(rows={FONT: (1, 0, 0)})),
    "offset inside of another object": (
        "offset",
        plain({9: b"[(10 0 obj null endobj )]"}, rows={10: (1, plain().index(b"xref") + 10, 0)}),
    ),
    "generation that is not listed": ("generation", plain(rows={FONT: (1, plain().index(b"5 0 obj"), 1)})),
    "object stands twice": ("duplicate_number", plain({FONT: PLAIN[FONT] + b"\nendobj\n4 0 obj\n<<>>"})),
    "object is not listed": ("unlisted", plain({9: b"<<>>"}, rows={9: None})),
    "object is listed as free": ("listed_free", plain({9: b"<<>>"}, rows={9: (0, 0, 0)})),
    "object is a reference": ("reference_value", plain({9: b"5 0 R"})),
    "object with two values": ("value", plain({FONT: b"<<>><<>>"})),
    "object without a value": ("value", plain({FONT: b""})),
    "object is a bracket": ("value", plain({FONT: b"]"})),
    "object does not end": ("value", plain({FONT: b"<<>>\nendobx"})),
    "unknown word": ("value", font(b"/A yes")),
    "key without value": ("value", font(b"/A")),
    "number as key": ("value", font(b"/A 5 5")),
    "array closes dictionary": ("value", font(b"/A[1>>]")),
    "string does not end": ("value", plain({FONT: b"<</A(("})),
    "name with half an escape": ("value", font(b"/F#0 1")),
    "name with a zero byte": ("value", font(b"/F#00 1")),
    "too deep": ("depth", font(deep(30))),
    "dictionaries too deep": ("depth", font(b"/Deep" + b"<</A" * 30 + b" 1" + b">>" * 30)),
    "names too deep": ("depth", font(b"/Deep " + b"[" * 30 + b"/A" + b"]" * 30)),
    "name too long": ("name_length", font(b"/" + b"n" * 128 + b" 1")),
    "name too long as a value": ("name_length", font(b"/A/" + b"n" * 128)),
    "name too long once decoded": ("name_length", font(b"/#6e" + b"n" * 127 + b" 1")),
    "name too long as it is spelt": ("name_length", font(b"/" + b"#6e" * 84 + b"nnn 1")),
    "integer above 32 bits": ("integer", font(b"/A 2147483648")),
    "integer below 32 bits": ("integer", font(b"/A -2147483649")),
    "integer above 32 bits in an array": ("integer", font(b"/A[1 99999999999999999999]")),
    "number with a plus sign": ("number", font(b"/A +1")),
    "number with a plus sign in an array": ("number", font(b"/A[1 +1]")),
    "number with an exponent": ("number", font(b"/A 1e3")),
    "number with two points": ("number", font(b"/A 1.2.3")),
    "number of a point alone": ("number", font(b"/A .")),
    "number with two signs": ("number", font(b"/A --1")),
    "generation too high in a reference": ("generation", font(b"/A 5 65536 R")),
    "key twice": ("duplicate_key", font(b"/A 1/A 1")),
    "key twice, once disguised": ("duplicate_key", font(b"/A 1/#41 1")),
    "comment in an object": ("comment", font(b"/A % b\n1")),
    "comment before endobj": ("comment", plain({FONT: PLAIN[FONT] + b"% b"})),
    "stream and a carriage return alone": (
        "stream_start",
        plain({CONTENT: b"<</Length 5>>\nstream\rBT ET\nendstream"}),
    ),
    "stream and a blank": ("stream_start", plain({CONTENT: b"<</Length 5>>\nstream \nBT ET\nendstream"})),
    "stream without dictionary": ("stream_start", plain({CONTENT: b"[5]\nstream\nBT ET\nendstream"})),
    "length too long": ("stream_length", plain({CONTENT: stream(b"BT ET", length=b"7")})),
    "length too short": ("stream_length", plain({CONTENT: stream(b"BT ET\n", length=b"5")})),
    "length negative": ("stream_length", plain({CONTENT: stream(b"BT ET", length=b"-5")})),
    "length out of the file": ("stream_length", plain({CONTENT: stream(b"BT ET", length=b"5000")})),
    "no white space behind endstream": (
        "stream_length",
        plain({CONTENT: b"<</Length 5>>\nstream\nBT ET\nendstreamendobj"}),
    ),
    "no length": ("length_value", plain({CONTENT: b"<<>>\nstream\nBT ET\nendstream"})),
    "length is a name": ("length_value", plain({CONTENT: stream(b"BT ET", length=b"/5")})),
    "length is a real number": ("length_value", plain({CONTENT: stream(b"BT ET", length=b"5.0")})),
    "length is nowhere": ("length_value", plain({CONTENT: stream(b"BT ET", length=b"9 0 R")})),
    "length of another generation": ("length_value", plain({CONTENT: stream(b"BT ET", length=b"5 1 R")})),
    "length is a dictionary": ("length_value", plain({CONTENT: stream(b"BT ET", length=b"5 0 R")})),
    "length is the stream itself": ("length_value", plain({CONTENT: stream(b"BT ET", length=b"4 0 R")})),
    "length elsewhere is a name": ("length_value", with_length(b"/A")),
    "length of the object stream inside of itself": ("length_value", length_inside_itself()),
    "length in an object stream is a name": ("length_value", packed_length(b"/A")),
    "length in an object stream at no index": ("object_stream_member", packed_length(b"5", {9: (2, 8, 7)})),
    "length changes": ("length_value", twice_defined_length()),
    "data in another file": ("external_data", plain({CONTENT: stream(b"BT ET", b"/F(a)")})),
    "data in another file, disguised": ("external_data", plain({CONTENT: stream(b"BT ET", b"/#46(a)")})),
    "stream with the filter's parameters abbreviated": (
        "abbreviated_key",
        plain({CONTENT: stream(b"BT ET", b"/DP<</Predictor 12>>")}),
    ),
    **{
        f"image with the abbreviated key {key}": (
            "abbreviated_key",
            plain({CONTENT: stream(b"0", b"/Subtype/Image/Width 1/Height 1/%b 1" % key.encode())}),
        )
        for key in ("BPC", "CS", "D", "H", "I", "IM", "W", "DP")
    },
    "table entry of nineteen bytes": ("table_entries", respelt(plain(), b"f \n1", b"f\n\n1")),
    "table lists more than it has": ("table_entries", respelt(plain(), b"xref\n0 1", b"xref\n0 9")),
    "table lists a number twice": ("table_entries", respelt(plain(), b"\n2 1\n", b"\n1 1\n")),
    "table with a comment": ("table_entries", plain(zero=b"0000000000 65535 f \n% a\n")),
    "table does not begin at zero": ("entry_zero", plain(zero=None)),
    "entry zero is in use": ("entry_zero", plain(zero=b"0000000000 65535 n \n")),
    "entry zero of generation 0": ("entry_zero", plain(zero=b"0000000000 00000 f \n")),
    "entry zero of a stream is in use": ("entry_zero", plain(rows={0: (1, 9, 0)}, as_stream=True)),
    "cross-reference stream too long": (
        "xref_stream_size",
        plain(as_stream=True, spoil_table=lambda data: data + b"\0"),
    ),
    "cross-reference stream with another filter": (
        "xref_stream_filter",
        plain(
            as_stream=True,
            stream_entries=b"/Filter/ASCIIHexDecode",
            spoil_table=lambda data: data.hex().encode() + b">",
        ),
    ),
    "entry of kind three": ("xref_kind", plain(rows={9: (3, 0, 0)}, as_stream=True)),
    "cross-reference stream lists itself elsewhere": ("offset", plain(rows={6: (1, 9, 0)}, as_stream=True)),
    "object stream with another filter": ("object_stream", with_packed(entries=b"/Filter/ASCIIHexDecode")),
    "object stream counts too many": ("object_stream", with_packed(head=b"1 0 2 9")),
    "object stream does not fill its head": ("object_stream", with_packed(head=b"1 0 2 29 3 78 5 182 x")),
    "object stream whose offsets fall": ("object_stream", with_packed(head=b"1 0 3 78 2 29 5 182")),
    "object stream with bytes between": ("object_stream", with_packed(head=b"1 0 2 30 3 78 5 182")),
    "object stream with bytes behind": (
        "object_stream",
        with_packed({**{n: b for n, b in PLAIN.items() if n not in (CONTENT, FONT)}, FONT: b"<<>> x"}),
    ),
    "member is a reference": (
        "reference_value",
        with_packed({**{n: b for n, b in PLAIN.items() if n != CONTENT}, 9: b"5 0 R"}),
    ),
    "member is not listed": (
        "object_stream_member",
        with_packed({**{n: b for n, b in PLAIN.items() if n != CONTENT}, 9: b"null"}, {9: (0, 0, 0)}),
    ),
    "member is listed at another index": ("object_stream_member", with_packed(None, {1: (2, 8, 1), 2: (2, 8, 0)})),
    "member is listed twice": ("object_stream_member", with_packed(None, {9: (2, 8, 3)})),
    "member of what is no object stream": ("object_stream_member", with_packed(None, {9: (2, 4, 0)})),
    "object stream inside another": (
        "object_stream_member",
        with_packed({**{n: b for n, b in PLAIN.items() if n != CONTENT}, 9: b"<</Type/ObjStm>>"}, {10: (2, 9, 0)}),
    ),
    "object stream of a generation": (
        "object_stream_member",
        written(
            Revision(
                {CONTENT: PLAIN[CONTENT], 8: packed_stream({n: b for n, b in PLAIN.items() if n != CONTENT})},
                packed={n: (8, i) for i, n in enumerate(n for n in PLAIN if n != CONTENT)},
                generations={8: 1},
                as_stream=True,
            )
        ),
    ),
    "table redefines what is packed": ("packed_redefined", redefined_by_table()),
    "later table begins at 1 with a free entry": (
        "table_entries",
        written(Revision({**SIGNED, 9: b"null"}), Revision(zero=None, rows={1: (0, 0, 65535)}, size=10)),
    ),
    "size too small": ("size", plain(size=5)),
    "size is missing": ("size", plain(size=b"")),
    "size is a reference": ("size", plain(size=b"5 0 R")),
    "size is a real number": ("size", plain(size=b"6.0")),
    "size too small for an older revision": (
        "size",
        written(Revision(SIGNED), Revision({WIDGET: SIGNED[WIDGET]}, zero=None, size=7)),
    ),
    "trailer without a root": ("root", plain(trailer=b"/Info 1 0 R")),
    "root is a dictionary": ("root", plain(trailer=b"/Root<</Type/Catalog/Pages 2 0 R>>")),
    "older trailer without a root": (
        "root",
        written(Revision(SIGNED, trailer=b""), Revision({WIDGET: SIGNED[WIDGET]}, zero=None)),
    ),
    "no startxref": ("startxref", respelt(plain(), b"startxref", b"startxxxx")),
    "startxref leads astray": ("startxref", plain(announced=9)),
    "startxref leads nowhere": ("startxref", plain(announced=11)),
    "startxref with a sign": ("startxref", plain(announced=b"+9")),
    "startxref leads out": ("startxref", plain(announced=99_999)),
    "startxref of an older revision leads astray": (
        "startxref",
        written(Revision(SIGNED, announced=9), Revision({WIDGET: SIGNED[WIDGET]}, zero=None)),
    ),
    "bytes behind the end": ("eof", plain(tail=b"\n\n")),
    "no end": ("eof", respelt(plain(), b"%%EOF", b"%%EOX")),
    "reference to nothing": ("dangling", font(b"/A 77 0 R")),
    "reference to nothing in an object stream": (
        "dangling",
        with_packed({**{n: b for n, b in PLAIN.items() if n not in (CONTENT, FONT)}, FONT: b"<</A 77 0 R>>"}),
    ),
    "information is nowhere": ("dangling", plain(trailer=b"/Root 1 0 R/Info 77 0 R")),
    "reference to a freed object": ("freed_reference", plain({FONT: b"<</A 9 0 R>>"}, rows={9: (0, 0, 0)})),
    "reference to another generation": ("generation", font(b"/A 5 1 R")),
    "reference to a generation of a packed object": (
        "generation",
        with_packed({**{n: b for n, b in PLAIN.items() if n not in (CONTENT, FONT)}, FONT: b"<</A 3 1 R>>"}),
    ),
    "previous is itself": ("prev", plain(prev=plain().index(b"xref"))),
    "previous is a reference": ("prev", plain(prev=b"4 0 R")),
    "previous is nowhere": ("prev", plain(prev=11)),
    "previous is negative": ("prev", plain(prev=b"-5")),
    "previous skips a revision": (
        "unlisted",
        written(
            Revision(SIGNED),
            Revision({WIDGET: SIGNED[WIDGET]}, zero=None),
            Revision({VALUE: SIGNED[VALUE]}, zero=None, prev=written(Revision(SIGNED)).index(b"xref\n")),
        ),
    ),
}


@pytest.mark.parametrize("case", BREACHES)
def test_a_file_that_breaks_one_rule_is_refused(case: str) -> None:
    rule, data = BREACHES[case]
    with pytest.raises(CheckFailed) as refused:
        judge(data)
    assert (refused.value.code, refused.value.details["what"]) == ("doc_grammar", rule)


def test_a_file_lists_so_many_objects_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(Revision(SIGNED), Revision({WIDGET: SIGNED[WIDGET]}, zero=None))
    monkeypatch.setattr(cross_references, "MAX_ENTRIES", 9)
    judge(data)
    monkeypatch.setattr(cross_references, "MAX_ENTRIES", 8)
    with pytest.raises(CheckFailed) as refused:
        judge(data)
    assert refused.value.details["what"] == "too_many_objects"


def test_the_encryption_of_a_file_is_not_packed() -> None:
    members = {number: body for number, body in PLAIN.items() if number != CONTENT}
    places = {number: (8, index) for index, number in enumerate(members)}
    objects = {CONTENT: PLAIN[CONTENT], 8: packed_stream(members)}
    trailer = b"/Root 1 0 R/Encrypt 5 0 R/ID[<01><02>]"
    with pytest.raises(CheckFailed) as refused:
        judge(written(Revision(objects, trailer=trailer, packed=places, as_stream=True)))
    assert refused.value.details["what"] == "encryption_dictionary"
