"""Takes a PDF file apart into objects, cross-reference sections and trailers, and writes it again.

Rules:
* offsets, /Size-independent rows and ``startxref`` are computed anew when the file is written, except where a
  mutation has set them: deep rules are only reached by files whose offsets are right;
* what a mutation does not touch comes out byte for byte, but for cross-reference streams, which are written
  without predictor;
* only files that follow the grammar strictly can be taken apart (the bases are such files).
"""

import re
import zlib
from dataclasses import dataclass, field
from itertools import pairwise

_OBJECT = re.compile(rb"(\d+) (\d+) obj")
_SUBSECTION = re.compile(rb"(\d+) (\d+) *[\r\n]+")
_STARTXREF = re.compile(rb"startxref\s+(\d+)")


class NotTakenApart(ValueError):
    """The file has a shape that this reader does not know."""


@dataclass
class Item:
    """A piece of a revision's body: an object (``number`` is set), or other bytes.

    ``raw`` is what is written, header and ``endobj`` included. ``home`` is where it stood when the file was read.
    """

    raw: bytes
    number: int | None = None
    generation: int = 0
    home: int = -1


@dataclass
class Row:
    """One entry. ``points_at`` is the item whose offset is written, or ``None``: then ``field`` is written as it is."""

    number: int
    kind: int
    field: int = 0
    last: int = 0
    points_at: Item | None = None
    shift: int = 0
    text: bytes | None = None


@dataclass
class Section:
    """A cross-reference table (``stream`` is ``None``) or stream (the item's number)."""

    rows: list[Row]
    trailer: bytes
    stream: int | None = None
    heads: list[bytes] | None = None
    widths: tuple[int, int, int] = (1, 4, 2)
    filtered: bool = True
    entries: bytes = b""
    keyword: bytes = b"xref\n"
    start_shift: int = 0
    start_text: bytes | None = None
    tail: bytes = b"\n%%EOF\n"
    before_start: bytes = b"\n"


@dataclass
class Revision:
    """Header or nothing, the body's items, one section, the end."""

    items: list[Item]
    section: Section


@dataclass
class Model:
    """The whole file; ``frozen`` is what stands before the revisions that can be mutated (signed files)."""

    revisions: list[Revision] = field(default_factory=list)

    def objects(self) -> list[Item]:
        """All objects of all revisions."""
        return [item for revision in self.revisions for item in revision.items if item.number is not None]

    def object(self, number: int) -> Item | None:
        """The newest object of that number."""
        return next((item for item in reversed(self.objects()) if item.number == number), None)

    def free_number(self) -> int:
        """A number above all in use."""
        rows = [row.number for revision in self.revisions for row in revision.section.rows]
        return max([*rows, *(item.number or 0 for item in self.objects())]) + 1

    def write(self) -> bytes:
        """The file's bytes."""
        out = bytearray()
        starts: dict[int, int] = {}
        previous = 0
        for revision in self.revisions:
            for item in revision.items:
                starts[id(item)] = len(out)
                out += item.raw
            previous = _write_section(out, revision.section, starts, previous)
        return bytes(out)


def _write_section(out: bytearray, section: Section, starts: dict[int, int], previous: int) -> int:
    start = len(out)
    trailer = re.sub(rb"/Prev \d+", b"/Prev %d" % previous, section.trailer, count=1)
    if section.stream is None:
        out += section.keyword + _table(section, starts) + b"trailer\n" + trailer
    else:
        out += _stream(section, starts, trailer, start)
    said = b"%d" % (start + section.start_shift) if section.start_text is None else section.start_text
    out += section.before_start + b"startxref\n" + said + section.tail
    return start


def _offset(row: Row, starts: dict[int, int]) -> int:
    if row.points_at is None:
        return row.field + row.shift
    return max(0, starts.get(id(row.points_at), 0) + row.shift)


