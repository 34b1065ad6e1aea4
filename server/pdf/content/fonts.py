"""Fonts of which viewers may show other letters: those that bring no glyphs along, and those that contradict themselves.

Rules: a font is embedded when it has a font file or, as Type 3, its glyphs (ISO 32000-2, 9.9). A simple TrueType font is ambiguous when
two of its maps give different glyphs for one code that it covers: by the symbol maps (3, 0) and (1, 0) where the codes are the font's
own, by the maps for Unicode (3, 1) and Mac Roman (1, 0) where the encoding names letters (9.6.5.4): which map counts is each viewer's
choice. A code that only one of them knows is no contradiction.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final

from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.truetype import Subtable, read_subtables
from server.pdf.inspect_graph import Dictionary, ObjectGraph

_FONT_FILES: Final = ("/FontFile", "/FontFile2", "/FontFile3")
_SYMBOL_PAGES: Final = (0, 0xF000, 0xF100, 0xF200)
_CODECS: Final = {"/WinAnsiEncoding": "cp1252", "/MacRomanEncoding": "mac_roman"}
_SYMBOLIC: Final = 4


def is_embedded(graph: ObjectGraph, font: Dictionary) -> bool:
    """Whether the font brings its glyphs along; a Type 0 font is judged by its descendant."""
    kind = graph.get(font, "/Subtype")
    if kind == "/Type3":
        return True
    if kind == "/Type0":
        descendants = graph.array(font.get("/DescendantFonts"))
        font = graph.dictionary(descendants[0]) if descendants else {}
    descriptor = graph.dictionary(font.get("/FontDescriptor"))
    return any(graph.get(descriptor, key) is not None for key in _FONT_FILES)


def is_ambiguous(graph: ObjectGraph, data: ContentData, font: Dictionary) -> bool:
    """Whether two maps of a simple TrueType font disagree about a code that it covers."""
    if graph.get(font, "/Subtype") != "/TrueType":
        return False
    descriptor = graph.dictionary(font.get("/FontDescriptor"))
    file = data.stream_of(descriptor.get("/FontFile2"))
    if not file:
        return False
    try:
        subtables = read_subtables(data.read(file))
    except (Malformed, TooMuch):
        return False  # told as damaged, or refused, by whoever measures streams
    if len(subtables) < 2:
        return False
    symbolic = int(graph.get(descriptor, "/Flags") or 0) & _SYMBOLIC if _is_whole(graph, descriptor) else 0
    letters = _letters(graph, font)
    for code in _codes(graph, font):
        if letters is None or symbolic:
            if _differ(_symbols(subtables, code)):
                return True
        elif _differ(_named(subtables, letters.get(code, ""))):
            return True
    return False


def _is_whole(graph: ObjectGraph, descriptor: Dictionary) -> bool:
    return type(graph.get(descriptor, "/Flags")) is int


def _codes(graph: ObjectGraph, font: Dictionary) -> range:
    first, last = graph.get(font, "/FirstChar"), graph.get(font, "/LastChar")
    if not (type(first) is int and type(last) is int):
        return range(256)
    return range(max(0, first), min(255, last) + 1)


def _differ(glyphs: Iterator[int]) -> bool:
    return len(set(glyphs) - {0}) > 1


def _symbols(subtables: list[Subtable], code: int) -> Iterator[int]:
    """Glyphs of a code of the font's own."""
    for subtable in subtables:
        if (subtable.platform, subtable.encoding) == (1, 0):
            yield subtable.glyph(code)
        elif (subtable.platform, subtable.encoding) == (3, 0):
            yield next((glyph for page in _SYMBOL_PAGES if (glyph := subtable.glyph(page + code))), 0)


def _named(subtables: list[Subtable], letter: str) -> Iterator[int]:
    """Glyphs of a letter of Unicode."""
    if len(letter) != 1:
        return
    mac = letter.encode("mac_roman", "ignore")
    for subtable in subtables:
        if (subtable.platform, subtable.encoding) == (3, 1):
            yield subtable.glyph(ord(letter))
        elif (subtable.platform, subtable.encoding) == (1, 0) and mac:
            yield subtable.glyph(mac[0])


def _letters(graph: ObjectGraph, font: Dictionary) -> dict[int, str] | None:
    """The letter of each code by the font's encoding, ``None`` when it has none (9.6.5)."""
    encoding = graph.resolve(font.get("/Encoding"))
    if encoding is None:
        return None
    base = encoding if isinstance(encoding, str) else graph.get(encoding, "/BaseEncoding")
    codec = _CODECS.get(str(base), "cp1252")
    letters = {code: bytes((code,)).decode(codec, "ignore") for code in range(256)}
    code = 0
    for entry in graph.array(graph.get(encoding, "/Differences")) if isinstance(encoding, dict) else ():
        value = graph.resolve(entry)
        if isinstance(value, str):
            letters[code] = _letter_of(value[1:])
            code += 1
        elif type(value) is int:
            code = value
    return letters


def _letter_of(name: str) -> str:
    """The letter of a glyph's name where it can be told, otherwise empty."""
    if len(name) == 7 and name.startswith("uni"):
        try:
            return chr(int(name[3:], 16))
        except ValueError:
            return ""
    return name if len(name) == 1 else _latin_names().get(name, "")


@cache
def _latin_names() -> dict[str, str]:
    """Letters of the standard Latin glyph names (annex D.2)."""
    from reportlab.pdfbase._fontdata import encodings  # only for fonts with differences

    names: dict[str, str] = {}
    for encoding, codec in (("MacRomanEncoding", "mac_roman"), ("WinAnsiEncoding", "cp1252")):
        for code, name in enumerate(encodings[encoding]):
            if name:
                names[name] = bytes((code,)).decode(codec, "ignore")
    return names
