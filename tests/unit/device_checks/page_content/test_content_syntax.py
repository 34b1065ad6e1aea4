"""Content that viewers read in two ways is refused; its harmless neighbour is taken.

Each hostile line was drawn with PDFium, poppler, mupdf and pdf.js: at least two pictures differ.
"""

import pytest

from tests.unit.device_checks.page_content.content_forge import checked, page_forge, refused

BOX = b" 20 60 40 re f"
TEXT = b"BT /F1 24 Tf 20 100 Td %b Tj ET"


def text(string: bytes) -> bytes:
    return TEXT % string


NUMBERS = [
    (b"20" + BOX, b"--20" + BOX, "number"),
    (b"-20" + BOX, b"-+20" + BOX, "number"),
    (b"+20" + BOX, b"++20" + BOX, "number"),
    (b"20 -5 6 7 re f", b"20-5 6 7 8 re f", "number"),
    (b"20.5" + BOX, b"20.5.5" + BOX, "number"),
    (b".5" + BOX, b"." + BOX, "number"),
    (b"20." + BOX, b"2e1" + BOX, "number"),
    (b"2147483647" + BOX, b"2147483648" + BOX, "number"),
    (b"-2147483647" + BOX, b"4294967316.0" + BOX, "number"),
    (b"0." + b"0" * 124 + b"1" + BOX, b"0." + b"0" * 125 + b"1" + BOX, "token_length"),
    (b"0\x0020 60 40 re f", b"0\x0b20 60 40 re f", "token"),
    (b"20 20 60 40 re f", b"20 20 60 40re f", "number"),
    (b"0 0 m 9 9 l S", b"0 0 m9 9 l S", "operator"),
]
STRINGS = [
    (text(b"(\\377)"), text(b"(\\400)"), "string"),
    (text(b"(\\47)"), text(b"(\\477)"), "string"),
    (text(b"(a\\\nb\\\r\nc)"), text(b"(a"), "string"),
    (text(b"((1)0)"), text(b"((1)0"), "string"),
    (text(b"<31 3>"), text(b"<31 3g>"), "string"),
    (text(b"(" + b"a" * 32_766 + b")"), text(b"(" + b"a" * 32_767 + b")"), "string_length"),
    (text(b"(\\101" + b"a" * 32_765 + b")"), text(b"(\\101" + b"a" * 32_766 + b")"), "string_length"),
    (text(b"<" + b"61" * 32_766 + b">"), text(b"<" + b"61" * 32_766 + b"6>"), "string_length"),
    (text(b"<" + b"6" * 65_532 + b">"), text(b"<" + b"6" * 65_533 + b">"), "string_length"),
    (b"q {} Q".replace(b"{} ", b""), b"q {} Q", "operator"),
    (text(b"()"), text(b"()") + b")", "string"),
]
NAMES = [
    (b"/" + b"a" * 127 + b" BMC EMC", b"/" + b"a" * 128 + b" BMC EMC", "name_length"),
    (b"/a BMC EMC", b"/ BMC EMC", "name_length"),
    (b"/a#20b BMC EMC", b"/a#2 BMC EMC", "name"),
    (b"/a#41 BMC EMC", b"/a#00 BMC EMC", "name"),
]
OPERANDS = [
    (b"20" + BOX, b"5 20" + BOX, "operands"),
    (b"20" + BOX, BOX, "operands"),
    (b"1 0 0 rg", b"1 0 rg", "operands"),
    (b"0 g", b"true g", "operands"),
    (b"0 g", b"/x g", "operands"),
    (b"0 0 0 1 k", b"0 0 0 1 1 k", "operands"),
    (text(b"(1)"), text(b"(1)(2)"), "operands"),
    (text(b"(1)"), text(b"[(1)]"), "operands"),
    (b"BT /F1 9 Tf [(1)-5(2)]TJ ET", b"BT /F1 9 Tf [(1)/A(2)]TJ ET", "operands"),
    (b"BT /F1 9 Tf [(1)-5(2)]TJ ET", b"BT /F1 9 Tf [(1)null(2)]TJ ET", "operands"),
    (b"BT /F1 9 Tf [(1)-5(2)]TJ ET", b"BT /F1 9 Tf [(1)[(2)]]TJ ET", "operands"),
    (b"BT /F1 9 Tf [(1)-5(2)]TJ ET", b"BT /F1 9 Tf (1) TJ ET", "operands"),
    (b"BT /F1 9 Tf [(1)(2)]TJ ET", b"BT /F1 9 Tf [(1)(2)>> TJ ET", "bracket"),
    (b"q Q", b"5 q Q", "operands"),
    (b"q Q", b"q Q 5", "operands"),
    (b"/P <</A[1 null]/B<</C true>>>> BDC EMC", b"/P [/A] BDC EMC", "operands"),
    (b"/P <</A 1/B[/A 2]>> BDC EMC", b"/P <</A 1/A 2>> BDC EMC", "bracket"),
    (b"/P <</A 1/B[/A 2]>> BDC EMC", b"/P <</A 1/#41 2>> BDC EMC", "bracket"),
    (b"/P <</A 1>> BDC EMC", b"/P <</A>> BDC EMC", "bracket"),
    (b"/P <</A<</B 1>>>> BDC EMC", b"/P <</A<</B>>>> BDC EMC", "bracket"),
    (b"/P <</A 1>> BDC EMC", b"/P <<1/A>> BDC EMC", "bracket"),
    (b"/P /Q BDC EMC", b"/P 5 BDC EMC", "operands"),
    (b"0 sc", b"/P sc", "operands"),
    (b"0 J", b"3 J", "operands"),
    (b"2 j", b"1.5 j", "operands"),
    (b"7 Tr", b"8 Tr", "operands"),
    (b"0 Tr", b"-1 Tr", "operands"),
    (b"BT /F1 9 Tf 7 Tr (a) Tj ET BT 0 Tr (a) Tj ET", b"BT /F1 9 Tf 7 Tr (a) Tj 0 Tr (a) Tj ET", "place"),
    (b"BT /F1 9 Tf 0 Tr (a) Tj 7 Tr (a) Tj ET", b"q 4 Tr Q BT /F1 9 Tf 5 Tr (a) Tj 3 Tr (a) Tj ET", "place"),
    (b"10 Tz", b"9 Tz", "operands"),
    (b"-10.5 Tz 0 Tz", b"-.5 Tz", "operands"),
    (b"0 .5 1.0 0. k", b"0 0 0 1.1 k", "operands"),
    (b"-0.0 .5 1.0 +0 K", b"-1 0 0 .5 K", "operands"),
    (b"0 w", b"-1 w", "operands"),
    (b"10 M", b"-10 M", "operands"),
    (b"[] 0 d", b"[0] 0 d", "operands"),
    (b"[0 5] 0 d", b"[0 0] 0 d", "operands"),
    (b"[5 5] 3 d", b"[5 -5] 3 d", "operands"),
    (b"[5 5] 3 d", b"[5 5] -3 d", "operands"),
    (b"[5] 0 d", b"[(a)] 0 d", "operands"),
]
PLACES = [
    (b"0 0 m 9 9 l S", b"9 9 l S", "place"),
    (b"0 0 m 1 1 2 2 3 3 c S", b"1 1 2 2 3 3 c S", "place"),
    (b"0 0 m 2 2 3 3 v S", b"2 2 3 3 v S", "place"),
    (b"W 0 0 9 9 re n", b"W n 0 0 9 9 re f", "place"),
    (b"W 0 0 9 9 re W n", b"W q Q 0 0 9 9 re f", "place"),
    (b"0 0 9 9 re W n", b"0 0 9 9 re W W* n", "place"),
    (b"0 0 9 9 re W n 0 0 m S", b"0 0 9 9 re W 0 0 m S", "place"),
    (b"1 0 0 1 9 9 cm 0 0 9 9 re f", b"0 0 9 9 re 1 0 0 1 9 9 cm f", "place"),
    (b"0 0 9 9 re 1 0 0 rg f", b"0 0 9 9 re BT ET f", "place"),
    (b"0 0 9 9 re f q Q", b"0 0 9 9 re q Q f", "place"),
    (b"BT ET BT ET", b"BT BT ET ET", "place"),
    (b"BT ET", b"ET", "place"),
    (b"BT ET", b"BT", "place"),
    (b"0 0 9 9 re f", b"0 0 9 9 re", "place"),
    (b"BT /F1 9 Tf (a) Tj ET", b"/F1 9 Tf (a) Tj", "place"),
    (b"BT 1 0 0 1 0 0 cm ET", b"1 0 0 1 0 0 Tm", "place"),
    (b"q BT ET Q", b"BT q Q ET", "place"),
    (b"BT ET 0 0 9 9 re f", b"BT 0 0 9 9 re f ET", "place"),
    (b"q q Q", b"q Q Q", "saved_state"),
    (b"q Q", b"Q q", "saved_state"),
    (b"0 0 9 9 re f", b"0 0 d0 0 0 9 9 re f", "glyph"),
    (b"0 0 9 9 re f", b"0 0 9 9 re foo f", "operator"),
    (b"BX q Q EX", b"BX foo EX", "operator"),
    (b"BX q Q EX", b"EX", "compatibility"),
    (b"BX q Q EX", b"BX q Q", "compatibility"),
]
BORDERS = [
    ([b"20 20 60", b" 40 re f"], [b"20 20 60", b"40 re f"], "stream_border"),
    ([b"BT /F1 9 Tf (1)", b"Tj ET"], [b"BT /F1 9 Tf (1", b"2) Tj ET"], "string"),
    ([b"BT /F1 9 Tf [(1)-1 ", b"0(2)] TJ ET"], [b"BT /F1 9 Tf [(1)-1", b"0(2)] TJ ET"], "stream_border"),
    ([b"/P<</A 1 ", b">>BDC EMC"], [b"/P<</A 1 ", b"]BDC EMC"], "bracket"),
    ([b"q % x\n", b"Q"], [b"q % x", b"Q"], "comment"),
    ([b"q", b" Q"], [b"q <3", b"1> Q"], "string"),
    ([b"10 10", b"m n"], [b"10 10", b"-5 m n"], "stream_border"),
    ([b"/a", b" BMC"], [b"/a", b"BMC"], "stream_border"),
    ([b"q", b"Q"], [b"Q", b"n"], "saved_state"),
    ([b"", b"q", b"", b"Q"], [b"q [", b"", b"("], "string"),
]
PAIRS = [*NUMBERS, *STRINGS, *NAMES, *OPERANDS, *PLACES, *BORDERS]


@pytest.mark.parametrize(("harmless", "hostile", "what"), PAIRS, ids=lambda value: repr(value)[:50])
def test_what_viewers_read_in_two_ways_is_refused(
    harmless: bytes | list[bytes], hostile: bytes | list[bytes], what: str
) -> None:
    checked(page_forge(harmless))
    assert refused(page_forge(hostile)) == ("doc_content", what)


def test_the_page_is_told() -> None:
    forge = page_forge(b"5 q")
    with pytest.raises(Exception, match="'page': 1"):
        checked(forge)
