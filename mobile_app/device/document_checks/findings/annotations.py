"""What lies over the pages, and how far viewers agree on drawing it (ISO 32000-2, 12.5 and 12.7).

Measured: the appearance of a link or pop-up, a widget that hangs in no field tree, optional content: each is drawn by some viewers and not
by others; so is what ``appearances.py`` says. An attached file's sign is an annotation like others.
"""

from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.findings.appearances import has_odd_flags, has_wide_frame, is_made_up
from mobile_app.device.document_checks.findings.fields import key_of, listed
from mobile_app.device.document_checks.findings.words import (
    ANNOTATIONS_OVER_TEXT,
    ATTACHMENTS,
    LAYERS,
    LINK_APPEARANCE,
    LOOSE_FIELDS,
    NEED_APPEARANCES,
)
from mobile_app.device.document_checks.syntax import Value

_QUIET: Final = frozenset(("Link", "Widget", "Popup"))


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
    if kind not in _QUIET:
        found.add(ANNOTATIONS_OVER_TEXT)
    elif kind != "Widget":
        if appearance or (kind == "Link" and has_wide_frame(document, value)):
            found.add(LINK_APPEARANCE)
    else:
        if key_of(annotation) not in in_tree or has_odd_flags(document, value):
            found.add(LOOSE_FIELDS)
        if is_made_up(document, value):
            found.add(NEED_APPEARANCES)
