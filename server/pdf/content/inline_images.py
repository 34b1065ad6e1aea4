"""Where an inline image ends (ISO 32000-2, 8.9.7): exactly where its data say, or it is refused.

Rules: unfiltered data have the bytes that width, height, bits and colours ask for; filtered data end where their filter ends and hold
at least that much; then only white space stands before ``EI``. pdf.js looks for ``EI`` and plain text behind it instead, so data in
which it would find that earlier are refused. CCITT data don't say where they end: there the first ``EI`` counts.
"""

import re
import zlib
from collections.abc import Callable
from typing import Final

from server.document_limits import MAX_IMAGE_PIXELS, MAX_PAGE_CONTENT_BYTES
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.filters import Damaged, ascii_85, hexadecimal, lzw, run_lengths
from server.pdf.content.lexer import WHITE, Lexer

_FULL: Final = {
    b"BPC": b"BitsPerComponent",
    b"CS": b"ColorSpace",
    b"D": b"Decode",
    b"DP": b"DecodeParms",
    b"F": b"Filter",
    b"H": b"Height",
    b"IM": b"ImageMask",
    b"I": b"Interpolate",
    b"W": b"Width",
    b"L": b"Length",
}
_FILTERS: Final = {
    b"AHx": b"ASCIIHexDecode",
    b"A85": b"ASCII85Decode",
    b"LZW": b"LZWDecode",
    b"Fl": b"FlateDecode",
    b"RL": b"RunLengthDecode",
    b"CCF": b"CCITTFaxDecode",
    b"DCT": b"DCTDecode",
}
_COLOURS: Final = {b"DeviceGray": 1, b"G": 1, b"DeviceRGB": 3, b"RGB": 3, b"DeviceCMYK": 4, b"CMYK": 4}
_END: Final = re.compile(rb"[%(w)s]*+EI(?=[%(w)s()<>\[\]/%%]|\Z)" % {b"w": WHITE})
_FIRST_END: Final = re.compile(rb"[%(w)s]EI(?=[%(w)s]|\Z)" % {b"w": WHITE})
_LOOKS_LIKE_END: Final = re.compile(rb"EI[ \r\n](?=[\r\n\x20-\x7f]{15}|[\r\n\x20-\x7f]{0,14}\Z)")
_LOOKED_AT: Final = 18
_TEXT_FILTERS: Final = {b"ASCIIHexDecode", b"ASCII85Decode", b"DCTDecode"}  # pdf.js looks for the end of these as we do

Components = Callable[[bytes], int | None]
Entries = dict[bytes, tuple[str, object]]


