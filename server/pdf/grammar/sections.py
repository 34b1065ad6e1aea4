"""One cross-reference section: a table with its trailer, or a cross-reference stream (ISO 32000-2, 7.5.4, 7.5.5, 7.5.8).

Rules: entries of exactly 20 bytes; entry 0 free with generation 65535 (or 65536, as one maker writes); no number twice; a subsection's head
has no leading zeros, and none begins at 1 with a free entry (poppler and pdf.js count all of such a table down); in a stream types 0 to 2
only, as many bytes as /Index and /W say, Flate or no filter. Behind it ``startxref`` names the section, then ``%%EOF``.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from server.document_limits import MAX_OBJECT_NUMBER
from server.pdf.grammar.breach import Breaches, Unfollowable
from server.pdf.grammar.inflating import decoded, refuse_bomb
from server.pdf.grammar.objects import ObjectAt, read_object
from server.pdf.grammar.values import Buffer, Name, Reference, ValueReader
from server.pdf.inspect_limits import Meter

FREE: Final = 0
IN_USE: Final = 1
PACKED: Final = 2

_W = rb"[\0\t\n\f\r ]"
_SUBSECTION = re.compile(rb"(0|[1-9]\d{0,6}) (0|[1-9]\d{0,6}) ?(?:\r\n|\n|\r)")
_LINE_END = re.compile(rb" *+(?:\r\n|\n|\r)")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_TRAILER = re.compile(_W + rb"*+trailer(?![^\0\t\n\f\r ()<>\[\]{}/%])")
_COMMENT = re.compile(_W + rb"*+(%[^\r\n]*+(?:\r\n|\r|\n|\Z))")
_START = re.compile(_W + rb"*+startxref" + _W + rb"++(\d{1,10})" + _W + rb"++(%%EOF)?(\r\n|\n|\r)?")
_NO_END = re.compile(_W + rb"*+\d")  # an object follows at once
_MAX_WIDTH = 8


class Entry(NamedTuple):
    """``kind`` FREE: next free number, generation. IN_USE: offset, generation. PACKED: object stream, index."""

    kind: int
    first: int
    second: int


@dataclass
class Section:
    """``start`` is where it stands, ``end`` the place after its ``%%EOF`` with the line end; ``stated`` what ``startxref`` says."""

    start: int
    form: Literal["table", "stream"]
    entries: dict[int, Entry]
    trailer: dict[bytes, object]
    end: int = 0
    stated: int | None = 0  # None where nothing follows it: a linearised file's stream in front
    hidden: dict[int, Entry] = field(default_factory=dict)  # what /XRefStm lists
    own: ObjectAt | None = None

    @property
    def previous(self) -> object:
        return self.trailer.get(b"Prev")


def read_section(buffer: Buffer, position: int, breaches: Breaches, meter: Meter) -> Section | None:
    """The section that begins exactly at ``position``; None where none does. Raises ``Unfollowable``."""
    if buffer[position : position + 4] == b"xref":
        section, after = _read_table(buffer, position, breaches, meter)
    else:
        found = read_object(buffer, position, lambda _: None, breaches)
        if (
            found is None
            or not isinstance(found.value, dict)
            or found.value.get(b"Type") != b"XRef"
            or found.data is None
        ):
            return None
        section, after = read_stream_section(buffer, found, breaches, meter), found.end
        if _NO_END.match(buffer, after):
            section.stated, section.end = None, after
            return section
    section.stated, section.end = _read_end(buffer, after, breaches)
    return section


def _read_table(buffer: Buffer, start: int, breaches: Breaches, meter: Meter) -> tuple[Section, int]:
    entries: dict[int, Entry] = {}
    line = _LINE_END.match(buffer, start + len(b"xref"))
    if line is None:
        raise Unfollowable("table_entries", start)
    position = line.end()
    while (head := _SUBSECTION.match(buffer, position)) is not None:
        first, count = int(head[1]), int(head[2])
        if first + count > MAX_OBJECT_NUMBER + 1:
            raise Unfollowable("table_entries", position)
        rows = _ENTRIES.match(buffer, head.end(), head.end() + 20 * count)
        if rows is None or rows.end() - head.end() != 20 * count:
            raise Unfollowable("table_entries", head.end())
        meter.check_objects(len(entries) + count)
        if first == 1 and rows[0][17:18] == b"f":
            breaches.add("table_entries", head.end())
        _add_rows(rows[0], first, entries, head.end(), breaches)
        position = rows.end()
    position = _skip_comments(buffer, position, breaches, inside=True)
    keyword = _TRAILER.match(buffer, position)
    if keyword is None:
        raise Unfollowable("table_entries", position)
    reader = ValueReader(buffer, breaches)
    reader.comments_inside = False
    trailer, after = reader.read(keyword.end(), 0)
    if not isinstance(trailer, dict):
        raise Unfollowable("value", keyword.end())
    return Section(start, "table", entries, trailer), after


def _add_rows(rows: bytes, first: int, entries: dict[int, Entry], at: int, breaches: Breaches) -> None:
    for index in range(len(rows) // 20):
        row = rows[20 * index : 20 * index + 20]
        number = first + index
        entry = Entry(IN_USE if row[17:18] == b"n" else FREE, int(row[:10]), int(row[11:16]))
        if number in entries:
            breaches.add("duplicate_number", at + 20 * index, number)
        if number == 0 and (entry.kind != FREE or entry.second not in (65535, 65536)):
            breaches.add("entry_zero", at + 20 * index)
        entries[number] = entry


def read_stream_section(buffer: Buffer, found: ObjectAt, breaches: Breaches, meter: Meter) -> Section:
    """A cross-reference stream that has been read as an object. Raises ``Unfollowable``."""
    dictionary = found.value
    if not isinstance(dictionary, dict) or found.data is None:
        raise Unfollowable("xref_kind", found.start, found.number)
    widths, runs = _layout(dictionary, found)
    width = sum(widths)
    rows = sum(count for _, count in runs)
    meter.check_objects(rows)
    data = decoded(buffer, found.data, dictionary, meter, most=width * rows + 1)
    if data is None or len(data) != width * rows:
        refuse_bomb(bytes(buffer[found.data[0] : sum(found.data)]), dictionary, meter)
        raise Unfollowable("xref_stream_filter" if data is None else "xref_stream_size", found.start, found.number)
    entries: dict[int, Entry] = {}
    position = 0
    for first, count in runs:
        for number in range(first, first + count):
            entry = _row(data[position : position + width], widths)
            position += width
            if number in entries:
                breaches.add("duplicate_number", found.start, number)
            if entry.kind not in (FREE, IN_USE, PACKED):
                breaches.add("xref_kind", found.start, number)
            if number == 0 and entry.kind != FREE:
                breaches.add("entry_zero", found.start)
            entries[number] = entry
    return Section(found.start, "stream", entries, dictionary, own=found)


def _layout(dictionary: dict[bytes, object], found: ObjectAt) -> tuple[list[int], list[tuple[int, int]]]:
    """Widths of the three columns, and (first number, count) of each run (table 17)."""
    widths, size = dictionary.get(b"W"), dictionary.get(b"Size")
    if (
        not isinstance(widths, list)
        or len(widths) != 3
        or not all(type(one) is int and 0 <= one <= _MAX_WIDTH for one in widths)
    ):
        raise Unfollowable("xref_stream_size", found.start, found.number)
    if type(size) is not int:
        raise Unfollowable("size", found.start, found.number)
    index = dictionary.get(b"Index", [0, size])
    if not isinstance(index, list) or len(index) % 2 or not all(type(one) is int and one >= 0 for one in index):
        raise Unfollowable("xref_stream_size", found.start, found.number)
    runs = list(zip(index[::2], index[1::2], strict=True))
    if any(first + count > MAX_OBJECT_NUMBER + 1 for first, count in runs):
        raise Unfollowable("xref_stream_size", found.start, found.number)
    return widths, runs


def _row(row: bytes, widths: list[int]) -> Entry:
    """One entry; a missing first column means type 1 (7.5.8.2)."""
    first, second = widths[0], widths[0] + widths[1]
    kind = int.from_bytes(row[:first], "big") if first else IN_USE
    return Entry(kind, int.from_bytes(row[first:second], "big"), int.from_bytes(row[second:], "big"))


def _skip_comments(buffer: Buffer, position: int, breaches: Breaches, *, inside: bool) -> int:
    while (comment := _COMMENT.match(buffer, position)) is not None and not comment[1].startswith(b"%%EOF"):
        breaches.comment(comment[1], comment.start(1), inside=inside)
        position = comment.end()
    return position


def _read_end(buffer: Buffer, position: int, breaches: Breaches) -> tuple[int, int]:
    """What ``startxref`` says, and the place after ``%%EOF`` and one line end."""
    position = _skip_comments(buffer, position, breaches, inside=False)
    found = _START.match(buffer, position)
    if found is None:
        raise Unfollowable("startxref", position)
    if found[2] is None:
        if buffer[found.end() : found.end() + 1] == b"%":
            raise Unfollowable("comment", found.end())
        raise Unfollowable("eof", found.end())
    return int(found[1]), found.end()


def reference_of(value: object) -> Reference | None:
    """The value if it is a reference."""
    return value if isinstance(value, Reference) else None


def is_name(value: object, text: bytes) -> bool:
    """Whether a value is that very name."""
    return isinstance(value, Name) and value == text
