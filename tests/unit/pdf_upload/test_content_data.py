"""Content is decoded exactly or refused: what ends early, late or not at all is drawn by each viewer as far as it likes."""

import base64
import random
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from server.errors import Unprocessable
from server.pdf.content import filters
from server.pdf.content.content_data import ContentData
from server.pdf.content.faults import Malformed, TooMuch
from server.pdf.content.filters import DECODERS, Damaged, lzw, lzw_late, run_lengths
from server.pdf.inspect_graph import ObjectGraph
from tests.pdf_corpus.content_case import ContentCase
from tests.unit.pdf_upload.conftest import Inspect

BuildPdf = Callable[..., bytes]
Stream = Callable[..., bytes]
DATA = bytes(random.Random(3).choices(b"0123 re f\nq Q", k=4_000)) + bytes(range(256)) + b"\0\0\0\0\0"


def _lzw(data: bytes, early: int = 1) -> bytes:
    """LZW as an encoder writes it; the table is cleared before it is full."""
    bits, table, width, word = [(256, 9)], {bytes((value,)): value for value in range(256)}, 9, b""
    count = 258
    for byte in data:
        if word + bytes((byte,)) in table:
            word += bytes((byte,))
            continue
        bits.append((table[word], width))
        table[word + bytes((byte,))] = count
        count += 1
        width = max(9, (count - 1 + early).bit_length())
        if count >= 4_000:
            bits.append((256, width))
            table, count, width = {bytes((value,)): value for value in range(256)}, 258, 9
        word = bytes((byte,))
    bits += [(table[word], width), (257, max(9, (count + early).bit_length()))]
    text = "".join(f"{code:0{size}b}" for code, size in bits)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _of_nine_bits(*codes: int) -> bytes:
    text = "".join(f"{code:09b}" for code in codes)
    text += "0" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big")


def _runs(data: bytes) -> bytes:
    parts = [bytes((len(data[at : at + 100]) - 1,)) + data[at : at + 100] for at in range(0, len(data), 100)]
    return b"".join(parts) + bytes((257 - 5,)) + b"\0" + b"\x80"


WHOLE = {
    "/FlateDecode": (DATA, zlib.compress(DATA)),
    "/ASCIIHexDecode": (DATA, DATA.hex().encode() + b">"),
    "/ASCII85Decode": (DATA, base64.a85encode(DATA) + b"~>"),
    "/LZWDecode": (DATA, _lzw(DATA)),
    "/RunLengthDecode": (DATA + bytes(5), _runs(DATA)),
}


@pytest.mark.parametrize("name", DECODERS)
def test_whole_data_are_decoded(name: str) -> None:
    wanted, encoded = WHOLE[name]
    assert DECODERS[name](encoded) == wanted
    assert DECODERS[name](encoded + b" \n") == wanted


@pytest.mark.parametrize("name", DECODERS)
def test_data_that_end_early_or_late_are_refused(name: str) -> None:
    _, encoded = WHOLE[name]
    for spoiled in (encoded[:-3], encoded[: len(encoded) // 2], encoded + b"x"):
        with pytest.raises(Damaged):
            DECODERS[name](spoiled)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("/FlateDecode", b"no zlib"),
        ("/FlateDecode", b"\x78\x9c\0\0\xff\xff"[:-1]),
        ("/ASCIIHexDecode", b"4G>"),
        ("/ASCII85Decode", b"87cUR\x7f~>"),
        ("/ASCII85Decode", b"87z~>"),
        ("/ASCII85Decode", b"87cURD~>"),
        ("/ASCII85Decode", b"s8W-\"~>"),
        ("/ASCII85Decode", b"87cUR~x>"),
        ("/ASCII85Decode", b"87cU\x7f~>"),
        ("/LZWDecode", _of_nine_bits(256, 258, 257)),
        ("/LZWDecode", _of_nine_bits(256, 65, 300, 257)),
        ("/LZWDecode", b"\x80\x3f\xff"),
        ("/RunLengthDecode", b"\x05ab\x80"),
    ],
)
def test_what_no_encoder_writes_is_refused(name: str, data: bytes) -> None:
    with pytest.raises(Damaged):
        DECODERS[name](data)


