"""Kinds of crafted files: fonts that let a viewer choose (ISO 32000-2, 9.6)."""

import io
from collections.abc import Iterator

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

from tests.agreement.contract import DESCRIPTOR, FONT_FILE, FREE, contract, font_file
from tests.agreement.crafted import Part, harmless, hostile, kind
from tests.agreement.kinds_content import FORM
from tests.pdf_corpus.pdf_writer import FONT, PdfWriter

_TEXT = b"BT /F2 12 Tf 40 150 Td (Pay 1,000 dong) Tj ET"
_HELVETICA = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def _second_font(content: bytes = _TEXT) -> PdfWriter:
    writer = contract(content=content)
    writer.put(4, writer.bodies[4].replace(b"/F1 3 0 R", b"/F1 3 0 R /F2 8 0 R"))
    return writer


@kind
def unembedded_fonts() -> Iterator[Part]:
    """Fonts without a font file: on the page, in a form, in a pattern, in a glyph, in an appearance."""
    yield harmless("embedded_in_form", _in_form("3 0 R"))
    writer = _second_font()
    writer.put(FREE, _HELVETICA)
    yield hostile("page", writer)
    writer = _second_font()
    writer.put(FREE, "<< /Type /Font /Subtype /TrueType /BaseFont /NoSuchFont /Encoding /WinAnsiEncoding >>")
    yield hostile("unknown_name", writer)
    writer = _in_form("10 0 R")
    writer.put(10, _HELVETICA)
    yield hostile("form", writer)
    writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
    box = f"{FORM} /BBox [0 0 420 300]"
    writer.put_stream(FREE, b"/X Do", f"{box} /Resources << /XObject << /X 9 0 R >> >>")
    writer.put_stream(9, b"/X Do", f"{box} /Resources << /XObject << /X 10 0 R >> >>")
    writer.put_stream(10, _TEXT, f"{box} /Resources << /Font << /F2 11 0 R >> >>")
    writer.put(11, _HELVETICA)
    yield hostile("three_forms_deep", writer)
    writer = contract(content=b"/Pattern cs /P scn 40 100 300 100 re f", resources="/Pattern << /P 8 0 R >>")
    tile = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 300 200] /XStep 300 /YStep 200"
    writer.put_stream(FREE, _TEXT.replace(b"40 150", b"20 40"), f"{tile} /Resources << /Font << /F2 9 0 R >> >>")
    writer.put(9, _HELVETICA)
    yield hostile("pattern", writer)
    writer = _second_font(b"BT /F2 12 Tf 40 150 Td (a) Tj ET")
    writer.put(FREE, _type3("9 0 R", "/Resources << /Font << /F3 10 0 R >> >>"))
    writer.put_stream(9, b"6000 0 d0 BT /F3 1000 Tf (Pay 1,000) Tj ET")
    writer.put(10, _HELVETICA)
    yield hostile("glyph", writer)
    writer = contract(page="/Annots [8 0 R]")
    writer.put(FREE, "<< /Type /Annot /Subtype /Stamp /F 4 /Rect [40 100 300 150] /AP << /N 9 0 R >> >>")
    writer.put_stream(
        9, _TEXT.replace(b"40 150", b"2 20"), f"{FORM} /BBox [0 0 260 50] /Resources << /Font << /F2 10 0 R >> >>"
    )
    writer.put(10, _HELVETICA)
    yield hostile("appearance", writer)


def _in_form(font: str) -> PdfWriter:
    writer = contract(content=b"/X Do", resources="/XObject << /X 8 0 R >>")
    writer.put_stream(FREE, b"/X Do", f"{FORM} /BBox [0 0 420 300] /Resources << /XObject << /X 9 0 R >> >>")
    writer.put_stream(9, _TEXT, f"{FORM} /BBox [0 0 420 300] /Resources << /Font << /F2 {font} >> >>")
    return writer


def _cmaps(tables: list[tuple[int, int, int, dict[int, str]]]) -> bytes:
    """The embedded font with these cmap subtables: platform, encoding, format, codes."""
    font = TTFont(io.BytesIO(font_file()))
    made = []
    for platform, encoding, form, codes in tables:
        table = CmapSubtable.newSubtable(form)
        table.platformID, table.platEncID, table.language, table.cmap = platform, encoding, 0, codes
        made.append(table)
    font["cmap"].tables = made
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _swapped(codes: dict[int, str], base: int = 0) -> dict[int, str]:
    """The same codes, but 1 shows 9."""
    return {base + code: codes[ord("9")] if code == ord("1") else glyph for code, glyph in codes.items()}


