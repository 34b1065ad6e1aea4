"""Codes of a simple font that viewers draw as different glyphs (ISO 32000-2, 9.6.5.4 and 9.6.5.2).

Measured with PDFium, poppler, mupdf and pdf.js, each combination of cmap subtables, flags and encodings (TrueType),
built-in and named encodings (Type 1, CFF). Rules that follow:

* TrueType: subtables that give a code different glyphs make it ambiguous. Names in ``post`` count where some viewer
  goes by them: a symbolic font with an encoding and without ``(3, 0)``, or a font without ``(3, 1)`` that is not
  symbolic.
* Type 1 and CFF: a name that the PDF gives is the glyph; where the program lacks it, some viewers draw the program's own
  glyph of that code and others nothing. Without a name, a font is read by its own encoding or by the standard one.

Composite fonts are not looked at: their codes lead to glyphs through one table.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.glyph_names import (
    MACINTOSH,
    MACINTOSH_CODES,
    STANDARD,
    WINDOWS,
    character_of,
    name_of_character,
)
from mobile_app.device.document_checks.drawn_fonts.truetype import TrueType
from mobile_app.device.document_checks.drawn_fonts.type1 import NamedGlyphs, read_compact, read_type_1
from mobile_app.device.document_checks.page_content.page_walk import glyph_names
from mobile_app.device.document_checks.page_content.remembered import Remembered, digest_of
from mobile_app.device.document_checks.page_content.sources import decoded, filters_of, is_stream, stream_of
from mobile_app.device.document_checks.syntax import Value
from mobile_app.errors import CheckFailed

_MAX_PROGRAM: Final = 32 * 1024 * 1024
_SYMBOLIC: Final = 4
_BASES: Final = {"WinAnsiEncoding": WINDOWS, "MacRomanEncoding": MACINTOSH, "StandardEncoding": STANDARD}
_NONE: Final[frozenset[int]] = frozenset()

_known: Final[Remembered[frozenset[int]]] = Remembered()


class _Encoding:
    """What the PDF says of a font's codes."""

    def __init__(self, document: PreparedDocument, font: dict[str, Value]) -> None:
        value = document.now(font.get("Encoding"))
        base = document.now(value.get("BaseEncoding")) if isinstance(value, dict) else value
        self.base = base if isinstance(base, str) and base in _BASES else None
        self.differences = glyph_names(document, font)
        self.is_given = self.base is not None or isinstance(value, dict)

    def character(self, code: int) -> int | None:
        """The character that a code stands for; by the standard encoding where the PDF says nothing."""
        if code in self.differences:
            return character_of(self.differences[code])
        return _BASES[self.base or "StandardEncoding"][code]

    def name(self, code: int) -> str | None:
        """The glyph's name as the PDF gives it, or ``None``. (Viewers go different ways with StandardEncoding.)"""
        if code in self.differences:
            return self.differences[code]
        if self.base is None or self.base == "StandardEncoding":
            return None
        character = _BASES[self.base][code]
        return None if character is None else name_of_character(character) or None


def ambiguous_codes(document: PreparedDocument, font: dict[str, Value]) -> frozenset[int]:
    """The ambiguous codes of a simple, embedded font; none of any other, and of one that can't be read."""
    kind = font.get("Subtype")
    descriptor = document.dictionary_now(font.get("FontDescriptor"))
    key = next((one for one in ("FontFile2", "FontFile3", "FontFile") if is_stream(document, descriptor.get(one))), None)
    if kind not in ("TrueType", "Type1", "MMType1") or key is None:
        return _NONE
    stream = stream_of(document, descriptor[key], "font")
    encoding = _Encoding(document, font)
    flags = document.now(descriptor.get("Flags"))
    said = repr((key, kind, flags, encoding.base, encoding.is_given, sorted(encoding.differences.items())))
    filters = repr(filters_of(document, stream[0]))

    def find() -> frozenset[int]:
        try:
            program = decoded(document, stream, _MAX_PROGRAM)
        except CheckFailed:
            return _NONE
        if program[:4] == b"OTTO":
            return _NONE
        symbolic = flags if isinstance(flags, int) else 0
        if key == "FontFile2":
            return _of_truetype(TrueType(program), symbolic, encoding)
        return _of_names(read_compact(program) if key == "FontFile3" else read_type_1(program), symbolic, encoding)

    return _known.get(digest_of([said.encode(), filters.encode(), stream[1]]), find)


def _of_truetype(program: TrueType, flags: int, encoding: _Encoding) -> frozenset[int]:
    return frozenset(code for code in range(256) if len(_glyphs(program, flags, encoding, code)) > 1)


def _glyphs(program: TrueType, flags: int, encoding: _Encoding, code: int) -> set[int]:
    """Every glyph that some viewer takes for the code."""
    symbolic = bool(flags & _SYMBOLIC)
    tables = program.subtables
    character = encoding.character(code)
    private = 0
    if (3, 0) in tables:
        private = tables[3, 0](0xF000 + code) or tables[3, 0](code)
    unicodes = [tables[key] for key in tables if key in ((3, 1), (3, 10)) or key[0] == 0]
    glyphs = {private}
    if character is not None:
        glyphs |= {table(character) for table in unicodes}
    if (1, 0) in tables:
        by_name = encoding.is_given and not symbolic
        of_macintosh = MACINTOSH_CODES.get(character or 0) if by_name else code
        glyphs.add(0 if of_macintosh is None else tables[1, 0](of_macintosh))
    by_post = program.characters.get(character or 0, 0)
    if not tables:
        # pdf.js draws nothing without an encoding, the others go by names.
        return {0, by_post} if by_post and not encoding.is_given else set()
    by_names = (encoding.is_given and symbolic and not private) or (not symbolic and (3, 1) not in tables)
    if by_names:
        named = program.named.get(encoding.differences.get(code, ""), 0)
        glyphs.add(named or by_post)
    return glyphs - {0}


def _of_names(program: NamedGlyphs, flags: int, encoding: _Encoding) -> frozenset[int]:
    return frozenset(code for code in range(256) if len(_names(program, flags, encoding, code)) > 1)


def _names(program: NamedGlyphs, flags: int, encoding: _Encoding, code: int) -> set[str]:
    """Every name whose glyph some viewer draws for the code; an empty one for nothing."""
    own = program.codes.get(code, "")
    character = STANDARD[code]
    standard = name_of_character(character) if character is not None else ""
    if standard not in program.names:
        standard = ""
    named = encoding.name(code)
    if named is not None:
        return {named} if named in program.names else {"", own or standard}
    if flags & _SYMBOLIC:
        return {own} if own and encoding.base is None else {own, standard}
    return {own, standard} - {""}
