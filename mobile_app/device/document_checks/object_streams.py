"""Reads object streams, decrypted and inflated, whole (ISO 32000-2, 7.5.7).

Rules: ``/N`` members and no more, their numbers and offsets fill the space before ``/First``, offsets rise, and each
member is one value up to the next one; none is a reference, and none makes the file linearised. That each is listed
with this stream and index is checked in ``bodies.py``. Members are read here for what they refer to and not kept.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from mobile_app.device.document_checks.comments import SPACE, WS
from mobile_app.device.document_checks.syntax import Ref, Value, breach, read_with_references

_HEAD = re.compile(rb"(?:" + WS + rb"*+\d{1,7}+" + WS + rb"++\d{1,10}+)*+" + SPACE)
_NUMBER = re.compile(rb"\d+")
_SPACE = re.compile(SPACE)
_SHORT: Final = 16_384
_KEPT: Final = 64


@dataclass(slots=True)
class ObjectStream:
    """An opened object stream: its decoded bytes, and by index each member's (object number, offset) and what it
    refers to (see ``read_with_references``)."""

    data: bytes
    members: list[tuple[int, int]]
    references: list[tuple[int, ...]]


def read_object_stream(data: bytes, dictionary: dict[str, Value]) -> ObjectStream:
    """Read the members of the stream that holds ``data``. What is returned may be shared: it must not be changed."""
    count, first = dictionary.get("N"), dictionary.get("First")
    if dictionary.get("Type") != "ObjStm" or type(count) is not int or type(first) is not int:
        breach("object_stream")
    return _read_repeated(data, count, first) if len(data) <= _SHORT else _read(data, count, first)


def _read(data: bytes, count: int, first: int) -> ObjectStream:
    if not 0 <= first <= len(data) or not _HEAD.fullmatch(data, 0, first):
        breach("object_stream")
    numbers = list(map(int, _NUMBER.findall(data, 0, first)))
    if len(numbers) != 2 * count:
        breach("object_stream")
    offsets = [first + offset for offset in numbers[1::2]]
    members = list(zip(numbers[::2], offsets, strict=True))
    references = []
    position = first
    for (number, offset), following in zip(members, [*offsets[1:], len(data)], strict=False):  # none of no members
        if not _SPACE.fullmatch(data, position, offset):
            breach("object_stream", number=number)
        value, position, named = read_with_references(data, offset, len(data))
        if position > following:  # read on its own a number that goes on in the next member would be another one
            breach("object_stream", number=number)
        if type(value) is Ref:
            breach("reference_value", number=number)
        if isinstance(value, dict) and "Linearized" in value:
            breach("linearised", number=number)
        references.append(named)
    if not _SPACE.fullmatch(data, position):
        breach("object_stream")
    return ObjectStream(data, members, references)


_read_repeated = lru_cache(_KEPT)(_read)  # the documents of a batch come from one template
