"""The stamp of a forged document: of the shape that the server writes, small, and made of nothing of the product.

Its fonts have three glyphs: an empty one and two triangles.
"""

import struct
import zlib


def _circle(x: float, y: float, r: float) -> bytes:
    """Four Bézier curves, counter-clockwise from the right."""
    k = r * 0.5523
    points = [(r, 0), (r, k), (k, r), (0, r), (-k, r), (-r, k), (-r, 0), (-r, -k), (-k, -r), (0, -r), (k, -r), (r, -k), (r, 0)]
    words = [b"%.3f %.3f" % (x + dx, y + dy) for dx, dy in points]
    curves = b" ".join(b" ".join(words[start : start + 3]) + b" c" for start in (1, 4, 7, 10))
    return words[0] + b" m " + curves + b" h\n"


def seal(x: float = 22.2, y: float = 30.0, r: float = 15.0) -> bytes:
    """Ring, disc and tick about a middle."""
    tick = (x - 0.34 * r, y + 0.02 * r, x - 0.08 * r, y - 0.25 * r, x + 0.36 * r, y + 0.27 * r)
    return (
        b"0.043 0.478 0.357 RG\n%.3f w\n%bS\n%bf\n" % (0.07 * r, _circle(x, y, 0.965 * r), _circle(x, y, 0.8 * r))
        + b"1 1 1 RG\n%.3f w\n1 J 1 j\n%.3f %.3f m %.3f %.3f l %.3f %.3f l S\n" % (0.15 * r, *tick)
    )


CONTENT = (
    b"q\n0.043 0.478 0.357 rg\n0 0 1.800 60.000 re f\n"
    + seal()
    + b"BT\n0.318 0.376 0.435 rg\n/F1 8.689 Tf\n1 0 0 1 42.600 40.800 Tm\n[<0001>-70<00020001>] TJ\n"
    b"0.078 0.149 0.227 rg\n/F2 11.741 Tf\n1 0 0 1 42.600 24.716 Tm\n[<0002>] TJ\n"
    b"0.318 0.376 0.435 rg\n/F1 8.689 Tf\n1 0 0 1 42.600 11.554 Tm\n<0001> Tj\nET\nQ\n"
)
UNICODE_MAP = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n"
    b"/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    b"1 beginbfchar\n<0001> <0041>\nendbfchar\n"
    b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
)
TRIANGLE = struct.pack(">hhhhh", 1, 0, 0, 500, 500) + struct.pack(">HH", 2, 0) + b"\1\1\1" + struct.pack(">6h", 0, 500, 0, 0, 0, 500)
MOVED = struct.pack(">hhhhh", 1, 100, 0, 600, 500) + struct.pack(">HH", 2, 0) + b"\1\1\1" + struct.pack(">6h", 100, 500, 0, 0, 0, 500)
LEFT = (0, 0, 100)
ADVANCES = (500, 600, 600)
HEAD = struct.pack(">IIIIHHQQhhhhHHhhh", 0x10000, 0, 0, 0x5F0F3CF5, 0, 1000, 0, 0, 0, 0, 600, 500, 0, 8, 2, 0, 0)
HHEA = struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, 1000, -265, 0, 600, 0, 0, 600, 1, 0, 0, 0, 0, 0, 0, 0, len(ADVANCES))
MAXP = struct.pack(">IH13H", 0x10000, len(ADVANCES), 3, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)


def tables(outlines: tuple[bytes, ...] = (b"", TRIANGLE, MOVED)) -> dict[bytes, bytes]:
    """The six tables of a font with these outlines, by name."""
    padded = [outline + b"\0" * (len(outline) % 2) for outline in outlines]
    places = [sum(len(one) for one in padded[:index]) // 2 for index in range(len(padded) + 1)]
    return {
        b"glyf": b"".join(padded),
        b"head": HEAD,
        b"hhea": HHEA,
        b"hmtx": b"".join(struct.pack(">Hh", *metrics) for metrics in zip(ADVANCES, LEFT, strict=True)),
        b"loca": struct.pack(f">{len(places)}H", *places),
        b"maxp": MAXP,
    }


def program(parts: dict[bytes, bytes] | None = None) -> bytes:
    """A TrueType program of these tables, in the order given."""
    parts = tables() if parts is None else parts
    directory, body = b"", b""
    start = 12 + 16 * len(parts)
    for tag, table in parts.items():
        directory += struct.pack(">4sIII", tag, 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return b"\0\1\0\0" + struct.pack(">HHHH", len(parts), 0, 0, 0) + directory + body


def stream(data: bytes, entries: bytes) -> bytes:
    """A stream's body."""
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(data), data)


def form(content: bytes = CONTENT, first: int = 9, second: int = 30) -> bytes:
    """The appearance with its two fonts."""
    return stream(
        content,
        b"/Type/XObject/Subtype/Form/FormType 1/BBox[0 0 200.000 60.000]/Matrix[1 0 0 1 0.000 0.000]"
        b"/Resources<</Font<</F1 %d 0 R/F2 %d 0 R>>>>" % (first, second),
    )


def font(number: int, name: bytes = b"ABCDEF+Sample-Regular", unpacked: bytes | None = None) -> dict[int, bytes]:
    """The five objects of a font, from ``number`` on."""
    unpacked = program() if unpacked is None else unpacked
    return {
        number: b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>"
        % (name, number + 1, number + 4),
        number + 1: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
        b"/Supplement 0>>/FontDescriptor %d 0 R/DW 0/W[0[500 600 600]]/CIDToGIDMap/Identity>>" % (name, number + 2),
        number + 2: b"<</Type/FontDescriptor/FontName/%b/Flags 4/FontBBox[-150 -280 1200 1200]/ItalicAngle 0/Ascent 1000"
        b"/Descent -265/CapHeight 740/StemV 90/FontFile2 %d 0 R>>" % (name, number + 3),
        number + 3: stream(zlib.compress(unpacked), b"/Length1 %d/Filter/FlateDecode" % len(unpacked)),
        number + 4: stream(zlib.compress(UNICODE_MAP), b"/Filter/FlateDecode"),
    }
