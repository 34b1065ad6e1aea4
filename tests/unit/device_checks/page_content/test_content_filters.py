"""Content streams under each filter: whole ones are read, damaged and unknown ones refused."""

import base64
import zlib

import pytest

from mobile_app.device.document_checks.page_content.stream_filters import decode
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CONTENT, stream
from tests.unit.device_checks.page_content.content_forge import checked, page_forge, refused

DATA = b"q 0 0 9 9 re f Q " * 200
FLATE = zlib.compress(DATA)
BASE_85 = base64.a85encode(DATA) + b"~>"


def lzw(data: bytes, early: int = 1) -> bytes:
    """The plainest encoder: a table that only grows, cleared in time."""
    codes, table, before = [256], {bytes((value,)): value for value in range(256)}, b""
    widths, size = [9], 258
    width = 9
    for byte in data:
        now = before + bytes((byte,))
        if now in table:
            before = now
            continue
        codes.append(table[before])
        widths.append(width)
        table[now] = size
        size += 1
        width = min(12, max(9, (size + early - 1).bit_length()))
        before = bytes((byte,))
        assert size < 4000
    codes += [table[before], 257]
    widths += [width, min(12, max(9, (size + early).bit_length()))]
    bits = "".join(format(code, f"0{wide}b") for code, wide in zip(codes, widths, strict=True))
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def runs(data: bytes) -> bytes:
    out = b"".join(bytes((len(data[at : at + 128]) - 1,)) + data[at : at + 128] for at in range(0, len(data), 128))
    return out + b"\xf0 " + b"\x80"


def flushed(data: bytes) -> bytes:
    packer = zlib.compressobj()
    return packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH)


def nested(times: int) -> bytes:
    data = DATA
    for _ in range(times):
        data = runs(data)
    return data


GOOD = {
    "eight": (nested(8), b"[" + b"/RunLengthDecode" * 8 + b"]", b""),
    "flate": (FLATE, b"/FlateDecode", b""),
    "flate and a line end": (FLATE + b"\r\n", b"/FlateDecode", b""),
    "flate that is only flushed": (flushed(DATA), b"/FlateDecode", b""),
    "flate of nothing": (b"", b"/FlateDecode", b""),
    "lzw": (lzw(DATA), b"/LZWDecode", b""),
    "lzw, codes in time": (lzw(DATA, 0), b"/LZWDecode", b"/DecodeParms<</EarlyChange 0>>"),
    "ascii 85": (BASE_85, b"/ASCII85Decode", b""),
    "hexadecimal": (DATA.hex("\n").encode() + b">", b"/ASCIIHexDecode", b""),
    "runs": (runs(DATA), b"/RunLengthDecode", b""),
    "a chain": (base64.a85encode(FLATE) + b"~>", b"[/ASCII85Decode/FlateDecode]", b"/DecodeParms[null null]"),
    "none": (DATA, b"[]", b""),
    "no predictor": (FLATE, b"/FlateDecode", b"/DecodeParms<</Predictor 1>>"),
}
# A stored block of 16 bytes, of which there are six.
STORED = b"\x78\x9c\x00\x10\x00\xef\xffab\x00\x00\xff\xff"
BAD = {
    "unknown": (FLATE, b"/BrotliDecode", b"", "content_data"),
    "a picture's": (FLATE, b"/DCTDecode", b"", "content_data"),
    "abbreviated": (FLATE, b"/Fl", b"", "content_data"),
    "nine": (nested(9), b"[" + b"/RunLengthDecode" * 9 + b"]", b"", "content_data"),
    "predictor": (FLATE, b"/FlateDecode", b"/DecodeParms<</Predictor 12>>", "content_data"),
    "parameters": (FLATE, b"/FlateDecode", b"/DecodeParms 5", "content_data"),
    "early change": (lzw(DATA), b"/LZWDecode", b"/DecodeParms<</EarlyChange 2>>", "content_data"),
    "flate cut": (FLATE[:-5], b"/FlateDecode", b"", "content_data"),
    "flate changed": (FLATE[:20] + b"\xff\xff" + FLATE[22:], b"/FlateDecode", b"", "content_data"),
    "flate checksum": (FLATE[:-1] + bytes((FLATE[-1] ^ 1,)), b"/FlateDecode", b"", "content_data"),
    "flate cut at what looks flushed": (STORED, b"/FlateDecode", b"", "content_data"),
    "flate and more": (FLATE + b"q", b"/FlateDecode", b"", "content_data"),
    "lzw cut": (lzw(DATA)[:-3], b"/LZWDecode", b"", "content_data"),
    "lzw unknown code": (b"\x80\x3f\xff\xff", b"/LZWDecode", b"", "content_data"),
    "ascii 85 open": (BASE_85[:-2], b"/ASCII85Decode", b"", "content_data"),
    "ascii 85 digit": (b"\x7f" + BASE_85, b"/ASCII85Decode", b"", "content_data"),
    "ascii 85 too large": (b"uuuuu~>", b"/ASCII85Decode", b"", "content_data"),
    "ascii 85 z inside": (b"!!z!!~>", b"/ASCII85Decode", b"", "content_data"),
    "ascii 85 lonely digit": (b"!~>", b"/ASCII85Decode", b"", "content_data"),
    "hexadecimal open": (DATA.hex().encode(), b"/ASCIIHexDecode", b"", "content_data"),
    "hexadecimal digit": (b"7g>", b"/ASCIIHexDecode", b"", "content_data"),
    "runs cut": (runs(DATA)[:-1], b"/RunLengthDecode", b"", "content_data"),
    "run cut": (b"\x05ab", b"/RunLengthDecode", b"", "content_data"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_whole_stream_is_read(name: str) -> None:
    raw, filters, entries = GOOD[name]
    forge = page_forge(b"")
    forge.original[CONTENT] = stream(raw, b"/Filter" + filters + entries)
    checked(forge)


@pytest.mark.parametrize("name", sorted(GOOD.keys() - {"none", "flate of nothing"}))
def test_its_content_is_what_was_written(name: str) -> None:
    raw, filters, entries = GOOD[name]
    names = filters.decode().strip("[]/").split("/")
    parameters = [{"EarlyChange": 0}] if b"EarlyChange" in entries else []
    assert decode(raw, names, parameters, 1 << 20).strip() == DATA.strip()
    with pytest.raises(CheckFailed, match="content_bytes"):
        decode(raw, names, parameters, len(DATA) - 2)


@pytest.mark.parametrize("name", BAD)
def test_a_damaged_stream_is_refused(name: str) -> None:
    raw, filters, entries, what = BAD[name]
    forge = page_forge(b"")
    forge.original[CONTENT] = stream(raw, b"/Filter" + filters + entries)
    assert refused(forge) == ("doc_content", what)
