"""Fonts of the stamp that are not as the server writes them: programs and maps that break one rule each."""

import struct
import zlib
from collections.abc import Callable

from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import FONT_FILE, TO_UNICODE, Forge


def spoilt_program(unpacked: bytes, packed: bytes | None = None) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        data = zlib.compress(unpacked) if packed is None else packed
        made.increment[FONT_FILE] = stamp_by_hand.stream(data, b"/Length1 %d/Filter/FlateDecode" % len(unpacked))
        return made

    return forge


def _tables(**changed: bytes) -> Callable[[], Forge]:
    parts = stamp_by_hand.tables() | {tag.encode("ascii"): table for tag, table in changed.items()}
    return spoilt_program(stamp_by_hand.program(dict(sorted(parts.items()))))


def _outline(outline: bytes) -> Callable[[], Forge]:
    return spoilt_program(stamp_by_hand.program(stamp_by_hand.tables((b"", stamp_by_hand.TRIANGLE, outline))))


def _head(offset: int, form: str, value: int) -> bytes:
    head = bytearray(stamp_by_hand.HEAD)
    struct.pack_into(form, head, offset, value)
    return bytes(head)


def _without(tag: bytes) -> Callable[[], Forge]:
    return spoilt_program(stamp_by_hand.program({name: table for name, table in stamp_by_hand.tables().items() if name != tag}))


def _overlapping() -> bytes:
    """Two tables of the directory begin at one place."""
    made = bytearray(stamp_by_hand.program())
    made[12 + 16 * 5 + 8 : 12 + 16 * 5 + 12] = made[12 + 16 * 4 + 8 : 12 + 16 * 4 + 12]
    return bytes(made)


_SIMPLE, _MOVED, PROGRAM = stamp_by_hand.TRIANGLE, stamp_by_hand.MOVED, stamp_by_hand.program()
PROGRAMS: dict[str, Callable[[], Forge]] = {
    "no font": spoilt_program(b"glyphs"),
    "no Flate": spoilt_program(PROGRAM, b"glyphs"),
    "cut off": spoilt_program(PROGRAM, zlib.compress(PROGRAM)[:-6]),
    "something behind": spoilt_program(PROGRAM, zlib.compress(PROGRAM) + b"more"),
    "an OpenType font of PostScript outlines": spoilt_program(b"OTTO" + PROGRAM[4:]),
    "a collection": spoilt_program(b"ttcf" + PROGRAM[4:]),
    "a hinting program": _tables(prep=b"\0"),
    "a code map": _tables(cmap=b"\0\0\0\0"),
    "bitmaps": _tables(EBDT=b"\0\2\0\0"),
    "no metrics": _without(b"hmtx"),
    "tables over each other": spoilt_program(_overlapping()),
    "a table behind the end": spoilt_program(PROGRAM[:-8]),
    "another head": _tables(head=_head(12, ">I", 0x5F0F3CF6)),
    "a head cut short": _tables(head=stamp_by_hand.HEAD[:40]),
    "a grid of nothing": _tables(head=_head(18, ">H", 15)),
    "a grid too fine": _tables(head=_head(18, ">H", 16_385)),
    "offsets of a third kind": _tables(head=_head(50, ">h", 2)),
    "more glyphs than places": _tables(maxp=stamp_by_hand.MAXP[:4] + b"\0\4" + stamp_by_hand.MAXP[6:]),
    "more metrics than glyphs": _tables(hhea=stamp_by_hand.HHEA[:-2] + b"\0\4"),
    "no metrics at all": _tables(hhea=stamp_by_hand.HHEA[:-2] + b"\0\0", hmtx=b""),
    "metrics cut short": _tables(hmtx=stamp_by_hand.tables()[b"hmtx"][:-2]),
    "places that go back": _tables(loca=struct.pack(">4H", 0, 15, 14, 24)),
    "places that begin late": _tables(loca=struct.pack(">4H", 1, 1, 15, 24)),
    "a place behind the outlines": _tables(loca=struct.pack(">4H", 0, 0, 15, 240)),
    "an outline with instructions": _outline(_SIMPLE[:12] + b"\0\1" + b"\x4f" + _SIMPLE[14:]),
    "an outline whose ends go back": _outline(struct.pack(">5h", 2, 0, 0, 9, 9) + b"\0\2\0\1\0\0" + b"\1\1\1" + bytes(12)),
    "an outline without its coordinates": _outline(_SIMPLE[:-4]),
    "an outline that repeats a point too often": _outline(_SIMPLE[:14] + b"\x09\xff" + _SIMPLE[15:]),
    "parts of nothing": _outline(_MOVED[:12] + b"\0\5" + _MOVED[14:]),
    "parts of itself": _outline(_MOVED[:12] + b"\0\2" + _MOVED[14:]),
    "parts with instructions": _outline(_MOVED[:10] + struct.pack(">H", 1 | 2 | 256) + _MOVED[12:] + b"\0\1\x4f"),
    "parts that are stretched": _outline(_MOVED[:10] + struct.pack(">H", 1 | 2 | 8) + _MOVED[12:] + b"\x20\0"),
    "parts matched by points": _outline(_MOVED[:10] + struct.pack(">H", 1) + _MOVED[12:]),
    "parts without end": _outline(_MOVED[:10] + (struct.pack(">HHhh", 1 | 2 | 32, 1, 0, 0)) * 17),
    "parts cut off": _outline(_MOVED[:-4]),
}


def spoilt_unicode_map(text: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        made.increment[TO_UNICODE] = stamp_by_hand.stream(zlib.compress(text), b"/Filter/FlateDecode")
        return made

    return forge
