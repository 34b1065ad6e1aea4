"""Content streams that break one rule of their syntax, each beside a harmless neighbour (ISO 32000-2, 7.8.2, 8.9.7, 8.10 and annex A).

Rules: a name that ends in ``_harmless`` is accepted and drawn alike by all viewers; the case of the same name without it is refused.
"""

import zlib

from tests.pdf_corpus.content_case import (
    MALFORMED,
    TEXT_OBJECTS,
    TEXT_RESOURCES,
    ContentCase,
    font_type3,
    form,
    image,
    stream,
)

SQUARE = b"10 10 100 100 re f\n"
FORM = b"<< /XObject << /X 5 0 R >> >>"
PICTURE = b"BI /W 4 /H 4 /BPC 8 /CS /G ID "
SIXTEEN = bytes(range(48, 64))


def _refused(name: str, what: str, content: bytes = b"", **parts: object) -> ContentCase:
    return ContentCase(name, content, code=MALFORMED, what=what, **parts)  # type: ignore[arg-type]


def _shown(string: bytes) -> bytes:
    return b"BT /F1 12 Tf 10 10 Td " + string + b" Tj ET\n"


def _text(name: str, content: bytes, what: str | None = None) -> ContentCase:
    code = None if what is None else MALFORMED
    return ContentCase(name, content, TEXT_RESOURCES, TEXT_OBJECTS, code=code, what=what)


def _lengths() -> list[ContentCase]:
    found = []
    for name, size, what in (("_harmless", 0, None), ("", 1, "string_length")):
        letters = b"A" * (32_766 + size)
        found += [
            _text(f"string_long{name}", _shown(b"(" + letters + b")"), what),
            _text(f"string_long_hex{name}", _shown(b"<" + b"41" * len(letters) + b">"), what),
            _text(f"string_long_in_array{name}", _shown(b"[(" + letters + b") -20 (A)]").replace(b"Tj", b"TJ"), what),
            _text(f"string_long_escaped{name}", _shown(b"(" + b"\\101" * len(letters) + b")"), what),
        ]
    for name, size, what in (("_harmless", 0, None), ("", 1, "name_length")):
        long_name = b"/" + b"N" * (127 + size)
        code = None if what is None else MALFORMED
        resources = b"<< /ExtGState << " + (b"/G" if what else long_name) + b" << /LW 2 >> >> >>"
        content = b"/Span << /Lang (vi) >> BDC " + long_name + b" BMC EMC EMC\n" + SQUARE
        found.append(ContentCase(f"name_long{name}", content, code=code, what=what))
        content = long_name + b" gs\n" + SQUARE
        found.append(ContentCase(f"name_long_of_resource{name}", content, resources, code=code, what=what))
    found += [
        ContentCase("number_long_harmless", b"0." + b"0" * 124 + b"1 w\n" + SQUARE),
        _refused("number_long", "token_length", b"0." + b"0" * 125 + b"1 w\n" + SQUARE),
        _refused("operator_long", "token_length", b"f" * 128 + b"\n" + SQUARE),
    ]
    return found


