"""Kinds of crafted files: what stands in content streams (ISO 32000-2, 7.8.2, Annex A) and the limits that viewers keep."""

from collections.abc import Iterator

from tests.agreement.contract import DESCRIPTOR, FREE, contract, widths
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.pdf_corpus.pdf_writer import PdfWriter

FORM = "/Type /XObject /Subtype /Form"
PAID = b"BT /F1 12 Tf 40 150 Td (Paid in full) Tj ET"
MORE = b"BT /F1 12 Tf 40 150 Td (And 9,000,000 more) Tj ET"


def _thin_spaces() -> PdfWriter:
    """The contract with a font /F2 whose space has no width."""
    writer = contract(resources="")
    numbers = " ".join(map(str, (0, *widths()[1:])))
    writer.put(
        FREE,
        f"<< /Type /Font /Subtype /TrueType /BaseFont /AAAAAA+BeVietnamPro /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126 "
        f"/Widths [{numbers}] /FontDescriptor {DESCRIPTOR} 0 R >>",
    )
    return writer


@kind
def long_strings() -> Iterator[Part]:
    """A string of 32,767 bytes and more is cut by PDFium and drawn whole by everybody else."""
    for name, length, bad in (
        ("32766", 32766, False),
        ("32767", 32767, True),
        ("32768", 32768, True),
        ("65536", 65536, True),
    ):
        for form in ("literal", "hexadecimal"):
            text = b"Pay 1,000".rjust(length)
            shown = b"(" + text + b")" if form == "literal" else b"<" + text.hex().encode() + b">"
            writer = _thin_spaces()
            writer.put(4, writer.bodies[4].replace(b"/F1 3 0 R", b"/F1 3 0 R /F2 8 0 R"))
            writer.put_stream(5, b"BT /F1 12 Tf 40 250 Td (CONTRACT) Tj /F2 12 Tf 0 -40 Td " + shown + b" Tj ET")
            yield hostile(f"{name}_{form}", writer) if bad else harmless(f"{name}_{form}", writer)


@kind
def long_names() -> Iterator[Part]:
    """Two names that differ only behind byte 127 are one to mupdf; from 255 on PDFium draws nothing."""
    for length in (127, 128, 140, 255, 300):
        first, second = ("X" * (length - 1) + last for last in "AB")
        writer = contract(
            content=f"/{first} Do /{second} Do".encode(),
            resources=f"/XObject << /{first} 8 0 R /{second} 9 0 R >>",
        )
        writer.put_stream(
            FREE,
            b"BT /F1 12 Tf 40 150 Td (Paid) Tj ET",
            f"{FORM} /BBox [0 0 420 300] /Resources << /Font << /F1 3 0 R >> >>",
        )
        writer.put_stream(
            9,
            b"BT /F1 12 Tf 200 150 Td (Owed 9,000) Tj ET",
            f"{FORM} /BBox [0 0 420 300] /Resources << /Font << /F1 3 0 R >> >>",
        )
        yield hostile(str(length), writer) if length > 127 else harmless(str(length), writer)


