"""What stands at the edge of a rule and is drawn alike all the same, and what lies just beyond it: no other case needs either.

Rules: as in ``content_cases_syntax.py`` and ``content_cases_annotations.py``.
"""

import struct

from tests.pdf_corpus.content_case import MALFORMED, TOO_COMPLEX, ContentCase, form, image, stream
from tests.pdf_corpus.content_cases_annotations import field_case
from tests.pdf_corpus.content_cases_images import jpeg, jpeg_2000
from tests.pdf_corpus.content_cases_limits import nested_forms

DRAW = b"q 100 0 0 100 10 10 cm /X Do Q\n"
SQUARE = b"10 10 100 100 re f\n"
FORM = b"<< /XObject << /X 5 0 R >> >>"
HEAD = b"/Type /XObject /Subtype /Image /Width 4 /Height 2 "
GREY = b"/BitsPerComponent 8 /ColorSpace /DeviceGray "
ALIKE: tuple[str, ...] = ()


def _case(name: str, what: str | None, content: bytes, resources: bytes = b"<< >>", *objects: bytes, **parts: object) -> ContentCase:
    code = MALFORMED if what else None
    return ContentCase(name, content, resources, objects, code=code, what=what, **parts)  # type: ignore[arg-type]


def _picture(name: str, what: str | None, entries: bytes, data: bytes = bytes(8)) -> ContentCase:
    return _case(name, what, DRAW, FORM, stream(data, HEAD + entries))


def _pictures() -> list[ContentCase]:
    black = image(16, 16)
    return [
        _picture("picture_filter_in_two_arrays", "image", GREY + b"/Filter [[/FlateDecode]]"),
        _picture("jpeg_predictor_harmless", None, GREY + b"/Filter /DCTDecode /DecodeParms << /Predictor 99 >>", jpeg(4, 2, 1)),
        _picture("jpeg_early_change_harmless", None, GREY + b"/Filter /DCTDecode /DecodeParms << /EarlyChange 7 >>", jpeg(4, 2, 1)),
        _picture("jpeg_without_bits_harmless", None, b"/ColorSpace /DeviceGray /Filter /DCTDecode", jpeg(4, 2, 1)),
        _picture("jpeg_2000_own_space_masked_harmless", None, b"/Filter /JPXDecode /Mask [0 5]", jpeg_2000(3, colours=16)),
        _case("image_of_real_height", "image", DRAW, FORM, black.replace(b"/Height 16", b"/Height 16.0")),
        _case("image_of_no_width", "image", DRAW, FORM, black.replace(b"/Width 16", b"/Width 0")),
        _case("image_of_no_height", "image", DRAW, FORM, black.replace(b"/Height 16", b"/Height 0")),
    ]


def _inline() -> list[ContentCase]:
    def inline(name: str, what: str | None, entries: bytes, data: bytes) -> ContentCase:
        return _case(name, what, b"q 100 0 0 100 10 10 cm BI " + entries + b" ID " + data + b"\nEI Q\n")

    codes = (256, *range(48, 64), 257)
    lzw = int("".join(f"{code:09b}" for code in codes).ljust(168, "0"), 2).to_bytes(21, "big")
    return [
        inline("inline_image_lzw_harmless", None, b"/W 4 /H 4 /BPC 8 /CS /G /F /LZW", lzw),
        inline("inline_image_lzw_misnamed", "inline_image", b"/W 4 /H 4 /BPC 8 /CS /G /F /Fancy", lzw),
        inline("inline_image_without_height", "inline_image", b"/W 4 /H 0 /BPC 8 /CS /G", b""),
        inline("inline_stencil_of_colours", "inline_image", b"/W 8 /H 2 /IM true /BPC 1 /CS /G", b"ab"),
        inline("inline_stencil_of_bytes", "inline_image", b"/W 8 /H 2 /IM true /BPC 8", b"ab"),
    ]


