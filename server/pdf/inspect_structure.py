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

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSection

from server.errors import Unprocessable
from server.pdf.inspect_extents import TOKEN, Buffer, Extent, LengthOf, Unfollowable, after_string, follow_object
from server.pdf.inspect_limits import Meter

_ALIAS = re.compile(rb"\s*\d+\s+\d+\s+obj\s+(\d{1,10})\s+\d{1,5}\s+R\s+endobj")
_STRAY_HEADER = re.compile(rb"(?<![0-9])(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
_SHORTEST_OBJECT = len("1 0 obj endobj")
_SUBSECTION = re.compile(rb"[\0\t\n\f\r ]*(\d{1,10}) +(\d{1,10}) *(?:\r\n|\n|\r)")
_ENTRIES = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")
_GAP_PIECE: Final = re.compile(
    rb"[\0\t\n\f\r ]++|%[^\r\n]*+|startxref[\0\t\n\f\r ]+\d+(?=[\0\t\n\f\r %]|$)"
    rb"|xref[\0\t\n\f\r 0-9nf]++trailer(?=[\0\t\n\f\r <])"
)


@dataclass
class Structure:
    """What was found in the bytes. ``current`` maps references such as ``"7 0 R"`` to the extent in force,
    ``unfollowed`` holds the numbers of objects whose bytes lead nowhere.
    """

    faults: set[str] = field(default_factory=set)
    current: dict[str, Extent] = field(default_factory=dict)
    revision_ends: list[int] = field(default_factory=list)
    unfollowed: set[int] = field(default_factory=set)


def read_structure(
    buffer: Buffer, reader: PdfFileReader, length_of: LengthOf, meter: Meter
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
            extents.append(follow_object(buffer, offset, number, generation, length_of))
        except Unfollowable as error:
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


def _check_gaps(
    buffer: Buffer, extents: list[Extent], sections: list[XRefSection], structure: Structure, meter: Meter
) -> None:
    """Objects must not overlap, and what stands between them must be known."""
    listed: set[int] = set()
    for section in sections:
        listed |= section.xref_data.standard_xrefs.keys() | section.xref_data.xrefs_in_objstm.keys()
    last_end = 0
    for count, (start, end) in enumerate([*((e.start, e.end) for e in extents), (len(buffer), len(buffer))]):
        if count % 256 == 0:
            meter.check_time()
        if start < last_end:
            structure.faults.add("overlapping_objects")
        else:
            _check_gap(buffer, last_end, start, listed, structure)
        last_end = max(last_end, end)


def _check_gap(buffer: Buffer, start: int, end: int, listed: set[int], structure: Structure) -> None:
    """A second definition of a listed object is a duplicate wherever it stands, be it in a comment: a viewer
    that repairs files might believe that one.
    """
    stray = False
    if end - start >= _SHORTEST_OBJECT:
        for header in _STRAY_HEADER.finditer(buffer, start, end):
            stray = True
            number = int(header[1])
            if number not in structure.unfollowed:  # else that object is what could not be followed
                structure.faults.add("duplicate_objects" if number in listed else "unlisted_objects")
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
    if not stray:
        after_last = not structure.revision_ends or structure.revision_ends[-1] >= start
        structure.faults.add("trailing_junk" if end == len(buffer) and after_last else "unlisted_bytes")


def _after_trailer(buffer: Buffer, position: int, end: int) -> int:
    """The place after the trailer's dictionary; where it can't be followed, the place where it begins."""
    depth = 0
    begin = position
    while (token := TOKEN.search(buffer, position, end)) is not None:
        position = token.end()
        if token[0] == b"<<":
            depth += 1
        elif token[0] == b">>":
            depth -= 1
            if depth <= 0:
                return position
        elif token[0] in (b"(", b"<"):
            try:
                position = after_string(buffer, token.start()) if token[0] == b"(" else position
            except Unfollowable:
                return begin
    return begin


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