def _words() -> list[ContentCase]:
    return [
        ContentCase("plain_harmless", SQUARE),
        ContentCase("empty_harmless", b""),
        ContentCase("comment_harmless", b"% a comment with ( and [ and <<\n" + SQUARE + b"% at the end"),
        ContentCase("cr_line_ends_harmless", SQUARE.replace(b"\n", b"\r") + b"q\rQ\r"),
        ContentCase("nothing_between_words_harmless", b"q[3 2]0 d/Span<</Lang(vi)>>BDC EMC Q\n" + SQUARE),
        ContentCase("numbers_harmless", b"-.5 10. 0.5 -3 re f 007 w 1.50 M\n" + SQUARE),
        ContentCase("compatibility_harmless", b"BX EX\n" + SQUARE),
        _refused("operator_unknown", "operator", b"10 10 100 100 ref\n" + SQUARE),
        _refused("operator_unknown_in_compatibility", "operator", b"BX 10 xyz EX\n" + SQUARE),
        _refused("operator_glued", "operator", b"qQ\n" + SQUARE),
        _refused("operator_of_another_case", "operator", b"10 10 100 100 RE f\n"),
        _refused("boolean_alone", "operands", b"true\n" + SQUARE),
        _refused("operand_missing", "operands", b"10 100 100 re f\n"),
        _refused("operand_too_many", "operands", b"7 10 10 100 100 re f\n"),
        _refused("operand_of_another_kind", "operands", b"10 10 (100) 100 re f\n"),
        _refused("operand_of_another_kind_in_array", "operands", b"[3 /a] 0 d\n" + SQUARE),
        _refused("operand_left_over", "operands", SQUARE + b"100 200"),
        _refused("operand_for_none", "operands", b"1 q Q\n" + SQUARE),
        _refused("colour_without_numbers", "operands", b"sc\n" + SQUARE),
        _refused("number_signs", "number", b"--10 10 100 100 re f\n"),
        _refused("number_sign_inside", "number", b"10-5 10 100 100 re f\n"),
        _refused("number_points", "number", b"1.0.5 10 100 100 re f\n"),
        _refused("number_exponent", "number", b"1e2 10 100 100 re f\n"),
        _refused("number_of_letters", "number", b"1O 10 100 100 re f\n"),
        _refused("number_without_digits", "number", b"- 10 100 100 re f\n"),
        _refused("number_huge", "number", b"4294967306 10 100 100 re f\n"),
        _refused("name_escape_wrong", "name", b"/a#4 BMC EMC\n" + SQUARE),
        _text("string_escapes_harmless", _shown(b"(A\\)\\(\\\\\\101 (A) \\\nA)")),
        _text("string_odd_hex_harmless", _shown(b"<41 4>")),
        _text("string_line_end", _shown(b"(A\rA)"), "string"),
        _text("string_octal_too_large", _shown(b"(\\501)"), "string"),
        _refused("name_escape_of_zero", "name", b"/a#00 BMC EMC\n" + SQUARE),
        _refused("name_empty", "name_length", b"/ BMC EMC\n" + SQUARE),
        _text("string_unclosed", SQUARE + _shown(b"(A"), "string"),
        _text("string_hex_wrong", _shown(b"<4G41>"), "string"),
        _text("string_hex_unclosed", _shown(b"<4141"), "string"),
        _text("string_closed_twice", _shown(b"(A))"), "string"),
        _refused("array_unclosed", "bracket", b"[3 2 0 d\n" + SQUARE),
        _refused("array_closed_twice", "bracket", b"[3 2]] 0 d\n" + SQUARE),
        _refused("array_open_at_end", "bracket", SQUARE + b"[3 2"),
        _refused("array_closed_otherwise", "bracket", b"[3 2 >> 0 d\n" + SQUARE),
        _refused("array_too_deep", "bracket", b"/Span << /A " + b"[" * 31 + b"]" * 31 + b" >> BDC EMC\n" + SQUARE),
        ContentCase("array_deep_harmless", b"/Span << /A " + b"[" * 29 + b"]" * 29 + b" >> BDC EMC\n" + SQUARE),
        _refused("dictionary_of_brackets", "bracket", b"/Span << /A ] >> BDC EMC\n" + SQUARE),
        _refused("dictionary_unclosed", "bracket", b"/Span << /Lang (vi) BDC EMC\n" + SQUARE),
        _refused("dictionary_odd", "bracket", b"/Span << /Lang >> BDC EMC\n" + SQUARE),
        _refused("dictionary_key_twice", "bracket", b"/Span << /Lang (vi) /L#61ng (en) >> BDC EMC\n" + SQUARE),
        _refused("dictionary_key_no_name", "bracket", b"/Span << (Lang) (vi) >> BDC EMC\n" + SQUARE),
        _refused("braces", "operator", b"{ }\n" + SQUARE),
        _refused("reference", "bracket", b"/Span << /A 5 0 R >> BDC EMC\n" + SQUARE),
        _text("text_object_harmless", b"q 1 0 0 1 5 5 cm " + _shown(b"(A)") + b"Q\n"),
        _text("state_in_text_object", b"BT /F1 12 Tf 10 700 Td q 0 -300 Td Q (A) Tj ET\n", "place"),
        _text("text_object_open", b"BT /F1 12 Tf 10 10 Td (A) Tj\n", "place"),
        _text("text_object_twice", b"BT BT /F1 12 Tf 10 10 Td (A) Tj ET ET\n", "place"),
        _text("text_object_closed_twice", _shown(b"(A)") + b"ET\n", "place"),
    ]


