"""Which empty signature field of a document is signed, where an earlier signature forbids a new visible one.

Rules: a field suits when the phone will sign it (docs/protocol.md, 4.3): a root of the form with known keys only
(no action, no layer, no kids, no lock, no seed value), its widget on exactly one page, which is the one that it
names; a visible one is printed, never hidden, lies on what is visible of its page and covers no more than half of it;
an invisible one has no area and no appearance. Of those that suit, the one nearest to the place asked for is taken."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from server.document_limits import EMPTY_FIELD_KEYS, MAX_FIELD_FLAGS, STAMP_FLAGS
from server.pdf.document_pages import Page, annotations_of, each_page, read_box
from server.pdf.geometry import Box, Placement, normalised
from server.pdf.pdf_syntax import Reference, UnreadableSyntax, as_reference
from server.pdf.source_document import SourceDocument
from server.signing.stamp_place import problem_of

_KEYS = frozenset(b"/" + key.encode("ascii") for key in EMPTY_FIELD_KEYS)
_FLAGS = re.compile(rb"-?\d{1,10}\Z")


@dataclass(frozen=True)
class EmptySignatureField:
    """A root field of the form without a value, merged with its widget."""

    reference: Reference
    entries: dict[bytes, bytes]
    name: str


@dataclass(frozen=True)
class FieldPlace:
    """A field that suits: its page, and its rectangle in the page's own coordinates, which may be empty."""

    field: EmptySignatureField
    page_index: int
    page: Page
    box: Box

    @property
    def visible(self) -> bool:
        """Does the rectangle have an area?"""
        return self.box[0] < self.box[2] and self.box[1] < self.box[3]

    @property
    def as_shown(self) -> Placement:
        """Where it stands on its page as shown."""
        return Placement(self.page_index, *self.page.view.as_shown(self.box))


def fields_that_suit(
    source: SourceDocument, catalog: dict[bytes, bytes], fields: Sequence[EmptySignatureField]
) -> list[FieldPlace]:
    """Those of the fields that the phone will sign, in their order. Raises UnreadableSyntax."""
    if not fields:
        return []
    places: dict[Reference, list[tuple[int, Page]]] = {field.reference: [] for field in fields}
    for index, page in enumerate(each_page(source, catalog)):
        for annotation in annotations_of(source, page):
            listed = places.get(as_reference(annotation) or (0, 0))
            if listed is not None:
                listed.append((index, page))
    listed_once = {reference for reference, count in Counter(field.reference for field in fields).items() if count == 1}
    found = []
    for field in fields:
        pages = places[field.reference]
        box = _rectangle(source, field)
        if field.reference in listed_once and len(pages) == 1 and box is not None:
            place = FieldPlace(field, *pages[0], box)
            if problem_of_field(place) is None:
                found.append(place)
    return found


def _rectangle(source: SourceDocument, field: EmptySignatureField) -> Box | None:
    try:
        box = read_box(source, field.entries.get(b"/Rect"))
    except UnreadableSyntax:
        return None
    return None if box is None else normalised(box)


def problem_of_field(place: FieldPlace) -> str | None:
    """Why the phone would refuse to sign this field on this page; None when it suits."""
    entries = place.field.entries
    if entries.keys() - _KEYS:
        return "keys"
    if entries.get(b"/Subtype") != b"/Widget" or entries.get(b"/Type", b"/Annot") != b"/Annot":
        return "kind"
    if entries.get(b"/T", b"")[:1] not in (b"(", b"<"):
        return "name"
    if b"/P" in entries and as_reference(entries[b"/P"]) != place.page.reference:
        return "page"
    flags = entries.get(b"/F", b"0").strip()
    if not _FLAGS.match(flags):
        return "rectangle"
    if not place.visible:
        return "invisible" if b"/AP" in entries else None
    if not int(flags) & STAMP_FLAGS or int(flags) & ~MAX_FIELD_FLAGS:
        return "conditional"
    return problem_of(place.page.view.as_shown(place.box), place.page.view.size)


def nearest(places: Sequence[FieldPlace], placement: Placement | None) -> FieldPlace | None:
    """The visible field nearest to the box asked for: on its page rather than elsewhere, by the distance of their
    middles; an invisible one where there is no other, or none is asked for."""
    if placement is None:
        return next((place for place in places if not place.visible), None)
    return min(places, key=lambda place: _distance(place, placement), default=None)


def _distance(place: FieldPlace, placement: Placement) -> tuple[bool, int, float]:
    x0, y0, x1, y1 = place.page.view.as_shown(place.box)
    across, up = (x0 + x1) - (placement.x0 + placement.x1), (y0 + y1) - (placement.y0 + placement.y1)
    return not place.visible, abs(place.page_index - placement.page), across * across + up * up
