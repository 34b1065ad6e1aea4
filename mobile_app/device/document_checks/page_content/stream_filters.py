"""Opens content streams (ISO 32000-2, 7.4): Flate, LZW, ASCII85, ASCIIHex, RunLength and chains of them.

Rules:
* no other filter, no predictor (nobody writes content with one), at most ``_MAX_FILTERS`` of them;
* damaged data are refused (``doc_content``): viewers differ in how far they draw them;
* nothing but white space stands behind a filter's own end;
* what is decoded is counted while it is made (``doc_limits``): a bomb costs no more than its limit.
"""

import re
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Final

from mobile_app.device.document_checks.document import refuse
from mobile_app.device.document_checks.syntax import Value

_MAX_FILTERS: Final = 8
_WHITE: Final = b"\x00\t\n\x0c\r "
_HEXADECIMAL: Final = re.compile(rb"((?:[0-9A-Fa-f]++|[\x00\t\n\x0c\r ]++)*+)>")
_BASE_85: Final = re.compile(rb"((?:[!-uz]++|[\x00\t\n\x0c\r ]++)*+)~[\x00\t\n\x0c\r ]*+>")
_AT_A_TIME: Final = 50_000
_DIGITS_85: Final = bytes(max(0, byte - 33) for byte in range(256))

Decoded = tuple[bytes, int]
"""What was decoded, and where the encoded data end."""


def _damaged() -> Decoded:
    refuse("doc_content", "content_data")


def _too_long() -> Decoded:
    refuse("doc_limits", "content_bytes")


def _flate(data: bytes, start: int, most: int) -> Decoded:
    if not data:
        return b"", 0  # of a stream without bytes all viewers draw nothing
    inflate = zlib.decompressobj()
    try:
        decoded = inflate.decompress(data[start:] if start else data, most + 1)
    except zlib.error:
        return _damaged()
    if len(decoded) > most:
        return _too_long()
    if not inflate.eof:
        return (decoded, len(data)) if _ends_with_a_block(data[start:], most) else _damaged()
    return decoded, len(data) - len(inflate.unused_data)


def _ends_with_a_block(data: bytes, most: int) -> bool:
    """Some makers flush the last block without saying that it is the last: one more, empty, would end the data."""
    if not data.endswith(b"\x00\x00\xff\xff"):
        return False
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflate.decompress(data[2:] + b"\x01\x00\x00\xff\xff", most + 1)
    except zlib.error:
        return False
    return inflate.eof and not inflate.unused_data


def _hexadecimal(data: bytes, start: int, most: int) -> Decoded:
    found = _HEXADECIMAL.match(data, start)
    if found is None:
        return _damaged()
    digits = found[1].translate(None, _WHITE)
    if len(digits) // 2 > most:
        return _too_long()
    return bytes.fromhex((digits + b"0" if len(digits) % 2 else digits).decode("ascii")), found.end()


def _base_85(data: bytes, start: int, most: int) -> Decoded:
    found = _BASE_85.match(data, start)
    if found is None:
        return _damaged()
    digits = found[1].translate(None, _WHITE)
    if digits.count(b"z") * 4 + (len(digits) - digits.count(b"z")) // 5 * 4 > most:
        return _too_long()
    out: list[bytes] = []
    # A z stands for a group of zeros, so it ends a run of whole groups.
    *runs, last = digits.split(b"z")
    for run in runs:
        if len(run) % 5:
            return _damaged()
        out += (_of_base_85(run), bytes(4))
    whole = len(last) // 5 * 5
    out.append(_of_base_85(last[:whole]))
    rest = last[whole:]
    if len(rest) == 1:
        return _damaged()
    if rest:
        out.append(_of_base_85(rest.ljust(5, b"u"))[: len(rest) - 1])
    return b"".join(out), found.end()