def _pictures() -> list[ContentCase]:
    image_of = b"q 100 0 0 100 10 10 cm " + PICTURE
    filtered = b"q 100 0 0 100 10 10 cm BI /W 4 /H 4 /BPC 8 /CS /G /F /AHx ID "
    return [
        ContentCase("inline_image_harmless", image_of + SIXTEEN + b"\nEI Q\n" + SQUARE),
        ContentCase("inline_image_holds_letters_harmless", image_of + b"12345 EI\x81\x90 45678" + b"\nEI Q\n" + SQUARE),
        _refused("inline_image_holds_end", "inline_image", image_of + b"12345 EI Q 12345" + b"\nEI Q\n" + SQUARE),
        ContentCase("inline_image_filtered_harmless", filtered + SIXTEEN.hex().encode() + b">\nEI Q\n" + SQUARE),
        ContentCase("inline_mask_harmless", b"q BI /W 8 /H 2 /IM true /D [1 0] ID \xaa\x55\nEI Q\n" + SQUARE),
        _refused("inline_image_short", "inline_image", image_of + SIXTEEN[:9] + b"\nEI Q\n" + SQUARE),
        _refused("inline_image_ends_early", "inline_image", image_of + SIXTEEN + b" (\nEI Q ) Q\nEI\n" + SQUARE),
        _refused("inline_image_end_touches", "inline_image", image_of + SIXTEEN + b"EI Q\n" + SQUARE),
        _refused("inline_image_unclosed", "inline_image", image_of + SIXTEEN + b"\n" + SQUARE),
        _refused("inline_image_without_size", "inline_image", image_of.replace(b"/W 4", b"") + SIXTEEN + b"\nEI Q\n"),
        _refused("inline_image_size_twice", "inline_image", image_of.replace(b"/W 4", b"/W 4 /Width 2") + SIXTEEN + b"\nEI Q\n"),
        _refused("inline_image_filter_unknown", "inline_image", filtered.replace(b"/AHx", b"/JPX") + SIXTEEN + b"\nEI Q\n"),
        _refused("inline_image_end_alone", "inline_image", b"q EI Q\n" + SQUARE),
    ]


def _forms() -> list[ContentCase]:
    draw = b"/X Do\n" + SQUARE
    unpacked = b"/Type /XObject /BBox [0 0 595 842]"
    glyph = stream(b"1000 0 0 0 1000 1000 d1 100 100 800 re f")
    tiling = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << >>"
    paint = b"/Pattern cs /X scn 10 10 100 100 re f\n"
    patterns = b"<< /Pattern << /X 5 0 R >> >>"
    stamp = b"/Annots [<< /Type /Annot /Subtype /Stamp /Rect [10 10 90 90] /AP << /N 5 0 R >> >>]"
    mask = b"<< /ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >> >>"
    grouped = b"/Group << /S /Transparency /CS /DeviceGray >>"
    over_text = frozenset({"annotations_over_text"})
    return [
        ContentCase("form_harmless", draw, FORM, (form(SQUARE),)),
        ContentCase("form_matrix_harmless", draw, FORM, (form(SQUARE, b"/Matrix [1 0 0 1 5 5]"),)),
        _refused("form_without_box", "form_box", draw, resources=FORM, objects=(form(SQUARE, box=b""),)),
        _refused("form_box_short", "form_box", draw, resources=FORM, objects=(form(SQUARE, box=b"/BBox [0 0 9]"),)),
        _refused("form_box_of_words", "form_box", draw, resources=FORM, objects=(form(SQUARE, box=b"/BBox [0 0 9 /a]"),)),
        _refused("form_matrix_short", "form_box", draw, resources=FORM, objects=(form(SQUARE, b"/Matrix [1 0 0 1 5]"),)),
        _refused("form_without_subtype", "subtype", draw, resources=FORM, objects=(stream(SQUARE, unpacked),)),
        _refused("form_of_another_subtype", "subtype", draw, resources=FORM, objects=(stream(SQUARE, unpacked + b"/Subtype /PS"),)),
        _refused("form_no_stream", "subtype", draw, resources=FORM, objects=(b"<< /Subtype /Form /BBox [0 0 9 9] >>",)),
        _refused("form_missing", "resource", b"/Y Do\n" + SQUARE, resources=FORM, objects=(form(SQUARE),)),
        _refused("form_malformed", "operands", draw, resources=FORM, objects=(form(b"10 re f"),)),
        _refused("form_state_of_the_page", "saved_state", b"q " + draw + b"Q ", resources=FORM, objects=(form(b"Q " + SQUARE),)),
        ContentCase("state_left_saved_harmless", b"q q Q " + SQUARE),
        _refused("state_of_nobody", "saved_state", SQUARE + b"Q Q q"),
        _text("font_missing", b"BT /F2 12 Tf 10 10 Td (A) Tj ET\n", "resource"),
        _refused("font_of_the_page", "resource", draw, resources=b"<< /XObject << /X 7 0 R >> /Font << /F1 5 0 R >> >>",
                 objects=(*TEXT_OBJECTS, form(_shown(b"(A)"), b"/Resources << >>"))),
        ContentCase("font_of_the_page_harmless", draw, b"<< /XObject << /X 7 0 R >> /Font << /F1 5 0 R >> >>",
                    (*TEXT_OBJECTS, form(_shown(b"(A)")))),
        _refused("glyph_malformed", "operands", _shown(b"(A)"), resources=TEXT_RESOURCES, objects=(font_type3(6), glyph)),
        ContentCase("pattern_harmless", paint, patterns, (stream(b"0 0 5 5 re f", tiling),)),
        _refused("pattern_no_stream", "subtype", paint, resources=patterns, objects=(b"<< %s >>" % tiling,)),
        _refused("pattern_malformed", "operands", paint, resources=patterns, objects=(stream(b"0 5 5 re f", tiling),)),
        _refused("pattern_without_box", "form_box", paint, resources=patterns,
                 objects=(stream(b"0 0 5 5 re f", tiling.replace(b"/BBox [0 0 9 9]", b"")),)),
        _refused("pattern_without_step", "pattern", paint, resources=patterns,
                 objects=(stream(b"0 0 5 5 re f", tiling.replace(b"/XStep 9", b"/XStep 0")),)),
        ContentCase("soft_mask_harmless", b"/G gs\n" + SQUARE, mask, (form(SQUARE, grouped),)),
        _refused("soft_mask_malformed", "operator", b"/G gs\n" + SQUARE, resources=mask, objects=(form(b"blank", grouped),)),
        ContentCase("appearance_harmless", SQUARE, objects=(form(b"0 0 9 9 re f"),), page=stamp, findings=over_text),
        _refused("appearance_malformed", "operator", SQUARE, objects=(form(b"0 0 9 9 ref"),), page=stamp),
        _refused("appearance_without_box", "form_box", SQUARE, objects=(form(b"0 0 9 9 re f", box=b""),), page=stamp),
        ContentCase("image_harmless", draw, FORM, (image(16, 16),)),
        _refused("image_without_size", "image", draw, resources=FORM,
                 objects=(image(16, 16).replace(b"/Width 16", b""),)),
    ]  # fmt: skip


