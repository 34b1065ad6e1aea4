"""Colour spaces that all viewers have (ISO 32000-2, 8.6), with the numbers that a colour in them has.

Rules: the family is a known one; a space of which no colorant is printed (``None``) is drawn by some viewers and not by others; the table
of an indexed space has a colour for every index. All bases are judged, too.
"""

from typing import Final

import pikepdf

from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed
from server.pdf.inspect_graph import ObjectGraph, Value

_FAMILIES: Final = {
    "/DeviceGray": 1,
    "/DeviceRGB": 3,
    "/DeviceCMYK": 4,
    "/G": 1,
    "/RGB": 3,
    "/CMYK": 4,
    "/CalGray": 1,
    "/CalRGB": 3,
    "/Lab": 3,
    "/Indexed": 1,
    "/I": 1,
    "/Separation": 1,
}
_MAX_COMPONENTS: Final = 32
_MAX_BASES: Final = 4


def space_components(graph: ObjectGraph, data: ContentData, value: Value, bases: int = 0) -> int:
    """How many numbers a colour of the space ``value`` has. Raises ``Malformed`` for one that viewers take differently."""
    space = graph.resolve(value)
    parts = space if isinstance(space, list) and space else [space]
    family = graph.resolve(parts[0])
    count: Value = _FAMILIES.get(family) if isinstance(family, str) else None
    if family == "/ICCBased" and len(parts) == 2:
        count = graph.get(graph.dictionary(parts[1]), "/N")
    elif family == "/DeviceN" and len(parts) >= 4:
        inks = [graph.resolve(ink) for ink in graph.array(parts[1])]
        count = None if all(ink == "/None" for ink in inks) else len(inks)
    elif family == "/Separation" and (len(parts) < 4 or graph.resolve(parts[1]) == "/None"):
        count = None
    elif family in ("/Indexed", "/I"):
        _check_table(graph, data, parts, bases)
    if type(count) is not int or not 1 <= count <= _MAX_COMPONENTS:
        raise Malformed("colour_space")
    return count


def _check_table(graph: ObjectGraph, data: ContentData, parts: list[Value], bases: int) -> None:
    highest = graph.resolve(parts[2]) if len(parts) == 4 and bases < _MAX_BASES else None
    if type(highest) is not int or not 0 <= highest <= 255:
        raise Malformed("colour_space")
    needed = (highest + 1) * space_components(graph, data, parts[1], bases + 1)
    if _length(graph, data, parts[3]) < needed:
        raise Malformed("colour_space")


def _length(graph: ObjectGraph, data: ContentData, table: Value) -> int:
    """Bytes of a table, which is a string or a stream."""
    reference = data.stream_of(table)
    if reference:
        return len(data.read(reference))
    text = graph.resolve(table)
    if isinstance(text, str) and text.startswith("b:"):
        return len(text[2:]) // 2
    if isinstance(text, str) and text.startswith("u:"):
        return len(bytes(pikepdf.String(text[2:])))
    return 0