_MALFORMED = {
    "unknown_operator": b"0 0 0 foo " + MORE,
    "unknown_before_text": b"BT /F1 12 Tf 40 150 Td foo (And 9,000,000 more) Tj ET",
    "long_token": b"q" * 200 + b" " + MORE,
    "two_minus": b"BT /F1 12 Tf 40 --150 Td (And 9,000,000 more) Tj ET",
    "minus_inside": b"BT /F1 12 Tf 40 1-50 Td (And 9,000,000 more) Tj ET",
    "two_points": b"BT /F1 12 Tf 40 150.0.5 Td (And 9,000,000 more) Tj ET",
    "exponent": b"BT /F1 1.2e1 Tf 40 150 Td (And 9,000,000 more) Tj ET",
    "plus_minus": b"BT /F1 12 Tf 40 +-150 Td (And 9,000,000 more) Tj ET",
    "huge_number": b"BT /F1 12 Tf 40 4294967446 Td (And 9,000,000 more) Tj ET",
    "operand_missing": b"BT /F1 12 Tf 150 Td (And 9,000,000 more) Tj ET",
    "operand_too_many": b"BT /F1 12 Tf 7 40 150 Td (And 9,000,000 more) Tj ET",
    "operand_of_other_kind": b"BT /F1 12 Tf (40) 150 Td (And 9,000,000 more) Tj ET",
    "string_not_closed": b"BT /F1 12 Tf 40 150 Td (And 9,000,000 more Tj ET",
    "string_over_closed": b"BT /F1 12 Tf 40 150 Td (And 9,000,000) more) Tj ET",
    "hexadecimal_odd_letters": b"BT /F1 12 Tf 40 150 Td <41 6E 64 zz 39> Tj ET",
    "hexadecimal_not_closed": b"BT /F1 12 Tf 40 150 Td <416E64 Tj ET",
    "array_not_closed": b"BT /F1 12 Tf 40 150 Td [(And) -200 (9,000,000) TJ ET",
    "dictionary_not_closed": b"/P << /MCID 0 BDC " + MORE + b" EMC",
    "restore_without_save": b"Q Q Q 1 0 0 1 0 -50 cm " + MORE,
    "save_without_restore": b"q q q 1 0 0 1 0 400 cm",
    "text_not_ended": b"BT /F1 12 Tf 40 150 Td (And 9,000,000 more) Tj",
    "text_in_text": b"BT BT /F1 12 Tf 40 150 Td (And 9,000,000 more) Tj ET ET",
    "text_outside": b"/F1 12 Tf 1 0 0 1 40 150 Tm (And 9,000,000 more) Tj",
    "path_in_text": b"BT /F1 12 Tf 40 150 Td 40 140 100 5 re f (And 9,000,000 more) Tj ET",
    "compatibility": b"BX foo " + MORE + b" EX",
    "glued_operators": b"BT/F1 12Tf 40 150Td(And 9,000,000 more)TjET",
    "comment_with_return": b"% paid\r" + MORE,
    "null_bytes": MORE.replace(b" ", b"\0"),
    "keyword_case": MORE.replace(b"BT", b"bt"),
    "font_unknown": b"BT /F9 12 Tf 40 150 Td (And 9,000,000 more) Tj ET",
    "clip_without_path": b"W n " + MORE,
    "rectangle_without_paint": b"40 140 100 50 re W " + MORE,
    "nested_arrays": b"BT /F1 12 Tf 40 150 Td [[(And 9,000,000 more)]] TJ ET",
    "name_escape_broken": b"/X#ZZ gs " + MORE,
    "dash_negative": b"[-3 3] 0 d 5 w 40 150 m 300 150 l S",
    "width_negative": b"-5 w 40 150 m 300 150 l S",
    "size_zero": b"BT /F1 0 Tf 40 150 Td (And 9,000,000 more) Tj ET",
    "matrix_flat": b"q 1 0 0 0 0 150 cm 0 0 300 50 re f Q",
}


@kind
def malformed_operators() -> Iterator[Part]:
    """Operators with the wrong operands, unknown ones, and tokens that are none."""
    yield harmless("all_right", contract(content=PAID))
    yield harmless("comment", contract(content=b"% paid\n" + PAID))
    yield harmless("numbers", contract(content=b"BT /F1 12. Tf +40 150.50 Td -.0 Tc (Paid in full) Tj ET"))
    yield harmless(
        "marked", contract(content=b"/Span << /ActualText (Paid) >> BDC " + PAID + b" EMC /Artifact BMC EMC")
    )
    for name, content in _MALFORMED.items():
        yield hostile(name, contract(content=content))


@kind
def form_without_box() -> Iterator[Part]:
    """A form XObject without /BBox, or with one that is none."""
    fonts = "/Resources << /Font << /F1 3 0 R >> >>"
    for name, box, bad in (
        ("box", "/BBox [0 0 420 300]", False),
        ("missing", "", True),
        ("empty", "/BBox [0 0 0 0]", True),
        ("strings", "/BBox [(0) (0) (420) (300)]", True),
        ("three", "/BBox [0 0 420]", True),
        ("turned", "/BBox [420 300 0 0]", False),
    ):
        writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
        writer.put_stream(FREE, PAID, f"{FORM} {box} {fonts}")
        yield hostile(name, writer) if bad else harmless(name, writer)
    writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
    writer.put_stream(FREE, PAID, f"/Type /XObject /BBox [0 0 420 300] {fonts}")
    yield hostile("no_subtype", writer)
    writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
    writer.put_stream(FREE, PAID, f"{FORM} /BBox [0 0 420 300] /Matrix [1 0 0] {fonts}")
    yield hostile("matrix_of_three", writer)


