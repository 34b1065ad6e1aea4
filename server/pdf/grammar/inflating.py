"""The data of cross-reference and object streams: Flate or nothing (ISO 32000-2, 7.4.4), within the meter's limits.

Rules: every reader of the product opens these two filters and no other here, so no other is allowed. What does not inflate to its very
end is damaged. Predictors are undone as 7.4.4.4 says. What is
refused here is still measured in full: whoever recovers such a file will open it.
"""

import zlib

from server.pdf.grammar.values import Buffer, Name
from server.pdf.inspect_graph import ObjectGraph
from server.pdf.inspect_limits import MIB, Meter
from server.pdf.inspect_streams import measure_stream

_MAX_COLUMNS = 4096


def decoded(
    buffer: Buffer, data: tuple[int, int], dictionary: dict[bytes, object], meter: Meter, *, most: int | None = None
) -> bytes | None:
    """The stream's data; None for another filter or for damaged data. Raises ``pdf_bomb``.

    ``most``: no more bytes than these are wanted.
    """
    return decode(bytes(buffer[data[0] : data[0] + data[1]]), dictionary, meter, most=most)


def decode(raw: bytes, dictionary: dict[bytes, object], meter: Meter, *, most: int | None = None) -> bytes | None:
    """As ``decoded``, for data that have been decrypted."""
    filters = dictionary.get(b"Filter", [])
    names = filters if isinstance(filters, list) else [filters]
    parameters = dictionary.get(b"DecodeParms")
    if isinstance(parameters, list):
        parameters = parameters[0] if len(parameters) == 1 else None if not parameters else b""
    if not names or names == [None]:
        return raw if parameters is None else None
    if len(names) != 1 or not isinstance(names[0], Name) or names[0] != b"FlateDecode":
        return None
    if parameters is None:
        return _inflate(raw, meter, most)
    if not isinstance(parameters, dict):
        return None
    return _without_predictor(raw, parameters, meter, most)


def refuse_bomb(raw: bytes, dictionary: dict[bytes, object], meter: Meter) -> None:
    """For a stream that the grammar does not take. Raises ``pdf_bomb``."""
    filters = dictionary.get(b"Filter", [])
    names = [
        f"/{one.decode('latin-1')}"
        for one in (filters if isinstance(filters, list) else [filters])
        if isinstance(one, Name)
    ]
    measure_stream(raw, {"/Filter": names}, ObjectGraph(objects={}, trailer={}, streams=set()), meter)


def _inflate(raw: bytes, meter: Meter, most: int | None) -> bytes | None:
    decoder = zlib.decompressobj()
    parts: list[bytes] = []
    size, rest = 0, raw
    try:
        while not decoder.eof and (rest or not parts):
            part = decoder.decompress(rest, MIB)
            size += len(part)
            meter.check_stream(size, len(raw))
            meter.spend_inflated(len(part))
            parts.append(part)
            if most is not None and size > most:
                break
            if not part and not decoder.unconsumed_tail:
                break
            rest = decoder.unconsumed_tail
    except zlib.error:
        return None
    if not decoder.eof and (most is None or size <= most):
        return None
    return b"".join(parts)


def _without_predictor(raw: bytes, parameters: dict[bytes, object], meter: Meter, most: int | None) -> bytes | None:
    predictor, columns = parameters.get(b"Predictor", 1), parameters.get(b"Columns", 1)
    colours, bits = parameters.get(b"Colors", 1), parameters.get(b"BitsPerComponent", 8)
    if (
        type(predictor) is not int
        or type(columns) is not int
        or colours != 1
        or bits != 8
        or not 0 < columns <= _MAX_COLUMNS
    ):
        return None
    if predictor == 1:
        return _inflate(raw, meter, most)
    if not 10 <= predictor <= 15:
        return None
    wanted = None if most is None else (most // columns + 1) * (columns + 1)
    data = _inflate(raw, meter, wanted)
    if data is None or len(data) % (columns + 1):
        return None
    return _undo_png(data, columns, meter)


def _undo_png(data: bytes, columns: int, meter: Meter) -> bytes | None:
    """PNG's filters for one byte a sample (ISO/IEC 15948, 9.2)."""
    out = bytearray()
    above = bytes(columns)
    for count, start in enumerate(range(0, len(data), columns + 1)):
        if count % 4096 == 0:
            meter.check_time()
        kind, row = data[start], bytearray(data[start + 1 : start + columns + 1])
        if kind == 1:
            for i in range(1, columns):
                row[i] = (row[i] + row[i - 1]) & 0xFF
        elif kind == 2:
            row = bytearray((a + b) & 0xFF for a, b in zip(row, above, strict=True))
        elif kind == 3:
            for i in range(columns):
                row[i] = (row[i] + ((row[i - 1] if i else 0) + above[i]) // 2) & 0xFF
        elif kind == 4:
            for i in range(columns):
                left, corner = (row[i - 1], above[i - 1]) if i else (0, 0)
                row[i] = (row[i] + _paeth(left, above[i], corner)) & 0xFF
        elif kind != 0:
            return None
        out += row
        above = bytes(row)
    return bytes(out)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    distances = (abs(estimate - left), abs(estimate - up), abs(estimate - corner))
    return (left, up, corner)[distances.index(min(distances))]
