"""The TrueType programs and Unicode maps of the stamp's fonts (OpenType 1.9: glyf, head, hhea, hmtx, loca, maxp).

Rules:
* A program has these six tables, none over another, and no other: no code map that could disagree with the PDF's,
  no hinting program that could draw another outline at another size, no layers, no bitmaps, no colours.
* Each outline is of lines and curves, has no instructions, keeps to its counts and to those of the whole, and begins
  where its metrics say, so that nobody moves it. What FreeType takes and a browser's sanitiser does not would be
  replaced by another font there.
* Each glyph has its advance, which is the one that the PDF says.
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
_VERSION: Final = 0x10000
_MAGIC: Final = 0x5F0F3CF5
# What is said of glyphs made of others, and of programs: nothing (maxp table).
_NO_PROGRAMS: Final = (0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)
_LENGTHS: Final = {b"head": 54, b"hhea": 36, b"maxp": 32}
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
    if tables is None or any(len(tables[tag]) != length for tag, length in _LENGTHS.items()):
        return None
    magic, per_em, long_offsets = struct.unpack_from(">12xI2xH30xh", tables[b"head"])
    measured = struct.unpack_from(">34xH", tables[b"hhea"])[0]
    version, glyphs, points, contours, *others = struct.unpack(">I14H", tables[b"maxp"])
    if magic != _MAGIC or not 16 <= per_em <= 16_384 or long_offsets not in (0, 1):
        return None
    if version != _VERSION or tuple(others) != _NO_PROGRAMS or measured != glyphs or not glyphs:
        return None
    outlines = _outlines(tables[b"glyf"], tables[b"loca"], glyphs, long_offsets)
    if outlines is None or len(tables[b"hmtx"]) != 4 * glyphs:
        return None
    metrics = list(struct.iter_unpack(">Hh", tables[b"hmtx"]))
    if not all(
        _is_plain(outline, left, points, contours) for outline, (_, left) in zip(outlines, metrics, strict=True)
    ):
        return None
    return tuple(round(advance * (1000 / per_em)) for advance, _ in metrics)


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


def _outlines(outlines: bytes, places: bytes, glyphs: int, long_offsets: int) -> list[bytes] | None:
    """Return each glyph's outline; ``None`` when one begins before the last has ended, or ends nowhere."""
    if len(places) != (glyphs + 1) * (4 if long_offsets else 2):
        return None
    starts = struct.unpack(f">{glyphs + 1}{'I' if long_offsets else 'H'}", places)
    if not long_offsets:
        starts = tuple(2 * start for start in starts)
    if starts[0] != 0 or starts[-1] > len(outlines) or any(a > b for a, b in pairwise(starts)):
        return None
    return [outlines[a:b] for a, b in pairwise(starts)]


def _is_plain(outline: bytes, left: int, most_points: int, most_contours: int) -> bool:
    """Say whether the outline is of lines and curves, without instructions, whole, and begins at ``left``."""
    if not outline:
        return left == 0
    contours, begins = struct.unpack_from(">hh", outline)
    if not 0 < contours <= most_contours or begins != left:
        return False
    ends: tuple[int, ...] = struct.unpack_from(f">{contours}H", outline, 10)
    at, points, coordinates = 10 + 2 * contours, ends[-1] + 1, 0
    if struct.unpack_from(">H", outline, at)[0] != 0 or points > most_points or any(a >= b for a, b in pairwise(ends)):
        return False
    at += 2
    while points > 0:
        flags = outline[at]
        repeats = 1 + (outline[at + 1] if flags & 8 else 0)
        at += 2 if flags & 8 else 1
        points -= repeats
        for short, same in ((2, 16), (4, 32)):
            coordinates += repeats * (1 if flags & short else 0 if flags & same else 2)
    return points == 0 and at + coordinates <= len(outline)
