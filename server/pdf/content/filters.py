"""Decoders that are exact or refuse: for content streams and inline images only, whose bytes viewers must agree on (ISO 32000-2, 7.4).

Rules: data end where their filter says, and nothing but white space follows; a digit that is none, a code that is not in the table, a
missing end raise ``Damaged``; what they grow to is bounded by a page's content.
"""

import struct
import zlib
from collections.abc import Callable
from functools import partial
from typing import Final

from server.document_limits import MAX_PAGE_CONTENT_BYTES
from server.pdf.content.faults import TooMuch

_WHITE: Final = b"\0\t\n\f\r "
FLUSH: Final = b"\0\0\xff\xff"
_LAST_BLOCK: Final = b"\x03\0"
_DIGITS_85: Final = bytes(range(0x21, 0x76))
_VALUES_85: Final = bytes((byte - 0x21) % 256 for byte in range(256))


class Damaged(Exception):
    """The data can't be decoded as their filter says."""


def _bounded(size: int) -> None:
    if size > MAX_PAGE_CONTENT_BYTES:
        raise TooMuch("content_bytes")


def flate(data: bytes) -> bytes:
    """FlateDecode."""
    decoder = zlib.decompressobj()
    try:
        content = decoder.decompress(data, MAX_PAGE_CONTENT_BYTES + 1)
    except zlib.error:
        raise Damaged from None
    _bounded(len(content))
    if not decoder.eof and not ends_flushed(data):
        raise Damaged
    _nothing_behind(decoder.unused_data)
    return content


def ends_flushed(data: bytes) -> bool:
    """Whether Flate data end with the empty block that a flush writes (RFC 1951, 3.2.4), as those of Acrobat's filled fields do.

    Everything has been said then, and only the last block is missing: data to which it is added decode to the end.
    """
    if not data.endswith(FLUSH):
        return False
    decoder = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        decoder.decompress(data[2:] + _LAST_BLOCK, MAX_PAGE_CONTENT_BYTES)
    except zlib.error:
        return False
    return decoder.eof and not decoder.unused_data


def _nothing_behind(rest: bytes) -> None:
    if rest.translate(None, _WHITE):
        raise Damaged


def hexadecimal(data: bytes) -> bytes:
    """ASCIIHexDecode up to its ``>``."""
    digits, end, rest = data.translate(None, _WHITE).partition(b">")
    if not end or rest:
        raise Damaged
    try:
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError:
        raise Damaged from None


def ascii_85(data: bytes) -> bytes:
    """ASCII85Decode up to its ``~>``."""
    text, _, rest = data.translate(None, _WHITE).partition(b"~")
    if rest != b">":
        raise Damaged
    return from_base_85(text)


def from_base_85(text: bytes) -> bytes:
    """Digits of base 85 without white space (7.4.3), five for four bytes; ``z`` stands for four zeros, at the start of a group only."""
    *whole, last = text.split(b"z")
    if any(len(part) % 5 for part in whole):
        raise Damaged
    out = b"\0\0\0\0".join((*map(_groups, whole), _groups(last[: len(last) // 5 * 5])))
    rest = last[len(last) // 5 * 5 :]
    if rest:
        if len(rest) == 1:
            raise Damaged
        out += _groups(rest.ljust(5, b"u"))[: len(rest) - 1]
    _bounded(len(out))
    return out


def _groups(text: bytes) -> bytes:
    if text.translate(None, _DIGITS_85):
        raise Damaged
    digits = text.translate(_VALUES_85)
    values = [
        (((a * 85 + b) * 85 + c) * 85 + d) * 85 + e
        for a, b, c, d, e in zip(digits[::5], digits[1::5], digits[2::5], digits[3::5], digits[4::5], strict=True)
    ]
    try:
        return struct.pack(f">{len(values)}I", *values)
    except struct.error:
        raise Damaged from None


def run_lengths(data: bytes, start: int = 0) -> tuple[bytes, int]:
    """RunLengthDecode: what it gives and where it ends."""
    out, position = bytearray(), start
    while position < len(data):
        length = data[position]
        position += 1
        if length == 128:
            return bytes(out), position
        if length < 128:
            part = data[position : position + length + 1]
            position += length + 1
        else:
            part = data[position : position + 1] * (257 - length)
            position += 1
        out += part
        _bounded(len(out))
    raise Damaged


def lzw(data: bytes, start: int = 0, early: int = 1) -> tuple[bytes, int]:
    """LZWDecode: what it gives and where it ends. ``early``: codes grow so many entries before they must."""
    table: list[bytes] = [bytes((value,)) for value in range(256)] + [b"", b""]
    out, previous = bytearray(), b""
    width, held, bits = 9, 0, 0
    for position in range(start, len(data)):
        held, bits = (held << 8 | data[position]) & 0xFFFFFF, bits + 8
        if bits < width:
            continue
        bits -= width
        code = (held >> bits) & ((1 << width) - 1)
        if code == 257:
            return bytes(out), position + 1
        if code == 256:
            del table[258:]
            previous, width = b"", 9
            continue
        if code < len(table):
            entry = table[code]
        elif previous and code == len(table):
            entry = previous + previous[:1]
        else:
            raise Damaged
        if previous:
            if len(table) >= 4096:
                raise Damaged
            table.append(previous + entry[:1])
        previous = entry
        width = min(12, max(9, (len(table) + early).bit_length()))
        out += entry
        _bounded(len(out))
    raise Damaged


def _whole(decoder: Callable[[bytes], tuple[bytes, int]]) -> Callable[[bytes], bytes]:
    """The decoder for data that are a stream's own, to the end."""

    def decode(data: bytes) -> bytes:
        content, end = decoder(data)
        _nothing_behind(data[end:])
        return content

    return decode


lzw_late: Final = _whole(partial(lzw, early=0))
DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "/FlateDecode": flate,
    "/ASCIIHexDecode": hexadecimal,
    "/ASCII85Decode": ascii_85,
    "/RunLengthDecode": _whole(run_lengths),
    "/LZWDecode": _whole(lzw),
}
