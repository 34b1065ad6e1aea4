"""Filters count what they decode, exactly for sound data, and stop at the limits."""

import base64
import random
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf.inspect_graph import ObjectGraph
from server.pdf.inspect_limits import MIB, Meter, UploadLimits
from server.pdf.inspect_streams import (
    DamagedData,
    decode_85,
    decode_hex,
    expand_lzw,
    expand_runs,
    inflate,
    measure_stream,
)

NOTHING = ObjectGraph(objects={}, trailer={}, streams=set())
Filter = Callable[..., object]


def _pack_lzw(data: bytes) -> bytes:
    """A small LZW encoder after ISO 32000-2, 7.4.4, EarlyChange 1."""
    out, held, bits = bytearray(), 0, 0
    table = {bytes((value,)): value for value in range(256)}
    next_code, width, current = 258, 9, b""

    def put(code: int) -> None:
        nonlocal held, bits
        held = (held << width) | code
        bits += width
        while bits >= 8:
            bits -= 8
            out.append((held >> bits) & 0xFF)
            held &= (1 << bits) - 1

    put(256)
    for value in data:
        longer = current + bytes((value,))
        if longer in table:
            current = longer
            continue
        put(table[current])
        table[longer] = next_code
        next_code += 1
        width = next_code.bit_length()
        if next_code == 4095:
            put(256)
            table = {bytes((one,)): one for one in range(256)}
            next_code, width = 258, 9
        current = bytes((value,))
    if current:
        put(table[current])
        width = (next_code + 1).bit_length()
    put(257)
    if bits:
        out.append((held << (8 - bits)) & 0xFF)
    return bytes(out)


def _samples() -> list[bytes]:
    chance = random.Random("streams")
    return [
        b"",
        b"a",
        b"q Q " * 1000,
        bytes(10_000),
        chance.randbytes(5_000),
        bytes(chance.choice(b"ab") for _ in range(20_000)),
    ]


@pytest.mark.parametrize("index", range(6))
def test_filters_decode(index: int) -> None:
    data = _samples()[index]
    assert b"".join(inflate([zlib.compress(data)])) == data
    assert b"".join(decode_hex([data.hex().encode() + b">junk"])) == data
    assert b"".join(decode_85([base64.a85encode(data) + b"~>"])) == data
    packed = _pack_lzw(data)
    with pikepdf.new() as pdf:  # qpdf as the third opinion on our own packer
        assert pdf.make_stream(packed, Filter=pikepdf.Name.LZWDecode).read_bytes() == data
    assert b"".join(expand_lzw([packed])) == data
    runs = b"".join(bytes((len(part) - 1,)) + part for part in _parts(data)) + b"\x80"
    assert b"".join(expand_runs([runs])) == data


def _parts(data: bytes) -> list[bytes]:
    return [data[start : start + 128] for start in range(0, len(data), 128)]


def test_repeated_run() -> None:
    assert b"".join(expand_runs([b"\xfea\x80"])) == b"aaa"


@pytest.mark.parametrize(
    ("decoder", "data"),
    [(inflate, zlib.compress(b"abc")[:-2]), (inflate, b"no zlib"), (decode_hex, b"zz>"), (decode_85, b"\x7f~>"),
     (expand_lzw, b"\xff\xff\xff"), (expand_lzw, b"\x80@\xa0 ")],
)  # fmt: skip
def test_damage_is_said(decoder: Callable[..., object], data: bytes) -> None:
    with pytest.raises(DamagedData):
        list(decoder([data]))  # type: ignore[call-overload]


def test_everything_is_counted_once_per_stage() -> None:
    data = bytes(100_000)
    meter = Meter(UploadLimits())
    twice = zlib.compress(zlib.compress(data))
    assert measure_stream(twice, {"/Filter": ["/FlateDecode", "/Fl"]}, NOTHING, meter)
    assert len(data) <= meter.inflated <= len(data) + len(zlib.compress(data))
    inner = random.Random("inner").randbytes(MIB)
    meter = Meter(UploadLimits())
    measure_stream(zlib.compress(zlib.compress(inner)), {"/Filter": ["/FlateDecode", "/Fl"]}, NOTHING, meter)
    assert meter.inflated > 1.9 * MIB


def _refused(raw: bytes, stream: dict[str, object], limits: UploadLimits | None = None) -> int:
    meter = Meter(limits or UploadLimits(max_inflated_stream_bytes=32 * MIB))
    with pytest.raises(Unprocessable) as refused:
        measure_stream(raw, stream, NOTHING, meter)
    assert refused.value.code == "pdf_bomb"
    return meter.inflated


def test_bombs_stop_at_the_limit() -> None:
    layer = zlib.compress(bytes(64 * MIB), 9)
    assert _refused(layer, {"/Filter": "/FlateDecode"}) < 34 * MIB
    assert _refused(zlib.compress(layer, 9), {"/Filter": ["/FlateDecode", "/FlateDecode"]}) < 20 * MIB
    assert _refused(b"\x81a" * 300_000, {"/Filter": "/RunLengthDecode"}) < 34 * MIB
    limits = UploadLimits(max_inflated_stream_bytes=MIB)
    assert _refused(_pack_lzw(bytes(2 * MIB)), {"/Filter": "/LZWDecode"}, limits) < 2 * MIB
    assert _refused(b"x", {"/Filter": ["/FlateDecode"] * 9}) == 0


def test_whole_document_has_a_limit_too() -> None:
    meter = Meter(UploadLimits(max_inflated_bytes=3 * MIB))
    raw = zlib.compress(bytes(MIB))
    for _ in range(3):
        measure_stream(raw, {"/Filter": "/FlateDecode"}, NOTHING, meter)
    with pytest.raises(Unprocessable) as refused:
        measure_stream(raw, {"/Filter": "/FlateDecode"}, NOTHING, meter)
    assert refused.value.code == "pdf_bomb"


def test_pictures_are_measured_by_their_size() -> None:
    picture = {"/Subtype": "/Image", "/Width": 100_000, "/Height": 100_000, "/BitsPerComponent": 8}
    assert _refused(b"", {**picture, "/Filter": "/CCITTFaxDecode"}) == 0
    small = {**picture, "/Width": 10, "/Height": 10}
    jpeg = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc000110800000000") + bytes(20)
    huge = jpeg.replace(bytes.fromhex("0800000000"), bytes.fromhex("08ffffffff"))
    assert _refused(huge, {**small, "/Filter": "/DCTDecode"}) == 0
    fine = jpeg.replace(bytes.fromhex("0800000000"), bytes.fromhex("0800100010"))
    assert measure_stream(fine, {**small, "/Filter": "/DCTDecode"}, NOTHING, Meter(UploadLimits()))
    wide = bytes.fromhex("ff4fff51002f0000") + b"\xff" * 8
    assert _refused(wide, {**small, "/Filter": "/JPXDecode"}) == 0


def test_predictor_rows_are_bounded() -> None:
    rows = {"/Filter": "/FlateDecode", "/DecodeParms": {"/Predictor": 15, "/Columns": 2_000_000_000}}
    assert _refused(zlib.compress(b"x"), rows) == 0
