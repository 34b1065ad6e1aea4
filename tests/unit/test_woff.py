"""Fonts that a package brings packed."""

import struct
import zlib

import pytest

from server.assets.woff import NotWoff, unpack_woff


def woff(tables: dict[bytes, bytes], *, packed: bool = True) -> bytes:
    """By W3C's WOFF 1.0: header, directory, tables on borders of four."""
    offset, directory, body = 44 + 20 * len(tables), b"", b""
    for tag, table in tables.items():
        stored = zlib.compress(table) if packed and len(zlib.compress(table)) < len(table) else table
        directory += struct.pack(">4sIIII", tag, offset + len(body), len(stored), len(table), 7)
        body += stored + bytes(-len(stored) % 4)
    total = 44 + len(directory) + len(body)
    head = struct.pack(">4sIIHHI", b"wOFF", 0x00010000, total, len(tables), 0, 0) + bytes(24)
    return head + directory + body


TABLES = {b"cmap": b"a" * 100, b"glyf": bytes(range(256)), b"head": b"abc"}


@pytest.mark.parametrize("packed", [True, False])
def test_each_table_comes_out_as_it_was(packed: bool) -> None:
    font = unpack_woff(woff(TABLES, packed=packed))
    flavour, count, _, _, _ = struct.unpack_from(">IHHHH", font)
    assert (flavour, count) == (0x00010000, 3)
    for at in range(count):
        tag, checksum, offset, size = struct.unpack_from(">4sIII", font, 12 + 16 * at)
        assert offset % 4 == 0
        assert (font[offset : offset + size], checksum) == (TABLES[tag], 7)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:43],
        lambda data: b"wOF2" + data[4:],
        lambda data: data[:-4],
        lambda data: data[:12] + b"\0\0" + data[14:],
        lambda data: data.replace(zlib.compress(b"a" * 100), bytes(len(zlib.compress(b"a" * 100)))),
        lambda data: data[:56] + struct.pack(">I", 99) + data[60:],
    ],
)
def test_what_is_none_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NotWoff):
        unpack_woff(spoil(woff(TABLES)))
