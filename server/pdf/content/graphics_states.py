"""Graphics states that mean the same to all viewers (ISO 32000-2, 8.4.5 and 11.6.4), or none at all.

Rules: numbers stand where numbers belong and within their bounds; a font in a graphics state is drawn by some and ignored by others, and
so is a transfer function other than Identity or Default; a soft mask has a transparency group; a blend mode is one that there is. A
knockout group (11.4.6.2) holds nothing that blends: not every viewer knocks out.
"""

from collections.abc import Callable
from typing import Final

from server.pdf.content.faults import Malformed
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, number

_BLEND_MODES: Final = frozenset(
    (
        "/Normal", "/Compatible", "/Multiply", "/Screen", "/Overlay", "/Darken", "/Lighten", "/ColorDodge", "/ColorBurn", "/HardLight",
        "/SoftLight", "/Difference", "/Exclusion", "/Hue", "/Saturation", "/Color", "/Luminosity",
    )
)  # fmt: skip


def _is_not_negative(value: Value) -> bool:
    found = number(value)
    return found is not None and found >= 0


def _is_share(value: Value) -> bool:
    found = number(value)
    return found is not None and 0 <= found <= 1


def _is_choice(value: Value) -> bool:
    return type(value) is int and 0 <= value <= 2


_BOUNDS: Final[dict[str, Callable[[Value], bool]]] = {
    "/LW": _is_not_negative,
    "/ML": _is_not_negative,
    "/LC": _is_choice,
    "/LJ": _is_choice,
    "/ca": _is_share,
    "/CA": _is_share,
}


def soft_mask_of(graph: ObjectGraph, state: Dictionary) -> Value:
    """The form of the state's soft mask, ``None`` without one. Raises ``Malformed`` for a state that viewers take differently."""
    for key, allowed in _BOUNDS.items():
        if key in state and not allowed(graph.resolve(state[key])):
            raise Malformed("graphics_state")
    transfers = [graph.get(state, key) for key in ("/TR", "/TR2")]
    if graph.get(state, "/Font") is not None or any(one not in (None, "/Identity", "/Default") for one in transfers):
        raise Malformed("graphics_state")
    _check_dash(graph, graph.get(state, "/D"))
    mode = graph.get(state, "/BM")
    modes = mode if isinstance(mode, list) else [mode]
    if mode is not None and (not modes or graph.resolve(modes[0]) not in _BLEND_MODES):
        raise Malformed("graphics_state")
    return _mask(graph, graph.get(state, "/SMask"))


def blends(graph: ObjectGraph, state: Dictionary) -> bool:
    """Whether what is drawn in the state lets through what lies below (11.6.4)."""
    mode = graph.get(state, "/BM")
    first = graph.resolve(mode[0]) if isinstance(mode, list) else mode
    return (
        any(graph.get(state, key) not in (None, 1) for key in ("/ca", "/CA"))
        or first not in (None, "/Normal", "/Compatible")
        or graph.get(state, "/SMask") not in (None, "/None")
    )


def check_knockout(graph: ObjectGraph, owner: Dictionary, *, blends: bool) -> None:
    """A page or form in which something ``blends`` is no knockout group (11.6.6). Raises ``Malformed``."""
    if blends and graph.get(graph.dictionary(owner.get("/Group")), "/K") not in (None, False):
        raise Malformed("knockout")


def _check_dash(graph: ObjectGraph, dash: Value) -> None:
    if dash is None:
        return
    parts = [graph.resolve(one) for one in dash] if isinstance(dash, list) else []
    if len(parts) != 2 or not isinstance(parts[0], list) or not _is_not_negative(parts[1]):
        raise Malformed("graphics_state")
    lengths = [graph.resolve(one) for one in parts[0]]
    if not all(map(_is_not_negative, lengths)) or (lengths and not any(lengths)):
        raise Malformed("graphics_state")


def _mask(graph: ObjectGraph, mask: Value) -> Value:
    if mask is None or mask == "/None":
        return None
    group = mask.get("/G") if isinstance(mask, dict) and graph.get(mask, "/S") in ("/Luminosity", "/Alpha") else None
    if not graph.dictionary(graph.get(graph.dictionary(group), "/Group")):
        raise Malformed("soft_mask")
    return group