def test_a_full_table_of_lzw_is_refused() -> None:
    """Viewers differ in what they do with a code behind the last one."""

    def written(entries: int) -> bytes:
        codes = [(256, 9)] + [(65, max(9, (258 + number).bit_length())) for number in range(entries + 1)] + [(257, 12)]
        text = "".join(f"{code:0{min(size, 12)}b}" for code, size in codes)
        text += "0" * (-len(text) % 8)
        return int(text, 2).to_bytes(len(text) // 8, "big")

    assert lzw(written(4_096 - 258))[0] == b"A" * (4_096 - 258 + 1)
    with pytest.raises(Damaged):
        lzw(written(4_096 - 258 + 1))


def test_lzw_that_grows_late_is_read_as_its_parameters_say() -> None:
    late = _lzw(DATA, early=0)
    assert lzw_late(late) == DATA
    case = ContentCase("late", _lzw(b"q Q 0 0 9 9 re f\n" * 200, early=0))
    graph = ObjectGraph(objects={}, trailer={}, streams=set())
    data = ContentData(None, graph)  # type: ignore[arg-type]
    assert data._filters({"/Filter": "/LZWDecode", "/DecodeParms": {"/EarlyChange": 0}}) == [("/LZWDecode", False)]
    assert data._filters({"/Filter": ["/Crypt", "/LZWDecode"], "/DecodeParms": [None, None]}) == [("/LZWDecode", True)]
    assert case.build()


@pytest.mark.parametrize("decode", [DECODERS["/FlateDecode"], DECODERS["/ASCII85Decode"], run_lengths, lzw])
def test_what_grows_too_far_is_too_much(decode: Callable[[bytes], object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MAX_PAGE_CONTENT_BYTES", 1_000)
    encoded = {run_lengths: "/RunLengthDecode", lzw: "/LZWDecode"}.get(decode)  # type: ignore[call-overload]
    name = encoded or next(name for name, one in DECODERS.items() if one is decode)
    with pytest.raises(TooMuch) as refused:
        decode(WHOLE[name][1])
    assert refused.value.limit == "content_bytes"


@pytest.mark.parametrize(
    "entries",
    [
        {"/Filter": "/FlateDecode", "/DecodeParms": {"/Predictor": 12}},
        {"/Filter": ["/FlateDecode"], "/DecodeParms": [{"/Predictor": 2}]},
        {"/Filter": "/LZWDecode", "/DecodeParms": {"/EarlyChange": 2}},
        {"/Filter": ["/FlateDecode"] * 9},
        {"/Filter": [1]},
    ],
)
def test_filters_with_parameters_or_without_end_are_refused(entries: dict[str, object]) -> None:
    graph = ObjectGraph(objects={}, trailer={}, streams=set())
    with pytest.raises(Malformed) as refused:
        ContentData(None, graph)._filters(entries)  # type: ignore[arg-type]
    assert refused.value.what == "content_data"


@pytest.mark.parametrize("contents", [b"<< >>", b"[5 0 R]", b"[<< >>]", b"5 0 R", b"[4 0 R 1]"])
def test_contents_that_are_no_streams_are_refused(inspect: Inspect, build_pdf: BuildPdf, contents: bytes) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> /Contents %s >>" % contents
    with pytest.raises(Unprocessable) as refused:
        inspect(build_pdf({3: page, 5: b"[1 2]"}))
    assert (refused.value.code, refused.value.details["what"]) == ("pdf_content_malformed", "content_data")


def test_a_page_may_have_no_content_or_an_empty_array(inspect: Inspect, build_pdf: BuildPdf) -> None:
    for contents in (b"", b"/Contents []", b"/Contents [4 0 R 4 0 R]"):
        page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> %s >>" % contents
        assert inspect(build_pdf({3: page})).pages == 1


def test_data_that_can_not_even_be_read_are_refused() -> None:
    class Unreadable:
        def get_object(self, number: int, generation: int) -> "Unreadable":
            return self

        def read_raw_bytes(self) -> bytes:
            raise pikepdf.PdfError("out of reach")

    graph = ObjectGraph(objects={"4 0 R": {}}, trailer={}, streams={"4 0 R"})
    with pytest.raises(Malformed):
        ContentData(Unreadable(), graph).read("4 0 R")  # type: ignore[arg-type]
