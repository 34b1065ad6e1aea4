"""Fonts whose glyphs are content (ISO 32000-2, 9.6.4): encodings, widths and boxes by which viewers draw them differently.

Rules: a name that ends in ``_quiet`` tells nothing; what is told was drawn differently by two of PDFium, poppler, mupdf and pdf.js.
"""

from tests.pdf_corpus.content_case import MALFORMED, TEXT_RESOURCES, ContentCase, font_type3, form, image, stream

TEXT = b"BT /F1 12 Tf 10 10 Td (%b) Tj ET\n"
BOX = b"1000 0 0 0 1000 1000 d1 "
SQUARE = b"100 100 800 800 re f "
TOLD = frozenset(("ambiguous_fonts",))
STENCIL = image(8, 8, b"/ImageMask true").replace(b"/ColorSpace /DeviceGray", b"")
PICTURE = b"/Resources << /XObject << /X 7 0 R >> /ExtGState << /W << /LW 900 >> >> >>"


def _case(
    name: str, glyph: bytes = BOX + SQUARE, *, old: bytes = b"", new: bytes = b"", shown: bytes = b"A", entries: bytes = b"",
    more: tuple[bytes, ...] = ()
) -> ContentCase:  # fmt: skip
    font = font_type3(6, entries)
    assert old in font
    told = frozenset[str]() if name.endswith("_quiet") else TOLD
    objects = (font.replace(old, new), stream(glyph), *more)
    return ContentCase(name, content=TEXT % shown, resources=TEXT_RESOURCES, objects=objects, findings=told)


def _encodings() -> list[ContentCase]:
    encoding, procs = b"/Encoding << /Type /Encoding /Differences [65 /square] >>", b"/CharProcs << /square 6 0 R >>"
    named = b"/CharProcs << /A 6 0 R >>"
    return [
        _case("type_3_quiet"),
        _case("type_3_without_encoding", old=encoding),
        _case("type_3_of_unknown_encoding", old=encoding, new=b"/Encoding /Other"),
        _case("type_3_by_name_quiet", old=encoding + b" " + procs, new=b"/Encoding /WinAnsiEncoding " + named),
        _case("type_3_by_base_quiet", old=encoding + b" " + procs, new=b"/Encoding << /BaseEncoding /WinAnsiEncoding >> " + named),
        _case("type_3_by_no_name", old=encoding + b" " + procs, new=b"/Encoding << /Differences [66 /B] >> " + named),
        _case("type_3_code_without_glyph_quiet", shown=b"AB"),
        _case("type_3_width_missing", old=b"/Widths [1000]", new=b"/Widths []"),
        _case("type_3_widths_missing", old=b"/Widths [1000]"),
        _case("type_3_width_no_number", old=b"/Widths [1000]", new=b"/Widths [(1000)]"),
        _case("type_3_width_of_another", old=b"/FirstChar 65", new=b"/FirstChar 64"),
        _case("type_3_first_missing", old=b"/FirstChar 65"),
        _case("type_3_last_missing", old=b"/LastChar 65"),
        _case("type_3_last_no_number", old=b"/LastChar 65", new=b"/LastChar /A"),
        _case("type_3_last_before", old=b"/LastChar 65", new=b"/LastChar 64"),
        _case("type_3_width_none", old=b"/Widths [1000]", new=b"/Widths [0]"),
        _case("type_3_width_backwards_quiet", old=b"/Widths [1000]", new=b"/Widths [-1000]"),
        _case("type_3_of_many_times", old=b"0.001 0 0 0.001", new=b"1 0 0 1"),
        _case("type_3_matrix_moves", old=b"0.001 0 0]", new=b"0.001 57 0]"),
        _case("type_3_name_empty", old=b"[65 /square] >> " + procs, new=b"[65 / ] >> " + named),
    ]


