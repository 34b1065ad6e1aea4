"""The softer rules are for files that somebody has signed before: those can't be rewritten without breaking the signature.

Rules: a file is signed when a signature field has a value (``/V``), and by nothing else: no string, no ``/ByteRange``
makes it so. Fields are looked for in the form's tree and among the widgets of the pages (ISO 32000-2, 12.7.4 and
12.5.6.19). Any other file is one plain revision, neither linearised nor hybrid, with an exact ``/Size``, without
comments and without anything that nothing refers to: what is not so is rewritten at upload.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.syntax import Ref, Value, breach

_MAX_FIELDS: Final = 100_000
_MAX_PARENTS: Final = 64


def check_softenings(document: PreparedDocument) -> None:
    """A file that took a softening is signed."""
    places = document.original.softenings.places
    if places and not is_signed(document):
        for rule, offset in places.items():
            breach(rule, offset=offset)


def is_signed(document: PreparedDocument) -> bool:
    """Say whether a signature field of the original has a value."""
    return _tree_is_signed(document) or any(
        _widget_is_signed(document, widget)
        for page in document.pages
        for widget in _list(document, document.dictionary_before(page).get("Annots"))
    )


def _tree_is_signed(document: PreparedDocument) -> bool:
    catalog = document.dictionary_before(document.original.trailer.get("Root"))
    form = document.dictionary_before(catalog.get("AcroForm"))
    waiting: list[tuple[Value, Value]] = [(field, None) for field in _list(document, form.get("Fields"))]
    seen: set[Ref] = set()
    while waiting:
        reference, inherited = waiting.pop()
        if isinstance(reference, Ref):
            if reference in seen or len(seen) > _MAX_FIELDS:
                continue
            seen.add(reference)
        field = document.dictionary_before(reference)
        kind = field.get("FT", inherited)
        if _is_value(document, kind, field):
            return True
        waiting += [(kid, kind) for kid in _list(document, field.get("Kids"))]
    return False


def _widget_is_signed(document: PreparedDocument, reference: Value) -> bool:
    field = document.dictionary_before(reference)
    for _ in range(_MAX_PARENTS):
        if _is_value(document, field.get("FT"), field):
            return True
        field = document.dictionary_before(field.get("Parent"))
    return False


def _is_value(document: PreparedDocument, kind: Value, field: dict[str, Value]) -> bool:
    return document.original.value(kind) == "Sig" and document.original.value(field.get("V")) is not None


def _list(document: PreparedDocument, value: Value) -> list[Value]:
    resolved = document.original.value(value)
    return resolved if isinstance(resolved, list) else []
