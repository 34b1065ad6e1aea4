"""The increment's cross-references and trailer say the same as its bytes (ISO 32000-2, 7.5.4 to 7.5.6)."""

from mobile_app.device.document_checks.comparison import same
from mobile_app.device.document_checks.cross_references import FREE, IN_FILE, IN_OBJECT_STREAM
from mobile_app.device.document_checks.document import PreparedDocument, refuse

_STREAM_KEYS = frozenset(("Type", "W", "Index", "Filter", "DecodeParms", "Length"))
_OWN_KEYS = frozenset(("Size", "Prev", "ID"))
_KEPT_KEYS = frozenset(("Root", "Info", "Encrypt"))


def check_increment_cross_reference(document: PreparedDocument) -> None:
    """It lists each object of the increment where it stands, frees nothing, and ``startxref`` leads to it. A table
    writes nothing anew that the original keeps in an object stream: Ghostscript draws the old one."""
    increment = document.increment
    section = increment.section
    if section.announced != section.start:
        refuse("doc_increment_xref", "startxref")
    listed = dict(section.entries)
    if listed.get(0, (IN_FILE, 0, 0))[0] == FREE:
        del listed[0]
    there = {number: (IN_FILE, found.start, found.generation) for number, found in increment.objects.items()}
    if section.number is not None and section.number not in listed:
        there.pop(section.number, None)
    if listed != there:
        refuse("doc_increment_xref", "entries")
    original = document.original.entries
    if section.number is None and any(
        original.get(number, (FREE, 0, 0))[0] == IN_OBJECT_STREAM for number in listed
    ):
        refuse("doc_increment_xref", "packed_redefined")


def check_previous_cross_reference(document: PreparedDocument) -> None:
    """``/Prev`` leads to the original's newest section."""
    trailer = document.increment.section.trailer
    if trailer.get("Prev") != document.original.start_of_cross_reference:
        refuse("doc_previous_xref", "prev")


def check_trailer(document: PreparedDocument) -> None:
    """The trailer is the original's, but for ``/Size``, which is exact, ``/Prev`` and the second half of ``/ID``
    (14.4). Keys that are no trailer's fall away: nothing in the original is reached by them."""
    before, section = document.original.trailer, document.increment.section
    after = section.trailer
    for key in _KEPT_KEYS:
        if not same(before.get(key), after.get(key)):
            refuse("doc_trailer", "key", key=key)
    known = _KEPT_KEYS | _OWN_KEYS | (_STREAM_KEYS if section.number is not None else set())
    if after.keys() - known:
        refuse("doc_trailer", "key", key=sorted(after.keys() - known)[0])
    if section.size != max(document.original.size, *(number + 1 for number in document.increment.objects)):
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
