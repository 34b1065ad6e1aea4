"""The increment's cross-references and trailer say the same as its bytes (ISO 32000-2, 7.5.4 to 7.5.6)."""

from mobile_app.device.document_checks.comparison import same
from mobile_app.device.document_checks.cross_references import FREE, IN_FILE
from mobile_app.device.document_checks.document import PreparedDocument, refuse

_STREAM_KEYS = frozenset(("Type", "W", "Index", "Filter", "DecodeParms", "Length"))
_OWN_KEYS = frozenset(("Size", "Prev", "ID"))
_KEPT_KEYS = frozenset(("Root", "Info", "Encrypt"))


def check_increment_cross_reference(document: PreparedDocument) -> None:
    """It lists each object of the increment where it stands, frees nothing, and ``startxref`` leads to it."""
    increment = document.increment
    section = increment.section
    if increment.announced_start != section.start:
        refuse("doc_increment_xref", "startxref")
    listed = dict(section.entries)
    if listed.get(0, (IN_FILE, 0, 0))[0] == FREE:
        del listed[0]
    there = {number: (IN_FILE, found.start, found.generation) for number, found in increment.objects.items()}
    if section.number is not None and section.number not in listed:
        there.pop(section.number, None)
    if listed != there:
        refuse("doc_increment_xref", "entries")


def check_previous_cross_reference(document: PreparedDocument) -> None:
    """``/Prev`` leads to the original's newest section, and ``/Size`` grows only."""
    trailer = document.increment.section.trailer
    if trailer.get("Prev") != document.original.start_of_cross_reference:
        refuse("doc_previous_xref", "prev")


def check_trailer(document: PreparedDocument) -> None:
    """The trailer is the original's, but for ``/Size``, ``/Prev`` and the second half of ``/ID`` (14.4);
    other keys may fall away."""
    before, section = document.original.trailer, document.increment.section
    after = section.trailer
    for key in (after.keys() | _KEPT_KEYS) - _OWN_KEYS - _STREAM_KEYS:
        if not same(before.get(key), after.get(key)):
            refuse("doc_trailer", "key", key=key)
    if section.number is None and after.keys() & (_STREAM_KEYS - before.keys()):
        refuse("doc_trailer", "stream_key")
    size, old_size = after.get("Size"), document.original.size
    if not isinstance(size, int) or size < old_size:
        refuse("doc_trailer", "size")
    old_id, new_id = before.get("ID"), after.get("ID")
    if old_id is None and new_id is None:
        return
    if (
        not isinstance(new_id, list)
        or len(new_id) != 2
        or not all(isinstance(part, bytes) for part in new_id)
    ):
        refuse("doc_trailer", "id")
    if isinstance(old_id, list) and old_id and old_id[0] != new_id[0]:
        refuse("doc_trailer", "id")
