"""Reads cross-reference tables and streams (ISO 32000-2, 7.5.4 to 7.5.8) as they stand, without repairing
anything.

Rules:
* A section is read where it is announced, to the byte; entries of a table are twenty bytes, those of a stream fill it
  exactly; entry 0 is free; an object number stands at most once in a section.
* A stream has no filter but Flate, and no kind of entry but 0, 1 and 2 (poppler fails on others).
* ``/Size`` is above every number that the section lists. Behind the trailer come ``startxref`` and ``%%EOF`` with at
  most one end of line.
* The chain of ``/Prev`` is bounded and never comes back to a section. How its sections may stand to each other is
  said in ``revisions.py``.

Softened (where ``Softenings`` are handed in): comments in the trailer and between it and ``startxref`` (iText writes
one, 353 of 614 honest signed files), one or two bytes of white space before the section, ``/XRefStm``.
"""

import re
from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.comments import COMMENT, WS
from mobile_app.device.document_checks.filters import Inflater, is_plain_or_flate
from mobile_app.device.document_checks.indirect_objects import direct_length, read_indirect_object
from mobile_app.device.document_checks.limits import MAX_OBJECT_NUMBER
from mobile_app.device.document_checks.softenings import Softenings
from mobile_app.device.document_checks.syntax import Buffer, Value, breach, read_trailer, read_value, unfollowable
from mobile_app.errors import CheckFailed

MAX_SECTIONS: Final = 1000
MAX_ENTRIES: Final = MAX_OBJECT_NUMBER

FREE: Final = 0
IN_FILE: Final = 1
IN_OBJECT_STREAM: Final = 2

# (FREE, next free, generation) | (IN_FILE, offset, generation) | (IN_OBJECT_STREAM, container's number,
# index)
Entry = tuple[int, int, int]

_TABLE = re.compile(rb"xref[ ]*+(?:\r\n|\n|\r)")
_SECTION_AHEAD = re.compile(WS + rb"{0,2}+(?:xref|[1-9]\d*+ \d++ obj)")
_EARLY = re.compile(WS + rb"{1,2}+(?=[\dx])")
_SUBSECTION = re.compile(rb"(0|[1-9]\d{0,6}) (0|[1-9]\d{0,6}) *+(?:\r\n|\n|\r)")
_ENTRY = re.compile(rb"(\d{10}) (\d{5}) ([nf])(?: \r| \n|\r\n)")
_TRAILER = re.compile(WS + rb"*+trailer(?=" + WS + rb"|<<|%)")
_ANNOUNCED = re.compile(WS + rb"*+startxref" + WS + rb"++(0|[1-9]\d{0,18})(?=" + WS + rb")")
_END = re.compile(WS + rb"++%%EOF(\r\n|\n|\r)?")
_COMMENT_AHEAD = re.compile(WS + rb"*+%(?!%EOF)")
_COMMENTS = re.compile(rb"(?:" + WS + rb"*+" + COMMENT + rb")++")
_FREE_HEAD: Final = (65_535, 65_536)


@dataclass(slots=True)
class Section:
    """One cross-reference section: where it stands, what it lists, and its trailer.

    ``earliest`` is where one or two bytes of white space before ``start`` begin; ``number`` is set for a stream, else
    ``None``; ``end`` is behind trailer or stream, ``tail_end`` behind ``%%EOF`` and its end of line, which takes
    ``line_end`` bytes; ``announced`` is what ``startxref`` says (-1: nothing); ``hidden`` is the stream of a hybrid file.
    """

    start: int
    end: int
    entries: dict[int, Entry]
    trailer: dict[str, Value]
    number: int | None
    tail_end: int = 0
    line_end: int = 0
    announced: int = -1
    earliest: int = 0
    hidden: "Section | None" = None

    @property
    def size(self) -> int:
        """The trailer's ``/Size``, which reading has checked."""
        size = self.trailer["Size"]
        return size if isinstance(size, int) else 0


def read_sections(data: Buffer, start: int, end: int, inflater: Inflater, softenings: Softenings) -> list[Section]:
    """Follow the chain from ``start``, newest first; no byte at or behind ``end`` is looked at."""
    sections: list[Section] = []
    seen: set[int] = set()
    total = 0
    following: Value = start
    while following is not None:
        if type(following) is not int or not 0 < following < end or following in seen or len(seen) >= MAX_SECTIONS:
            breach("prev" if sections else "startxref", offset=sections[-1].start if sections else end)
        seen.add(following)
        if not _SECTION_AHEAD.match(data, following, end):
            breach("prev" if sections else "startxref", offset=following)
        section = read_section(data, following, end, inflater, softenings)
        total += len(section.entries)
        if total > MAX_ENTRIES:
            unfollowable("too_many_objects")
        sections.append(section)
        following = section.trailer.get("Prev")
    return sections


def read_section(data: Buffer, start: int, end: int, inflater: Inflater, softenings: Softenings) -> Section:
    """Read the one section at ``start``, up to its ``%%EOF``."""
    begin = start
    if early := _EARLY.match(data, start, end):
        softenings.take("offset", start)
        begin = early.end()
    if table := _TABLE.match(data, begin, end):
        section = _read_table(data, begin, table.end(), end, softenings)
    else:
        section = read_stream_section(data, begin, end, inflater)
    section.earliest = begin - _spaces_before(data, begin)
    hidden = section.trailer.get("XRefStm")
    if hidden is not None:
        softenings.take("hybrid", start)
        if section.number is not None or type(hidden) is not int or not 0 < hidden < start:
            breach("hybrid", offset=start)
        section.hidden = read_stream_section(data, hidden, end, inflater)
    _read_tail(data, section, end, softenings)
    return section


