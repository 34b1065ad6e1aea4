"""Pages that ask too much of whoever draws them, each beside one that asks just not too much (document_limits.py).

Rules: all files are small (none has more than 200 KB); what they ask for is not. ``what`` is the word of the limit.
"""

from tests.pdf_corpus.content_case import TOO_COMPLEX, ContentCase, form, image, stream

SQUARE = b"10 10 100 100 re f\n"
FORM = b"<< /XObject << /X 5 0 R >> >>"
PATTERN = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /Resources << >> "


def _too_much(name: str, what: str, content: bytes, resources: bytes, objects: tuple[bytes, ...], **parts: bytes) -> ContentCase:
    return ContentCase(name, content, resources, objects, code=TOO_COMPLEX, what=what, **parts)  # type: ignore[arg-type]


def nested_forms(depth: int, times: int) -> tuple[bytes, ...]:
    """``depth`` forms from object 5 on, each of which draws the next one ``times`` times; the last one draws a square."""
    inner = [
        form(b"/X Do\n" * times, b"/Resources << /XObject << /X %d 0 R >> >>" % (number + 1))
        for number in range(5, 5 + depth - 1)
    ]
    return (*inner, form(SQUARE))


def _forms() -> list[ContentCase]:
    draw = b"/X Do"
    packed = b"/Filter /FlateDecode"
    many = stream(b"q Q\n" * 500_001, packed=True).split(b"stream\n", 1)[1].removesuffix(b"\nendstream")
    circle = b"/Resources << /XObject << /X 5 0 R >> >>"
    loop = b"/Annots [<< /Type /Annot /Subtype /Stamp /Rect [10 10 90 90] /AP << /N 5 0 R >> >>]"
    tile = stream(b"/Pattern cs /P scn 0 0 9 9 re f", PATTERN.replace(b"<< >>", b"<< /Pattern << /P 5 0 R >> >>")
                  + b"/BBox [0 0 9 9] /XStep 9 /YStep 9")  # fmt: skip
    return [
        ContentCase("forms_deep_harmless", draw, FORM, nested_forms(12, 1)),
        _too_much("forms_deep", "form_depth", draw, FORM, nested_forms(13, 1)),
        _too_much("forms_deep_again", "form_depth", b"/Y Do /X Do", b"<< /XObject << /Y 6 0 R /X 5 0 R >> >>", nested_forms(13, 1)),
        _too_much("form_draws_itself", "form_depth", draw, FORM, (form(b"/X Do", circle),)),
        _too_much("appearance_draws_itself", "form_depth", SQUARE, b"<< >>", (form(b"/X Do", circle),), page=loop),
        _too_much("pattern_paints_itself", "form_depth", b"/Pattern cs /P scn 0 0 9 9 re f", b"<< /Pattern << /P 5 0 R >> >>", (tile,)),
        ContentCase("forms_drawn_often_harmless", draw * 20, FORM, nested_forms(3, 20)),
        _too_much("forms_multiply", "operators", draw, FORM, nested_forms(12, 10)),
        _too_much("operators_many", "operators", many, b"<< >>", (), content_entries=packed),
        ContentCase("states_saved_harmless", b"q " * 256 + SQUARE + b"Q " * 256),
        ContentCase("states_saved_in_forms_harmless", b"q /X Do Q q q /Y Do Q Q " * 99, b"<< /XObject << /X 5 0 R /Y 6 0 R >> >>",
                    (form(b"q " * 200 + b"Q " * 200), form(b"q " * 200 + SQUARE))),
        _too_much("states_saved_in_form", "saved_states", b"q " * 100 + b"/X Do" + b" Q" * 100, FORM, (form(b"q " * 156 + SQUARE),)),
        _too_much("states_saved", "saved_states", b"q " * 257 + SQUARE + b"Q " * 257, b"<< >>", ()),
    ]  # fmt: skip


def _pictures() -> list[ContentCase]:
    draw = b"q 9 0 0 9 9 9 cm /X Do Q\n"
    three = b"<< /XObject << /X 5 0 R /Y 6 0 R /Z 7 0 R >> >>"
    wide = image(9_000, 9_000)
    inline = b"BI /W 1 /H 1 /BPC 8 /CS /G ID x\nEI\n"
    return [
        ContentCase("image_large_harmless", draw, FORM, (image(10_000, 10_000),)),
        _too_much("image_large", "image_pixels", draw, FORM, (image(10_001, 10_000),)),
        _too_much("images_large", "page_pixels", b"/X Do /Y Do /Z Do", three, (wide, wide, wide)),
        ContentCase("images_many_harmless", b"/X Do " * 5_000, FORM, (image(8, 8),)),
        _too_much("images_many", "images", b"/X Do " * 5_001, FORM, (image(8, 8),)),
        _too_much("images_many_inline", "images", inline * 5_001, b"<< >>", ()),
    ]


def _patterns() -> list[ContentCase]:
    paint = b"/Pattern cs /X scn 0 0 595 842 re f\n"
    resources = b"<< /Pattern << /X 5 0 R >> >>"

    def tile(step: bytes, entries: bytes = b"") -> bytes:
        return stream(b"0 0 1 1 re f", PATTERN + b"/BBox [0 0 1 1] /XStep %s /YStep %s %s" % (step, step, entries))

    return [
        ContentCase("pattern_cells_harmless", paint, resources, (tile(b"4"),)),
        _too_much("pattern_cells", "pattern_cells", paint, resources, (tile(b"1"),)),
        _too_much("pattern_cells_by_matrix", "pattern_cells", paint, resources, (tile(b"10", b"/Matrix [0.1 0 0 0.1 0 0]"),)),
        ContentCase("patterns_many_harmless", b"/Pattern cs " + b"/X scn 0 0 9 9 re f\n" * 1_000, resources, (tile(b"600"),)),
        _too_much("patterns_many", "patterns", b"/Pattern cs " + b"/X scn 0 0 9 9 re f\n" * 1_001, resources, (tile(b"600"),)),
    ]


LIMIT_CASES = (*_forms(), *_pictures(), *_patterns())
