"""Fields, links and attached files' signs that viewers draw each in their own way, each beside one that all draw alike.

Rules: as in ``content_cases_findings.py``: the findings are the same on both sides, and a name that ends in ``_quiet`` tells nothing.
"""

from tests.pdf_corpus.content_case import ContentCase, form

_SQUARE = b"10 10 100 100 re f\n"
_TELLS_ALIKE: tuple[str, ...] = ()
_MADE_UP, _LOOSE, _LINK = ("need_appearances",), ("loose_fields",), ("link_appearance",)
_PLACE, _SHOWN = b"/Rect [10 10 90 90] ", b"/AP << /N 6 0 R >> "
_STATES = b"/AP << /N << /On 6 0 R >> >> "
_BOX = b"/BBox [0 0 9 9]"
_TURN = b"/Matrix [0 1 -1 0 0 0]"


def field_case(
    name: str,
    told: tuple[str, ...],
    entries: bytes,
    *,
    flags: bytes = b"/F 4 ",
    place: bytes = _PLACE,
    kind: bytes = b"/FT /Tx ",
    box: bytes = _BOX,
    matrix: bytes = b"",
    locked: bytes = b"/Ff 1 ",
    drawn: tuple[bytes, ...] = (),
) -> ContentCase:
    """One read-only field, and its appearance (or ``drawn``) where ``entries`` name object 6."""
    widget = b"<< /Type /Annot /Subtype /Widget /T (a) /DA (0 g) " + locked + kind + flags + place + entries + b">>"
    if b"6 0 R" in entries and not drawn:
        drawn = (form(b"0 0 9 9 re f", matrix, box=box),)
    return ContentCase(
        name,
        content=_SQUARE,
        page=b"/Annots [5 0 R]",
        objects=(widget, *drawn),
        catalog=b"/AcroForm << /Fields [5 0 R] >>",
        findings=frozenset(told),
    )


def _made_up() -> list[ContentCase]:
    button = b"/FT /Btn "
    return [
        field_case("field_without_looks_quiet", _TELLS_ALIKE, b"/MK << /BG [] >> "),
        field_case("field_of_background", _MADE_UP, b"/MK << /BG [1 1 0] >> "),
        field_case("field_of_frame", _MADE_UP, b"/MK << /BC [1 0 0] >> "),
        field_case("field_of_frame_hidden_quiet", _TELLS_ALIKE, b"/MK << /BC [1 0 0] >> ", flags=b"/F 2 "),
        field_case("field_of_caption", _MADE_UP, b"/MK << /CA (9,000) >> ", kind=button),
        field_case("field_state_quiet", _TELLS_ALIKE, b"/AS /On /V /On " + _STATES, kind=button),
        field_case("field_state_off_quiet", _TELLS_ALIKE, b"/AS /Off /V /Off " + _STATES, kind=button),
        field_case("field_state_missing", _MADE_UP, b"/V /On " + _STATES, kind=button),
        field_case("field_state_unknown", _MADE_UP, b"/AS /Maybe /V /On " + _STATES, kind=button),
        field_case("field_state_string", _MADE_UP, b"/AS (On) /V /On " + _STATES, kind=button),
        field_case("field_state_of_one", _MADE_UP, b"/AS /Off /V /Off " + _SHOWN, kind=button),
        field_case("field_tick_of_one", _MADE_UP, b"/AS /On /V /On " + _SHOWN, kind=button),
        field_case("field_off_of_one", _MADE_UP, b"/AS /Off " + _SHOWN),
        field_case("field_named_of_one_quiet", _TELLS_ALIKE, b"/AS /N " + _SHOWN),
        field_case(
            "field_button_of_one_quiet",
            _TELLS_ALIKE,
            b"/MK << /CA (go) >> " + _SHOWN,
            kind=b"/FT /Btn /Ff 65537 ",
            locked=b"",
        ),
    ]