def _with_file(data: bytes, flags: int, encoding: str) -> PdfWriter:
    writer = contract()
    writer.put(FONT, writer.bodies[FONT].replace(b"/Encoding /WinAnsiEncoding", encoding.encode()))
    writer.put(DESCRIPTOR, writer.bodies[DESCRIPTOR].replace(b"/Flags 32", f"/Flags {flags}".encode()))
    writer.put_stream(FONT_FILE, data, f"/Length1 {len(data)}", compress=True)
    return writer


@kind
def ambiguous_cmaps() -> Iterator[Part]:
    """A TrueType font whose own tables disagree about which glyph a code is (9.6.5.4)."""
    codes = dict(TTFont(io.BytesIO(font_file())).getBestCmap())
    mac = {code: glyph for code, glyph in codes.items() if code < 127}
    yield harmless("one_table", _with_file(_cmaps([(3, 1, 4, codes)]), 32, "/Encoding /WinAnsiEncoding"))
    yield harmless(
        "same_in_both", _with_file(_cmaps([(1, 0, 6, mac), (3, 1, 4, codes)]), 32, "/Encoding /WinAnsiEncoding")
    )
    both = _cmaps([(1, 0, 6, _swapped(mac)), (3, 1, 4, codes)])
    symbol = _cmaps([(1, 0, 6, mac), (3, 0, 4, _swapped(codes, 0xF000))])
    three = _cmaps([(1, 0, 6, mac), (3, 0, 4, _swapped(codes, 0xF000)), (3, 1, 4, codes)])
    for name, data in (("mac_and_unicode", both), ("mac_and_symbol", symbol), ("all_three", three)):
        for flags in (4, 32, 36):
            for word, encoding in (
                ("encoded", "/Encoding /WinAnsiEncoding"),
                ("plain", ""),
                ("mac", "/Encoding /MacRomanEncoding"),
            ):
                if flags == 36 and word == "mac":
                    continue
                yield hostile(f"{name}_{flags}_{word}", _with_file(data, flags, encoding))


@kind
def glyph_names() -> Iterator[Part]:
    """Encodings by /Differences with names that some viewers know and others do not."""
    yield harmless(
        "known", _with_file(font_file(), 32, "/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [49 /nine] >>")
    )
    for name, differences in (
        ("unicode", "49 /uni0039"),
        ("unknown", "49 /foo"),
        ("glyph_id", "49 /g25"),
        ("long", "49 /u00000039"),
    ):
        yield hostile(
            name,
            _with_file(font_file(), 32, f"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [{differences}] >>"),
        )
        yield hostile(f"{name}_symbolic", _with_file(font_file(), 4, f"/Encoding << /Differences [{differences}] >>"))


def _type3(glyph: str, entries: str = "/Resources << >>") -> str:
    return (
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 6000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /CharProcs << /a {glyph} >> "
        f"/Encoding << /Type /Encoding /Differences [97 /a] >> /FirstChar 97 /LastChar 97 /Widths [6000] {entries} >>"
    )


