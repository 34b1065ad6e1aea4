"""Operators in a place, with a value or with a resource that viewers take differently, each beside a harmless neighbour.

Rules: as in content_cases_syntax.py; all of these were drawn differently by two of PDFium, poppler, mupdf and pdf.js (ISO 32000-2, 8.2,
8.4, 8.6, 8.7.3, 9.6.4 and 11.6.5).
"""

from tests.pdf_corpus.content_case import (
    GLYPH,
    MALFORMED,
    TEXT_OBJECTS,
    TEXT_RESOURCES,
    ContentCase,
    font_type3,
    form,
    stream,
)

SQUARE = b"10 10 100 100 re f\n"
TEXT = b"BT /F1 12 Tf 10 10 Td (A) Tj ET\n"
FORM = b"<< /XObject << /X 5 0 R >> >>"


def _refused(name: str, what: str, content: bytes = SQUARE, **parts: object) -> ContentCase:
    return ContentCase(name, content, code=MALFORMED, what=what, **parts)  # type: ignore[arg-type]


def _shown(name: str, text: bytes, what: str | None) -> ContentCase:
    content = b"q BT /F1 12 Tf 10 10 Td " + text + b" ET Q\n"
    return ContentCase(name, content, TEXT_RESOURCES, TEXT_OBJECTS, code=None if what is None else MALFORMED, what=what)


def _places() -> list[ContentCase]:
    return [
        ContentCase("path_harmless", b"10 10 m 1 w 0 0 1 RG 100 100 l 50 0 0 50 9 9 c h W n " + SQUARE),
        ContentCase("clip_before_path_harmless", b"q W 10 10 m 100 10 l 100 100 l h n " + SQUARE + b"Q\n"),  # as Ghostscript long did
        ContentCase("clip_before_style_harmless", b"q W 2 w 1 0 0 rg 0 Tc /P BMC 10 10 90 90 re n EMC " + SQUARE + b"Q\n"),
        _refused("clip_without_path", "place", b"q W n " + SQUARE + b"Q\n"),  # mupdf hides the square
        _refused("even_odd_clip_without_path", "place", b"q W* S " + SQUARE + b"Q\n"),
        _refused("text_behind_clip", "place", b"10 10 99 99 re W BT ET\n" + SQUARE),
        _refused("path_without_start", "place", b"100 100 l S\n" + SQUARE),
        _refused("path_in_text", "place", b"BT 10 10 m ET\n" + SQUARE),
        _refused("path_open", "place", SQUARE + b"10 10 m 100 100 l"),
        _refused("path_behind_clip", "place", b"10 10 99 99 re W 5 5 m n\n" + SQUARE),
        _refused("state_in_path", "place", b"10 10 m q 100 100 l S Q\n" + SQUARE),
        _refused("form_in_path", "place", b"10 10 m /X Do 100 100 l S\n", resources=FORM, objects=(form(SQUARE),)),
        _refused("text_outside", "place", b"/F1 12 Tf (A) Tj\n", resources=TEXT_RESOURCES, objects=TEXT_OBJECTS),
        _refused("glyph_width_on_page", "glyph", b"1000 0 d0\n" + SQUARE),
        _refused("compatibility_open", "compatibility", b"BX " + SQUARE),
        _refused("compatibility_closed_first", "compatibility", b"EX BX " + SQUARE),
        _refused("compatibility_closed_twice", "compatibility", b"BX EX EX " + SQUARE),
    ]


def _told_dot(name: str, path: bytes) -> ContentCase:
    return ContentCase(f"dot_{name}", b"9 w 1 J " + path + b"\n", findings=frozenset(("dots_without_length",)))