def _spaces_before(data: Buffer, position: int) -> int:
    """How many of the two bytes before ``position`` are white space, counted from there."""
    before = bytes(data[max(0, position - 2) : position])
    return len(before) - len(before.rstrip(b"\0\t\n\x0c\r "))


def _read_tail(data: Buffer, section: Section, end: int, softenings: Softenings) -> None:
    """Read ``startxref`` and ``%%EOF`` behind the section. The first one of a linearised file may do without them
    where it is a stream (qpdf writes none): then nothing is announced."""
    position = section.end
    if comments := _COMMENTS.match(data, position, end):
        softenings.take("comment", position)
        position = comments.end()
    announced = _ANNOUNCED.match(data, position, end)
    if announced is None and section.number is not None:
        section.tail_end = section.end
        return
    if announced is None:
        breach("comment" if _COMMENT_AHEAD.match(data, position, end) else "startxref", offset=position)
    last = _END.match(data, announced.end(), end)
    if last is None:
        breach("comment" if _COMMENT_AHEAD.match(data, announced.end(), end) else "eof", offset=announced.end())
    section.announced, section.tail_end = int(announced[1]), last.end()
    section.line_end = len(last[1] or b"")


def _check_size(section: Section) -> None:
    size = section.trailer.get("Size")
    if type(size) is not int or size > MAX_OBJECT_NUMBER + 1 or max(section.entries, default=0) >= size:
        breach("size", offset=section.start)


def _read_table(data: Buffer, start: int, position: int, end: int, softenings: Softenings) -> Section:
    entries: dict[int, Entry] = {}
    listed = 0
    while found := _SUBSECTION.match(data, position, end):
        first, count = int(found[1]), int(found[2])
        position = found.end()
        if listed + count > MAX_ENTRIES or first + count > MAX_OBJECT_NUMBER + 1:
            breach("table_entries", offset=position)
        block = bytes(data[position : min(position + 20 * count, end)])
        if first == 1 and block[17:18] == b"f":
            # poppler and pdf.js take this for a table whose maker counted from 1, and count all down.
            breach("table_entries", offset=position)
        for number, (offset, generation, kind) in enumerate(_ENTRY.findall(block), first):
            entries[number] = (IN_FILE if kind == b"n" else FREE, int(offset), int(generation))
        listed += count
        position += 20 * count
    if len(entries) != listed:  # one twice, or bytes that are no entry: each takes twenty of them
        breach("table_entries", offset=start)
    head = entries.get(0)
    if head is not None and (head[0] != FREE or head[2] not in _FREE_HEAD):
        breach("entry_zero", offset=start)
    announced = _TRAILER.match(data, position, end)
    if announced is None:
        breach("table_entries", offset=position)
    try:
        trailer, position = read_value(data, announced.end(), end)
    except CheckFailed as error:
        if error.details["what"] != "comment":
            raise
        trailer, position = read_trailer(data, announced.end(), end)
        softenings.take("comment", announced.end())
    if not isinstance(trailer, dict):
        breach("value", offset=announced.end())
    section = Section(start, position, entries, trailer, None)
    _check_size(section)
    return section


def read_stream_section(data: Buffer, start: int, end: int, inflater: Inflater) -> Section:
    """Read the cross-reference stream at ``start`` (7.5.8), as far as its ``endobj``."""
    found = read_indirect_object(data, start, end, direct_length)
    dictionary = found.value
    if not isinstance(dictionary, dict) or found.stream is None or dictionary.get("Type") != "XRef":
        breach("startxref", offset=start)
    if found.generation:
        breach("generation", offset=start)
    if not is_plain_or_flate(dictionary):
        breach("xref_stream_filter", offset=start)
    raw = inflater.decoded(bytes(data[found.stream[0] : found.stream[1]]), dictionary)
    entries = _stream_entries(raw, dictionary, start)
    section = Section(start, found.end, entries, dictionary, found.number)
    _check_size(section)
    return section


def _stream_entries(raw: bytes, dictionary: dict[str, Value], start: int) -> dict[int, Entry]:
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
        breach("xref_stream_size", offset=start)
    first, second, third = widths
    width = first + second + third
    counts = index[1::2]
    if sum(counts) > MAX_ENTRIES or second == 0 or sum(counts) * width != len(raw):
        breach("xref_stream_size", offset=start)
    entries: dict[int, Entry] = {}
    position = 0
    as_number = int.from_bytes
    for begin, count in zip(index[::2], counts, strict=True):
        for number in range(begin, begin + count):
            middle = position + first
            last = middle + second
            kind = as_number(raw[position:middle], "big") if first else IN_FILE
            if kind > IN_OBJECT_STREAM:
                breach("xref_kind", offset=start, number=number)
            position += width
            entries[number] = (kind, as_number(raw[middle:last], "big"), as_number(raw[last:position], "big"))
    if len(entries) != sum(counts):
        breach("xref_stream_size", offset=start)
    if entries.get(0, (FREE, 0, 0))[0] != FREE:
        breach("entry_zero", offset=start)
    return entries
