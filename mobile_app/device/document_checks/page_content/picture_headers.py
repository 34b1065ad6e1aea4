"""What a JPEG (ITU-T T.81, B.2.2) and a JPEG 2000 (ISO/IEC 15444-1, A.5.1, I.5) say of their own size and colours.

Rules: only headers are read, whatever stands in them; one that is missing, cut or at odds with another is ``None``. A JPEG 2000 with a
channel of opacity, or with a palette, is ``None`` too: viewers differ in what they do with those, and text may stand in opacity alone.
"""

from dataclasses import dataclass
from typing import Final

_START_OF_CODESTREAM: Final = b"\xff\x4f\xff\x51"
_NOT_FRAMES: Final = frozenset((0xC4, 0xC8, 0xCC))
_CMYK, _SRGB, _GREY, _SYCC = 12, 16, 17, 18
_IN_SPACE: Final = {_CMYK: 4, _SRGB: 3, _GREY: 1, _SYCC: 3}
_MAX_BOXES: Final = 1000


@dataclass(frozen=True, slots=True)
class Picture:
    """Width and height in samples, and components of each."""

    width: int
    height: int
    components: int


def _number(data: bytes, start: int, size: int) -> int:
    return int.from_bytes(data[start : start + size], "big")


def read_jpeg(data: bytes) -> Picture | None:
    """Read markers up to the first frame header."""
    if data[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
        elif kind == 0x01 or 0xD0 <= kind <= 0xD8:
            at += 2
        elif 0xC0 <= kind <= 0xCF and kind not in _NOT_FRAMES:
            if at + 10 > len(data):
                return None
            return Picture(_number(data, at + 7, 2), _number(data, at + 5, 2), data[at + 9])
        else:
            at += 2 + _number(data, at + 2, 2)
    return None


def read_jpeg_2000(data: bytes) -> Picture | None:
    """Read the codestream's size, and the boxes around it if there are any."""
    if data[:4] == _START_OF_CODESTREAM:
        return _codestream(data)
    outer = _first_boxes(data)
    inner = _first_boxes(outer.get(b"jp2h", b""))
    picture = _codestream(outer.get(b"jp2c", b""))
    header, colours = inner.get(b"ihdr", b""), inner.get(b"colr", b"")
    if picture is None or len(header) != 14 or len(colours) < 7 or b"pclr" in inner or b"cmap" in inner:
        return None
    if Picture(_number(header, 4, 4), _number(header, 0, 4), _number(header, 8, 2)) != picture:
        return None
    if colours[0] == 1 and _IN_SPACE.get(_number(colours, 3, 4)) != picture.components:
        return None
    channels = inner.get(b"cdef", b"")
    return None if any(_number(channels, at, 2) for at in range(4, len(channels), 6)) else picture


def _codestream(data: bytes) -> Picture | None:
    if data[:4] != _START_OF_CODESTREAM or len(data) < 42:
        return None
    return Picture(_number(data, 8, 4) - _number(data, 16, 4), _number(data, 12, 4) - _number(data, 20, 4), _number(data, 40, 2))


def _first_boxes(data: bytes) -> dict[bytes, bytes]:
    """The first box of each kind."""
    found: dict[bytes, bytes] = {}
    at = 0
    for _ in range(_MAX_BOXES):
        if at + 8 > len(data):
            break
        length, head = _number(data, at, 4), 8
        if length == 1:
            length, head = _number(data, at + 8, 8), 16
        end = at + length if length else len(data)
        if end < at + head:
            break
        found.setdefault(data[at + 4 : at + 8], data[at + head : end])
        at = end
    return found
