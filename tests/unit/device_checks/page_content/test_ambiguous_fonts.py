"""Fonts whose codes lead to different glyphs by the ways that viewers go; measured with PDFium, poppler, mupdf and pdf.js.

The glyphs of a made font say by their names which way leads to them; ``A`` is the one that its own name leads to.
"""

from functools import cache
from io import BytesIO

import pytest
from fontTools.agl import LEGACY_AGL2UV
from fontTools.cffLib import cffStandardStrings
from fontTools.encodings.MacRoman import MacRoman
from fontTools.encodings.StandardEncoding import StandardEncoding
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from mobile_app.device.document_checks.drawn_fonts import glyph_names, type1
from mobile_app.device.document_checks.drawn_fonts.truetype import TrueType
from mobile_app.device.document_checks.drawn_fonts.type1 import read_compact, read_type_1
from tests.pdf_corpus.made_fonts import INDEX_OF_TWO, SPOILT_INDEXES, compact, compact_of_index, type_1
from tests.unit.device_checks.document_forge import Forge, stream
from tests.unit.device_checks.page_content.content_forge import FORM, checked, page_forge

GLYPHS = [".notdef", "unicode", "roman", "private", "symbol", "newer", "A", "wide"]
TABLES = {
    "3.1": (3, 1, 4, {65: "unicode"}),
    "1.0": (1, 0, 0, {65: "roman"}),
    "3.0 private": (3, 0, 4, {0xF041: "private"}),
    "3.0": (3, 0, 4, {65: "symbol"}),
    "0.3": (0, 3, 6, {65: "newer"}),
    "3.10": (3, 10, 12, {65: "wide"}),
    "1.0 same": (1, 0, 6, {65: "unicode"}),
    "3.0 same": (3, 0, 4, {0xF041: "unicode"}),
}
ENCODINGS = {
    "none": b"",
    "windows": b"/Encoding/WinAnsiEncoding",
    "macintosh": b"/Encoding/MacRomanEncoding",
    "named": b"/Encoding<</Differences[65/A]>>",
    "unknown": b"/Encoding<</Differences[65/g99]>>",
    "other": b"/Encoding<</Differences[66/C]>>",
    "standard": b"/Encoding/StandardEncoding",
}
SYMBOLIC, LATIN = 4, 32


@cache
def truetype(tables: tuple[str, ...], names: bool = True) -> bytes:
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(GLYPHS)
    builder.setupCharacterMap({})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in GLYPHS})
    builder.setupHorizontalMetrics(dict.fromkeys(GLYPHS, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=names)
    found = []
    for platform, encoding, kind, mapping in (TABLES[name] for name in tables):
        table = CmapSubtable.newSubtable(kind)
        table.platformID, table.platEncID, table.language, table.cmap = platform, encoding, 0, mapping
        found.append(table)
    builder.font["cmap"].tables = sorted(found, key=lambda table: (table.platformID, table.platEncID))
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


def page(program: bytes, flags: int, encoding: bytes, key: bytes = b"FontFile2", content: bytes = b"BT /T 9 Tf (A) Tj ET") -> Forge:
    kind = b"TrueType" if key == b"FontFile2" else b"Type1"
    font = b"<</Type/Font/Subtype/%b/BaseFont/T%b/FontDescriptor 7 0 R>>" % (kind, encoding)
    descriptor = b"<</Type/FontDescriptor/FontName/T/Flags %d/%b 8 0 R>>" % (flags, key)
    file = stream(program, b"/Subtype/Type1C" if key == b"FontFile3" else b"")
    return page_forge(content, b"/Font<</T 6 0 R>>", [font, descriptor, file])


def is_told(forge: Forge) -> bool:
    return "ambiguous_fonts" in checked(forge).findings


TRUETYPE = [
    # One table, or tables that agree: every viewer draws the same.
    (("3.1",), LATIN, "windows", False),
    (("3.1", "1.0 same"), LATIN, "windows", False),
    (("3.1", "1.0 same"), LATIN, "none", False),
    (("3.0 private",), SYMBOLIC, "none", False),
    (("3.0",), SYMBOLIC, "windows", False),
    (("1.0",), SYMBOLIC, "none", False),
    (("1.0 same", "3.0 same"), SYMBOLIC, "none", False),
    # mupdf (3, 1), the others (1, 0).
    (("3.1", "1.0"), SYMBOLIC, "none", True),
    # mupdf the name in post, the others (3, 1).
    (("3.1",), SYMBOLIC, "windows", True),
    (("3.1",), SYMBOLIC, "named", True),
    # PDFium and mupdf (3, 1), poppler and pdf.js (1, 0).
    (("3.1", "1.0"), LATIN, "none", True),
    # poppler (1, 0), the others (3, 0).
    (("3.0 private", "1.0"), SYMBOLIC, "macintosh", True),
    (("3.0", "1.0"), LATIN, "none", True),
    (("3.1", "3.0 private"), SYMBOLIC, "windows", True),
    (("3.1", "3.0 private"), LATIN, "none", True),
    # PDFium the name in post, the others (1, 0).
    (("1.0",), LATIN, "windows", True),
    (("1.0",), SYMBOLIC, "windows", True),
    # pdf.js the name, the others (3, 0).
    (("3.0 private",), LATIN, "windows", True),
    (("0.3", "1.0"), LATIN, "windows", True),
    (("3.1", "3.10"), SYMBOLIC, "none", True),
    # pdf.js nothing, the others the name.
    ((), LATIN, "none", True),
    ((), LATIN, "windows", False),
]


@pytest.mark.parametrize(("tables", "flags", "encoding", "found"), TRUETYPE)
def test_truetype(tables: tuple[str, ...], flags: int, encoding: str, found: bool) -> None:
    assert is_told(page(truetype(tables), flags, ENCODINGS[encoding])) is found


SWAPPED, PLAIN, EMPTY = ((65, "B"),), None, ()
COMPACT = [
    (SWAPPED, SYMBOLIC, "none", False),
    (SWAPPED, LATIN, "windows", False),
    (SWAPPED, SYMBOLIC, "named", False),
    (PLAIN, LATIN, "none", False),
    (PLAIN, LATIN, "standard", False),
    (EMPTY, LATIN, "none", False),
    # PDFium and pdf.js by the standard encoding, poppler and mupdf by the font's own.
    (SWAPPED, LATIN, "none", True),
    (SWAPPED, LATIN, "other", True),
    (SWAPPED, LATIN, "standard", True),
    (SWAPPED, SYMBOLIC, "standard", True),
    # mupdf draws the font's own glyph, the others nothing.
    (SWAPPED, SYMBOLIC, "unknown", True),
    (PLAIN, LATIN, "unknown", True),
    (EMPTY, LATIN, "unknown", True),
    # pdf.js draws nothing, the others by the standard encoding.
    (EMPTY, SYMBOLIC, "none", True),
]


@pytest.mark.parametrize(("codes", "flags", "encoding", "found"), COMPACT)
def test_compact_and_type_1(codes: tuple[tuple[int, str], ...] | None, flags: int, encoding: str, found: bool) -> None:
    assert is_told(page(compact(codes), flags, ENCODINGS[encoding], b"FontFile3")) is found
    own = [(65, "A"), (66, "B")] if codes is None else codes
    for hexadecimal in (False, True):
        program = type_1(own, ("A", "B", "C", ".notdef"), hexadecimal)
        assert is_told(page(program, flags, ENCODINGS[encoding], b"FontFile")) is found


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"BT /T 9 Tf (A) Tj ET", True),
        (b"BT /T 9 Tf <41> Tj ET", True),
        (b"BT /T 9 Tf [(B)5(A)] TJ ET", True),
        (b"BT /T 9 Tf (\\101) ' ET", True),
        (b"BT /T 9 Tf 0 0 (A) \" ET", True),
        (b"BT /T 9 Tf (BC) Tj ET", False),
        (b"BT /T 9 Tf ET", False),
        (b"q /T 9 Tf Q BT (A) Tj ET", True),
    ],
)
def test_only_codes_that_are_shown_count(content: bytes, found: bool) -> None:
    assert is_told(page(truetype(("3.1", "1.0")), SYMBOLIC, b"", content=content)) is found