def _nested(depth: int, times: int) -> PdfWriter:
    writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
    for level in range(depth):
        deeper = (
            f"/Resources << /XObject << /X {FREE + level + 1} 0 R >> >>" if level < depth - 1 else "/Resources << >>"
        )
        paint = b"/X Do " * times if level < depth - 1 else b"40 150 100 4 re f"
        writer.put_stream(FREE + level, paint, f"{FORM} /BBox [0 0 420 300] {deeper}")
    return writer


@kind
def nested_forms() -> Iterator[Part]:
    """Forms in forms: deep, many, or each in itself."""
    yield harmless("three_deep", _nested(3, 2))
    yield hostile("bomb", _nested(9, 8))
    yield hostile("deep", _nested(120, 1))
    writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
    writer.put_stream(
        FREE,
        PAID + b" /X Do",
        f"{FORM} /BBox [0 0 420 300] /Resources << /Font << /F1 3 0 R >> /XObject << /X 8 0 R >> >>",
    )
    yield hostile("itself", writer)


@kind
def inline_images() -> Iterator[Part]:
    """Inline images whose end is not where the data end (8.9.7)."""
    head = b"q 40 0 0 40 40 120 cm BI /W 8 /H 8 /BPC 8 /CS /G ID "
    flat = bytes(range(64, 128))
    yield harmless("plain", contract(content=head + flat + b"\nEI Q " + PAID))
    hidden = (b"\nEI Q " + MORE + b" q ").ljust(64, b" ")[:64]
    yield hostile("end_inside_data", contract(content=head + hidden + b"\nEI Q"))
    yield hostile("too_short", contract(content=head + flat[:30] + b"\nEI Q " + PAID))
    yield hostile("too_long", contract(content=head + flat * 3 + b"\nEI Q " + PAID))
    yield hostile("no_end", contract(content=head + flat + b" Q " + PAID))
    yield hostile("no_size", contract(content=b"q 40 0 0 40 40 120 cm BI /BPC 8 /CS /G ID " + flat + b"\nEI Q " + PAID))
    yield hostile("glued_end", contract(content=head + flat + b"EI Q " + PAID))
    ascii_hex = flat.hex().encode() + b">"
    filtered = head.replace(b" ID ", b" /F /AHx ID ")
    yield harmless("hexadecimal", contract(content=filtered + ascii_hex + b"\nEI Q " + PAID))
    yield hostile("behind_filter", contract(content=filtered + ascii_hex + b" EI Q " + MORE + b" q\nEI Q"))


@kind
def graphics_state_depth() -> Iterator[Part]:
    """More saves than some viewers hold."""
    yield harmless("twenty", contract(content=b"q " * 20 + PAID + b" Q" * 20))
    yield hostile("many", contract(content=b"q " * 100_000 + PAID + b" Q" * 100_000))


@kind
def lines_without_length() -> Iterator[Part]:
    """A decimal point that is a stroke from a place to itself."""
    number = b"BT /F1 12 Tf 40 150 Td (Pay 9) Tj 40 0 Td (000 dong) Tj ET 3 w 77 151 %b"
    yield harmless("short", contract(content=number.replace(b"77 151", b"1 J 77 151") % b"m 77.5 151 l S"))
    yield harmless("filled_circle", contract(content=number % b"m 77 153 79 153 79 151 c f"))
    for name, cap in ("butt", 0), ("round", 1), ("square", 2):
        shown = number.replace(b"77 151", b"%d J 77 151" % cap)
        yield hostile(f"line_{name}", contract(content=shown % b"m 77 151 l S"))
        yield hostile(f"closed_{name}", contract(content=shown % b"m h S"))
        yield hostile(f"curve_{name}", contract(content=shown % b"m 77 151 77 151 77 151 c S"))
        yield hostile(f"rectangle_{name}", contract(content=shown % b"0 0 re S"))
