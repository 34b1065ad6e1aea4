"""Size and colours as a JPEG and a JPEG 2000 say them themselves (ITU-T T.81, B.2.2; ISO/IEC 15444-1, A.5.1 and annex I).

Rules: nothing is decoded; what has no such header, or one that contradicts itself, has none (``None``). Of a JPEG 2000 every channel is
a colour: one that says how opaque the others are, or a palette, is no header that viewers take alike.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_FRAMES: Final = frozenset((*range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), *range(0xCD, 0xD0)))
_ALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
_COLOURS: Final = {12: 4, 16: 3, 17: 1, 18: 3}  # enumerated spaces: CMYK, sRGB, grey, sYCC
_MAX_BOXES: Final = 1000


@dataclass(frozen=True)
class Header:
    """In samples, and colours a sample."""

    width: int
    height: int
    components: int


def jpeg_header(data: bytes) -> Header | None:
    """What the first frame header says."""
    position = data.find(b"\xff\xd8") + 2
    if position != 2:
        return None
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
        elif marker in _ALONE:
            position += 2
        elif marker in _FRAMES:
            if position + 10 > len(data):
                return None
            _, height, width, components = struct.unpack_from(">BHHB", data, position + 4)
            return Header(width, height, components)
        else:
            position += 2 + int.from_bytes(data[position + 2 : position + 4], "big")
    return None


def jpeg_2000_header(data: bytes) -> Header | None:
    """What the codestream says, with which the boxes around it must agree, if there are any."""
    if data.startswith(b"\xff\x4f\xff\x51"):
        return _codestream(data)
    boxes = dict(_boxes(data))
    inner = dict(_boxes(boxes.get(b"jp2h", b"")))
    found, stated = _codestream(boxes.get(b"jp2c", b"")), inner.get(b"ihdr", b"")
    if found is None or len(stated) != 14 or b"pclr" in inner or b"cmap" in inner or not _only_colours(inner.get(b"cdef")):
        return None
    if struct.unpack_from(">IIH", stated) != (found.height, found.width, found.components):
        return None
    colours = inner.get(b"colr", b"")
    kind = int.from_bytes(colours[3:7], "big")
    if len(colours) < 7 or (colours[0] == 1 and _COLOURS.get(kind) != found.components):
        return None
    return found


def _codestream(data: bytes) -> Header | None:
    if len(data) < 42 or not data.startswith(b"\xff\x4f\xff\x51"):
        return None
    right, bottom, left, top = struct.unpack_from(">4I", data, 8)
    return Header(right - left, bottom - top, int.from_bytes(data[40:42], "big"))


def _only_colours(definitions: bytes | None) -> bool:
    """Every defined channel is a colour (type 0), none is opacity."""
    if definitions is None:
        return True
    types = [definitions[place : place + 2] for place in range(4, len(definitions), 6)]
    return all(one == b"\0\0" for one in types)


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box; of several of one kind a dictionary keeps the first, so the last comes first."""
    found: list[tuple[bytes, bytes]] = []
    position = 0
    while position + 8 <= len(data) and len(found) < _MAX_BOXES:
        length, head = int.from_bytes(data[position : position + 4], "big"), 8
        if length == 1:
            length, head = int.from_bytes(data[position + 8 : position + 16], "big"), 16
        end = position + length if length else len(data)
        if end < position + head:
            break
        found.append((data[position + 4 : position + 8], data[position + head : end]))
        position = end
    yield from reversed(found)