def _placed() -> list[ContentCase]:
    return [
        field_case("field_empty_box", _MADE_UP, _SHOWN, box=b"/BBox [0 0 0 0]"),
        field_case("field_moved_and_scaled_quiet", _TELLS_ALIKE, _SHOWN, matrix=b"/Matrix [2 0 0 3 -10 7]"),
        field_case("field_turned", _MADE_UP, _SHOWN, matrix=_TURN),
        field_case("field_turned_otherwise", _MADE_UP, _SHOWN + b"/MK << /R 270 >> ", matrix=_TURN),
        field_case("field_turned_as_said_quiet", _TELLS_ALIKE, _SHOWN + b"/MK << /R 90 >> ", matrix=_TURN),
        field_case(
            "field_turned_with_rounding_quiet",
            _TELLS_ALIKE,
            _SHOWN + b"/MK << /R 90 >> ",
            matrix=b"/Matrix [0.00001 1 -1 0 9 0]",
        ),
        field_case("field_mirrored", _MADE_UP, _SHOWN, matrix=b"/Matrix [-1 0 0 1 0 0]"),
        field_case("field_turned_state", _MADE_UP, b"/AS /On /V /On " + _STATES, kind=b"/FT /Btn ", matrix=_TURN),
        field_case("field_flat", _MADE_UP, _SHOWN, place=b"/Rect [10 10 90 10] "),
        field_case("field_of_no_size_quiet", _TELLS_ALIKE, _SHOWN, place=b"/Rect [0 0 0 0] "),
        field_case("field_nowhere", _MADE_UP, _SHOWN, place=b""),
        field_case("field_at_strings", _MADE_UP, _SHOWN, place=b"/Rect [(10) (10) (90) (90)] "),
        field_case("field_corners_swapped_quiet", _TELLS_ALIKE, _SHOWN, place=b"/Rect [90 90 10 10] "),
    ]


def _flags() -> list[ContentCase]:
    return [
        field_case("field_invisible", _LOOSE, _SHOWN, flags=b"/F 1 "),
        field_case("field_flags_negative", _LOOSE, _SHOWN, flags=b"/F -1 "),
        field_case("field_flags_unknown", _LOOSE, _SHOWN, flags=b"/F 1028 "),
        field_case("field_flags_real", _LOOSE, _SHOWN, flags=b"/F 4.0 "),
        field_case("field_flags_locked_quiet", _TELLS_ALIKE, _SHOWN, flags=b"/F 708 "),
        field_case("field_no_flags_quiet", _TELLS_ALIKE, _SHOWN, flags=b""),
    ]


def _deep(name: str, levels: int, *told: str) -> ContentCase:
    """A field below so many others."""
    first = 7
    widget = b"<< /Type /Annot /Subtype /Widget /F 4 /Parent %d 0 R " % (first + levels - 2) + _PLACE + _SHOWN + b">>"
    above = [
        b"<< /T (p%d) /Kids [%d 0 R] %s >>"
        % (
            number,
            first + number + 1 if number < levels - 2 else 5,
            b"/Parent %d 0 R" % (first + number - 1) if number else b"/FT /Tx /Ff 1",
        )
        for number in range(levels - 1)
    ]
    return ContentCase(
        name,
        content=_SQUARE,
        page=b"/Annots [5 0 R]",
        objects=(widget, form(b"0 0 9 9 re f", box=_BOX), *above),
        catalog=b"/AcroForm << /Fields [%d 0 R] >>" % first,
        findings=frozenset(told),
    )


def _annotation(name: str, told: tuple[str, ...], entries: bytes) -> ContentCase:
    body = b"<< /Type /Annot /Rect [10 10 90 90] /F 4 " + entries + b">>"
    return ContentCase(name, content=_SQUARE, page=b"/Annots [5 0 R]", objects=(body,), findings=frozenset(told))


def _frames() -> list[ContentCase]:
    link = b"/Subtype /Link "
    return [
        _annotation("link_frame_of_a_point_quiet", _TELLS_ALIKE, link + b"/Border [0 0 1] /C [1 0 0] "),
        _annotation("link_frame_style_of_a_point_quiet", _TELLS_ALIKE, link + b"/BS << /W 1.0 /S /U >> "),
        _annotation("link_frame_wide", _LINK, link + b"/Border [0 0 5] "),
        _annotation("link_frame_style_wide", _LINK, link + b"/Border [0 0 0] /BS << /W 1.5 >> "),
        _annotation("link_frame_no_number", _LINK, link + b"/Border [0 0 (5)] "),
        _annotation(
            "attached_file",
            ("annotations_over_text", "attachments"),
            b"/Subtype /FileAttachment /FS << /Type /Filespec /F (a) /EF << >> >> ",
        ),
    ]


ANNOTATION_CASES = (
    *_made_up(),
    *_placed(),
    *_flags(),
    _deep("field_30_deep_quiet", 30),
    _deep("field_31_deep", 31, "loose_fields"),
    *_frames(),
)
