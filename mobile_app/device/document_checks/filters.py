"""Opens the streams that hold structure (cross-reference and object streams), and no others.

Rules: only FlateDecode, with or without a PNG predictor (ISO 32000-2, 7.4.4); the output is capped before it
is made, and a whole document has one budget, so a bomb costs no more than ``MAX_INFLATED`` bytes. Content
streams are never opened.
"""

import zlib
from typing import Final

from mobile_app.device.document_checks.syntax import Value, unfollowable

MAX_INFLATED: Final = 64 * 1024 * 1024


def is_plain_or_flate(stream_dictionary: dict[str, Value]) -> bool:
    """Say whether the stream has no filter, or FlateDecode alone."""
    return stream_dictionary.get("Filter") in (None, [], "FlateDecode", ["FlateDecode"])


class Inflater:
    """Inflates the structure streams of one document under one budget."""

    def __init__(self, budget: int = MAX_INFLATED) -> None:
        self._left = budget

    def decoded(self, raw: bytes, stream_dictionary: dict[str, Value]) -> bytes:
        """Return the decoded bytes of a stream that ``is_plain_or_flate``. Raises ``doc_structure_unfollowable`` for what
        can't be inflated, and beyond the budget."""
        filters, parameters = stream_dictionary.get("Filter"), stream_dictionary.get("DecodeParms")
        if not filters:
            return raw
        if parameters is not None and isinstance(parameters, list) != isinstance(filters, list):
            unfollowable("structure_stream_parameters")
        parameters = _single(parameters)
        inflate = zlib.decompressobj()
        try:
            decoded = inflate.decompress(raw, self._left)
        except zlib.error:
            unfollowable("structure_stream_data")
        if not inflate.eof:
            unfollowable("structure_stream_size")
        self._left -= len(decoded)
        if self._left <= 0:
            unfollowable("structure_stream_size")
        if parameters is None:
            return decoded
        if not isinstance(parameters, dict):
            unfollowable("structure_stream_parameters")
        return _unpredicted(decoded, parameters)


def _single(value: Value) -> Value:
    if isinstance(value, list):
        if len(value) > 1:
            unfollowable("structure_stream_parameters")
        return value[0] if value else None
    return value


def _unpredicted(data: bytes, parameters: dict[str, Value]) -> bytes:
    """Undo a PNG predictor with one byte a pixel, the only kind that structure streams use."""
    predictor, columns = parameters.get("Predictor", 1), parameters.get("Columns", 1)
    if predictor == 1:
        return data
    if (
        not isinstance(predictor, int)
        or not 10 <= predictor <= 15
        or type(columns) is not int
        or not 1 <= columns <= 65536
        or parameters.get("Colors", 1) != 1
        or parameters.get("BitsPerComponent", 8) != 8
        or len(data) % (columns + 1)
    ):
        unfollowable("structure_stream_predictor")
    rows = []
    above = bytes(columns)
    for start in range(0, len(data), columns + 1):
        row = data[start + 1 : start + 1 + columns]
        above = _row(data[start], row, above)
        rows.append(above)
    return b"".join(rows)


def _row(kind: int, row: bytes, above: bytes) -> bytes:
    if kind == 0:
        return row
    if kind == 2:
        return bytes([(value + up) & 0xFF for value, up in zip(row, above, strict=True)])
    if kind > 4:
        unfollowable("structure_stream_predictor")
    out = bytearray()
    left = corner = 0
    for value, up in zip(row, above, strict=True):
        if kind == 1:
            predicted = left
        elif kind == 3:
            predicted = (left + up) // 2
        else:
            estimate = left + up - corner
            predicted = min((left, up, corner), key=lambda choice: abs(estimate - choice))
        left = (value + predicted) & 0xFF
        corner = up
        out.append(left)
    return bytes(out)
