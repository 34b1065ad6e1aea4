"""Which fields and links viewers draw each in their own way (ISO 32000-2, 12.5.3 to 12.5.5 and 12.7.4), as measured.

Rules: a field needs an appearance for what it shows (value, caption, background, frame), and a state that picks one of several; a single
one belongs to no tick box and to no state Off, which PDFium leaves empty. The appearance and its place both have an area, and its matrix
turns it as ``/MK`` ``/R`` says or not at all; a field whose place is a point is drawn by nobody. Flags beyond the standard's, and
Invisible, hide a field in some viewers. Poppler alone draws the frame of a link: one of up to a point hides nothing.
"""

from typing import Final

from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, number

_INVISIBLE, _HIDDEN, _NO_VIEW = 1, 1 << 1, 1 << 5
_PUSH_BUTTON: Final = 1 << 16
_KNOWN_FLAGS: Final = (1 << 10) - 1
_DRAWN_BY_VIEWERS: Final = ("/Tx", "/Ch", "/Btn")
_EMPTY: Final[tuple[Value, ...]] = (None, "", "u:", "b:", "/Off", [])
_MAX_FIELD_DEPTH: Final = 100
_THIN: Final = 1.0  # points
_NO_TURN: Final = 1e-3  # what rounding leaves of a sine
_QUARTERS: Final = ((1, 0, 0, 1), (0, 1, -1, 0), (-1, 0, 0, -1), (0, -1, 1, 0))


def depends_on_viewer(graph: ObjectGraph, widget: Dictionary) -> bool:
    """Whether what a field shows is made up, chosen or placed by each viewer by itself."""
    if int(number(graph.get(widget, "/F")) or 0) & (_HIDDEN | _NO_VIEW):
        return False
    normal = graph.dictionary(widget.get("/AP")).get("/N")
    state = graph.get(widget, "/AS")
    if _is_stream(graph, normal):
        ticked = state == "/Off" or _is_tick(graph, widget)
        return ticked or _is_displaced(graph, widget, graph.dictionary(normal))
    states = graph.dictionary(normal)
    if not states:
        return _has_area(_corners(graph, widget.get("/Rect"))) and _shows_something(graph, widget)
    if not (isinstance(state, str) and state.startswith("/")):
        return True
    if graph.get(states, state) is None:
        return state != "/Off"
    return _is_displaced(graph, widget, graph.dictionary(states[state]))


def is_hidden_by_some(graph: ObjectGraph, widget: Dictionary) -> bool:
    """Whether a field's flags are read differently."""
    flags = graph.get(widget, "/F")
    if flags is None:
        return False
    return type(flags) is not int or flags & ~_KNOWN_FLAGS != 0 or flags & _INVISIBLE != 0


def is_framed(graph: ObjectGraph, link: Dictionary) -> bool:
    """Whether a link's frame is wider than a point, or its width is no number."""
    widths = [graph.get(graph.dictionary(link.get("/BS")), "/W")]
    widths += [graph.resolve(one) for one in graph.array(link.get("/Border"))[2:3]]
    return any(width is not None and ((size := number(width)) is None or size > _THIN) for width in widths)


def _is_tick(graph: ObjectGraph, widget: Dictionary) -> bool:
    pushes = int(number(_inherited(graph, widget, "/Ff")) or 0) & _PUSH_BUTTON
    return _inherited(graph, widget, "/FT") == "/Btn" and not pushes


def _is_stream(graph: ObjectGraph, value: Value) -> bool:
    return isinstance(value, str) and value in graph.streams


def _corners(graph: ObjectGraph, value: Value) -> list[float] | None:
    numbers = [number(graph.resolve(one)) for one in graph.array(value)]
    known = [one for one in numbers if one is not None]
    return known if len(known) == len(numbers) == 4 else None


def _has_area(corners: list[float] | None) -> bool:
    return corners is not None and corners[0] != corners[2] and corners[1] != corners[3]


def _is_displaced(graph: ObjectGraph, widget: Dictionary, appearance: Dictionary) -> bool:
    place, box = _corners(graph, widget.get("/Rect")), _corners(graph, appearance.get("/BBox"))
    if place is None or box is None:
        return True
    if place[:2] == place[2:]:
        return False
    if not (_has_area(place) and _has_area(box)):
        return True
    matrix = [number(graph.resolve(one)) or 0.0 for one in graph.array(appearance.get("/Matrix"))]
    if len(matrix) != 6:
        return False
    signs = tuple((one > _NO_TURN) - (one < -_NO_TURN) for one in matrix[:4])
    turn = graph.get(graph.dictionary(widget.get("/MK")), "/R")
    allowed = [_QUARTERS[0]]
    if type(turn) is int and turn % 90 == 0:
        allowed.append(_QUARTERS[turn // 90 % 4])
    return signs not in allowed


def _shows_something(graph: ObjectGraph, widget: Dictionary) -> bool:
    if _inherited(graph, widget, "/FT") not in _DRAWN_BY_VIEWERS:
        return False
    looks = graph.dictionary(widget.get("/MK"))
    shown = [_inherited(graph, widget, "/V"), *(graph.get(looks, key) for key in ("/CA", "/BG", "/BC"))]
    return any(one not in _EMPTY for one in shown)


def _inherited(graph: ObjectGraph, field: Dictionary, key: str) -> Value:
    for _ in range(_MAX_FIELD_DEPTH):
        value = graph.get(field, key)
        if value is not None or "/Parent" not in field:
            return value
        field = graph.dictionary(field["/Parent"])
    return None
