"""What the names of a content stream stand for (ISO 32000-2, 7.8.3 and 7.7.3.4).

Rules: a name is looked up in the stream's own resources and nowhere else; a form or glyph without any that a page draws has those of the
page, a page without any those of the nodes above it. Viewers differ in what they do for a name that is found nowhere, so nothing that
draws may use one. A colour has as many components as its space, and a pattern is set in a space of patterns.
"""

from dataclasses import dataclass
from typing import Final

from server.pdf.content.colours import space_components
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, number

_MAX_NODES: Final = 100
_DIRECT_SPACES: Final = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4, "/Pattern": 0}
_WITH_FUNCTION: Final = (1, 2, 3)
NO_RESOURCES: Final[Dictionary] = {}


def page_resources(graph: ObjectGraph, page: Dictionary) -> Dictionary:
    """The page's own resources, or those that it inherits."""
    node = page
    for _ in range(_MAX_NODES):
        if graph.get(node, "/Resources") is not None:
            return graph.dictionary(node["/Resources"])
        if "/Parent" not in node:
            break
        node = graph.dictionary(node["/Parent"])
    return {}


def key_of(name: bytes) -> str:
    """A name's bytes as the object graph writes them."""
    try:
        return "/" + name.decode("utf-8")
    except UnicodeDecodeError:
        return "n:/" + "".join(chr(byte) if _is_plain(byte) else f"#{byte:02x}" for byte in name)


def _is_plain(byte: int) -> bool:
    return 0x21 <= byte <= 0x7E and byte not in b"#()<>[]{}/%"


def named(graph: ObjectGraph, resources: Dictionary, category: str, name: bytes) -> Value:
    """What stands under ``name``, unresolved. Raises ``Malformed`` when nothing does."""
    value = graph.dictionary(resources.get(category)).get(key_of(name))
    if graph.resolve(value) is None:
        raise Malformed("resource")
    return value


@dataclass(frozen=True)
class Space:
    """A colour space: how many numbers its colours have, and whether they are patterns."""

    components: int
    of_patterns: bool = False


def space_of(graph: ObjectGraph, data: ContentData, resources: Dictionary, name: bytes) -> Space:
    """The colour space that ``cs`` names (8.6). Raises ``Malformed``."""
    key = key_of(name)
    if key in _DIRECT_SPACES:
        return Space(_DIRECT_SPACES[key], of_patterns=key == "/Pattern")
    value = graph.resolve(named(graph, resources, "/ColorSpace", name))
    parts = value if isinstance(value, list) and value else [value]
    if graph.resolve(parts[0]) != "/Pattern":
        return Space(space_components(graph, data, value))
    if len(parts) < 2:
        return Space(0, of_patterns=True)
    return Space(space_components(graph, data, parts[1]), of_patterns=True)


def components(graph: ObjectGraph, data: ContentData, resources: Dictionary, name: bytes) -> int | None:
    """How many numbers a colour of the named space has, ``None`` for a space that is not there or one of patterns."""
    try:
        return space_of(graph, data, resources, name).components or None
    except Malformed:
        return None


def check_paint(
    graph: ObjectGraph, data: ContentData, resources: Dictionary, space: bytes | None, count: int, pattern: bytes | None
) -> Value:
    """The pattern that a colour names, ``None`` for one without. Raises ``Malformed`` for a colour that does not fit its space."""
    if space is None:
        raise Malformed("colour_space")
    found = space_of(graph, data, resources, space)
    if found.of_patterns != (pattern is not None):
        raise Malformed("colour_space")
    if pattern is None:
        value, wanted = None, found.components
    else:
        value = named(graph, resources, "/Pattern", pattern)
        uncoloured = graph.get(graph.dictionary(value), "/PaintType") == 2
        if uncoloured and not found.components:
            raise Malformed("colour_space")
        wanted = found.components if uncoloured else 0
    if count != wanted:
        raise Malformed("colour_components")
    return value


def check_shading(graph: ObjectGraph, data: ContentData, value: Value) -> None:
    """A shading (8.7.4.5) of a known type, in colours that there are, with the function that says which. Raises ``Malformed``."""
    shading = graph.dictionary(value)
    kind = graph.get(shading, "/ShadingType")
    if kind not in range(1, 8) or (kind in _WITH_FUNCTION and graph.get(shading, "/Function") is None):
        raise Malformed("resource")
    space_components(graph, data, shading.get("/ColorSpace"))


def matrix_scale(graph: ObjectGraph, dictionary: Dictionary) -> float:
    """By how much ``/Matrix`` enlarges areas, 1 without one. Raises ``Malformed`` for one that is none."""
    value = graph.get(dictionary, "/Matrix")
    if value is None:
        return 1.0
    a, b, c, d, _, _ = numbers(graph, value, 6)
    return abs(a * d - b * c)


def numbers(graph: ObjectGraph, value: Value, count: int) -> list[float]:
    """An array of exactly ``count`` numbers. Raises ``Malformed``."""
    found = [number(graph.resolve(one)) for one in graph.array(value)]
    kept = [one for one in found if one is not None]
    if len(found) != count or len(kept) != count:
        raise Malformed("form_box")
    return kept