def _dots() -> list[ContentCase]:
    """Lines that go nowhere: a decimal point for some viewers, nothing for others."""
    quiet = {
        "line": b"10 10 m 10.5 10 l S", "upright": b"10 10 m 10 11 l S", "filled": b"10 10 m 10 10 l f", "clipped": b"10 10 m 10 10 l W n",
        "start": b"10 10 m S", "behind_a_line": b"10 10 m 50 10 l 50 10 l S", "flat_rectangle": b"10 10 50 0 re S",
        "steep_rectangle": b"10 10 0 50 re B", "curve": b"10 10 m 10 10 20 20 10 10 c S", "closed": b"10 10 m 50 10 l h S",
        "started_anew": b"10 10 m 50 50 m 10 10 l S", "filled_before": b"10 10 m 10 10 l f 10 10 m 50 50 l S",
    }  # fmt: skip
    told = {
        "line": b"10 10 m 10 10 l S", "closed": b"10 10 m 10 10 l s", "filled_too": b"10 10 m 10 10 l B", "b": b"10 10 m 10 10 l b",
        "even_odd": b"10 10 m 10 10 l B*", "filled_even_odd": b"10 10 m 10 10 l b*",
        "spelt_otherwise": b"10 010 m 10.0 +10. l S", "nearly": b"10 10 m 10 10.000001 l S", "far_out": b"20000 10 m 20000.01 10 l S",
        "closed_at_once": b"10 10 m h S", "curve": b"10 10 m 10 10 10 10 10 10 c S", "short_curve": b"10 10 m 10 10 10 10 v S",
        "other_short_curve": b"10 10 m 10 10 10 10 y S", "rectangle": b"10 10 0 0 re S", "thin_rectangle": b"10 10 .000001 -0 re S",
        "among_others": b"10 10 m 50 50 l 80 80 m 80 80 l S", "styled_between": b"10 10 m 2 w 10 10 l S",
        "clipped_too": b"10 10 m 10 10 l W S",
        "before_a_line": b"10 10 m 10 10 l 50 50 l S", "null_bytes": b"10\0" + b"10 m 10 10\0l S",
    }  # fmt: skip
    return [
        *(ContentCase(f"no_dot_{name}_quiet", b"9 w 1 J " + path + b"\n") for name, path in quiet.items()),
        *(_told_dot(name, path) for name, path in told.items()),
        ContentCase("dot_in_form", b"/X Do", FORM, (form(b"1 J 10 10 m 10 10 l S"),), findings=frozenset(("dots_without_length",))),
        ContentCase("dot_in_glyph", TEXT, TEXT_RESOURCES, (font_type3(6), stream(b"1000 0 d0 1 J 9 9 m 9 9 l S")),
                    findings=frozenset(("dots_without_length",))),
    ]  # fmt: skip


def _values() -> list[ContentCase]:
    return [
        ContentCase("values_harmless", b"2 J 1 j 0 w 10 M [3 0] 0 d [] 0 d 7 Tr 0 Tr +5 i\n" + SQUARE),
        _refused("cap_that_is_none", "operands", b"3 J\n" + SQUARE),
        _refused("join_that_is_none", "operands", b"1.5 j\n" + SQUARE),
        _refused("text_mode_that_is_none", "operands", b"8 Tr\n" + SQUARE),
        ContentCase("inks_harmless", b"1 0 .5 0. k 0 0 0 1.0 K\n" + SQUARE),
        _refused("ink_too_much", "operands", b"0 0 0 1.5 k\n" + SQUARE),
        _refused("ink_negative", "operands", b"0 -.1 0 0 K\n" + SQUARE),
        _shown("text_squeezed_harmless", b"10 Tz (A) Tj -100 Tz (A) Tj 0 Tz (A) Tj", None),
        _shown("text_squeezed", b"9.5 Tz (A) Tj", "operands"),
        _shown("text_clips_harmless", b"0 Tr (A) Tj 7 Tr (A) Tj (A) Tj", None),
        _shown("text_clips_and_goes_on", b"7 Tr (A) Tj 0 Tr (A) Tj", "place"),
        _refused("width_negative", "operands", b"-1 w\n" + SQUARE),
        _refused("dash_negative", "operands", b"[3 -2] 0 d\n" + SQUARE),
        _refused("dash_of_zeros", "operands", b"[0 0] 0 d\n" + SQUARE),
    ]