def _table(section: Section, starts: dict[int, int]) -> bytes:
    out = bytearray()
    runs = _runs(section.rows)
    for place, run in enumerate(runs):
        given = section.heads[place] if section.heads and place < len(section.heads) else None
        out += b"%d %d\n" % (run[0].number, len(run)) if given is None else given
        for row in run:
            kind = b"f" if row.kind == 0 else b"n"
            text = row.text if row.text is not None else b"%010d %05d %b \n"
            out += text % (_offset(row, starts) % 10**10, row.last % 10**5, kind) if b"%" in text else text
    return bytes(out)


def _stream(section: Section, starts: dict[int, int], trailer: bytes, start: int) -> bytes:
    rows = section.rows
    data = bytearray()
    for row in rows:
        own = row.number == section.stream and row.kind == 1 and row.points_at is None
        values = (row.kind, start + row.shift if own else _offset(row, starts), row.last)
        for value, width in zip(values, section.widths, strict=True):
            data += (value % 256**width).to_bytes(width, "big") if width else b""
    body = zlib.compress(bytes(data)) if section.filtered else bytes(data)
    index = b" ".join(b"%d %d" % (run[0].number, len(run)) for run in _runs(rows))
    said = b"/Type/XRef/W[%d %d %d]/Index[%b]%b/Length %d%b" % (
        *section.widths, index, b"/Filter/FlateDecode" if section.filtered else b"", len(body), section.entries,
    )  # fmt: skip
    head = b"%d 0 obj\n" % section.stream if section.stream is not None else b""
    return head + trailer[:-2] + said + b">>\nstream\n" + body + b"\nendstream\nendobj"


def _runs(rows: list[Row]) -> list[list[Row]]:
    runs: list[list[Row]] = []
    for row in rows:
        if runs and row.number == runs[-1][-1].number + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def take_apart(data: bytes) -> Model:
    """Read ``data``. Raises ``NotTakenApart``."""
    sections = _sections(data)
    places = {start for start, _, _ in sections}
    offsets = {row.field: row.number for _, section, _ in sections for row in section.rows if row.kind == 1 and row.field}
    cuts = sorted(offsets.keys() | places)
    model = Model()
    by_home: dict[int, Item] = {}
    begin = 0
    for start, section, end in sorted(sections, key=lambda one: one[0]):
        items = []
        inside = [cut for cut in cuts if begin <= cut < start and cut not in places]
        first = inside[0] if inside else start
        if first > begin:
            items.append(Item(data[begin:first]))
        for at, following in zip(inside, [*inside[1:], start], strict=True):
            found = _OBJECT.match(data, at)
            if found is None or int(found[1]) != offsets[at]:
                raise NotTakenApart(f"no object {offsets[at]} at {at}")
            by_home[at] = Item(data[at:following], int(found[1]), int(found[2]), at)
            items.append(by_home[at])
        model.revisions.append(Revision(items, section))
        begin = end
    if data[begin:].strip():
        raise NotTakenApart("bytes behind the last revision")
    for revision in model.revisions:
        for row in revision.section.rows:
            if row.kind == 1 and row.number != revision.section.stream:
                row.points_at = by_home[row.field]
    return model


def _sections(data: bytes) -> list[tuple[int, Section, int]]:
    found = _STARTXREF.findall(data)
    if not found:
        raise NotTakenApart("no startxref")
    start: int | None = int(found[-1])
    sections: list[tuple[int, Section, int]] = []
    while start is not None:
        if any(start == one[0] for one in sections) or len(sections) > 20:
            raise NotTakenApart("a chain that comes back")
        section, behind, previous = _table_at(data, start) if data.startswith(b"xref", start) else _stream_at(data, start)
        tail = re.compile(rb"(\s*)startxref(\s+)(\d+)(\s*%%EOF(?:\r\n|\n|\r)?)").match(data, behind)
        if tail is None or int(tail[3]) != start:
            raise NotTakenApart("no end behind the section")
        section.before_start, section.tail = tail[1], tail[4]
        sections.append((start, section, tail.end()))
        start = previous
    if any(one[0] < other[0] for one, other in pairwise(sections)):
        raise NotTakenApart("linearised")
    return sections


