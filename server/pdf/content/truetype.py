"""Which glyph a TrueType font's own tables give for a code: just enough of the cmap table, read with bounds (OpenType, cmap).

Rules: a table that lies, ends early or has another format than 0, 4, 6 or 12 gives no glyph; nothing here raises. Glyph 0 is "missing".
"""

import struct
from dataclasses import dataclass

_MAX_SUBTABLES = 64


@dataclass(frozen=True)
class Subtable:
    """One map of a font: its platform and encoding, and where it begins in ``data``."""

    platform: int
    encoding: int
    data: bytes
    start: int

    def glyph(self, code: int) -> int:
        """The glyph of ``code``, 0 for none."""
        try:
            return _glyph(self.data, self.start, code)
        except (struct.error, IndexError):
            return 0


def read_subtables(font: bytes) -> list[Subtable]:
    """All maps of the font, in the order in which they stand."""
    try:
        (count,) = struct.unpack_from(">H", font, 4)
        for number in range(min(count, 256)):
            tag, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
            if tag == b"cmap":
                return _subtables(font[offset : offset + length])
    except struct.error:
        return []
    return []


def _subtables(table: bytes) -> list[Subtable]:
    (count,) = struct.unpack_from(">H", table, 2)
    found = []
    for number in range(min(count, _MAX_SUBTABLES)):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        found.append(Subtable(platform, encoding, table, offset))
    return found


def _glyph(data: bytes, start: int, code: int) -> int:
    (kind,) = struct.unpack_from(">H", data, start)
    if kind == 0:
        return data[start + 6 + code] if code < 256 else 0
    if kind == 4:
        return _glyph_of_segments(data, start, code)
    if kind == 6:
        first, count = struct.unpack_from(">HH", data, start + 6)
        return _word(data, start + 10 + 2 * (code - first)) if first <= code < first + count else 0
    if kind == 12:
        return _glyph_of_groups(data, start, code)
    return 0


def _word(data: bytes, offset: int) -> int:
    return int(struct.unpack_from(">H", data, offset)[0])


def _glyph_of_segments(data: bytes, start: int, code: int) -> int:
    """Format 4: segments of codes in order; the first one that ends at or behind ``code`` counts."""
    double = _word(data, start + 6) & ~1
    ends = struct.unpack_from(f">{double // 2}H", data, start + 14)
    for number, end in enumerate(ends):
        if end >= code:
            at = start + 16 + double + 2 * number
            first, delta, offset = _word(data, at), _word(data, at + double), _word(data, at + 2 * double)
            if code < first:
                return 0
            if not offset:
                return (code + delta) & 0xFFFF
            glyph = _word(data, at + 2 * double + offset + 2 * (code - first))
            return (glyph + delta) & 0xFFFF if glyph else 0
    return 0


def _glyph_of_groups(data: bytes, start: int, code: int) -> int:
    """Format 12: groups of codes in order."""
    (count,) = struct.unpack_from(">I", data, start + 12)
    low, high = 0, min(count, len(data) // 12)
    while low < high:
        middle = (low + high) // 2
        first, last, glyph = struct.unpack_from(">III", data, start + 16 + 12 * middle)
        if code < first:
            high = middle
        elif code > last:
            low = middle + 1
        else:
            return int(glyph + code - first)
    return 0
