"""Reads one indirect object where it is said to stand, and how far it reaches (ISO 32000-2, 7.3.8 and
7.3.10).

Rules: the header is there to the byte, one value follows, and then ``endobj``, or a stream whose ``/Length``
leads exactly to its ``endstream``. A length that lies is refused, however many viewers would search for the
keyword instead.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from mobile_app.device.document_checks.cross_references import END_OF_STREAM
from mobile_app.device.document_checks.syntax import WS, Buffer, Value, read_value, unfollowable
from mobile_app.errors import CheckFailed

_COMMENTS = rb"(?:" + WS + rb"++|%[^\r\n]*+)*+"
_HEADER = re.compile(
    WS + rb"*+(\d{1,10})" + WS + rb"++(\d{1,5})" + WS + rb"++obj(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
)
_AFTER_VALUE = re.compile(_COMMENTS + rb"(?:(endobj)(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])|stream(?:\r\n|\n))")


@dataclass(slots=True)
class IndirectObject:
    """One object of the file: what it holds and which bytes it takes. Offsets count from the file's first
    byte."""

    number: int
    generation: int
    value: Value
    start: int
    value_start: int
    value_end: int
    end: int
    stream: tuple[int, int] | None


def read_indirect_object(
    data: Buffer, start: int, end: int, length_of: Callable[[Value], int], gap: tuple[int, int] | None = None
) -> IndirectObject:
    """Read the object at ``start``; nothing at or behind ``end`` is looked at. ``length_of`` resolves a
    stream's ``/Length``.

    The value that fills ``gap`` reads as ``GAP`` (see ``read_value``).
    """
    header = _HEADER.match(data, start, end)
    if header is None:
        unfollowable("object_header", offset=start)
    value, value_end = read_value(data, header.end(), end, gap)
    after = _AFTER_VALUE.match(data, value_end, end)
    if after is None:
        unfollowable("object_end", offset=start)
    number, generation = int(header[1]), int(header[2])
    if after[1]:
        return IndirectObject(number, generation, value, start, header.end(), value_end, after.end(), None)
    if not isinstance(value, dict):
        unfollowable("stream_dictionary", offset=start)
    length = length_of(value.get("Length"))
    data_start = after.end()
    if not 0 <= length <= end - data_start:
        raise CheckFailed("doc_object_extent", {"what": "stream_reaches_out", "offset": start})
    closing = END_OF_STREAM.match(data, data_start + length, end)
    if closing is None:
        raise CheckFailed("doc_object_extent", {"what": "stream_length", "offset": start})
    return IndirectObject(
        number,
        generation,
        value,
        start,
        header.end(),
        value_end,
        closing.end(),
        (data_start, data_start + length),
    )


def direct_length(value: Value) -> int:
    """Resolve a ``/Length`` that must stand in the dictionary itself."""
    if type(value) is not int:
        unfollowable("stream_length")
    return value
