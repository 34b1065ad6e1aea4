"""No object, stream or cross-reference section of any revision reaches into the gap (design §5).

Why: what a viewer reads from the gap changes after signing. An image whose stream spans the signature
dictionary shows one amount until the signature's unsigned attributes paint another, and every validator calls
it valid. So each place that any revision's cross-references name is read here, and must end within the
original; the increment's own objects are read byte by byte elsewhere.
"""

import re
from typing import Final

from mobile_app.device.document_checks.cross_references import FREE, IN_FILE, Entry
from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import END, WS

_SHORTEST_OBJECT: Final = len("1 0 obj endobj")
_FREE: Final[Entry] = (FREE, 0, 0)
_HEADER = re.compile(rb"(?<!\d)(\d{1,10})" + WS + rb"++\d{1,5}" + WS + rb"++obj" + END)


def check_object_extents(document: PreparedDocument) -> None:
    """Every object that a cross-reference of the original names lies wholly inside the original, and no
    two overlap."""
    original = document.original
    places: dict[int, tuple[int, int]] = {}
    for section in original.sections:
        for number, (kind, offset, generation) in section.entries.items():
            if kind != IN_FILE:
                continue
            if not 0 < offset < original.length:
                refuse("doc_object_extent", "offset", number=number)
            if places.setdefault(offset, (number, generation)) != (number, generation):
                refuse("doc_object_extent", "shared_offset", number=number)
    sections = {section.start: section.end for section in original.sections}
    reached = 0
    for start in sorted(places.keys() | sections.keys()):
        if start < reached:
            refuse("doc_object_extent", "overlap", offset=start)
        if start in places:
            found = original.read_at(start)
            if (found.number, found.generation) != places[start]:
                refuse("doc_object_extent", "number", number=found.number)
            reached = found.end
            document.original_starts.append(start)
            document.original_values.extend((found.value_start, found.value_end))
            if found.stream is not None:
                document.original_streams.extend((found.value_start, found.value_end))
        else:
            reached = sections[start]
        document.original_regions.extend((start, reached))


def check_duplicate_objects(document: PreparedDocument) -> None:
    """Between the original's objects stands no second definition of one of them: a viewer that repairs files
    might believe that one."""
    regions = document.original_regions
    ends, starts = [0, *regions[1::2]], [*regions[::2], document.original.length]
    for end, following in zip(ends, starts, strict=True):
        if following - end < _SHORTEST_OBJECT:
            continue
        for header in _HEADER.finditer(document.data, end, following):
            if document.original.entries.get(int(header[1]), _FREE)[0] != FREE:
                refuse("doc_duplicate_object", "object", number=int(header[1]))
