"""What viewers draw over a page besides its content: fields and annotations (ISO 32000-2, 12.5 and 12.7).

Whoever draws pages with something that leaves them out (Android's own renderer does) tells the person how many there
are on which page. Rules: only structure is read; what is hidden, or shows only when something is done, is not counted;
the field that is being signed is not counted either, as its place is shown by itself.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.syntax import Value

_HIDDEN_OR_NO_VIEW: Final = 2 | 32  # 12.5.3
_ONLY_WITH_APPEARANCE: Final = frozenset(("Link", "Widget"))
"""Of the others every viewer draws something by itself where they bring no appearance."""
_NEVER: Final = "Popup"


@dataclass(frozen=True, slots=True)
class PageAnnotations:
    """``page`` counts from 0; ``kinds``: each subtype (``Widget``, ``Highlight`` …) with how many are drawn."""

    page: int
    kinds: tuple[tuple[str, int], ...]


def drawn_annotations(document: PreparedDocument) -> tuple[PageAnnotations, ...]:
    """Return the pages over which something is drawn, in order."""
    found = []
    for index, page in enumerate(document.pages):
        annotations = document.original.value(document.dictionary_before(page).get("Annots"))
        if isinstance(annotations, list) and annotations:
            kinds = _kinds(document, annotations)
            if kinds:
                found.append(PageAnnotations(index, tuple(sorted(kinds.items()))))
    return tuple(found)


def _kinds(document: PreparedDocument, annotations: list[Value]) -> Counter[str]:
    kinds: Counter[str] = Counter()
    for reference in annotations:
        value = document.dictionary_before(reference)
        kind = value.get("Subtype")
        if isinstance(kind, str) and reference != document.signing.field and _is_drawn(document, kind, value):
            kinds[kind] += 1
    return kinds


def _is_drawn(document: PreparedDocument, kind: str, value: dict[str, Value]) -> bool:
    flags = value.get("F", 0)
    if kind == _NEVER or (isinstance(flags, int) and flags & _HIDDEN_OR_NO_VIEW):
        return False
    if _has_appearance(document, value):
        return True
    return kind not in _ONLY_WITH_APPEARANCE or (kind == "Widget" and value.get("V") is not None)


def _has_appearance(document: PreparedDocument, value: dict[str, Value]) -> bool:
    """Whether there is a normal appearance for the state in which the annotation is (12.5.5)."""
    normal = document.dictionary_before(document.dictionary_before(value.get("AP")).get("N"))
    if "BBox" in normal or "Length" in normal:
        return True
    state = value.get("AS")
    return isinstance(state, str) and normal.get(state) is not None