def _of_base_85(digits: bytes) -> bytes:
    """Whole groups of five digits, so many at a time that they take little memory."""
    out: list[bytes] = []
    for start in range(0, len(digits), _AT_A_TIME):
        places = digits[start : start + _AT_A_TIME].translate(_DIGITS_85)
        fives = zip(places[::5], places[1::5], places[2::5], places[3::5], places[4::5], strict=True)
        values = [a * 52_200_625 + b * 614_125 + c * 7_225 + d * 85 + e for a, b, c, d, e in fives]
        try:
            out.append(struct.pack(f">{len(values)}I", *values))
        except struct.error:
            return _damaged()[0]
    return b"".join(out)


def _run_length(data: bytes, start: int, most: int) -> Decoded:
    out: list[bytes] = []
    position, length = start, 0
    while position < len(data):
        count = data[position]
        if count == 128:
            return b"".join(out), position + 1
        end = position + (count + 2 if count < 128 else 2)
        if end > len(data):
            break
        piece = data[position + 1 : end]
        out.append(piece if count < 128 else piece * (257 - count))
        length += len(out[-1])
        position = end
        if length > most:
            return _too_long()
    return _damaged()


def _lzw(data: bytes, start: int, most: int, early: int = 1) -> Decoded:
    """LZW (7.4.4): codes of 9 to 12 bits, 256 clears the table, 257 ends the data."""
    table: list[bytes] = [bytes((value,)) for value in range(256)] + [b"", b""]
    out: list[bytes] = []
    previous = b""
    width, held, bits, length = 9, 0, 0, 0
    for position in range(start, len(data)):
        held = (held << 8 | data[position]) & 0xFFFFFF
        bits += 8
        if bits < width:
            continue
        bits -= width
        code = held >> bits & (1 << width) - 1
        if code == 257:
            return b"".join(out), position + 1
        if code == 256:
            del table[258:]
            previous, width = b"", 9
            continue
        if code < len(table):
            entry = table[code]
        elif previous and code == len(table):
            entry = previous + previous[:1]
        else:
            return _damaged()
        if previous:
            if len(table) >= 4096:
                return _damaged()
            table.append(previous + entry[:1])
        previous = entry
        out.append(entry)
        length += len(entry)
        if length > most:
            return _too_long()
        width = min(12, max(9, (len(table) + early).bit_length()))
    return _damaged()


_DECODERS: Final[dict[str, Callable[[bytes, int, int], Decoded]]] = {
    "FlateDecode": _flate,
    "LZWDecode": _lzw,
    "ASCII85Decode": _base_85,
    "ASCIIHexDecode": _hexadecimal,
    "RunLengthDecode": _run_length,
}
SHORT_NAMES: Final = {
    "Fl": "FlateDecode",
    "LZW": "LZWDecode",
    "A85": "ASCII85Decode",
    "AHx": "ASCIIHexDecode",
    "RL": "RunLengthDecode",
}
"""Abbreviations, for inline images only (8.9.7, table 92)."""


def decode(raw: bytes, filters: Sequence[Value], parameters: Sequence[Value], most: int) -> bytes:
    """The content of a stream, at most ``most`` bytes. Raises ``doc_content`` and ``doc_limits``."""
    if len(filters) > _MAX_FILTERS:
        refuse("doc_content", "content_data")
    data = raw
    for number, name in enumerate(filters):
        decoded, end = decode_one(data, 0, name, parameters[number] if number < len(parameters) else None, most)
        if data[end:].strip(_WHITE):
            refuse("doc_content", "content_data")
        data = decoded
    if len(data) > most:
        _too_long()
    return data


def decode_one(data: bytes, start: int, name: Value, parameters: Value, most: int) -> Decoded:
    """Run one filter from ``start``; return what it gives and where its data end."""
    decoder = _DECODERS.get(name) if isinstance(name, str) else None
    if decoder is None:
        refuse("doc_content", "content_data")
    early = 1
    if parameters is not None:
        if not isinstance(parameters, dict) or parameters.get("Predictor", 1) != 1:
            refuse("doc_content", "content_data")
        early = parameters.get("EarlyChange", 1)
        if type(early) is not int or early not in (0, 1):
            refuse("doc_content", "content_data")
    if decoder is _lzw:
        return _lzw(data, start, most, early)
    return decoder(data, start, most)
