"""Where an inline image ends (ISO 32000-2, 8.9.7): exactly where its data say, or it is refused.

Rules: keys are known ones, each once; unfiltered data have the bytes that width, height, bits and colours ask for; filtered data end
where their filter ends, decode to exactly that much and need no parameters; then one or two bytes of white space and ``EI`` follow. pdf.js
looks for ``EI`` and white space behind it instead, so data that hold those are refused. What only a picture's decoder can follow (DCT,
CCITT) must be the last thing that its stream draws.
"""

import re
import zlib
from collections.abc import Callable
from typing import Final

from server.document_limits import MAX_IMAGE_PIXELS, MAX_PAGE_CONTENT_BYTES
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.filters import Damaged, ascii_85, hexadecimal, lzw, run_lengths
from server.pdf.content.lexer import WHITE, WHITE_BYTES, Lexer

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
_KNOWN: Final = {*_FULL.values(), b"Intent"}
_END: Final = re.compile(rb"[%(w)s]{1,2}+EI(?=[%(w)s()<>\[\]/%%]|\Z)" % {b"w": WHITE})
_PICTURE_END: Final = re.compile(rb"[%(w)s]EI(?=[%(w)s()<>\[\]/%%]|\Z)" % {b"w": WHITE})
_LOOKS_LIKE_END: Final = re.compile(rb"EI[%s]" % WHITE)
_NOTHING_MORE: Final = re.compile(rb"(?:[%(w)s]++|Q(?=[%(w)s]|\Z))*+\Z" % {b"w": WHITE})
_PICTURES: Final = (b"DCTDecode", b"CCITTFaxDecode")

Components = Callable[[bytes], int | None]
Entries = dict[bytes, tuple[str, object]]


def skip_inline_image(lexer: Lexer, components: Components) -> tuple[int, int]:
    """Move ``lexer``, which has read ``BI``, behind ``EI``; the picture's width and height in pixels.

    ``components``: how many numbers a colour of a named colour space has, ``None`` where there is no such space.
    """
    entries = _entries(lexer.dictionary(b"ID"))
    width, height = _whole(entries, b"Width"), _whole(entries, b"Height")
    if width < 1 or height < 1:
        raise Malformed("inline_image")
    if width * height > MAX_IMAGE_PIXELS:
        raise TooMuch("image_pixels")
    begin = lexer.position
    if lexer.data[begin : begin + 1].translate(None, WHITE_BYTES):
        raise Malformed("inline_image")
    lexer.position = _end(lexer.data, begin + 1, (width * _bits(entries, components) + 7) // 8 * height, entries)
    lexer.end_within(begin, "inline_image")
    return width, height


def _entries(read: Entries) -> Entries:
    entries: Entries = {}
    for key, value in read.items():
        full = _FULL.get(key, key)
        if full in entries or full not in _KNOWN:
            raise Malformed("inline_image")
        entries[full] = value
    return entries


def _whole(entries: Entries, key: bytes, default: int = 0) -> int:
    _, value = entries.get(key, ("n", float(default)))
    if not isinstance(value, float) or not value.is_integer():
        raise Malformed("inline_image")
    return int(value)


def _bits(entries: Entries, components: Components) -> int:
    """Bits of one pixel."""
    kind, space = entries.get(b"ColorSpace", ("", b""))
    bits = _whole(entries, b"BitsPerComponent", 0 if kind else 1)
    if entries.get(b"ImageMask") == ("o", b"true"):
        if kind or bits != 1:
            raise Malformed("inline_image")
        return 1
    colours: int | None = None
    if kind == "N" and isinstance(space, bytes):
        colours = _COLOURS.get(space) or (components(space) if b"Filter" in entries else None)
    elif isinstance(space, list) and len(space) == 4 and space[0] in (b"I", b"Indexed") and space[1] in _COLOURS:
        colours = 1
    if colours is None or bits not in (1, 2, 4, 8, 16):
        raise Malformed("inline_image")
    return colours * bits


def _end(data: bytes, start: int, size: int, entries: Entries) -> int:
    filters = _filters(entries)
    if filters and filters[-1] in _PICTURES:
        found = _PICTURE_END.search(data, start)
        if found is None or not _NOTHING_MORE.match(data, found.end()):
            raise Malformed("inline_image")
        return found.end()
    if filters and b"DecodeParms" in entries:
        raise Malformed("inline_image")
    end = start + size if not filters else _filtered_end(data, start, size, filters)
    found = _END.match(data, end) if end <= len(data) else None
    if found is None or _LOOKS_LIKE_END.search(data, start, end):
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
    """Behind the data of the first filter; what all of them give must be ``size`` bytes."""
    try:
        content, end = _decoded(filters[0], data, start)
        for name in filters[1:]:
            content, _ = _decoded(name, content, 0)
    except Damaged:
        raise Malformed("inline_image") from None
    if len(content) != size:
        raise Malformed("inline_image")
    return end


def _decoded(name: bytes, data: bytes, start: int) -> tuple[bytes, int]:
    if name == b"FlateDecode":
        decoder = zlib.decompressobj()
        try:
            content = decoder.decompress(memoryview(data)[start:], MAX_PAGE_CONTENT_BYTES)
        except zlib.error:
            raise Damaged from None
        return content, len(data) - len(decoder.unused_data)  # cut short, it reaches to the end, where no EI stands
    if name == b"ASCIIHexDecode":
        end = data.find(b">", start) + 1
    elif name == b"ASCII85Decode":
        end = data.find(b"~>", start) + 2
    else:
        return run_lengths(data, start) if name == b"RunLengthDecode" else lzw(data, start)
    return (hexadecimal if name == b"ASCIIHexDecode" else ascii_85)(data[start:end]), end
