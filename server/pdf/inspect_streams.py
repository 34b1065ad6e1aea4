"""How much the streams of a PDF grow when somebody opens it.

Every stream's filter chain (ISO 32000-2, 7.4) is run up to the limits of the ``Meter``: Flate incrementally,
so a bomb costs no more than the limit; LZW, RunLength and the ASCII filters likewise, or by their largest
possible growth when nothing follows them. What decodes to pixels (DCT, JPX, CCITT, JBIG2) is measured by the
picture's dimensions, those in its dictionary and those in its own header. Damaged data is no reason to
refuse: it is counted up to the damage and reported.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from server.errors import Unprocessable
from server.pdf.content.filters import FLUSH, Damaged, from_base_85
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, number
from server.pdf.inspect_limits import MIB, Meter

_SLICE = 64 * 1024
_MAX_FILTERS = 8
_MAX_ROW_BITS = 64 * MIB
_WHITE = re.compile(rb"[\0\t\n\f\r ]+")

Chunks = Iterator[bytes]


class DamagedData(Exception):
    """A filter met data that it can't decode; what came before has been counted."""


def inflate(chunks: Iterable[bytes | memoryview]) -> Chunks:
    """FlateDecode, at most about 1 MiB at a time."""
    decoder = zlib.decompressobj()
    last = b""
    for chunk in chunks:
        last = (last + bytes(chunk[-len(FLUSH) :]))[-len(FLUSH) :]
        for start in range(0, len(chunk), _SLICE):
            rest: bytes | memoryview = chunk[start : start + _SLICE]
            while rest and not decoder.eof:
                try:
                    yield decoder.decompress(rest, MIB)
                except zlib.error as error:
                    raise DamagedData(str(error)) from error
                rest = decoder.unconsumed_tail
        if decoder.eof:
            return
    yield decoder.flush()  # at most one match: all but that came out above
    if last != FLUSH:
        raise DamagedData("the data ends early")


def expand_runs(chunks: Iterable[bytes | memoryview]) -> Chunks:
    """RunLengthDecode (7.4.5)."""
    source = b"".join(chunks)
    position = 0
    out: list[bytes] = []
    size = 0
    while position < len(source):
        length = source[position]
        if length == 128:
            break
        if length < 128:
            out.append(source[position + 1 : position + length + 2])
            position += length + 2
        else:
            out.append(source[position + 1 : position + 2] * (257 - length))
            position += 2
        size += 128
        if size >= MIB:
            yield b"".join(out)
            out, size = [], 0
    yield b"".join(out)


def expand_lzw(chunks: Iterable[bytes | memoryview]) -> Chunks:
    """LZWDecode (7.4.4) with ``EarlyChange`` 1: code lengths of 9 to 12 bits."""
    table: list[bytes] = [bytes((value,)) for value in range(256)] + [b"", b""]
    previous = b""
    width, held, bits = 9, 0, 0
    for byte in b"".join(chunks):
        held = (held << 8 | byte) & 0xFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = (held >> bits) & ((1 << width) - 1)
        if code == 256:
            del table[258:]
            previous, width = b"", 9
            continue
        if code == 257:
            return
        if code < len(table):
            entry = table[code]
        elif previous and code == len(table):
            entry = previous + previous[:1]
        else:
            raise DamagedData("a code that is not in the table")
        if previous and len(table) < 4096:
            table.append(previous + entry[:1])
        previous = entry
        width = min(12, max(9, (len(table) + 1).bit_length()))
        yield entry


def decode_hex(chunks: Iterable[bytes | memoryview]) -> Chunks:
    """ASCIIHexDecode (7.4.2)."""
    digits = _WHITE.sub(b"", b"".join(chunks).partition(b">")[0])
    try:
        yield bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    except ValueError as error:
        raise DamagedData(str(error)) from error


def decode_85(chunks: Iterable[bytes | memoryview]) -> Chunks:
    """ASCII85Decode (7.4.3)."""
    try:
        yield from_base_85(_WHITE.sub(b"", b"".join(chunks).partition(b"~")[0]))
    except Damaged as error:
        raise DamagedData("a byte that is no base-85 digit") from error


_DECODERS: dict[str, Callable[[Iterable[bytes | memoryview]], Chunks]] = {
    "/FlateDecode": inflate,
    "/Fl": inflate,
    "/LZWDecode": expand_lzw,
    "/LZW": expand_lzw,
    "/RunLengthDecode": expand_runs,
    "/RL": expand_runs,
    "/ASCIIHexDecode": decode_hex,
    "/AHx": decode_hex,
    "/ASCII85Decode": decode_85,
    "/A85": decode_85,
}
# Largest growth of a filter, for when its output is not needed and the bound is within the limit anyway.
_GROWTH = {decode_hex: 1, decode_85: 4, expand_runs: 64}


