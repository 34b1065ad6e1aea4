"""What the names of a content stream stand for (ISO 32000-2, 7.8.3 and 7.7.3.4).

Rules: a name is looked up in the stream's own resources and nowhere else; a stream without any has those of the stream that draws it, a
page without any those of the nodes above it. Viewers differ in what they do for a name that is found nowhere, so nothing that draws
may use one.
"""

from typing import Final

from server.pdf.content.faults import Malformed
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, number

_MAX_NODES: Final = 100
_DIRECT_SPACES: Final = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4, "/Pattern": 0}
_FAMILIES: Final = {"/CalGray": 1, "/CalRGB": 3, "/Lab": 3, "/Indexed": 1, "/I": 1, "/Separation": 1}


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


def components(graph: ObjectGraph, resources: Dictionary, name: bytes) -> int | None:
    """How many numbers a colour of the named space has, ``None`` for a space that is not there or not known."""
    value = graph.dictionary(resources.get("/ColorSpace")).get(key_of(name))
    space = graph.resolve(value)
    family = graph.resolve(space[0]) if isinstance(space, list) and space else space
    if family == "/ICCBased" and isinstance(space, list) and len(space) > 1:
        count = graph.get(graph.dictionary(space[1]), "/N")
        return count if count in (1, 3, 4) else None
    if family == "/DeviceN" and isinstance(space, list) and len(space) > 1:
        return len(graph.array(space[1])) or None
    return _DIRECT_SPACES.get(str(family), _FAMILIES.get(str(family)))


def is_direct_space(name: bytes) -> bool:
    """Whether a colour space needs no resource (8.6.3)."""
    return key_of(name) in _DIRECT_SPACES


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
