"""How far viewers agree on drawing one field, and on the frame of a link (ISO 32000-2, 12.5.3 to 12.5.5, 12.5.6.5 and 12.5.6.19).

Rules, each measured with PDFium, poppler, mupdf and pdf.js:
* a field without an appearance is drawn by those viewers that make it up: its value, a button's caption, its background and frame;
* an appearance by states is drawn where ``/AS`` names one of them, or nothing where it is ``/Off``; a single one where the field is
  neither ``/Off`` nor a tick box, of which PDFium draws none;
* an appearance is placed alike where ``/Rect`` is one and both it and the box have an area (a field of no size is drawn nowhere), and
  where ``/Matrix`` turns nothing, or turns by the quarters that ``/MK`` ``/R`` says;
* a field that is Invisible (12.5.3), or has flags that the standard does not know, is hidden by some;
* poppler alone draws a link's frame. Up to a point wide (LaTeX writes them around every reference) it hides no text.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.page_content.resources import numbers_of
from mobile_app.device.document_checks.page_content.sources import is_stream
from mobile_app.device.document_checks.signature_field import is_visible, rectangle_of
from mobile_app.device.document_checks.syntax import Ref, Value

_HIDDEN_OR_NO_VIEW: Final = 2 | 32
_INVISIBLE: Final = 1
_PUSH_BUTTON: Final = 1 << 16  # 12.7.5.2
_ALL_FLAGS: Final = 1023
_DRAWN_BY_VIEWERS: Final = frozenset(("Tx", "Ch", "Btn"))
_NOTHING: Final[tuple[Value, ...]] = (None, b"", b"\xfe\xff", b"\xef\xbb\xbf", "Off", [])
_MAX_PARENTS: Final = 100
_WIDEST_FRAME: Final = 1.0  # points
_ROUNDING: Final = 0.001  # of a sine that should be 0
# By /R: the signs of a matrix's a, b, c, d.
_TURNED: Final = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}


def is_made_up(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    """Say whether viewers draw the field each in its own way."""
    flags = document.original.value(widget.get("F"))
    if isinstance(flags, int) and flags & _HIDDEN_OR_NO_VIEW:
        return False
    normal = document.dictionary_before(widget.get("AP")).get("N")
    states = document.original.value(normal)
    state = document.original.value(widget.get("AS"))
    if is_stream(document, normal):
        return state == "Off" or _is_tick(document, widget) or _is_placed_oddly(document, widget, normal)
    if not isinstance(states, dict) or not states:
        return _is_seen(document, widget) and _has_something(document, widget)
    if not isinstance(state, str):
        return True
    if document.original.value(states.get(state)) is None:
        return state != "Off"
    return _is_placed_oddly(document, widget, states[state])


def has_odd_flags(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    """Say whether some viewers hide the field for its flags, and others don't."""
    flags = document.original.value(widget.get("F"))
    return flags is not None and (type(flags) is not int or not 0 <= flags <= _ALL_FLAGS or bool(flags & _INVISIBLE))


def has_wide_frame(document: PreparedDocument, link: dict[str, Value]) -> bool:
    """Say whether a link has a frame that could hide something (12.5.4). What is no number is as wide as anybody likes."""
    border = document.original.value(link.get("Border"))
    widths = [document.dictionary_before(link.get("BS")).get("W"), *(border[2:3] if isinstance(border, list) else [])]
    values = [document.original.value(width) for width in widths]
    return any(one is not None and not (_is_number(one) and one <= _WIDEST_FRAME) for one in values)  # type: ignore[operator]


def _is_number(value: Value) -> bool:
    return type(value) in (int, float)


def _is_tick(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    flags = _inherited(document, widget, "Ff")
    pushes = isinstance(flags, int) and bool(flags & _PUSH_BUTTON)
    return _inherited(document, widget, "FT") == "Btn" and not pushes


def _is_placed_oddly(document: PreparedDocument, widget: dict[str, Value], appearance: Value) -> bool:
    form = document.dictionary_before(appearance)
    place, box = rectangle_of(document, widget.get("Rect")), rectangle_of(document, form.get("BBox"))
    if place is None or box is None:
        return True
    if place[0] == place[2] and place[1] == place[3]:
        return False
    if not is_visible(place) or not is_visible(box):
        return True
    matrix = numbers_of(document, form.get("Matrix"), 6)
    if matrix is None:
        return False
    signs = tuple(0 if abs(one) < _ROUNDING else 1 if one > 0 else -1 for one in matrix[:4])
    turn = document.original.value(document.dictionary_before(widget.get("MK")).get("R"))
    return signs not in (_TURNED[0], _TURNED.get(turn % 360) if type(turn) is int else None)


def _is_seen(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    rectangle = rectangle_of(document, widget.get("Rect"))
    return rectangle is not None and is_visible(rectangle)


def _has_something(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    if _inherited(document, widget, "FT") not in _DRAWN_BY_VIEWERS:
        return False
    style = document.dictionary_before(widget.get("MK"))
    drawn = (
        _inherited(document, widget, "V"),
        *(document.original.value(style.get(key)) for key in ("CA", "BG", "BC")),
    )
    return any(one not in _NOTHING for one in drawn)


def _inherited(document: PreparedDocument, field: dict[str, Value], key: str) -> Value:
    for _ in range(_MAX_PARENTS):
        value = document.original.value(field.get(key))
        if value is not None or not isinstance(field.get("Parent"), Ref):
            return value
        field = document.dictionary_before(field["Parent"])
    return None