@kind
def type_3_fonts() -> Iterator[Part]:
    """Glyphs that are content: with resources of their own, of the page, with colours, with themselves."""
    show = b"BT /F2 12 Tf 40 150 Td (a) Tj ET"
    for name, proc, entries, bad in (
        ("box", b"6000 0 0 0 6000 1000 d1 0 0 5000 700 re f", "/Resources << >>", False),
        ("own_font", b"6000 0 d0 BT /F1 1000 Tf (Pay 1,000) Tj ET", "/Resources << /Font << /F1 3 0 R >> >>", False),
        ("page_font", b"6000 0 d0 BT /F1 1000 Tf (Pay 1,000) Tj ET", "", True),
        ("colour_behind_d1", b"6000 0 0 0 6000 1000 d1 1 g 0 0 5000 700 re f", "/Resources << >>", True),
        ("without_d", b"0 0 5000 700 re f", "/Resources << >>", True),
        (
            "itself",
            b"6000 0 d0 0 0 500 700 re f BT /F2 500 Tf (a) Tj ET",
            "/Resources << /Font << /F2 8 0 R >> >>",
            True,
        ),
        ("box_too_small", b"6000 0 0 0 10 10 d1 0 0 5000 700 re f", "/Resources << >>", True),
    ):
        writer = _second_font(show)
        writer.put(FREE, _type3("9 0 R", entries))
        writer.put_stream(9, proc)
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def composite_fonts() -> Iterator[Part]:
    """Type 0 fonts: identity, maps of their own, and maps that are missing."""
    for name, cmap, to_glyph, bad in (
        ("identity", "/Identity-H", "/Identity", False),
        ("no_map", "/Identity-H", "", True),
        ("short_map", "/Identity-H", "11 0 R", True),
        ("unknown_cmap", "/NoSuch-H", "/Identity", True),
        ("unicode_cmap", "/UniJIS-UCS2-H", "/Identity", True),
    ):
        glyphs = TTFont(io.BytesIO(font_file()))
        text = "".join(f"{glyphs.getGlyphID(glyphs.getBestCmap()[ord(letter)]):04X}" for letter in "Pay 1,000 dong")
        writer = _second_font(f"BT /F2 12 Tf 40 150 Td <{text}> Tj ET".encode())
        writer.put(
            FREE,
            f"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+BeVietnamPro /Encoding {cmap} /DescendantFonts [9 0 R] >>",
        )
        mapped = f"/CIDToGIDMap {to_glyph}" if to_glyph else ""
        writer.put(
            9,
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+BeVietnamPro /DW 600 /FontDescriptor 6 0 R "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> {mapped} >>",
        )
        if "11" in to_glyph:
            writer.put_stream(11, b"\0\1\0\2")
        yield hostile(name, writer) if bad else harmless(name, writer)


@kind
def font_damage() -> Iterator[Part]:
    """Font files that are cut, of another kind, or missing their tables."""
    data = font_file()
    yield harmless("whole", contract())
    yield hostile("cut", _with_file(data[: len(data) // 2], 32, "/Encoding /WinAnsiEncoding"))
    yield hostile("nothing", _with_file(b"", 32, "/Encoding /WinAnsiEncoding"))
    writer = contract()
    writer.put(DESCRIPTOR, writer.bodies[DESCRIPTOR].replace(b"/FontFile2", b"/FontFile3"))
    yield hostile("other_key", writer)
    writer = contract()
    writer.put(FONT, writer.bodies[FONT].replace(b"/TrueType", b"/Type1"))
    yield hostile("other_subtype", writer)


def _cmap(codes: dict[int, int], parent: str = "") -> tuple[bytes, str]:
    """A CMap for one-byte codes (9.7.5): its content and its dictionary's entries."""
    pairs = "\n".join(f"<{code:02X}> {glyph}" for code, glyph in codes.items())
    body = f"{len(codes)} begincidchar\n{pairs}\nendcidchar\n" if codes else ""
    info = "<< /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
    text = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        f"/CIDSystemInfo {info} def /CMapName /Own def /CMapType 1 def\n"
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{body}"
        "endcmap CMapName currentdict /CMap defineresource pop end end\n"
    )
    return text.encode(), f"/Type /CMap /CMapName /Own /CIDSystemInfo {info} {parent}"


@kind
def character_maps() -> Iterator[Part]:
    """CMaps in the file: whole ones, and ones that take their codes from another, which PDFium and pdf.js do not follow."""
    font = TTFont(io.BytesIO(font_file()))
    codes = {ord(letter): font.getGlyphID(font.getBestCmap()[ord(letter)]) for letter in sorted(set("Pay 1,000 dong"))}
    for name, parent, bad in (("own", "", False), ("from_another", "/UseCMap 10 0 R", True)):
        writer = _second_font()
        writer.put(
            FREE,
            "<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+BeVietnamPro /Encoding 11 0 R /DescendantFonts [9 0 R] >>",
        )
        writer.put(
            9,
            "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /AAAAAA+BeVietnamPro /DW 600 /FontDescriptor 6 0 R "
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /CIDToGIDMap /Identity >>",
        )
        if bad:
            writer.put_stream(10, *_cmap(codes))
        writer.put_stream(11, *_cmap({} if bad else codes, parent))
        yield hostile(name, writer) if bad else harmless(name, writer)