def _data() -> list[ContentCase]:
    packed = stream(SQUARE * 40, packed=True)
    raw = packed.split(b"stream\n", 1)[1].removesuffix(b"\nendstream")
    flate = b"/Filter /FlateDecode"
    hexed = SQUARE.hex().encode() + b">"
    flusher = zlib.compressobj()
    flushed = flusher.compress(SQUARE * 40) + flusher.flush(zlib.Z_SYNC_FLUSH)
    return [
        ContentCase("content_flushed_harmless", flushed, content_entries=flate),  # as Acrobat writes filled fields
        _refused("content_flush_is_data", "content_data", zlib.compress(b"% \0\0\xff\xff more\n", 0)[:13], content_entries=flate),
        _refused("content_with_rest", "content_data", raw + b"rest", content_entries=flate),
        ContentCase("content_packed_harmless", raw, content_entries=flate),
        ContentCase("content_hex_harmless", hexed, content_entries=b"/Filter [/ASCIIHexDecode]"),
        ContentCase("content_packed_empty_harmless", b"", content_entries=flate),
        _refused("content_cut_short", "content_data", raw[:-9], content_entries=flate),
        _refused("content_garbled", "content_data", raw[:9] + b"\xff\xff\xff" + raw[12:], content_entries=flate),
        _refused("content_hex_wrong", "content_data", b"zz" + hexed, content_entries=b"/Filter /ASCIIHexDecode"),
        _refused("content_filter_unknown", "content_data", raw, content_entries=b"/Filter /FancyDecode"),
        _refused("content_filter_of_pictures", "content_data", raw, content_entries=b"/Filter /DCTDecode"),
        _refused("form_cut_short", "content_data", b"/X Do", resources=FORM,
                 objects=(form(SQUARE * 40, packed=False).replace(SQUARE * 40, raw[:-9])
                          .replace(b"/Length %d" % len(SQUARE * 40), b"/Length %d %s" % (len(raw) - 9, flate)),)),
        ContentCase("content_in_parts_harmless", contents=(b"q 1 0 0 RG 10 10 ", b"m 100 100 l S", b"Q % end\n", SQUARE)),
        ContentCase("content_splits_dictionary_harmless", contents=(b"/Span << /Lang (vi) ", b">> BDC EMC\n" + SQUARE)),
        _refused("content_touches", "stream_border", contents=(b"10 1", b"0 100 100 re f\n")),
        _refused("content_splits_string", "string", resources=TEXT_RESOURCES, objects=TEXT_OBJECTS,
                 contents=(b"BT /F1 12 Tf 10 10 Td (A", b"A) Tj ET")),
        _refused("content_splits_comment", "comment", contents=(b"q Q % note", SQUARE)),
        _refused("content_splits_image", "inline_image", contents=(PICTURE + SIXTEEN[:8], SIXTEEN[8:] + b"\nEI " + SQUARE)),
    ]  # fmt: skip


SYNTAX_CASES = (*_lengths(), *_words(), *_pictures(), *_forms(), *_data())
