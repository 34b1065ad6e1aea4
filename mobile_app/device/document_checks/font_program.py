"""The TrueType programs and Unicode maps of the stamp's fonts (OpenType 1.9: glyf, head, hhea, hmtx, loca, maxp).

Rules:
* A program has these six tables, none over another, and no other: no code map that could disagree with the PDF's,
  no hinting program that could draw another outline at another size, no layers, no bitmaps, no colours.
* Each outline lies within its table, keeps to its counts, has no instructions, and is made of lines and curves, or of
  outlines that are, moved. What FreeType takes and a browser's sanitiser does not would be another font there.
* Advances are those that the PDF says.
* A map from glyphs to text is what the server writes, to the letter: nothing draws by it, but readers copy by it.
"""

import re
import struct
import zlib
from functools import lru_cache
from itertools import pairwise
from typing import Final

from mobile_app.device.document_checks.limits import MAX_STAMP_FONT_BYTES

_TABLES: Final = (b"glyf", b"head", b"hhea", b"hmtx", b"loca", b"maxp")
_SFNT: Final = b"\x00\x01\x00\x00"
_MAGIC: Final = 0x5F0F3CF5
# Flags of a composite outline's part (glyf table).
_WORDS, _XY_VALUES, _SCALE, _MORE, _TWO_SCALES, _TWO_BY_TWO, _INSTRUCTIONS = 1, 2, 8, 32, 64, 128, 256
_MAX_PARTS: Final = 16
_MAP: Final = re.compile(
    rb"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    rb"/CIDSystemInfo <</Registry \(Adobe\) /Ordering \(UCS\) /Supplement 0>> def\n"
    rb"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    rb"(?:\d{1,3} beginbfchar\n(?:<[0-9a-f]{4}> <(?:[0-9a-f]{4}){1,2}>\n){1,100}+endbfchar\n)*+"
    rb"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
)


def unpacked(packed: bytes, length: int = MAX_STAMP_FONT_BYTES) -> bytes | None:
    """Return the whole of a Flate stream (7.4.4), ``None`` when it is longer, broken off, or followed by anything."""
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(packed, length + 1)
    except zlib.error:
        return None
    return data if inflate.eof and not inflate.unused_data and len(data) <= length else None


@lru_cache(64)  # the documents of a batch carry one stamp
def is_unicode_map(packed: bytes) -> bool:
    """Say whether a packed ToUnicode CMap (9.10.3) is one that the server writes."""
    data = unpacked(packed)
    return data is not None and _MAP.fullmatch(data) is not None


@lru_cache(64)
def read_advances(packed: bytes, length: int) -> tuple[int, ...] | None:
    """Return each glyph's advance in 1/1000 of the size, or ``None`` for a program that breaks a rule above.

    ``packed`` is the program by Flate, ``length`` what the PDF says of it unpacked."""
    program = unpacked(packed, length)
    if program is None or len(program) != length:
        return None
    try:
        return _advances(program)
    except (struct.error, IndexError, KeyError):
        return None


def _advances(program: bytes) -> tuple[int, ...] | None:
    tables = _tables(program)
    if tables is None:
        return None
    magic, per_em, long_offsets = struct.unpack_from(">12xI2xH30xh", tables[b"head"])
    measured = struct.unpack_from(">34xH", tables[b"hhea"])[0]
    glyphs = struct.unpack_from(">4xH", tables[b"maxp"])[0]
    if magic != _MAGIC or not 16 <= per_em <= 16_384 or not 1 <= measured <= glyphs or long_offsets not in (0, 1):
        return None
    if not _outlines_are_plain(tables[b"glyf"], tables[b"loca"], glyphs, long_offsets):
        return None
    if len(tables[b"hmtx"]) != 4 * measured + 2 * (glyphs - measured):
        return None
    advances = struct.unpack_from(">" + "H2x" * measured, tables[b"hmtx"])
    scaled = [round(advance * (1000 / per_em)) for advance in advances]
    return (*scaled, *scaled[-1:] * (glyphs - measured))


def _tables(program: bytes) -> dict[bytes, bytes] | None:
    """Return the six tables by name; ``None`` when others are there, or two share bytes."""
    count = struct.unpack_from(">4xH", program)[0]
    if program[:4] != _SFNT or count != len(_TABLES):
        return None
    entries = [struct.unpack_from(">4s4xII", program, 12 + 16 * index) for index in range(count)]
    if tuple(tag for tag, _, _ in entries) != _TABLES:
        return None
    end = 12 + 16 * count
    for _, offset, size in sorted(entries, key=lambda entry: entry[1]):
        if offset < end or offset % 4 or offset + size > len(program):
            return None
        end = offset + size
    return {tag: program[offset : offset + size] for tag, offset, size in entries}


def _outlines_are_plain(outlines: bytes, places: bytes, glyphs: int, long_offsets: int) -> bool:
    if len(places) != (glyphs + 1) * (4 if long_offsets else 2):
        return False
    starts = struct.unpack(f">{glyphs + 1}{'I' if long_offsets else 'H'}", places)
    if not long_offsets:
        starts = tuple(2 * start for start in starts)
    if starts[0] != 0 or starts[-1] > len(outlines) or any(a > b for a, b in pairwise(starts)):
        return False
    found = [outlines[a:b] for a, b in pairwise(starts)]
    simple = {index for index, outline in enumerate(found) if not outline or _is_simple(outline)}
    return all(index in simple or _is_composite(outline, simple) for index, outline in enumerate(found))


def _is_simple(outline: bytes) -> bool:
    """Say whether the outline is of lines and curves, without instructions, and whole."""
    contours = struct.unpack_from(">h", outline)[0]
    if contours < 0:
        return False
    ends = struct.unpack_from(f">{contours}H", outline, 10)
    at = 10 + 2 * contours
    if struct.unpack_from(">H", outline, at)[0] != 0 or any(a >= b for a, b in pairwise(ends)):
        return False
    at, points, coordinates = at + 2, ends[-1] + 1 if ends else 0, 0
    while points > 0:
        flags = outline[at]
        repeats = 1 + (outline[at + 1] if flags & 8 else 0)
        at += 2 if flags & 8 else 1
        points -= repeats
        for short, same in ((2, 16), (4, 32)):
            coordinates += repeats * (1 if flags & short else 0 if flags & same else 2)
    return points == 0 and at + coordinates <= len(outline)


def _is_composite(outline: bytes, simple: set[int]) -> bool:
    """Say whether the outline is put together of simple ones, moved and never turned or stretched."""
    at = 10
    for _ in range(_MAX_PARTS):
        flags, glyph = struct.unpack_from(">HH", outline, at)
        if (
            glyph not in simple
            or flags & (_SCALE | _TWO_SCALES | _TWO_BY_TWO | _INSTRUCTIONS)
            or not flags & _XY_VALUES
        ):
            return False
        at += 8 if flags & _WORDS else 6
        if not flags & _MORE:
            return struct.unpack_from(">h", outline)[0] < 0 and at <= len(outline)
    return False