def _colours() -> list[ContentCase]:
    spaces = b"<< /ColorSpace << /C [/Separation /Spot /DeviceCMYK 5 0 R] >> >>"
    function = (b"<< /FunctionType 2 /Domain [0 1] /N 1 /C0 [0 0 0 0] /C1 [0 1 0 0] >>",)
    tile = (
        b"/Type /Pattern /PatternType 1 /PaintType 2 /TilingType 1 /BBox [0 0 9 9] /XStep 9 /YStep 9 /Resources << >>"
    )
    uncoloured = b"<< /ColorSpace << /C [/Pattern /DeviceRGB] >> /Pattern << /P 5 0 R >> >>"
    paint = b"/C cs 1 0 0 /P scn " + SQUARE
    shading = b"<< /Shading << /S 6 0 R >> >>"
    gradient = b"<< /ShadingType 2 /ColorSpace /DeviceCMYK /Coords [0 0 99 99] /Function 5 0 R >>"
    return [
        ContentCase("colour_harmless", b"/DeviceRGB cs 1 0 0 sc .5 g /C cs .5 scn 0 SC\n" + SQUARE, spaces, function),
        _refused("colour_of_too_few", "colour_components", b"/DeviceRGB cs 1 0 sc\n" + SQUARE),
        _refused("colour_of_too_many", "colour_components", b"/C cs 1 0 sc\n" + SQUARE, resources=spaces, objects=function),
        _refused("colour_of_first_space", "colour_components", b"1 0 0 sc\n" + SQUARE),
        _refused("colour_of_pattern_without", "colour_space", b"/Pattern cs 1 sc\n" + SQUARE),
        _refused("colour_space_unknown", "colour_space", b"/C cs 1 sc\n" + SQUARE,
                 resources=b"<< /ColorSpace << /C [/Fancy 5 0 R] >> >>", objects=function),
        _refused("pattern_uncoloured_without_colours", "colour_space", b"/Pattern cs /P scn " + SQUARE, resources=uncoloured,
                 objects=(stream(b"0 0 5 5 re f", tile),)),
        ContentCase("shading_harmless", b"q 10 10 99 99 re W n /S sh Q", shading, (*function[:1], gradient)),
        _refused("shading_unknown", "resource", b"q 10 10 99 99 re W n /S sh Q", resources=shading,
                 objects=(*function[:1], gradient.replace(b"/ShadingType 2", b"/ShadingType 9"))),
        _refused("colour_space_missing", "resource", b"/D cs 1 sc\n" + SQUARE, resources=spaces, objects=function),
        _refused("colour_space_of_caller", "colour_space", b"/X Do\n", resources=FORM, objects=(form(b"1 sc " + SQUARE),)),
        ContentCase("pattern_uncoloured_harmless", paint, uncoloured, (stream(b"0 0 5 5 re f", tile),)),
        _refused("pattern_uncoloured_sets_colour", "uncoloured", paint, resources=uncoloured,
                 objects=(stream(b"1 g 0 0 5 5 re f", tile),)),
        _refused("pattern_without_resources", "pattern", paint, resources=uncoloured,
                 objects=(stream(b"0 0 5 5 re f", tile.replace(b"/Resources << >>", b"")),)),
        _refused("pattern_box_empty", "pattern", paint, resources=uncoloured,
                 objects=(stream(b"0 0 5 5 re f", tile.replace(b"[0 0 9 9]", b"[0 0 0 9]")),)),
    ]  # fmt: skip


def _states() -> list[ContentCase]:
    def state(name: str, entries: bytes, what: str | None = "graphics_state", *objects: bytes) -> ContentCase:
        resources = b"<< /ExtGState << /G << %s >> >> >>" % entries
        code = None if what is None else MALFORMED
        return ContentCase(name, b"/G gs\n" + SQUARE, resources, objects, code=code, what=what)

    mask = b"/SMask << /S /Luminosity /G 5 0 R >>"
    return [
        state("graphics_state_harmless", b"/LW 2 /LC 1 /ca .5 /CA 1 /BM /Multiply /D [[3 2] 0] /SMask /None /TR2 /Default", None),
        state("graphics_state_with_font", b"/Font [5 0 R 12]", "graphics_state", TEXT_OBJECTS[0], GLYPH),
        state("graphics_state_transfer", b"/TR 5 0 R", "graphics_state", b"<< /FunctionType 2 /Domain [0 1] /N 1 >>"),
        state("graphics_state_blend_unknown", b"/BM /Fancy"),
        state("graphics_state_opacity_too_high", b"/ca 2"),
        state("graphics_state_width_negative", b"/LW -2"),
        state("graphics_state_dash_wrong", b"/D [[3 -2] 0]"),
        state("graphics_state_dash_of_one", b"/D [[3 2]]"),
        state("soft_mask_without_group", mask, "soft_mask", form(SQUARE)),
    ]


def _glyphs() -> list[ContentCase]:
    def text(name: str, glyph: bytes, what: str | None, entries: bytes = b"") -> ContentCase:
        code = None if what is None else MALFORMED
        return ContentCase(name, TEXT, TEXT_RESOURCES, (font_type3(6, entries), stream(glyph)), code=code, what=what)

    return [
        text("glyph_coloured_harmless", b"1000 0 d0 1 g 100 100 800 800 re f", None),
        text("glyph_without_width", b"100 100 800 800 re f", "glyph"),
        text("glyph_uncoloured_sets_colour", b"1000 0 0 0 1000 1000 d1 1 g 100 100 800 800 re f", "uncoloured"),
        text("glyph_width_late", b"1 w 1000 0 d0 100 100 800 800 re f", "place"),
        _refused("font_that_is_none", "resource", TEXT, resources=TEXT_RESOURCES, objects=(b"<< /Type /Font /Subtype /Type9 >>",)),
    ]


DRAWING_CASES = (*_places(), *_dots(), *_values(), *_colours(), *_states(), *_glyphs())