def skip_inline_image(lexer: Lexer, components: Components) -> int:
    """Move ``lexer``, which has read ``BI``, behind ``EI``; the picture's number of pixels.

    ``components``: how many numbers a colour of a named colour space has, ``None`` where there is no such space.
    """
    entries = _entries(lexer.dictionary(b"ID"))
    width, height = _whole(entries, b"Width"), _whole(entries, b"Height")
    if width < 1 or height < 1:
        raise Malformed("inline_image")
    if width * height > MAX_IMAGE_PIXELS:
        raise TooMuch("image_pixels")
    start = lexer.position
    if lexer.data[start : start + 1] not in (b"\0", b"\t", b"\n", b"\f", b"\r", b" "):
        raise Malformed("inline_image")
    start += 2 if lexer.data[start : start + 2] == b"\r\n" else 1
    lexer.position = _end(lexer.data, start, (width * _bits(entries, components) + 7) // 8 * height, entries)
    return width * height


def _entries(read: Entries) -> Entries:
    entries: Entries = {}
    for key, value in read.items():
        full = _FULL.get(key, key)
        if full in entries:
            raise Malformed("inline_image")
        entries[full] = value
    return entries


def _whole(entries: Entries, key: bytes, default: int = 0) -> int:
    kind, value = entries.get(key, ("n", float(default)))
    if kind != "n" or not isinstance(value, float) or not value.is_integer():
        raise Malformed("inline_image")
    return int(value)


def _bits(entries: Entries, components: Components) -> int:
    """Bits of one pixel."""
    if entries.get(b"ImageMask") == ("o", b"true"):
        return 1
    kind, space = entries.get(b"ColorSpace", ("", b""))
    colours: int | None = None
    if kind == "N" and isinstance(space, bytes):
        colours = _COLOURS.get(space) or components(space)
    elif isinstance(space, list) and space and space[0] in (b"I", b"Indexed"):
        colours = 1
    bits = _whole(entries, b"BitsPerComponent")
    if colours is None or bits not in (1, 2, 4, 8, 16):
        raise Malformed("inline_image")
    return colours * bits


def _end(data: bytes, start: int, size: int, entries: Entries) -> int:
    filters = _filters(entries)
    if filters[:1] == [b"CCITTFaxDecode"]:
        first = _FIRST_END.search(data, start)
        if first is None:
            raise Malformed("inline_image")
        return first.end()
    end = start + size if not filters else _filtered_end(data, start, size, filters)
    found = _END.match(data, end)
    if found is None:
        raise Malformed("inline_image")
    if not filters or filters[0] not in _TEXT_FILTERS:
        early = _LOOKS_LIKE_END.search(data[start : found.end() + _LOOKED_AT])
        if early is not None and start + early.start() < found.end() - 2:
            raise Malformed("inline_image")
    return found.end()


def _filters(entries: Entries) -> list[bytes]:
    kind, value = entries.get(b"Filter", ("o", []))
    names = value if isinstance(value, list) else [value] if kind == "N" else [b""]
    filters = [_FILTERS.get(name, name) for name in names if isinstance(name, bytes)]
    if len(filters) != len(names) or not set(filters) <= set(_FILTERS.values()):
        raise Malformed("inline_image")
    return filters


def _filtered_end(data: bytes, start: int, size: int, filters: list[bytes]) -> int:
    """Behind the data of the first filter; what all of them give must be at least ``size`` bytes, where it is not a picture's code."""
    try:
        content, end = _decoded(filters[0], data, start)
        for name in filters[1:]:
            if name in (b"DCTDecode", b"CCITTFaxDecode"):
                return end
            content, _ = _decoded(name, content, 0)
    except Damaged:
        raise Malformed("inline_image") from None
    if filters[0] != b"DCTDecode" and len(content) < size:
        raise Malformed("inline_image")
    return end


def _decoded(name: bytes, data: bytes, start: int) -> tuple[bytes, int]:
    if name == b"FlateDecode":
        decoder = zlib.decompressobj()
        try:
            content = decoder.decompress(memoryview(data)[start:], MAX_PAGE_CONTENT_BYTES)
        except zlib.error:
            raise Damaged from None
        if not decoder.eof:
            raise Damaged
        return content, len(data) - len(decoder.unused_data)
    if name == b"DCTDecode":
        return b"", _jpeg_end(data, start)
    if name == b"ASCIIHexDecode":
        end = data.find(b">", start) + 1
    elif name == b"ASCII85Decode":
        end = data.find(b"~>", start) + 2
    else:
        return run_lengths(data, start) if name == b"RunLengthDecode" else lzw(data, start)
    if end < start + 1 or end == 1:
        raise Damaged
    return (hexadecimal if name == b"ASCIIHexDecode" else ascii_85)(data[start:end]), end


def _jpeg_end(data: bytes, start: int) -> int:
    """Behind the EOI marker (ITU-T T.81, B.1.1); within a scan every other marker is stuffed or a restart."""
    position = start + 2
    if data[start:position] != b"\xff\xd8":
        raise Damaged
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xD9:
            return position + 2
        if marker == 0xFF:
            position += 1
            continue
        position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
        if marker == 0xDA:
            position = _scan_end(data, position)
    if data[position : position + 2] == b"\xff\xd9":
        return position + 2
    raise Damaged


_MARKER: Final = re.compile(rb"\xff[^\0\xd0-\xd7\xff]")


def _scan_end(data: bytes, position: int) -> int:
    found = _MARKER.search(data, position)
    if found is None:
        raise Damaged
    return found.start()
