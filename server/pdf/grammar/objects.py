"""One indirect object: ``N G obj``, one value, perhaps a stream, ``endobj`` (ISO 32000-2, 7.3.8 and 7.3.10).

Rules: number 1 to 1,000,000 and generation to 65,535 without sign or leading zeros, single spaces between; the value is no reference; a
stream's data begin after LF or CRLF, are exactly ``/Length`` bytes long, and at most one line end stands between them and
``endstream``; nothing comes from another file. No stream has /DP, and no image another key of inline images (table 91): some viewers
read those where the full key is missing.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.document_limits import MAX_GENERATION, MAX_OBJECT_NUMBER
from server.pdf.grammar.breach import Breaches, Unfollowable
from server.pdf.grammar.values import Buffer, Reference, ValueReader

DROPPED: Final = object()  # the value of an object that is read again when it is wanted
_ABBREVIATIONS: Final = frozenset((b"BPC", b"CS", b"D", b"H", b"I", b"IM", b"W"))
LengthOf = Callable[[Reference], int | None]

_W = rb"[\0\t\n\f\r ]"
_END = rb"(?![^\0\t\n\f\r ()<>\[\]{}/%])"  # the word ends here
HEADER = re.compile(rb"([1-9]\d{0,6}) (0|[1-9]\d{0,4}) obj" + _END)
LIKE_HEADER = re.compile(rb"[+-]?\d++" + _W + rb"++[+-]?\d++" + _W + rb"++obj")
_ENDOBJ = re.compile(_W + rb"*+endobj" + _END)
_STREAM = re.compile(_W + rb"*+stream(\r\n|\n)?")
_STREAM_END = re.compile(rb"(?:\r\n|\n|\r)?endstream" + _W + rb"++endobj" + _END)
_COMMENT = re.compile(_W + rb"*+(%[^\r\n]*+(?:\r\n|\r|\n|\Z))")


@dataclass(slots=True)
class ObjectAt:
    """Where an object stands, and what it refers to. ``data``: (offset, length) of its stream, or None; ``value`` may be DROPPED."""

    number: int
    generation: int
    start: int
    end: int
    data: tuple[int, int] | None
    references: tuple[Reference, ...]
    value: object


def header_at(buffer: Buffer, position: int) -> tuple[int, int, int] | None:
    """Number, generation and the place after ``obj``; None where no object begins. Raises ``Unfollowable``."""
    header = HEADER.match(buffer, position)
    if header is None:
        if LIKE_HEADER.match(buffer, position):
            raise Unfollowable("object_header", position)
        return None
    number, generation = int(header[1]), int(header[2])
    if number > MAX_OBJECT_NUMBER or generation > MAX_GENERATION:
        raise Unfollowable("object_header", position, number)
    return number, generation, header.end()


def read_object(buffer: Buffer, position: int, length_of: LengthOf, breaches: Breaches) -> ObjectAt | None:
    """The object whose header stands exactly at ``position``; None where there is none. Raises ``Unfollowable``."""
    header = header_at(buffer, position)
    if header is None:
        return None
    number, generation, after = header
    reader = ValueReader(buffer, breaches)
    try:
        value, after = reader.read(after, number)
    except Unfollowable as error:
        if buffer[after : after + 7].strip().startswith(b"stream"):
            raise Unfollowable("stream_start", position, number) from error
        raise
    if isinstance(value, Reference):
        breaches.add("reference_value", position, number)
    after = _skip_comments(buffer, after, number, breaches)
    ended = _ENDOBJ.match(buffer, after)
    data = None
    if ended is None:
        data, after = _read_stream(buffer, after, value, number, length_of, breaches)
    else:
        after = ended.end()
    return ObjectAt(number, generation, position, after, data, tuple(reader.references), value)


def _skip_comments(buffer: Buffer, position: int, number: int, breaches: Breaches) -> int:
    while (comment := _COMMENT.match(buffer, position)) is not None:
        breaches.comment(comment[1], comment.start(1), number, inside=True)
        position = comment.end()
    return position


def _read_stream(
    buffer: Buffer, position: int, value: object, number: int, length_of: LengthOf, breaches: Breaches
) -> tuple[tuple[int, int], int]:
    keyword = _STREAM.match(buffer, position)
    if keyword is None or not isinstance(value, dict):
        raise Unfollowable("value", position, number)
    if keyword[1] is None:
        raise Unfollowable("stream_start", keyword.end(), number)
    if b"DP" in value or (value.get(b"Subtype") == b"Image" and not _ABBREVIATIONS.isdisjoint(value)):
        breaches.add("abbreviated_key", position, number)
    if b"F" in value:
        breaches.add("external_data", position, number)
    length = value.get(b"Length")
    if isinstance(length, Reference):
        length = length_of(length)
    if type(length) is not int or length < 0:
        raise Unfollowable("length_value", position, number)
    begin = keyword.end()
    if begin + length > len(buffer):
        raise Unfollowable("stream_length", begin, number)
    end = _STREAM_END.match(buffer, begin + length)
    if end is None:
        raise Unfollowable("stream_length", begin + length, number)
    return (begin, length), end.end()
