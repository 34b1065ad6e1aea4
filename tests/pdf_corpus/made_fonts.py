"""Small font programs made by code: TrueType, Compact Font Format, Type 1, and CMaps. The same bytes each time."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

Tables = dict[tuple[int, int], dict[int, str]]


def _square(pen: object, size: int) -> object:
    pen.moveTo((0, 0))  # type: ignore[attr-defined]
    for point in ((0, size), (size, size), (size, 0)):
        pen.lineTo(point)  # type: ignore[attr-defined]
    pen.closePath()  # type: ignore[attr-defined]
    return pen


def truetype(tables: Tables, names: tuple[str, ...] = (".notdef", "one", "two"), *, post: bool = True) -> bytes:
    """A TrueType font with the named glyphs and the given cmap subtables by platform and encoding (OpenType, cmap)."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(names))
    builder.setupCharacterMap({})
    builder.setupGlyf({name: _square(TTGlyphPen(None), 200 + 200 * n).glyph() for n, name in enumerate(names)})  # type: ignore[attr-defined]
    builder.setupHorizontalMetrics(dict.fromkeys(names, (800, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupOS2()
    builder.setupPost(keepGlyphNames=post)
    builder.setupHead(unitsPerEm=1000, created=0, modified=0)
    builder.font.recalcTimestamp = False
    subtables = []
    for (platform, encoding), mapping in tables.items():
        subtable = CmapSubtable.newSubtable(0 if platform == 1 else 4)
        subtable.platformID, subtable.platEncID, subtable.language, subtable.cmap = platform, encoding, 0, mapping
        subtables.append(subtable)
    builder.font["cmap"].tables = subtables
    out = BytesIO()
    builder.font.save(out)
    return out.getvalue()


@cache
def open_type(codes: tuple[tuple[int, str], ...] | None = None, names: tuple[str, ...] = ("A", "B", "C", "space", "ff")) -> bytes:
    """An OpenType font with outlines of Compact Font Format; ``codes``: the encoding of its own."""
    order = [".notdef", *names]
    builder = FontBuilder(1000, isTTF=False)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap({65: names[0]})
    outlines = {name: _square(T2CharStringPen(1000, None), 200 + 100 * n).getCharString() for n, name in enumerate(order)}  # type: ignore[attr-defined]
    builder.setupCFF("T", {"FullName": "T"}, outlines, {})
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-200)
    builder.setupOS2()
    builder.setupPost()
    builder.setupHead(unitsPerEm=1000, created=0, modified=0)
    builder.font.recalcTimestamp = False
    if codes is not None:
        encoding = [".notdef"] * 256
        for code, name in codes:
            encoding[code] = name
        builder.font["CFF "].cff.topDictIndex[0].Encoding = encoding
    out = BytesIO()
    builder.save(out)
    return out.getvalue()


def compact(codes: tuple[tuple[int, str], ...] | None = None, names: tuple[str, ...] = ("A", "B", "C", "space", "ff")) -> bytes:
    """A Compact Font Format program alone (Adobe TN 5176)."""
    return TTFont(BytesIO(open_type(codes, names))).getTableData("CFF ")


def compact_of_index(glyphs: bytes) -> bytes:
    """The least Compact Font Format program, with this INDEX of its glyphs at its end."""
    names, rest = b"\0\1\1\1\2T", b"\0\0" * 2
    head = b"\1\0\4\1" + names + b"\0\1\1\1\7"
    return head + b"\x1d" + (len(head) + 6 + len(rest)).to_bytes(4, "big") + b"\x11" + rest + glyphs


INDEX_OF_TWO = b"\0\2\1\1\2\3\x0e\x0e"
SPOILT_INDEXES = {
    "offsets of no bytes": b"\0\2\0\x0e\x0e",
    "offsets of five bytes": b"\0\2\5" + b"".join(place.to_bytes(5, "big") for place in (1, 2, 3)) + b"\x0e\x0e",
    "cut in its offsets": b"\0\2\1\0\0",
    "a glyph that ends before it begins": b"\0\2\1\1\3\2\x0e\x0e",
    "glyphs that lie elsewhere": b"\0\2\1\1\2\4\x0e\x0e",
}


def _encrypted(plain: bytes, key: int) -> bytes:
    secret = bytearray()
    for byte in plain:
        secret.append(byte ^ key >> 8)
        key = (secret[-1] + key) * 52845 + 22719 & 0xFFFF
    return bytes(secret)


def _outline(size: int) -> bytes:
    """A square (Adobe Type 1 Font Format, 6): 0 1000 hsbw, three lines, closepath, endchar."""
    long = [b"\xff" + number.to_bytes(4, "big", signed=True) for number in (1000, size, size, -size)]
    return b"\x8b" + long[0] + b"\x0d\x8b\x16" + long[1] + b"\x06" + long[2] + b"\x07" + long[3] + b"\x06\x09\x0e"


def type_1(codes: Iterable[tuple[int, str]], names: Iterable[str], hexadecimal: bool = False) -> bytes:
    """A Type 1 program: squares with these names, and by code the name of its own encoding."""
    said = "".join(f"dup {code} /{name} put\n" for code, name in codes)
    clear = (
        "%!PS-AdobeFont-1.0: T\n11 dict begin\n/FontName /T def\n/PaintType 0 def\n/FontType 1 def\n"
        "/FontMatrix [0.001 0 0 0.001 0 0] readonly def\n/FontBBox {0 -200 1000 900} readonly def\n"
        f"/Encoding 256 array\n0 1 255 {{1 index exch /.notdef put}} for\n{said}readonly def\ncurrentdict end\ncurrentfile eexec\n"
    )
    outlines = [(name, _encrypted(b"xxxx" + _outline(300 + 100 * number), 4330)) for number, name in enumerate(names)]
    glyphs = b"".join(b"/%b %d RD %b ND\n" % (name.encode(), len(outline), outline) for name, outline in outlines)
    private = (
        b"xxxxdup /Private 8 dict dup begin\n/RD {string currentfile exch readstring pop} executeonly def\n"
        b"/ND {noaccess def} executeonly def\n/NP {noaccess put} executeonly def\n/BlueValues [] def\n"
        b"/MinFeature {16 16} def\n/password 5839 def\n"
        b"2 index /CharStrings %d dict dup begin\n" % len(outlines)
    )
    ending = b"end\nend\nreadonly put\nnoaccess put\ndup /FontName get exch definefont pop\nmark currentfile closefile\n"
    secret = _encrypted(private + glyphs + ending, 55665)
    return clear.encode() + (secret.hex().encode() if hexadecimal else secret) + b"\n" + (b"0" * 64 + b"\n") * 8 + b"cleartomark\n"


def character_map(sections: str, spaces: str = "<00> <FF>", *, more: str = "") -> bytes:
    """A CMap (ISO 32000-2, 9.7.5) with these ranges of codes and these sections; ``more`` before them."""
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> def\n"
        f"/CMapName /Own def\n/CMapType 1 def\n{more}\n1 begincodespacerange\n{spaces}\nendcodespacerange\n{sections}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()