def _words() -> list[ContentCase]:
    odd = b"/X#ff#20#28#7f~!"
    return [
        _case("operator_as_value", "bracket", b"/Span << /Lang vi >> BDC EMC\n" + SQUARE),
        _case("number_far_below_zero", "number", b"-2147483649 10 100 100 re f\n"),
        _case("content_in_parts_spaced_harmless", None, b"", contents=(b"10 10", b" 100 100 re f\n")),
        _case("name_of_any_bytes_harmless", None, odd + b" Do\n", b"<< /XObject << %b 5 0 R >> >>" % odd, form(SQUARE)),
        _case("content_cut_behind_its_last_block", "content_data", _cut_block(), content_entries=b"/Filter /FlateDecode"),
    ]


def _cut_block() -> bytes:
    """Flate of one stored block that ends like a flush; its checksum is missing."""
    text = SQUARE + b"% \0\0\xff\xff"
    return b"\x78\x01\x01" + struct.pack("<HH", len(text), len(text) ^ 0xFFFF) + text


def _forms() -> list[ContentCase]:
    knockout = b"/Group << /S /Transparency /K true >>"
    grouped = form(SQUARE, b"/Group << /S /Transparency /CS /DeviceGray >>")
    masked = b"<< /ExtGState << /G << /SMask << /S /Luminosity /G 5 0 R >> >> >> >>"
    stamp = b"/Annots [<< /Type /Annot /Subtype /Stamp /Rect [10 10 90 90] /AP << /N 5 0 R >> >>]"
    told = frozenset({"annotations_over_text"})
    mesh = b"/ShadingType 4 /ColorSpace /DeviceGray /BitsPerCoordinate 8 /BitsPerComponent 8 /BitsPerFlag 8 /Decode [0 99 0 99 0 1]"
    triangle = stream(b"\0\0\0\0\0\x50\0\x80\0\0\x50\xff", mesh)
    postscript = form(SQUARE, b"/Subtype2 /PS")
    untyped = form(b"0 0 9 9 re f").replace(b"/Subtype /Form", b"")
    return [
        _case("form_box_of_five", "form_box", b"/X Do\n", FORM, form(SQUARE, box=b"/BBox [0 0 9 9 /a]")),
        _case("form_of_postscript", "subtype", b"/X Do\n", FORM, postscript),
        _case("appearance_without_subtype_harmless", None, SQUARE, b"<< >>", untyped, page=stamp, findings=told),
        _case("appearance_of_postscript", "subtype", SQUARE, b"<< >>", form(b"0 0 9 9 re f").replace(b"/Form", b"/PS"), page=stamp),
        _case("knockout_of_soft_mask", "knockout", b"/G gs\n" + SQUARE, masked, grouped, page=knockout),
        _case("shading_mesh_harmless", None, b"q 10 10 99 99 re W n /S sh Q", b"<< /Shading << /S 5 0 R >> >>", triangle),
        ContentCase("forms_far_too_deep", b"/X Do\n", FORM, nested_forms(400, 1), code=TOO_COMPLEX, what="form_depth"),
    ]


def _fields() -> list[ContentCase]:
    states = b"<< /On 7 0 R /Off 7 0 R >>"
    return [
        field_case("field_of_a_point_without_looks_quiet", ALIKE, b"/MK << /BG [1 1 0] >> ", place=b"/Rect [10 10 10 10] "),
        field_case("field_of_no_width_without_looks_quiet", ALIKE, b"/MK << /BG [1 1 0] >> ", place=b"/Rect [10 10 10 90] "),
        field_case("field_of_no_place_without_looks_quiet", ALIKE, b"/MK << /BG [1 1 0] >> ", place=b""),
        field_case("field_states_kept_apart_quiet", ALIKE, b"/AS /On /V /On /AP << /N 6 0 R >> ", kind=b"/FT /Btn ",
                   drawn=(states, form(b"0 0 9 9 re f", box=b"/BBox [0 0 9 9]"))),
    ]  # fmt: skip


EDGE_CASES: tuple[ContentCase, ...] = (*_pictures(), *_inline(), *_words(), *_forms(), *_fields())
