"""One object stream: the objects that are packed in it (ISO 32000-2, 7.5.7).

Rules: ``/N`` pairs of number and offset and nothing else before ``/First``; each member is one value and white space up to the next, so
that offsets ascend, and never a reference; Flate or no filter. In an encrypted file the stream is decrypted first.
"""

import re
from dataclasses import dataclass

from server.document_limits import MAX_OBJECT_NUMBER
from server.pdf.grammar.breach import Breaches, Unfollowable
from server.pdf.grammar.gaps import is_white
from server.pdf.grammar.inflating import decode, refuse_bomb
from server.pdf.grammar.objects import ObjectAt
from server.pdf.grammar.values import Reference, ValueReader
from server.pdf.inspect_limits import Meter

_PAIRS = re.compile(rb"(?:[\0\t\n\f\r ]*+\d{1,10})*+[\0\t\n\f\r ]*+")
_DIGITS = re.compile(rb"\d+")


@dataclass(slots=True)
class Member:
    """``start`` is an offset in the decoded data."""

    number: int
    index: int
    start: int
    references: tuple[Reference, ...]


def object_stream_data(container: ObjectAt, raw: bytes, meter: Meter) -> bytes:
    """Decoded data. Raises ``Unfollowable``."""
    data = decode(raw, _dictionary(container), meter)
    if data is None:
        refuse_bomb(raw, _dictionary(container), meter)
        raise Unfollowable("object_stream", container.start, container.number)
    return data


def read_members(container: ObjectAt, data: bytes, breaches: Breaches, meter: Meter) -> list[Member]:
    """All members in order. Raises ``Unfollowable``."""
    places, first = _places(container, data)
    meter.check_objects(len(places))
    members = []
    for index, (number, offset) in enumerate(places):
        if index % 256 == 0:
            meter.check_time()
        end = first + places[index + 1][1] if index + 1 < len(places) else len(data)
        reader = ValueReader(data, breaches, place=container.start)
        value, after = reader.read(first + offset, number)
        if after > end or not is_white(data[after:end]):
            raise Unfollowable("object_stream", container.start, number)
        if isinstance(value, Reference):
            breaches.add("reference_value", container.start, number)
        members.append(Member(number, index, first + offset, tuple(reader.references)))
    return members


def member_value(data: bytes, start: int) -> object:
    """The value of a member that has been read before."""
    return ValueReader(data, Breaches()).read(start, 0)[0]


def _dictionary(container: ObjectAt) -> dict[bytes, object]:
    return container.value if isinstance(container.value, dict) else {}


def _places(container: ObjectAt, data: bytes) -> tuple[list[tuple[int, int]], int]:
    """(number, offset) of each member, and where the first may begin."""
    dictionary = _dictionary(container)
    count, first = dictionary.get(b"N"), dictionary.get(b"First")
    wrong = Unfollowable("object_stream", container.start, container.number)
    if type(count) is not int or type(first) is not int or not 0 <= first <= len(data):
        raise wrong
    if _PAIRS.fullmatch(data, 0, first) is None:
        raise wrong
    numbers = [int(digits) for digits in _DIGITS.findall(data, 0, first)]
    if len(numbers) != 2 * count:
        raise wrong
    places = list(zip(numbers[::2], numbers[1::2], strict=True))
    if places and not is_white(data[first : first + places[0][1]]):
        raise wrong
    if any(not 0 < number <= MAX_OBJECT_NUMBER for number, _ in places) or (not places and not is_white(data[first:])):
        raise wrong
    return places, first
