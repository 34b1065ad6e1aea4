"""What lies over the pages, and how far viewers agree on drawing it (ISO 32000-2, 12.5 and 12.7).

Measured: the appearance of a link or pop-up, a widget that hangs in no field tree, a value without an appearance, optional content: each
is drawn by some viewers and not by others.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.findings.fields import key_of, listed
from mobile_app.device.document_checks.findings.words import (
    ANNOTATIONS_OVER_TEXT,
    ATTACHMENTS,
    LAYERS,
    LINK_APPEARANCE,
    LOOSE_FIELDS,
    NEED_APPEARANCES,
)
from mobile_app.device.document_checks.signature_field import is_visible, rectangle_of
from mobile_app.device.document_checks.syntax import Ref, Value

_QUIET: Final = frozenset(("Link", "Widget", "Popup"))
_HIDDEN_OR_NO_VIEW: Final = 2 | 32
_DRAWN_BY_VIEWERS: Final = frozenset(("Tx", "Ch", "Btn"))
_NO_VALUE: Final[tuple[Value, ...]] = (None, b"", b"\xfe\xff", b"\xef\xbb\xbf", "Off", [])
_MAX_PARENTS: Final = 100


def look_at_annotations(document: PreparedDocument, in_tree: set[int], found: set[str]) -> None:
    """Note what the annotations of all pages are. ``in_tree``: keys of what hangs in the tree of fields."""
    for page in document.pages:
        for annotation in listed(document, document.dictionary_before(page).get("Annots")):
            _look_at(document, annotation, in_tree, found)


def _look_at(document: PreparedDocument, annotation: Value, in_tree: set[int], found: set[str]) -> None:
    value = document.dictionary_before(annotation)
    kind = value.get("Subtype")
    appearance = document.original.value(document.dictionary_before(value.get("AP")).get("N"))
    if value.get("OC") is not None:
        found.add(LAYERS)
    if kind == "FileAttachment":
        found.add(ATTACHMENTS)
    elif kind not in _QUIET:
        found.add(ANNOTATIONS_OVER_TEXT)
    elif kind != "Widget":
        if appearance:
            found.add(LINK_APPEARANCE)
    else:
        if key_of(annotation) not in in_tree:
            found.add(LOOSE_FIELDS)
        if not appearance and _is_seen(document, value) and _has_value(document, value):
            found.add(NEED_APPEARANCES)


def _is_seen(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    rectangle, flags = rectangle_of(document, widget.get("Rect")), document.original.value(widget.get("F"))
    hidden = isinstance(flags, int) and flags & _HIDDEN_OR_NO_VIEW
    return rectangle is not None and is_visible(rectangle) and not hidden


def _has_value(document: PreparedDocument, widget: dict[str, Value]) -> bool:
    kind, value = _inherited(document, widget, "FT"), _inherited(document, widget, "V")
    return kind in _DRAWN_BY_VIEWERS and value not in _NO_VALUE


def _inherited(document: PreparedDocument, field: dict[str, Value], key: str) -> Value:
    for _ in range(_MAX_PARENTS):
        value = document.original.value(field.get(key))
        if value is not None or not isinstance(field.get("Parent"), Ref):
            return value
        field = document.dictionary_before(field["Parent"])
    return None
