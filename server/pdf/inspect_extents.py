"""Where one object of a PDF begins and ends, by its bytes alone.

An object runs from its header to its ``endobj``; a stream's data is exactly as long as the dictionary's
``/Length`` says (ISO 32000-2, 7.3.8 and 7.3.10). Strings, hexadecimal strings and comments are stepped over,
so that nothing written inside them is taken for a keyword. Every pattern here runs in linear time.
"""

import mmap
import re
from collections.abc import Callable
from dataclasses import dataclass

Buffer = mmap.mmap | bytes
LengthOf = Callable[[int, int], int | None]

_HEADER = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
TOKEN = re.compile(
    rb"\(|%|<<|>>|<|/Length(?=[\0\t\n\f\r (<\[/%])|(?<=[\0\t\n\f\r >\])])(?:endobj|stream)(?![A-Za-z0-9])"
)
_STRING = re.compile(rb"\((?:[^()\\]|\\[\s\S])*+\)")
_STRING_STEP = re.compile(rb"\\[\s\S]|[()]")
_HEX_STRING = re.compile(rb"<[0-9A-Fa-f\0\t\n\f\r ]*+>")
_END_OF_LINE = re.compile(rb"[\r\n]")
_LENGTH_VALUE = re.compile(
    rb"/Length[\0\t\n\f\r ]+(\d{1,12})(?:[\0\t\n\f\r ]+(\d{1,5})[\0\t\n\f\r ]+R(?![A-Za-z0-9]))?"
)
_STREAM_START = re.compile(rb"stream\r?\n")
_STREAM_END = re.compile(rb"[\0\t\n\f\r ]{0,4}endstream[\0\t\n\f\r ]+endobj(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Extent:
    """Where one object stands: header to after ``endobj``; ``data`` is (start, length) of a stream's data."""

    number: int
    generation: int
    start: int
    end: int
    data: tuple[int, int] | None = None


class Unfollowable(Exception):
    """One object's bytes can't be followed; carries the fault's code."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def follow_object(buffer: Buffer, offset: int, number: int, generation: int, length_of: LengthOf) -> Extent:
    """The extent of the object whose header must stand at ``offset``. Raises ``Unfollowable``.

    ``length_of(number, generation)`` gives the value of a ``/Length`` that is a reference.
    """
    header = _HEADER.match(buffer, offset)
    if header is None or (int(header[1]), int(header[2])) != (number, generation):
        raise Unfollowable("xref_wrong")
    position = header.end()
    depth = 0
    length: int | None = None
    while True:
        token = TOKEN.search(buffer, position)
        if token is None:
            raise Unfollowable("strict_parse_failed")
        kind = token[0]
        position = token.end()
        if kind == b"<<":
            depth += 1
        elif kind == b">>":
            depth -= 1
        elif kind == b"(":
            position = after_string(buffer, token.start())
        elif kind == b"<":
            found = _HEX_STRING.match(buffer, token.start())
            if found is None:
                raise Unfollowable("strict_parse_failed")
            position = found.end()
        elif kind == b"%":
            line_end = _END_OF_LINE.search(buffer, position)
            position = line_end.end() if line_end else len(buffer)
        elif kind == b"endobj":
            return Extent(number, generation, offset, position)
        elif kind == b"stream":
            return _follow_stream(buffer, token.start(), length, Extent(number, generation, offset, 0))
        elif depth == 1:
            if length is not None:  # two lengths in one dictionary: readers differ in which they take
                raise Unfollowable("wrong_stream_length")
            length = _stated_length(buffer, token.start(), length_of)


def _stated_length(buffer: Buffer, start: int, length_of: LengthOf) -> int:
    found = _LENGTH_VALUE.match(buffer, start)
    if found is None:
        return -1
    if found[2] is None:
        return int(found[1])
    length = length_of(int(found[1]), int(found[2]))
    return -1 if length is None else length


def _follow_stream(buffer: Buffer, keyword: int, length: int | None, extent: Extent) -> Extent:
    """ISO 32000-2, 7.3.8.1: ``stream`` and an end of line, the data, an end of line and ``endstream``."""
    begin = _STREAM_START.match(buffer, keyword)
    if begin is None or length is None or length < 0 or begin.end() + length > len(buffer):
        raise Unfollowable("wrong_stream_length")
    end = _STREAM_END.match(buffer, begin.end() + length)
    if end is None:
        raise Unfollowable("wrong_stream_length")
    return Extent(extent.number, extent.generation, extent.start, end.end(), (begin.end(), length))


def after_string(buffer: Buffer, start: int) -> int:
    """The place after a literal string, whose parentheses may be nested (ISO 32000-2, 7.3.4.2)."""
    simple = _STRING.match(buffer, start)
    if simple is not None:
        return simple.end()
    depth = 0
    for step in _STRING_STEP.finditer(buffer, start):
        if step[0] == b"(":
            depth += 1
        elif step[0] == b")":
            depth -= 1
            if depth == 0:
                return step.end()
    raise Unfollowable("strict_parse_failed")