def _table_at(data: bytes, start: int) -> tuple[Section, int, int | None]:
    opening = re.compile(rb"xref\s+").match(data, start)
    assert opening is not None
    position = opening.end()
    rows = []
    while (head := _SUBSECTION.match(data, position)) is not None:
        position = head.end()
        for number in range(int(head[1]), int(head[1]) + int(head[2])):
            entry = data[position : position + 20]
            rows.append(Row(number, int(entry[17:18] == b"n"), int(entry[:10]), int(entry[11:16])))
            position += 20
    words = re.compile(rb"trailer\s*").match(data, position)
    if words is None:
        raise NotTakenApart("no trailer")
    end = data.index(b"startxref", words.end())
    trailer = data[words.end() : end].rstrip()
    return Section(rows, trailer), words.end() + len(trailer), _previous(trailer)


def _stream_at(data: bytes, start: int) -> tuple[Section, int, int | None]:
    head = _OBJECT.match(data, start)
    keyword = data.find(b"stream", start)
    if head is None or keyword < 0:
        raise NotTakenApart("no cross-reference stream")
    dictionary = data[head.end() : keyword].strip()
    length = int(_entry(dictionary, rb"/Length\s+(\d+)") or 0)
    begin = keyword + (8 if data[keyword + 6 : keyword + 8] == b"\r\n" else 7)
    body = data[begin : begin + length]
    widths = [int(one) for one in (_entry(dictionary, rb"/W\s*\[([^\]]*)\]") or b"").split()]
    size = int(_entry(dictionary, rb"/Size\s+(\d+)") or 0)
    index = [int(one) for one in (_entry(dictionary, rb"/Index\s*\[([^\]]*)\]") or b"0 %d" % size).split()]
    if b"FlateDecode" in dictionary:
        body = _unpredicted(zlib.decompress(body), sum(widths)) if b"/Predictor" in dictionary else zlib.decompress(body)
    rows = []
    position = 0
    for first, count in zip(index[::2], index[1::2], strict=True):
        for number in range(first, first + count):
            values = []
            for width in widths:
                values.append(int.from_bytes(body[position : position + width], "big"))
                position += width
            rows.append(Row(number, values[0] if widths[0] else 1, values[1], values[2]))
    closing = re.compile(rb"\s*endstream\s*endobj").match(data, begin + length)
    if closing is None:
        raise NotTakenApart("the cross-reference stream does not end")
    trailer = re.sub(
        rb"/Type\s*/XRef|/W\s*\[[^\]]*\]|/Index\s*\[[^\]]*\]|/Length\s+\d+|/Filter\s*\[?\s*/FlateDecode\s*\]?"
        rb"|/DecodeParms\s*\[?\s*<<[^>]*>>\s*\]?",
        b"", dictionary,
    )  # fmt: skip
    widest = tuple(max(width, least) for width, least in zip(widths, (1, 4, 2), strict=True))
    section = Section(rows, trailer.strip(), int(head[1]), widths=(widest[0], widest[1], widest[2]))
    return section, closing.end(), _previous(trailer)


def _unpredicted(data: bytes, width: int) -> bytes:
    out, above = bytearray(), bytes(width)
    for at in range(0, len(data), width + 1):
        row = data[at + 1 : at + 1 + width]
        if data[at] == 2:
            row = bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
        elif data[at] != 0:
            raise NotTakenApart("a predictor that is not Up")
        out += row
        above = row
    return bytes(out)


def _entry(dictionary: bytes, pattern: bytes) -> bytes | None:
    found = re.search(pattern, dictionary)
    return found[1] if found else None


def _previous(trailer: bytes) -> int | None:
    found = _entry(trailer, rb"/Prev\s+(\d+)")
    return None if found is None else int(found)
