"""Whether the bytes of a PDF say one thing only.

Two readers of the same file must see the same objects (the phone follows the bytes on its own, viewers repair
what they like). So a file counts as well formed when, over all its revisions:

* pyHanko opens it in strict mode and every cross-reference entry points at the object that it names;
* every object runs from its header to its ``endobj``, a stream exactly as long as its ``/Length`` says, and
  no two objects overlap;
* between the objects stand only comments, cross-reference sections, ``startxref`` and white space;
* no revision holds one object number twice, be it in the bytes, in its table or in its object streams;
* there are no hybrid cross-references (ISO 32000-2, 7.5.8.4): readers that know them and readers that don't
  see different documents.

What is not so is returned as codes of ``REPAIR_TEXTS``; what follows from them is decided in
inspect_upload.py.
"""

import mmap
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSection

from server.errors import Unprocessable
from server.pdf.inspect_limits import Meter

Buffer = mmap.mmap | bytes

_HEADER = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10})[\0\t\n\f\r ]+(\d{1,10})[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
_ALIAS = re.compile(rb"\s*\d+\s+\d+\s+obj\s+(\d{1,10})\s+\d{1,5}\s+R\s+endobj")
_STRAY_HEADER = re.compile(rb"(?<![0-9])(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
_TOKEN = re.compile(
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
_SUBSECTION = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10}) +(\d{1,10}) *(?:\r\n|\n|\r)")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_GAP_PIECE: Final = re.compile(
    rb"[\0\t\n\f\r ]++|%[^\r\n]*+|startxref[\0\t\n\f\r ]+\d+(?=[\0\t\n\f\r %]|$)"
    rb"|xref[\0\t\n\f\r 0-9nf]++trailer(?=[\0\t\n\f\r <])"
)


@dataclass(frozen=True)
class Extent:
    """Where one object stands: header to after ``endobj``; ``data`` is (start, length) of a stream's data."""

    number: int
    generation: int
    start: int
    end: int
    data: tuple[int, int] | None = None


@dataclass
class Structure:
    """What was found in the bytes. ``current`` maps references such as ``"7 0 R"`` to the extent in force,
    ``unfollowed`` holds the numbers of objects whose bytes lead nowhere.
    """

    faults: set[str] = field(default_factory=set)
    current: dict[str, Extent] = field(default_factory=dict)
    revision_ends: list[int] = field(default_factory=list)
    unfollowed: set[int] = field(default_factory=set)


