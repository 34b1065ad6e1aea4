"""The TrueType programs and Unicode maps of the stamp's fonts (OpenType 1.9: glyf, head, hhea, hmtx, loca, maxp).

Rules:
* A program has these six tables, none over another, and no other: no code map that could disagree with the PDF's,
  no hinting program that could draw another outline at another size, no layers, no bitmaps, no colours.
* Each outline is of lines and curves, has no instructions, keeps to its counts, its box and those of the whole, and
  begins where its metrics say, so that nobody moves or cuts it. What FreeType takes and a browser's sanitiser does not would be
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
_SHORT_X, _SHORT_Y, _REPEATED, _SAME_X, _SAME_Y = 2, 4, 8, 16, 32  # flags of a point (glyf table)
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
    head_version, magic, per_em, long_offsets, outline_format = struct.unpack(">I8xI2xH30xhh", tables[b"head"])
    metrics_version, metrics_format, measured = struct.unpack(">I28xhH", tables[b"hhea"])
    version, glyphs, points, contours, *others = struct.unpack(">I14H", tables[b"maxp"])
    if {head_version, metrics_version, version} != {_VERSION} or outline_format or metrics_format:
        return None
    if magic != _MAGIC or not 16 <= per_em <= 16_384 or long_offsets not in (0, 1):
        return None
    if tuple(others) != _NO_PROGRAMS or not 1 <= measured <= glyphs:
        return None
    outlines = _outlines(tables[b"glyf"], tables[b"loca"], glyphs, long_offsets)
    metrics = _metrics(tables[b"hmtx"], measured, glyphs)
    if outlines is None or metrics is None:
        return None
    if not all(
        _is_plain(outline, left, points, contours) for outline, (_, left) in zip(outlines, metrics, strict=True)
    ):
        return None
    return tuple(round(advance * (1000 / per_em)) for advance, _ in metrics)


def _metrics(table: bytes, measured: int, glyphs: int) -> list[tuple[int, int]] | None:
    """Return each glyph's advance and left side bearing; those behind the last one measured advance as it does."""
    if len(table) != 4 * measured + 2 * (glyphs - measured):
        return None
    metrics = list(struct.iter_unpack(">Hh", table[: 4 * measured]))
    return [*metrics, *((metrics[-1][0], left) for (left,) in struct.iter_unpack(">h", table[4 * measured :]))]


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
    """Say whether the outline is of lines and curves, without instructions, whole, of the size that it says, and
    begins at ``left``."""
    if not outline:
        return left == 0
    contours, *box = struct.unpack_from(">5h", outline)
    if not 0 < contours <= most_contours or box[0] != left:
        return False
    ends: tuple[int, ...] = struct.unpack_from(f">{contours}H", outline, 10)
    at, points = 10 + 2 * contours, ends[-1] + 1
    if struct.unpack_from(">H", outline, at)[0] != 0 or points > most_points or any(a >= b for a, b in pairwise(ends)):
        return False
    flags, at = _flags(outline, at + 2, points)
    across, at = _places(outline, at, flags, _SHORT_X, _SAME_X)
    up, at = _places(outline, at, flags, _SHORT_Y, _SAME_Y)
    return len(outline) < at + 4 and box == [min(across), min(up), max(across), max(up)]


def _flags(outline: bytes, at: int, points: int) -> tuple[bytes, int]:
    """Return a flag for each point, and where they end; raises IndexError when there are too few or too many."""
    flags = bytearray()
    while len(flags) < points:
        flag = outline[at]
        repeats = outline[at + 1] if flag & _REPEATED else 0
        at += 2 if flag & _REPEATED else 1
        flags += bytes((flag,)) * (1 + repeats)
    if len(flags) != points:
        raise IndexError("a flag is repeated beyond the last point")
    return bytes(flags), at


def _places(outline: bytes, at: int, flags: bytes, short: int, same: int) -> tuple[list[int], int]:
    """Return one coordinate of each point, and where they end. A short one is a byte whose sign is the other flag."""
    place, places = 0, []
    for flag in flags:
        if flag & short:
            place += outline[at] if flag & same else -outline[at]
            at += 1
        elif not flag & same:
            place += struct.unpack_from(">h", outline, at)[0]
            at += 2
        places.append(place)
    return places, at
