"""Texts of a composite font that viewers draw as different glyphs (ISO 32000-2, 9.7.4 and 9.7.6).

Rules, measured with PDFium, poppler, mupdf and pdf.js: a text is drawn alike when its codes become numbers by Identity-H, Identity-V or a
map in the file (character_maps.py), each number has a glyph in the map to glyphs or, without one, in the program, no number has
two widths, and the program is whole and of the kind that the font says. By the name of a map that is not in the file, each viewer asks
tables of its own.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from server.pdf.content.content_data import ContentData
from server.pdf.content.fonts.character_maps import Numbers, identity, read_character_map
from server.pdf.content.fonts.programs import Doubt, Program, everything
from server.pdf.inspect_graph import Dictionary, ObjectGraph

_IDENTITY: Final = ("/Identity-H", "/Identity-V")
HasGlyph = Callable[[int], bool]


def doubt_of_composite(graph: ObjectGraph, data: ContentData, font: Dictionary, glyphs: Dictionary, program: Program) -> Doubt:
    """``glyphs``: the font's only descendant, whose program is ``program``. Raises ``Malformed``, ``TooMuch`` for damaged data."""
    numbers = _numbers(graph, data, font)
    has_glyph = _glyphs(graph, data, glyphs, program)
    if numbers is None or has_glyph is None or not _each_has_one_width(graph, glyphs):
        return everything

    def doubt(text: bytes) -> bool:
        asked = numbers(text)
        return asked is None or not all(map(has_glyph, asked))

    return doubt


def _each_has_one_width(graph: ObjectGraph, glyphs: Dictionary) -> bool:
    """Whether /W (9.7.4.3) is of its two forms and names no number twice: viewers take the first of two, or the last."""
    if graph.resolve(glyphs.get("/W")) is None:
        return True
    waiting = [graph.resolve(one) for one in graph.array(glyphs.get("/W"))][::-1]
    if not waiting:
        return bool(graph.resolve(glyphs.get("/W")) == [])
    runs: list[range] = []
    while waiting:
        first, then = waiting.pop(), waiting.pop() if waiting else None
        if type(first) is int and isinstance(then, list):
            runs.append(range(first, first + len(then)))
        elif type(first) is int and type(then) is int and first <= then and waiting:
            runs.append(range(first, then + 1))
            waiting.pop()
        else:
            return False
    runs = sorted((run for run in runs if run), key=lambda run: run.start)
    return all(one.stop <= other.start for one, other in pairwise(runs))


def _numbers(graph: ObjectGraph, data: ContentData, font: Dictionary) -> Numbers | None:
    encoding = font.get("/Encoding")
    stream = data.stream_of(encoding)
    if not stream:
        return identity if graph.resolve(encoding) in _IDENTITY else None
    entries = graph.dictionary(stream)
    if graph.get(entries, "/UseCMap") is not None or graph.get(entries, "/WMode") not in (None, 0):
        return None
    return read_character_map(data.read(stream))


def _glyphs(graph: ObjectGraph, data: ContentData, glyphs: Dictionary, program: Program) -> HasGlyph | None:
    """Whether a number has a glyph; ``None`` where viewers may not find the same one."""
    kind, to_glyphs = graph.get(glyphs, "/Subtype"), glyphs.get("/CIDToGIDMap")
    stream = data.stream_of(to_glyphs)
    is_plain = not stream and graph.resolve(to_glyphs) in (None, "/Identity")
    if kind == "/CIDFontType0" and program.compact is not None and is_plain:
        return program.compact.numbers.__contains__
    if kind != "/CIDFontType2" or program.truetype is None:
        return None
    count = program.truetype.glyphs
    if not stream:
        return range(count).__contains__ if is_plain else None
    table = data.read(stream)
    return lambda number: 2 * number + 1 < len(table) and (table[2 * number] << 8 | table[2 * number + 1]) < count
