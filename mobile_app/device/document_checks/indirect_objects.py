"""Reads one indirect object where it is said to stand, and how far it reaches (ISO 32000-2, 7.3.8 and
7.3.10).

Rules:
* ``N G obj`` with single spaces, decimal, without sign or leading zeros; one value that is no reference; then
  ``endobj``, or a stream.
* ``stream``, LF or CRLF, exactly as many bytes as ``/Length`` says, at most one end of line (a bare CR too, as 145 of
  3,363 honest files have it), ``endstream``, ``endobj``. A length that lies is refused, however many viewers would
  search for the keyword instead.
* No stream has the abbreviated keys of inline images (``/DP``, and of images the others): poppler and mupdf read them
  where the full key is missing, PDFium does not.
* No stream keeps its data in another file (``/F``, 7.3.8.2): what it shows would not be in the signed bytes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.comments import END, WS
from mobile_app.device.document_checks.limits import MAX_GENERATION, MAX_OBJECT_NUMBER
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.device.document_checks.syntax import Buffer, Ref, Value, breach, read_with_references

HEADER: Final = re.compile(rb"([1-9]\d{0,6}) (0|[1-9]\d{0,4}) obj" + END)
_AFTER_VALUE = re.compile(WS + rb"*+(?:(endobj)" + END + rb"|stream(?:\r\n|\n))")
_KEYWORD = re.compile(WS + rb"*+(stream|%)")
_BREACHES: Final = {b"stream": "stream_start", b"%": "comment"}
_END_OF_STREAM = re.compile(rb"(?:\r\n|\n|\r)?endstream" + WS + rb"++endobj" + END)
_ABBREVIATIONS: Final = frozenset(("BPC", "CS", "D", "H", "I", "IM", "W"))
_EARLY = re.compile(WS + rb"{1,2}+(?=\d)")
_SPACE_FIRST = re.compile(WS)


@dataclass(slots=True)
class IndirectObject:
    """One object of the file: what it holds and which bytes it takes. Offsets count from the file's first
    byte; ``references`` as ``read_with_references`` has them."""

    number: int
    generation: int
    value: Value
    references: tuple[int, ...]
    start: int
    value_start: int
    value_end: int
    end: int
    stream: tuple[int, int] | None


def read_indirect_object(
    data: Buffer,
    start: int,
    end: int,
    length_of: Callable[[Value], int],
    gap: tuple[int, int] | None = None,
    softenings: Softenings | None = None,
) -> IndirectObject:
    """Read the object at ``start``; nothing at or behind ``end`` is looked at. ``length_of`` resolves a
    stream's ``/Length``. With ``softenings`` one or two bytes of white space may come first.

    The value that fills ``gap`` reads as ``GAP`` (see ``read_value``).
    """
    header = _header_at(data, start, end, softenings)
    number, generation = int(header[1]), int(header[2])
    value, value_end, references = read_with_references(data, header.end(), end, gap)
    if type(value) is Ref:
        breach("reference_value", offset=start, number=number)
    after = _AFTER_VALUE.match(data, value_end, end)
    if after is None:
        found = _KEYWORD.match(data, value_end, end)
        breach(_BREACHES[found[1]] if found else "value", offset=value_end, number=number)
    stands = None
    reached = after.end()
    if not after[1]:
        if not isinstance(value, dict):
            breach("stream_start", offset=value_end, number=number)
        if value.get("F") is not None:
            breach("external_data", offset=start, number=number)
        if "DP" in value or (value.get("Subtype") == "Image" and not value.keys().isdisjoint(_ABBREVIATIONS)):
            breach("abbreviated_key", offset=start, number=number)
        stands = (reached, reached + length_of(value.get("Length")))
        closing = _END_OF_STREAM.match(data, stands[1], end) if reached <= stands[1] <= end else None
        if closing is None:
            breach("stream_length", offset=start, number=number)
        reached = closing.end()
    return IndirectObject(number, generation, value, references, start, header.end(), value_end, reached, stands)


def _header_at(data: Buffer, start: int, end: int, softenings: Softenings | None) -> re.Match[bytes]:
    header = HEADER.match(data, start, end)
    if header is None and softenings is not None and (early := _EARLY.match(data, start, end)):
        softenings.take("offset", start)
        header = HEADER.match(data, early.end(), end)
    if header is None and _SPACE_FIRST.match(data, start, end):
        breach("offset", offset=start)
    if header is None or int(header[1]) > MAX_OBJECT_NUMBER or int(header[2]) > MAX_GENERATION:
        breach("object_header", offset=start)
    return header


def direct_length(value: Value) -> int:
    """Resolve a ``/Length`` that must stand in the dictionary itself."""
    if type(value) is not int:
        breach("length_value")
    return value
