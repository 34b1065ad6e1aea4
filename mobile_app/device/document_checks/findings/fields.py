"""Fields that somebody could still fill in, and signature fields that stay empty (ISO 32000-2, 12.7)."""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.findings.words import (
    EMPTY_SIGNATURE_FIELDS,
    NEED_APPEARANCES,
    UNLOCKED_FIELDS,
)
from mobile_app.device.document_checks.limits import MAX_DEPTH
from mobile_app.device.document_checks.syntax import Ref, Value

_READ_ONLY: Final = 1
_MAX_FIELDS: Final = 20_000


def listed(document: PreparedDocument, value: Value) -> list[Value]:
    """The original's array behind ``value``; anything else counts as an empty one."""
    resolved = document.original.value(value)
    return resolved if isinstance(resolved, list) else []


def key_of(value: Value) -> int:
    """What tells objects apart: their number, or for a direct one where it lies in memory."""
    return value.number if isinstance(value, Ref) else -id(value)


def look_at_fields(document: PreparedDocument, catalog: dict[str, Value], found: set[str]) -> set[int]:
    """Note what the tree of fields says; return the keys of all that hangs in it, down to where viewers stop (PDFium after
    32 levels). What is read-only counts as locked."""
    form = document.dictionary_before(catalog.get("AcroForm"))
    if document.original.value(form.get("NeedAppearances")) is True:
        found.add(NEED_APPEARANCES)
    waiting: list[tuple[Value, Value, Value, int]] = [
        (field, None, 0, 1) for field in listed(document, form.get("Fields"))
    ]
    seen: set[int] = set()
    in_tree: set[int] = set()
    while waiting:
        reference, kind, flags, level = waiting.pop()
        if key_of(reference) in seen or len(seen) > _MAX_FIELDS:
            continue
        seen.add(key_of(reference))
        if level <= MAX_DEPTH:
            in_tree.add(key_of(reference))
        field = document.dictionary_before(reference)
        kind, flags = field.get("FT", kind), field.get("Ff", flags)
        kids = listed(document, field.get("Kids"))
        if kids:
            waiting.extend((kid, kind, flags, level + 1) for kid in kids)
        elif kind == "Sig":
            if field.get("V") is None and reference != document.signing.field:
                found.add(EMPTY_SIGNATURE_FIELDS)
        elif not (isinstance(flags, int) and flags & _READ_ONLY):
            found.add(UNLOCKED_FIELDS)
    return in_tree
