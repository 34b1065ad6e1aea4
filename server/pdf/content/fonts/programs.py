"""The glyphs that a font brings along: which program, of which kind, and whether it is whole (ISO 32000-2, 9.9).

Rules: there is one program, under one of the three keys, and it is what the key says: TrueType under ``/FontFile2``; Compact Font Format
under ``/FontFile3``, alone or as a table of OpenType; Type 1 under ``/FontFile``. Its data are decoded to their end. A program of another
kind, or one in which no glyph is found, is drawn by some viewers and replaced by others.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.pdf.content.content_data import ContentData
from server.pdf.content.fonts.truetype import TrueType, tables_of
from server.pdf.content.fonts.type1 import NamedGlyphs, read_compact, read_type_1
from server.pdf.inspect_graph import Dictionary, ObjectGraph

KEYS: Final = ("/FontFile", "/FontFile2", "/FontFile3")
Doubt = Callable[[bytes], bool]
"""Whether a text holds a code that viewers draw as different glyphs."""


def everything(text: bytes) -> bool:
    """Nothing of this font can be told."""
    return bool(text)


@dataclass(frozen=True)
class Program:
    """One of the two, ``is_open_type`` with a cmap beside the outlines; or none of them for a program that can't be read."""

    truetype: TrueType | None = None
    compact: NamedGlyphs | None = None
    is_open_type: bool = False

    @property
    def is_read(self) -> bool:
        return self.truetype is not None or self.compact is not None


def carrier(graph: ObjectGraph, font: Dictionary) -> Dictionary:
    """The font itself, or a Type 0 font's first descendant."""
    if graph.get(font, "/Subtype") != "/Type0":
        return font
    descendants = graph.array(font.get("/DescendantFonts"))
    return graph.dictionary(descendants[0]) if descendants else {}


def is_embedded(graph: ObjectGraph, data: ContentData, font: Dictionary) -> bool:
    """Whether the font brings its glyphs along; a Type 0 font is judged by its descendant."""
    if graph.get(font, "/Subtype") == "/Type3":
        return True
    descriptor = graph.dictionary(carrier(graph, font).get("/FontDescriptor"))
    return any(data.stream_of(descriptor.get(key)) for key in KEYS)


def program_of(graph: ObjectGraph, data: ContentData, font: Dictionary) -> Program:
    """The program that ``font``, no Type 0 font, brings along. Raises ``Malformed``, ``TooMuch`` for data that can't be decoded."""
    descriptor = graph.dictionary(font.get("/FontDescriptor"))
    keys = [key for key in KEYS if data.stream_of(descriptor.get(key))]
    if len(keys) != 1:
        return Program()
    file = data.read(data.stream_of(descriptor[keys[0]]))
    if keys[0] == "/FontFile2":
        program = TrueType(file)
        return Program(truetype=program if program.glyphs else None)
    is_open_type = keys[0] == "/FontFile3" and file[:4] == b"OTTO"
    if is_open_type:
        file = tables_of(file).get(b"CFF ", b"")
    glyphs = read_compact(file) if keys[0] == "/FontFile3" else read_type_1(file)
    return Program(compact=glyphs if glyphs.names or glyphs.numbers else None, is_open_type=is_open_type)