def _boxes() -> list[ContentCase]:
    small = b"1000 0 0 0 500 500 d1 "
    picture = b"q 800 0 0 800 100 100 cm /X Do Q "
    inline = b"q 800 0 0 800 100 100 cm BI /W 8 /H 1 /IM true ID \xaa EI Q "
    return [
        _case("glyph_box_reversed_quiet", b"1000 0 1000 1000 0 0 d1 " + SQUARE),
        _case("glyph_box_of_nothing_quiet", b"1000 0 0 0 0 0 d1 " + SQUARE),
        _case("glyph_without_box_quiet", b"1000 0 d0 " + SQUARE),
        _case("glyph_box_rounded_quiet", b"1000 0 100 100 896 900 d1 " + SQUARE),
        _case("glyph_beyond_its_box", small + SQUARE),
        _case("glyph_left_of_its_box", b"1000 0 200 0 1000 1000 d1 " + SQUARE),
        _case("glyph_below_its_box", b"1000 0 0 200 1000 1000 d1 " + SQUARE),
        _case("glyph_box_flat", b"1000 0 0 0 1000 0 d1 " + SQUARE),
        _case("glyph_moved_beyond", small + b"q 1 0 0 1 300 0 cm 0 0 300 300 re f Q 0 0 9 9 re f"),
        _case("glyph_moved_back_quiet", small + b"q 1 0 0 1 300 0 cm Q 0 0 300 300 re f"),
        _case("glyph_turned_quiet", small + b"0 0.1 -0.1 0 300 100 cm 0 0 1000 1000 re f"),
        _case("glyph_curve_beyond", small + b"0 0 m 100 900 400 900 400 0 c f"),
        _case("glyph_curve_by_its_first_point_beyond", small + b"400 400 m 900 900 400 0 v f"),
        _case("glyph_curve_by_its_last_point_beyond", small + b"0 0 m 100 100 700 700 y f"),
        _case("glyph_curve_within_its_points_quiet", small + b"0 0 m 0 660 400 660 400 0 c f"),
        _case("glyph_curve_quiet", small + b"0 0 m 100 400 400 400 400 0 c 9 9 9 0 v 5 5 0 0 y h f*"),
        _case("glyph_path_not_painted_quiet", small + b"0 0 900 900 re n 0 0 9 9 re f"),
        _case("glyph_stroke_beyond", small + b"40 w 490 100 m 490 200 l S"),
        _case("glyph_stroke_quiet", small + b"4 w 490 100 m 490 200 l S"),
        _case("glyph_stroke_set_elsewhere", small + b"/W gs 100 100 m 100 200 l S", entries=PICTURE, more=(image(8, 8),)),
        _case("glyph_picture_quiet", BOX + picture, entries=PICTURE, more=(STENCIL,)),
        _case("glyph_picture_beyond", small + picture, entries=PICTURE, more=(STENCIL,)),
        _case("glyph_inline_picture_quiet", BOX + inline),
        _case("glyph_inline_picture_beyond", small + inline),
        _case("glyph_picture_shifted_quiet", BOX + b"q 1000 0 0 1000 30 -30 cm BI /W 8 /H 8 /IM true ID %b EI Q " % (b"\xaa\x55" * 4)),
        _case("glyph_form_in_box", BOX + picture, entries=PICTURE, more=(form(b"0 0 1 1 re f", b"/Resources << >>"),)),
    ]  # fmt: skip


def _knockout() -> list[ContentCase]:
    def group(name: str, what: str | None, knockout: bytes, content: bytes, state: bytes, page: bytes = b"") -> ContentCase:
        entries = b"/Group << /S /Transparency %b >> /Resources << /ExtGState << /G << %b >> >> >>" % (knockout, state)
        code = None if what is None else MALFORMED
        resources = b"<< /XObject << /X 5 0 R >> >>"
        return ContentCase(name, b"/X Do", resources, (form(content, entries),), code=code, what=what, page=page)

    pale, dark = b"/G gs 0 0 99 99 re f", b"0 0 99 99 re f"
    picture = b"<< /XObject << /X 5 0 R >> >>"
    masked = image(8, 8, b"/SMask 6 0 R"), image(8, 8)
    of_page = b"/Group << /S /Transparency /K true >>"
    return [
        group("knockout_false_harmless", None, b"/K false", pale, b"/ca 0.5"),
        group("knockout_opaque_harmless", None, b"/K true", dark, b"/ca 0.5"),
        group("knockout_normal_harmless", None, b"/K true", pale, b"/ca 1 /CA 1.0 /BM /Normal /SMask /None"),
        group("knockout_pale", "knockout", b"/K true", pale, b"/ca 0.5"),
        group("knockout_pale_lines", "knockout", b"/K true", pale, b"/CA 0.5"),
        group("knockout_blended", "knockout", b"/K true", pale, b"/BM /Multiply"),
        group("knockout_blended_by_list", "knockout", b"/K true", pale, b"/BM [/Multiply /Normal]"),
        group("knockout_by_word", "knockout", b"/K (true)", pale, b"/ca 0.5"),
        group("knockout_of_page", "knockout", b"", pale, b"/ca 0.5", of_page),
        group("knockout_of_page_opaque_harmless", None, b"", dark, b"/ca 0.5", of_page),
        ContentCase("knockout_masked_picture", b"q 9 0 0 9 0 0 cm /X Do Q", picture, masked, page=of_page, code=MALFORMED, what="knockout"),
    ]


GLYPH_CASES = (*_encodings(), *_boxes(), *_knockout())
