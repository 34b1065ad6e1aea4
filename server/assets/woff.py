"""A WOFF file (WOFF 1.0, W3C Recommendation 2012) as the font that it packs: for fonts that no package brings unpacked."""

import struct
import zlib

_HEADER, _ENTRY = ">4sIIHHI", ">4sIIII"


class NotWoff(ValueError):
    """The bytes are no WOFF file, or a damaged one."""


def unpack_woff(woff: bytes) -> bytes:
    """The SFNT font (OpenType 1.9, "Font file"): its tables in the file's order, each on a border of four bytes. Raises ``NotWoff``."""
    try:
        signature, flavour, length, count, _, _ = struct.unpack_from(_HEADER, woff)
        entries = [struct.unpack_from(_ENTRY, woff, 44 + 20 * at) for at in range(count)]
    except struct.error as error:
        raise NotWoff("it is too short") from error
    if signature != b"wOFF" or length != len(woff) or not count:
        raise NotWoff("it does not begin as one, or is not whole")
    power = count.bit_length() - 1
    head = struct.pack(">IHHHH", flavour, count, 16 << power, power, 16 * count - (16 << power))
    offset, body = 12 + 16 * count, bytearray()
    for tag, start, packed, size, checksum in entries:
        table = _table(woff[start : start + packed], packed, size)
        head += struct.pack(">4sIII", tag, checksum, offset + len(body), size)
        body += table + bytes(-size % 4)
    return head + bytes(body)


def _table(stored: bytes, packed: int, size: int) -> bytes:
    try:
        table = stored if packed == size else zlib.decompress(stored)
    except zlib.error as error:
        raise NotWoff("a table is damaged") from error
    if len(table) != size:
        raise NotWoff("a table has another size than it says")
    return table
