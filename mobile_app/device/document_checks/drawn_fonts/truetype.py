"""The tables of a TrueType program that say which glyph a code is, ``cmap`` and ``post``, and whether there are outlines (OpenType 1.9).

Rules: offsets and counts are bounded by the data; a table of codes or names that is broken counts as absent. A program is whole when each
table lies within it and ``loca`` finds the outline of each glyph that ``maxp`` promises; of one that is not some viewers draw what they
find, others take another font.
"""

import struct
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from mobile_app.device.document_checks.drawn_fonts.glyph_names import MACINTOSH, character_of

_SFNT: Final = (b"\0\1\0\0", b"true", b"OTTO")
_LEAST: Final = {b"head": 54, b"hhea": 36, b"maxp": 6, b"hmtx": 4, b"loca": 4}  # bytes of the tables without which there is no glyph
_MAX_TABLES: Final = 100
_MAX_SUBTABLES: Final = 40
_MAX_GROUPS: Final = 100_000
Lookup = Callable[[int], int]
"""From a code to its glyph, 0 for none."""


class TrueType:
    """``subtables`` by platform and encoding; ``named`` and ``characters``: glyphs by name, and by the character of the name; ``glyphs``:
    how many there are, 0 in a program that is not whole."""

    def __init__(self, data: bytes) -> None:
        self.subtables: dict[tuple[int, int], Lookup] = {}
        self.named: dict[str, int] = {}
        self.characters: dict[int, int] = {}
        tables = tables_of(data)
        self.glyphs = _glyph_count(tables)
        try:
            self._read_cmap(tables.get(b"cmap", b""))
        except (struct.error, IndexError):
            self.subtables.clear()
        try:
            self._read_post(tables.get(b"post", b""))
        except (struct.error, IndexError):
            self.named.clear()
            self.characters.clear()

    def _read_cmap(self, table: bytes) -> None:
        count = struct.unpack_from(">2H", table)[1] if table else 0
        for number in range(min(count, _MAX_SUBTABLES)):
            platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
            lookup = _lookup(table, offset)
            if lookup is not None:
                self.subtables.setdefault((platform, encoding), lookup)

    def _read_post(self, table: bytes) -> None:
        if len(table) < 34 or table[:4] != b"\0\2\0\0":
            return
        (count,) = struct.unpack_from(">H", table, 32)
        indices = struct.unpack_from(f">{count}H", table, 34)
        names: list[str] = []
        position = 34 + 2 * count
        while position < len(table):
            length = table[position]
            names.append(table[position + 1 : position + 1 + length].decode("latin-1"))
            position += 1 + length
        for glyph, index in enumerate(indices):
            if index >= 258 and index - 258 < len(names):
                name = names[index - 258]
                self.named.setdefault(name, glyph)
                character = character_of(name)
            else:
                character = _of_macintosh(index)
            if character is not None:
                self.characters.setdefault(character, glyph)


def _of_macintosh(index: int) -> int | None:
    """The character of the standard Macintosh order of glyphs (post, format 1)."""
    if 3 <= index <= 97:
        return index + 29
    return MACINTOSH[index + 30] if 98 <= index <= 225 else None


def tables_of(data: bytes) -> dict[bytes, bytes]:
    """The tables by tag; none of a program of which one does not lie within it."""
    tables: dict[bytes, bytes] = {}
    if data[:4] not in _SFNT:
        return tables
    for number in range(min(int.from_bytes(data[4:6], "big"), _MAX_TABLES)):
        record = data[12 + 16 * number : 28 + 16 * number]
        offset, length = int.from_bytes(record[8:12], "big"), int.from_bytes(record[12:16], "big")
        if len(record) < 16 or offset + length > len(data):
            return {}
        tables.setdefault(record[:4], data[offset : offset + length])
    return tables


def _glyph_count(tables: dict[bytes, bytes]) -> int:
    """How many glyphs have an outline, an empty one included; 0 where one lies outside ``glyf``, or a needed table is missing."""
    if any(len(tables.get(tag, b"")) < least for tag, least in _LEAST.items()):
        return 0
    count = int.from_bytes(tables[b"maxp"][4:6], "big")
    is_long, loca = tables[b"head"][50:52] != b"\0\0", tables[b"loca"]
    size, unit = (4, 1) if is_long else (2, 2)
    if len(loca) < size * (count + 1):
        return 0
    offsets = struct.unpack_from(f">{count + 1}{'I' if is_long else 'H'}", loca)
    if any(one > other for one, other in pairwise(offsets)) or offsets[-1] * unit > len(tables.get(b"glyf", b"")):
        return 0
    return count


def _lookup(table: bytes, offset: int) -> Lookup | None:
    kind = int.from_bytes(table[offset : offset + 2], "big")
    if kind == 0:
        glyphs = table[offset + 6 : offset + 262]
        return lambda code: glyphs[code] if code < len(glyphs) else 0
    if kind == 4:
        return _segments(table, offset)
    if kind == 6:
        first, count = struct.unpack_from(">2H", table, offset + 6)
        trimmed = struct.unpack_from(f">{count}H", table, offset + 10)
        return lambda code: trimmed[code - first] if 0 <= code - first < count else 0
    if kind == 12:
        (count,) = struct.unpack_from(">I", table, offset + 12)
        if count <= _MAX_GROUPS:
            return _groups(struct.unpack_from(f">{3 * count}I", table, offset + 16))
    return None


def _segments(table: bytes, offset: int) -> Lookup:
    count = int.from_bytes(table[offset + 6 : offset + 8], "big") // 2
    ends = struct.unpack_from(f">{count}H", table, offset + 14)
    starts = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * count)
    deltas = struct.unpack_from(f">{count}H", table, offset + 16 + 4 * count)
    ranges_at = offset + 16 + 6 * count
    ranges = struct.unpack_from(f">{count}H", table, ranges_at)

    def look_up(code: int) -> int:
        at = bisect_left(ends, code)
        if at >= count or code < starts[at]:
            return 0
        if not ranges[at]:
            return int(code + deltas[at]) & 0xFFFF
        place = ranges_at + 2 * at + ranges[at] + 2 * (code - starts[at])
        glyph = int.from_bytes(table[place : place + 2], "big")
        return int(glyph + deltas[at]) & 0xFFFF if glyph else 0

    return look_up


def _groups(numbers: Sequence[int]) -> Lookup:
    starts: Sequence[int] = numbers[::3]
    ends: Sequence[int] = numbers[1::3]
    glyphs: Sequence[int] = numbers[2::3]

    def look_up(code: int) -> int:
        at = bisect_left(ends, code)
        return glyphs[at] + code - starts[at] if at < len(ends) and starts[at] <= code else 0

    return look_up