def measure_stream(raw: bytes | memoryview, stream: Dictionary, graph: ObjectGraph, meter: Meter) -> bool:
    """Count what a stream decodes to; raises ``pdf_bomb``. Returns whether all of its data could be decoded.
    """
    filters = _filters(stream, graph)
    if len(filters) > _MAX_FILTERS:
        raise Unprocessable("a stream with too many filters", code="pdf_bomb")
    _check_rows(stream, graph, len(filters))
    if stream.get("/Subtype") == "/Image" or stream.get("/Width") is not None:
        _check_picture(raw, filters, stream, graph, meter)
    decoders = [_DECODERS[name] for name in filters if name in _DECODERS]
    if not decoders or not raw:
        return True
    if len(decoders) == 1 and decoders[0] in _GROWTH and len(raw) * _GROWTH[decoders[0]] <= MIB:
        meter.spend_inflated(len(raw) * _GROWTH[decoders[0]])
        return True
    try:
        chunks: Iterable[bytes | memoryview] = (raw,)
        for decoder in decoders:
            chunks = _counted(decoder(chunks), len(raw), meter)
        for _ in chunks:
            pass
    except DamagedData:
        return False
    return True


def _counted(chunks: Chunks, raw_length: int, meter: Meter) -> Chunks:
    """Pass chunks on while they are within the limits; small ones are joined, so that counting stays cheap.
    """
    size = 0
    unreported = 0
    for chunk in chunks:
        size += len(chunk)
        unreported += len(chunk)
        if unreported >= _SLICE:
            meter.check_stream(size, raw_length)
            meter.spend_inflated(unreported)
            unreported = 0
        yield chunk
    meter.spend_inflated(unreported)


def _filters(stream: Dictionary, graph: ObjectGraph) -> list[str]:
    """Names in order; ``/Crypt`` is left out, its work is done by whoever read the raw data."""
    value: Value = graph.resolve(stream.get("/Filter"))
    names = [graph.resolve(one) for one in value] if isinstance(value, list) else [value]
    return [name for name in names if isinstance(name, str) and name != "/Crypt"]


def _check_rows(stream: Dictionary, graph: ObjectGraph, count: int) -> None:
    """A predictor's row is held in memory by every reader: bound it."""
    value = graph.resolve(stream.get("/DecodeParms"))
    for _, parameters in zip_longest(range(count), value if isinstance(value, list) else [value]):
        each = graph.dictionary(parameters)
        if each:
            columns, colours, bits = (
                number(graph.get(each, key)) or default
                for key, default in (("/Columns", 1), ("/Colors", 1), ("/BitsPerComponent", 8))
            )
            if columns * colours * bits > _MAX_ROW_BITS:
                raise Unprocessable("a predictor with enormous rows", code="pdf_bomb")


def _check_picture(
    raw: bytes | memoryview, filters: list[str], stream: Dictionary, graph: ObjectGraph, meter: Meter
) -> None:
    """Bytes that the picture takes once decoded: by its dictionary and by the header of the data itself."""
    width = number(graph.get(stream, "/Width")) or 0
    height = number(graph.get(stream, "/Height")) or 0
    bits = number(graph.get(stream, "/BitsPerComponent")) or 1
    colours = 1 if stream.get("/ImageMask") is True or bits == 1 else 4
    meter.check_stream(int(width * height * bits * colours / 8))
    last = filters[-1] if filters else ""
    head = bytes(raw[:_SLICE]) if len(filters) == 1 else b""
    if last in ("/DCTDecode", "/DCT"):
        own_width, own_height = _jpeg_size(head)
        meter.check_stream(own_width * own_height * 3)
    elif last == "/JPXDecode":
        own_width, own_height = _jpeg2000_size(head)
        meter.check_stream(own_width * own_height * 4)


def _jpeg_size(head: bytes) -> tuple[int, int]:
    """Width and height of the first frame header (ITU-T T.81, B.2.2), or (0, 0)."""
    position = 2
    while position + 9 < len(head) and head[position] == 0xFF:
        marker = head[position + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return (
                int.from_bytes(head[position + 7 : position + 9], "big"),
                int.from_bytes(head[position + 5 : position + 7], "big"),
            )
        position += 2 + int.from_bytes(head[position + 2 : position + 4], "big")
    return 0, 0


def _jpeg2000_size(head: bytes) -> tuple[int, int]:
    """Width and height of the SIZ marker (ITU-T T.800, A.5.1), or (0, 0)."""
    at = head.find(b"\xff\x4f\xff\x51")
    if at < 0 or at + 16 > len(head):
        return 0, 0
    return int.from_bytes(head[at + 8 : at + 12], "big"), int.from_bytes(head[at + 12 : at + 16], "big")
