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


def _outline(outline: bytes, **changed: bytes) -> Callable[[], Forge]:
    parts = stamp_by_hand.tables((b"", stamp_by_hand.TRIANGLE, outline))
    parts |= {tag.encode("ascii"): table for tag, table in changed.items()}
    return spoilt_program(stamp_by_hand.program(parts))


def _lefts(*lefts: int) -> bytes:
    """Metrics with these left side bearings."""
    return b"".join(struct.pack(">Hh", *pair) for pair in zip(stamp_by_hand.ADVANCES, lefts, strict=True))


def _maxp(offset: int, value: int) -> bytes:
    maxp = bytearray(stamp_by_hand.MAXP)
    struct.pack_into(">H", maxp, offset, value)
    return bytes(maxp)


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


_MOVED, PROGRAM = stamp_by_hand.MOVED, stamp_by_hand.program()
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
    "a head of another version": _tables(head=_head(0, ">I", 0x20000)),
    "outlines of another format": _tables(head=_head(52, ">h", 1)),
    "metrics of another version": _tables(hhea=b"\0\2" + stamp_by_hand.HHEA[2:]),
    "metrics of another format": _tables(hhea=stamp_by_hand.HHEA[:32] + b"\0\1" + stamp_by_hand.HHEA[34:]),
    "an outline of another size than it says": _outline(_MOVED[:6] + b"\2\x59" + _MOVED[8:]),
    "an outline below its box": _outline(_MOVED[:4] + b"\0\1" + _MOVED[6:]),
    "more behind an outline": _outline(_MOVED + bytes(6)),
    "a grid of nothing": _tables(head=_head(18, ">H", 15)),
    "a grid too fine": _tables(head=_head(18, ">H", 16_385)),
    "offsets of a third kind": _tables(head=_head(50, ">h", 2)),
    "more glyphs than places": _tables(maxp=_maxp(4, 4)),
    "no glyphs": _tables(maxp=_maxp(4, 0)),
    "another kind of limits": _tables(maxp=b"\0\0\x50\0" + stamp_by_hand.MAXP[4:]),
    "limits cut short": _tables(maxp=stamp_by_hand.MAXP[:6]),
    "more points than said": _tables(maxp=_maxp(6, 2)),
    "more contours than said": _tables(maxp=_maxp(8, 0)),
    "glyphs made of others": _tables(maxp=_maxp(30, 1)),
    "a program for the whole font": _tables(maxp=_maxp(20, 1)),
    "metrics for fewer glyphs": _tables(hhea=stamp_by_hand.HHEA[:-2] + b"\0\2"),
    "metrics for none": _tables(hhea=stamp_by_hand.HHEA[:-2] + b"\0\0"),
    "more metrics than glyphs": _tables(hhea=stamp_by_hand.HHEA[:-2] + b"\0\4"),
    "metrics of the whole cut short": _tables(hhea=stamp_by_hand.HHEA[:-2]),
    "metrics cut short": _tables(hmtx=stamp_by_hand.tables()[b"hmtx"][:-2]),
    "a glyph that begins elsewhere": _tables(hmtx=_lefts(0, 50, 100)),
    "an empty glyph that begins elsewhere": _tables(hmtx=_lefts(9, 0, 100)),
    "places that go back": _tables(loca=struct.pack(">4H", 0, 15, 14, 30)),
    "places that begin late": _tables(loca=struct.pack(">4H", 1, 1, 15, 30)),
    "a place behind the outlines": _tables(loca=struct.pack(">4H", 0, 0, 15, 300)),
    "places cut short": _tables(loca=struct.pack(">3H", 0, 0, 15)),
    "an outline with instructions": _outline(_MOVED[:12] + b"\0\1" + b"\x4f" + _MOVED[14:]),
    "an outline whose ends go back": _outline(
        struct.pack(">5h", 2, 0, 0, 0, 0) + b"\0\2\0\1\0\0" + b"\1\1" + bytes(8), hmtx=_lefts(0, 0, 0), maxp=_maxp(8, 2)
    ),
    "an outline without its coordinates": _outline(_MOVED[:-4]),
    "an outline without its flags": _outline(_MOVED[:14]),
    "an outline that repeats a point too often": _outline(_MOVED[:14] + b"\x09\xff" + _MOVED[15:]),
    "an outline that repeats its last point": _outline(
        struct.pack(">5hHH", 1, 100, 0, 600, 500, 2, 0) + b"\1\1\x39\5" + struct.pack(">4h", 100, 500, 0, 500)
    ),
    "an outline made of another": _outline(struct.pack(">hhhhhHHhh", -1, 100, 0, 600, 500, 1 | 2, 1, 100, 0)),
    "an outline of nothing": _outline(struct.pack(">hhhhh", 0, 100, 0, 600, 500) + b"\0\0"),
    "an outline cut off": _outline(_MOVED[:8]),
}


def spoilt_unicode_map(text: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        made.increment[TO_UNICODE] = stamp_by_hand.stream(zlib.compress(text), b"/Filter/FlateDecode")
        return made

    return forge
