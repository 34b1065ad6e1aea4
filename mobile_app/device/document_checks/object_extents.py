"""No object, stream or cross-reference section of any revision reaches into the gap (design §5).

Why: what a viewer reads from the gap changes after signing. An image whose stream spans the signature
dictionary shows one amount until the signature's unsigned attributes paint another, and every validator calls
it valid. So each place that any revision's cross-references name is read here, and must end within the
original; the increment's own objects are read byte by byte elsewhere.
"""

from mobile_app.device.document_checks.cross_references import IN_FILE
from mobile_app.device.document_checks.document import PreparedDocument, refuse


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
    reached = 0
    stops = sorted(
        (section.start, section.end) for section in original.sections if section.start not in places
    )
    stops.reverse()
    for offset in sorted(places):
        while stops and stops[-1][0] < offset:
            start, end = stops.pop()
            if start < reached:
                refuse("doc_object_extent", "overlap", offset=start)
            reached = end
        if offset < reached:
            refuse("doc_object_extent", "overlap", offset=offset)
        found = original.read_at(offset)
        if (found.number, found.generation) != places[offset]:
            refuse("doc_object_extent", "number", number=found.number)
        reached = found.end
        document.original_bodies.append((found.value_start, found.value_end))
        if found.stream is not None:
            document.original_streams.append((found.value_start, found.value_end))
    if stops and stops[-1][0] < reached:
        refuse("doc_object_extent", "overlap", offset=stops[-1][0])