def test_text_of_forms_counts() -> None:
    forge = page(truetype(("3.1", "1.0")), SYMBOLIC, b"", content=b"/X Do")
    form = stream(b"BT /T 9 Tf (A) Tj ET", FORM + b"/Resources<</Font<</T 6 0 R>>>>")
    extra = [forge.original[number] for number in (6, 7, 8)]
    assert is_told(page_forge(b"/X Do", b"/XObject<</X 9 0 R>>", [*extra, form]))


def test_a_program_that_cannot_be_read_is_told() -> None:
    whole = truetype(("3.1", "1.0", "0.3", "3.10"))
    for length in range(0, len(whole), 7):
        assert TrueType(whole[:length]).glyphs == 0 or len(whole) - length < 4  # what fills up the last word
    for length in range(len(compact(SWAPPED))):
        read_compact(compact(SWAPPED)[:length])
    assert read_type_1(b"no font").names == frozenset()
    assert is_told(page(b"no font", SYMBOLIC, b""))


@pytest.mark.parametrize("name", SPOILT_INDEXES)
def test_a_compact_program_with_a_spoilt_index_has_no_glyphs(name: str) -> None:
    assert read_compact(compact_of_index(INDEX_OF_TWO)).numbers == {0, 1}
    assert read_compact(compact_of_index(SPOILT_INDEXES[name])).numbers == frozenset()


def test_names_and_encodings_are_those_of_the_standards() -> None:
    assert cffStandardStrings == type1._STRINGS
    for ours, theirs in ((glyph_names.STANDARD, StandardEncoding), (glyph_names.MACINTOSH, MacRoman)):
        names = [glyph_names.name_of_character(one) if one is not None else "" for one in ours]
        assert [name for name in names if name] == [
            name for code, name in enumerate(theirs) if code > 31 and name not in (".notdef", "DEL", "nbspace", "apple")
        ]
    assert glyph_names.WINDOWS[0x80] == ord("€")
    assert glyph_names.character_of("Aacute") == ord("Á")
    assert glyph_names.character_of("uni1EA5") == ord("ấ")
    assert glyph_names.character_of("g99") is None


def test_names_stand_for_the_characters_of_the_adobe_glyph_list() -> None:
    """All that are known here, but for the sign of the ohm, for which the list has the character of the unit."""
    known = {name: glyph_names.character_of(name) for name in LEGACY_AGL2UV}
    wrong = {name for name, character in known.items() if character is not None and LEGACY_AGL2UV[name] != [character]}
    assert wrong == {"Omega"}
    assert len([character for character in known.values() if character is not None]) > 700
