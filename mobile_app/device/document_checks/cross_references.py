"""Reads cross-reference tables and streams (ISO 32000-2, 7.5.4 to 7.5.8) as they stand, without repairing
anything.

Rules:
* A section is read where it is announced, to the byte; entries of a table are twenty bytes.
* The chain of ``/Prev`` is bounded and never comes back to a section.
* Hybrid files (``/XRefStm``) are refused: readers differ on which half they believe.
* An object number stands at most once in a section.
"""

import re
from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.filters import Inflater
from mobile_app.device.document_checks.syntax import WS, Buffer, Value, read_value, unfollowable

MAX_SECTIONS: Final = 1000
MAX_ENTRIES: Final = 1_000_000
MAX_OBJECT_NUMBER: Final = 8_388_607

FREE: Final = 0
IN_FILE: Final = 1
IN_OBJECT_STREAM: Final = 2

# (FREE, next free, generation) | (IN_FILE, offset, generation) | (IN_OBJECT_STREAM, container's number,
# index)
Entry = tuple[int, int, int]

_TABLE = re.compile(rb"xref" + WS + rb"++")
_SUBSECTION = re.compile(rb"(\d{1,10}) (\d{1,10}) *+(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_TRAILER = re.compile(WS + rb"*+trailer(?=" + WS + rb"|<<)")
_HEADER = re.compile(WS + rb"*+(\d{1,10})" + WS + rb"++(\d{1,5})" + WS + rb"++obj(?=" + WS + rb"|<<)")
_STREAM = re.compile(WS + rb"*+stream(?:\r\n|\n)")
END_OF_STREAM: Final = re.compile(
    WS + rb"{0,4}endstream" + WS + rb"*+endobj(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
)


@dataclass(slots=True)
class Section:
    """One cross-reference section: where it stands, what it lists, and its trailer. ``number`` is set for
    a stream, else ``None``."""

    start: int
    end: int
    entries: dict[int, Entry]
    trailer: dict[str, Value]
    number: int | None

    @property
    def size(self) -> int:
        """The trailer's ``/Size``, which reading has checked."""
        size = self.trailer["Size"]
        return size if isinstance(size, int) else 0


def read_sections(data: Buffer, start: int, end: int, inflater: Inflater) -> list[Section]:
    """Follow the chain from ``start``, newest first; no byte at or behind ``end`` is looked at."""
    sections: list[Section] = []
    seen: set[int] = set()
    total = 0
    following: Value = start
    while following is not None:
        if (
            type(following) is not int
            or not 0 < following < end
            or following in seen
            or len(seen) >= MAX_SECTIONS
        ):
            unfollowable("previous_cross_reference")
        seen.add(following)
        section = read_section(data, following, end, inflater)
        total += len(section.entries)
        if total > MAX_ENTRIES:
            unfollowable("too_many_objects")
        sections.append(section)
        following = section.trailer.get("Prev")
    return sections


def read_section(
    data: Buffer, start: int, end: int, inflater: Inflater, gap: tuple[int, int] | None = None
) -> Section:
    """Read the one section at ``start``."""
    found = _TABLE.match(data, start, end)
    section = (
        _read_table(data, start, found.end(), end, gap)
        if found
        else _read_stream(data, start, end, inflater, gap)
    )
    if "XRefStm" in section.trailer:
        unfollowable("hybrid_cross_reference")
    size = section.trailer.get("Size")
    if (
        type(size) is not int
        or not 0 < size <= MAX_OBJECT_NUMBER + 1
        or max(section.entries, default=0) >= size
    ):
        unfollowable("cross_reference_size")
    return section


def _read_table(data: Buffer, start: int, position: int, end: int, gap: tuple[int, int] | None) -> Section:
    entries: dict[int, Entry] = {}
    listed = 0
    while found := _SUBSECTION.match(data, position, end):
        first, count = int(found[1]), int(found[2])
        position = found.end()
        if (
            listed + count > MAX_ENTRIES
            or first + count > MAX_OBJECT_NUMBER + 1
            or position + 20 * count > end
        ):
            unfollowable("cross_reference_table")
        block = bytes(data[position : position + 20 * count])
        if not _ENTRIES.fullmatch(block):
            unfollowable("cross_reference_table")
        for number, (offset, generation, kind) in enumerate(_ENTRY.findall(block), first):
            entries[number] = (IN_FILE if kind == b"n" else FREE, int(offset), int(generation))
        listed += count
        position += 20 * count
    if len(entries) != listed:
        unfollowable("duplicate_cross_reference")
    announced = _TRAILER.match(data, position, end)
    if announced is None:
        unfollowable("trailer")
    trailer, position = read_value(data, announced.end(), end, gap)
    if not isinstance(trailer, dict):
        unfollowable("trailer")
    return Section(start, position, entries, trailer, None)


def _read_stream(
    data: Buffer, start: int, end: int, inflater: Inflater, gap: tuple[int, int] | None
) -> Section:
    header = _HEADER.match(data, start, end)
    if header is None:
        unfollowable("cross_reference")
    dictionary, position = read_value(data, header.end(), end, gap)
    opening = _STREAM.match(data, position, end)
    if not isinstance(dictionary, dict) or dictionary.get("Type") != "XRef" or opening is None:
        unfollowable("cross_reference")
    length = dictionary.get("Length")
    if type(length) is not int or not 0 <= length <= end - opening.end():
        unfollowable("cross_reference_stream")
    closing = END_OF_STREAM.match(data, opening.end() + length, end)
    if closing is None:
        unfollowable("cross_reference_stream")
    raw = inflater.decoded(bytes(data[opening.end() : opening.end() + length]), dictionary)
    return Section(start, closing.end(), _stream_entries(raw, dictionary), dictionary, int(header[1]))


def _stream_entries(raw: bytes, dictionary: dict[str, Value]) -> dict[int, Entry]:
    widths, size = dictionary.get("W"), dictionary.get("Size")
    index = dictionary.get("Index", [0, size])
    if (
        not isinstance(widths, list)
        or len(widths) != 3
        or not all(type(width) is int and 0 <= width <= 8 for width in widths)
        or not isinstance(index, list)
        or len(index) % 2
        or not all(type(number) is int and 0 <= number <= MAX_OBJECT_NUMBER + 1 for number in index)
    ):
        unfollowable("cross_reference_stream")
    first, second, third = widths
    width = first + second + third
    counts = index[1::2]
    if sum(counts) > MAX_ENTRIES or second == 0 or sum(counts) * width != len(raw):
        unfollowable("cross_reference_stream")
    entries: dict[int, Entry] = {}
    position = 0
    as_number = int.from_bytes
    for start, count in zip(index[::2], counts, strict=True):
        for number in range(start, start + count):
            middle = position + first
            last = middle + second
            kind = as_number(raw[position:middle], "big") if first else IN_FILE
            if kind > IN_OBJECT_STREAM:
                unfollowable("cross_reference_kind")
            position += width
            entries[number] = (kind, as_number(raw[middle:last], "big"), as_number(raw[last:position], "big"))
    if len(entries) != sum(counts):
        unfollowable("duplicate_cross_reference")
    return entries
