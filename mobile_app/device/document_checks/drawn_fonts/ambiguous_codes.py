"""Codes of a simple font that viewers draw as different glyphs (ISO 32000-2, 9.6.5.4 and 9.6.5.2).

Measured with PDFium, poppler, mupdf and pdf.js, each combination of cmap subtables, flags and encodings (TrueType),
built-in and named encodings (Type 1, CFF). Rules that follow:

* TrueType: subtables that give a code different glyphs make it ambiguous. Names in ``post`` count where some viewer
  goes by them: a symbolic font with an encoding and without ``(3, 0)``, or a font without ``(3, 1)`` that is not
  symbolic.
  A name that the PDF gives a code and nobody finds is nothing to some, and the glyph of the code to others; names that are
  numbers of glyphs, or that only a list of some viewer knows, count as found by nobody. By a symbolic font's code viewers
  look in a table for Unicode too.
* Type 1 and CFF: a name that the PDF gives is the glyph; where the program lacks it, some viewers draw the program's own
  glyph of that code and others nothing. Without a name, a font is read by its own encoding or by the standard one, and
  one that is a table of OpenType by the cmap beside it.

A font whose program can't be read (``programs.py``) is in doubt as a whole; composite ones: ``composite.py``.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.drawn_fonts.composite import doubt_of_composite
from mobile_app.device.document_checks.drawn_fonts.glyph_names import (
    BASES,
    MACINTOSH_CODES,
    STANDARD,
    character_of,
    differences_of,
    name_of_character,
)
from mobile_app.device.document_checks.drawn_fonts.programs import Doubt, Program, everything, program_of
from mobile_app.device.document_checks.drawn_fonts.truetype import TrueType
from mobile_app.device.document_checks.drawn_fonts.type1 import NamedGlyphs
from mobile_app.device.document_checks.drawn_fonts.type_3 import doubt_of_type_3
from mobile_app.device.document_checks.page_content.remembered import Remembered, digest_of
from mobile_app.device.document_checks.syntax import Value
from mobile_app.errors import CheckFailed

_SYMBOLIC: Final = 4

_known: Final[Remembered[frozenset[int]]] = Remembered()


class _Encoding:
    """What the PDF says of a font's codes."""

    def __init__(self, document: PreparedDocument, font: dict[str, Value]) -> None:
        value = document.now(font.get("Encoding"))
        base = document.now(value.get("BaseEncoding")) if isinstance(value, dict) else value
        self.base = base if isinstance(base, str) and base in BASES else None
        self.differences = differences_of(document, font)
        self.is_given = self.base is not None or isinstance(value, dict)

    def character(self, code: int) -> int | None:
        """The character that a code stands for; by the standard encoding where the PDF says nothing."""
        if code in self.differences:
            return character_of(self.differences[code])
        return BASES[self.base or "StandardEncoding"][code]

    def name(self, code: int) -> str | None:
        """The glyph's name as the PDF gives it, or ``None``. (Viewers go different ways with StandardEncoding.)"""
        if code in self.differences:
            return self.differences[code]
        if self.base is None or self.base == "StandardEncoding":
            return None
        character = BASES[self.base][code]
        return None if character is None else name_of_character(character) or None


def doubt_of(document: PreparedDocument, font: dict[str, Value]) -> Doubt | None:
    """What of an embedded font's text viewers draw as different glyphs: ``None`` for nothing, whatever it says."""
    kind = font.get("Subtype")
    if kind == "Type3":
        return doubt_of_type_3(document, font)
    glyphs = font
    if kind == "Type0":
        descendants = document.now(font.get("DescendantFonts"))
        if not isinstance(descendants, list) or len(descendants) != 1:
            return everything
        glyphs = document.dictionary_now(descendants[0])
    try:
        program = program_of(document, document.dictionary_now(glyphs.get("FontDescriptor")))
        if program is None or (program.truetype is None and program.compact is None):
            return everything
        if kind == "Type0":
            return doubt_of_composite(document, font, glyphs, program)
    except CheckFailed:
        return everything
    codes = _ambiguous_codes(document, font, program)
    return (lambda text: not codes.isdisjoint(text)) if codes else None


def _ambiguous_codes(document: PreparedDocument, font: dict[str, Value], program: Program) -> frozenset[int]:
    encoding = _Encoding(document, font)
    flags = document.now(document.dictionary_now(font.get("FontDescriptor")).get("Flags"))
    symbolic = flags if isinstance(flags, int) else 0
    said = repr((font.get("Subtype"), symbolic, encoding.base, encoding.is_given, sorted(encoding.differences.items())))

    def find() -> frozenset[int]:
        if program.truetype is not None:
            return _of_truetype(program.truetype, symbolic, encoding)
        assert program.compact is not None
        return _of_names(program, program.compact, symbolic, encoding)

    return _known.get(digest_of([said.encode(), program.digest]), find)


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
    if symbolic and encoding.is_given and not private:
        glyphs |= {table(code) for table in unicodes}
    if (1, 0) in tables:
        by_name = encoding.is_given and not symbolic
        of_macintosh = MACINTOSH_CODES.get(character or 0) if by_name else code
        glyphs.add(0 if of_macintosh is None else tables[1, 0](of_macintosh))
    by_post = program.characters.get(character or 0, 0)
    if not tables:
        # pdf.js draws nothing without an encoding, the others go by names.
        return {0, by_post} if by_post and not encoding.is_given else _in_doubt(encoding, code, by_post)
    by_names = (encoding.is_given and symbolic and not private) or (not symbolic and (3, 1) not in tables)
    if by_names:
        named = program.named.get(encoding.differences.get(code, ""), 0)
        glyphs.add(named or by_post)
    return (glyphs - {0}) | (set() if symbolic else _in_doubt(encoding, code, max(glyphs)))


def _in_doubt(encoding: _Encoding, code: int, found: int) -> set[int]:
    """For a name that nobody finds, or that stands for no character here: nothing, and something."""
    name = encoding.differences.get(code)
    return {0, -1} if name is not None and (not found or encoding.character(code) is None) else set()


def _of_names(program: Program, glyphs: NamedGlyphs, flags: int, encoding: _Encoding) -> frozenset[int]:
    codes = frozenset(code for code in range(256) if len(_names(glyphs, flags, encoding, code)) > 1)
    return codes | {code for code in range(256) if program.is_open_type and encoding.name(code) is None}


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
