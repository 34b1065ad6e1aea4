"""Texts of a composite font that viewers draw as different glyphs (ISO 32000-2, 9.7.4 and 9.7.6).

Rules, measured with PDFium, poppler, mupdf and pdf.js: a text is drawn alike when its codes become numbers by Identity-H, Identity-V or a
map in the file (``character_maps.py``), each number has a glyph in the map to glyphs or, without one, in the program, no number has
two widths, and the program is whole and of the kind that the font says. By the name of a map that is not in the file, each viewer asks
tables of its own.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.character_maps import Numbers, identity, read_character_map
from mobile_app.device.document_checks.drawn_fonts.programs import MAX_PROGRAM, Doubt, Program, everything
from mobile_app.device.document_checks.page_content.sources import decoded, is_stream, stream_of
from mobile_app.device.document_checks.syntax import Value

_IDENTITY: Final = ("Identity-H", "Identity-V")
HasGlyph = Callable[[int], bool]


def doubt_of_composite(document: PreparedDocument, font: dict[str, Value], glyphs: dict[str, Value], program: Program) -> Doubt:
    """``glyphs``: the font's only descendant, whose embedded program is ``program``. Raises ``CheckFailed`` for damaged data."""
    numbers = _numbers(document, font)
    has_glyph = _glyphs(document, glyphs, program)
    if numbers is None or has_glyph is None or not _each_has_one_width(document, glyphs):
        return everything

    def doubt(text: bytes) -> bool:
        asked = numbers(text)
        return asked is None or not all(map(has_glyph, asked))

    return doubt


def _each_has_one_width(document: PreparedDocument, glyphs: dict[str, Value]) -> bool:
    """Say whether ``/W`` (9.7.4.3) is of its two forms and names no number twice: viewers take the first of two, or the last."""
    listed = document.now(glyphs.get("W"))
    if listed is None:
        return True
    values = [document.now(one) for one in listed] if isinstance(listed, list) else [None]
    runs: list[tuple[int, int]] = []
    place = 0
    while place < len(values):
        first, then = values[place], values[place + 1] if place + 1 < len(values) else None
        if type(first) is not int:
            return False
        if isinstance(then, list):
            runs.append((first, first + len(then)))
            place += 2
        elif type(then) is int and then >= first and place + 2 < len(values):
            runs.append((first, then + 1))
            place += 3
        else:
            return False
    runs.sort()
    return all(end <= start for (_, end), (start, _) in pairwise(runs))


def _numbers(document: PreparedDocument, font: dict[str, Value]) -> Numbers | None:
    encoding = font.get("Encoding")
    if is_stream(document, encoding):
        stream = stream_of(document, encoding, "font")
        if document.now(stream[0].get("UseCMap")) is not None or document.now(stream[0].get("WMode")) not in (None, 0):
            return None
        return read_character_map(decoded(document, stream, MAX_PROGRAM))
    return identity if document.now(encoding) in _IDENTITY else None


def _glyphs(document: PreparedDocument, glyphs: dict[str, Value], program: Program) -> HasGlyph | None:
    """Whether a number has a glyph; ``None`` where viewers may not find the same one."""
    kind, to_glyphs = glyphs.get("Subtype"), glyphs.get("CIDToGIDMap")
    if kind == "CIDFontType0" and program.compact is not None and document.now(to_glyphs) in (None, "Identity"):
        return program.compact.numbers.__contains__
    if kind != "CIDFontType2" or program.truetype is None:
        return None
    count = program.truetype.glyphs
    if not is_stream(document, to_glyphs):
        return range(count).__contains__ if document.now(to_glyphs) in (None, "Identity") else None
    table = decoded(document, stream_of(document, to_glyphs, "font"), MAX_PROGRAM)
    return lambda number: 2 * number + 1 < len(table) and (table[2 * number] << 8 | table[2 * number + 1]) < count