class _Unfollowable(Exception):
    """One object's bytes can't be followed; carries the fault's code."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


def read_structure(
    buffer: Buffer, reader: PdfFileReader, length_of: Callable[[int, int], int | None], meter: Meter
) -> Structure:
    """Follow every object of every revision. ``length_of(number, generation)`` gives indirect stream lengths.
    """
    structure = Structure()
    faults = structure.faults
    sections: list[XRefSection] = list(reader.xrefs._xref_sections)
    offsets = _offsets(sections, len(buffer), faults)
    extents = []
    aliases: dict[int, int] = {}
    for count, (offset, (number, generation)) in enumerate(sorted(offsets.items())):
        if count % 256 == 0:
            meter.check_time()
        alias = _ALIAS.match(buffer, offset)
        if alias is not None:
            aliases[number] = int(alias[1])
            continue
        try:
            extents.append(_follow(buffer, offset, number, generation, length_of))
        except _Unfollowable as error:
            faults.add(error.fault)
            structure.unfollowed.add(number)
    _refuse_aliases(aliases)
    _check_gaps(buffer, extents, sections, structure, meter)
    _check_sections(buffer, sections, faults)
    by_start = {extent.start: extent for extent in extents}
    for section in sections:  # oldest first: later ones win
        for number, (generation, offset) in section.xref_data.standard_xrefs.items():
            if offset in by_start:
                structure.current[f"{number} {generation} R"] = by_start[offset]
    return structure


def _refuse_aliases(aliases: dict[int, int]) -> None:
    """An object that is nothing but a reference is not allowed (7.3.10); qpdf would read another value from
    it.
    """
    for start in aliases:
        at, path = start, set()
        while at in aliases:
            if at in path:
                raise Unprocessable("references run in a circle", code="pdf_circular")
            path.add(at)
            at = aliases[at]
    if aliases:
        raise Unprocessable("an object that is a reference", code="pdf_broken")


def _offsets(sections: list[XRefSection], length: int, faults: set[str]) -> dict[int, tuple[int, int]]:
    """Offset to (number, generation) over all revisions; disagreements and places beyond the file are faults.
    """
    offsets: dict[int, tuple[int, int]] = {}
    for section in sections:
        if section.xref_data.hybrid is not None:
            faults.add("hybrid_xref")
        entries = dict(section.xref_data.standard_xrefs)
        stream = section.meta_info.stream_ref
        if stream is not None and section.xref_data.hybrid is None:
            entries.setdefault(stream.idnum, (stream.generation, section.meta_info.start_location))
        for number, (generation, offset) in entries.items():
            named = (number, generation)
            if not 0 < offset < length or offsets.setdefault(offset, named) != named:
                faults.add("xref_wrong")
    return offsets


def _follow(
    buffer: Buffer, offset: int, number: int, generation: int, length_of: Callable[[int, int], int | None]
) -> Extent:
    """The extent of the object whose header must stand at ``offset``."""
    header = _HEADER.match(buffer, offset)
    if header is None or (int(header[1]), int(header[2])) != (number, generation):
        raise _Unfollowable("xref_wrong")
    position = header.end()
    depth = 0
    length: int | None = None
    while True:
        token = _TOKEN.search(buffer, position)
        if token is None:
            raise _Unfollowable("strict_parse_failed")
        kind = token[0]
        position = token.end()
        if kind == b"<<":
            depth += 1
        elif kind == b">>":
            depth -= 1
        elif kind == b"(":
            position = _after_string(buffer, token.start())
        elif kind == b"<":
            found = _HEX_STRING.match(buffer, token.start())
            if found is None:
                raise _Unfollowable("strict_parse_failed")
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
                raise _Unfollowable("wrong_stream_length")
            length = _stated_length(buffer, token.start(), length_of)


def _stated_length(buffer: Buffer, start: int, length_of: Callable[[int, int], int | None]) -> int:
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
        raise _Unfollowable("wrong_stream_length")
    end = _STREAM_END.match(buffer, begin.end() + length)
    if end is None:
        raise _Unfollowable("wrong_stream_length")
    return Extent(extent.number, extent.generation, extent.start, end.end(), (begin.end(), length))


def _after_string(buffer: Buffer, start: int) -> int:
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
    raise _Unfollowable("strict_parse_failed")


def _check_gaps(
    buffer: Buffer, extents: list[Extent], sections: list[XRefSection], structure: Structure, meter: Meter
) -> None:
    """Objects must not overlap, and what stands between them must be known."""
    ends = sorted({section.meta_info.end_location for section in sections})
    last_end = 0
    for count, (start, end) in enumerate([*((e.start, e.end) for e in extents), (len(buffer), len(buffer))]):
        if count % 256 == 0:
            meter.check_time()
        if start < last_end:
            structure.faults.add("overlapping_objects")
        else:
            _check_gap(buffer, last_end, start, ends, sections, structure)
        last_end = max(last_end, end)


def _check_gap(
    buffer: Buffer, start: int, end: int, ends: list[int], sections: list[XRefSection], structure: Structure
) -> None:
    position = start
    while position < end:
        piece = _GAP_PIECE.match(buffer, position, end)
        if piece is None:
            break
        if piece[0].startswith(b"%%EOF"):
            structure.revision_ends.append(piece.end())
        position = piece.end()
        if piece[0].startswith(b"xref"):
            position = _after_trailer(buffer, position, end)
    else:
        return
    found = False
    for stray in _STRAY_HEADER.finditer(buffer, position, end):
        found = True
        if int(stray[1]) in structure.unfollowed:
            continue  # that object is what could not be followed
        structure.faults.add("unlisted_objects")
        if _is_listed_in_revision(int(stray[1]), stray.start(), ends, sections):
            structure.faults.add("duplicate_objects")
    if not found:
        after_last = not structure.revision_ends or structure.revision_ends[-1] >= start
        structure.faults.add("trailing_junk" if end == len(buffer) and after_last else "unlisted_bytes")


def _after_trailer(buffer: Buffer, position: int, end: int) -> int:
    """The place after the trailer's dictionary; where it can't be followed, the place where it begins."""
    depth = 0
    begin = position
    while (token := _TOKEN.search(buffer, position, end)) is not None:
        position = token.end()
        if token[0] == b"<<":
            depth += 1
        elif token[0] == b">>":
            depth -= 1
            if depth <= 0:
                return position
        elif token[0] in (b"(", b"<"):
            try:
                position = _after_string(buffer, token.start()) if token[0] == b"(" else position
            except _Unfollowable:
                return begin
    return begin


def _is_listed_in_revision(number: int, at: int, ends: list[int], sections: list[XRefSection]) -> bool:
    """Whether the revision whose bytes hold the place ``at`` lists that number (elsewhere, since here it is
    stray).
    """
    end = next((one for one in ends if one > at), ends[-1] if ends else 0)
    return any(
        number in section.xref_data.standard_xrefs or number in section.xref_data.xrefs_in_objstm
        for section in sections
        if section.meta_info.end_location == end
    )


def _check_sections(buffer: Buffer, sections: list[XRefSection], faults: set[str]) -> None:
    """No section may list a number twice; a linearised file's two first sections count as one."""
    for index, section in enumerate(sections):
        data, meta = section.xref_data, section.meta_info
        if data.standard_xrefs.keys() & data.xrefs_in_objstm.keys():
            faults.add("duplicate_objects")
        if meta.stream_ref is None:
            faults |= _table_faults(buffer[meta.start_location : meta.end_location])
        for number, place in data.xrefs_in_objstm.items():
            if place.obj_stream_id == number:
                raise Unprocessable("an object stream that lies in itself", code="pdf_circular")
            if place.obj_stream_id in data.xrefs_in_objstm:
                faults.add("xref_wrong")
        before = sections[index - 1] if index else None
        if before is not None and before.meta_info.start_location > meta.start_location:
            if index > 1:
                faults.add("xref_wrong")
            mine = data.standard_xrefs.keys() | data.xrefs_in_objstm.keys()
            others = before.xref_data.standard_xrefs.keys() | before.xref_data.xrefs_in_objstm.keys()
            if mine & others:
                faults.add("duplicate_objects")


def _table_faults(table: bytes) -> set[str]:
    """Entries of exactly 20 bytes, and no number in two subsections (7.5.4)."""
    ranges: list[tuple[int, int]] = []
    position = 0  # pyHanko's section begins behind the keyword
    while (head := _SUBSECTION.match(table, position)) is not None:
        first, count = int(head[1]), int(head[2])
        ranges.append((first, first + count))
        entries = _ENTRIES.match(table, head.end())
        if entries is None or entries.end() - head.end() != 20 * count:
            return {"xref_wrong"}
        position = entries.end()
    ranges.sort()
    if any(one[1] > other[0] for one, other in pairwise(ranges)):
        return {"duplicate_objects"}
    return set() if table[position:].strip().startswith(b"trailer") else {"xref_wrong"}
