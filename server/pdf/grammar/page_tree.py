"""The page tree, typed exactly (ISO 32000-2, 7.7.3, 14.11.2).

Rules: catalog, nodes and pages are dictionaries (a stream is none) with the right /Type, each a reference, each page and node once; /Count
is the true number and an integer; /Parent is the node above, and the root has none. A page has a MediaBox, its own or inherited; boxes
are four numbers that span an area, the CropBox lies within the MediaBox; /Rotate is a multiple of 90, /UserUnit above 0.
None of the inherited entries is null: for PDFium that ends the inheritance, for others it is nothing. Two pages that
share one array of annotations would both be changed by a signature on one of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from server.document_limits import MAX_DEPTH, MIN_PAGE_SIDE
from server.pdf.grammar.sections import is_name
from server.pdf.grammar.structure import Structure
from server.pdf.grammar.values import Reference

_INHERITED: Final = (b"MediaBox", b"CropBox", b"Rotate", b"Resources")
_MAX_COORDINATE: Final = 1e7
Corners = tuple[float, float, float, float]


@dataclass
class PageTree:
    """Catalog (empty where it is none), and the pages in order."""

    catalog: dict[bytes, object] = field(default_factory=dict)
    pages: list[Reference] = field(default_factory=list)
    annotation_arrays: list[object] = field(default_factory=list)

    def annotations(self, structure: Structure) -> Iterator[object]:
        """Every annotation of every page."""
        for value in self.annotation_arrays:
            array = structure.resolve(value)
            if isinstance(array, list):
                yield from array


class _Walk:
    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.breaches = structure.breaches
        self.tree = PageTree()
        self.seen: set[Reference] = set()
        self.shared: set[Reference] = set()

    def wrong(self, rule: str, reference: object) -> None:
        offset, number = self.structure.at(reference)
        self.breaches.add(rule, offset, number)

    def dictionary(self, reference: object) -> dict[bytes, object] | None:
        """What a reference means, if that is a dictionary and no stream."""
        if not isinstance(reference, Reference) or self.structure.is_stream(reference):
            return None
        value = self.structure.value(reference)
        return value if isinstance(value, dict) else None

    def run(self) -> PageTree:
        root = self.structure.trailer.get(b"Root")
        catalog = self.dictionary(root)
        if catalog is None:
            self.breaches.add("root", self.structure.at(root)[0], self.structure.at(root)[1])
            return self.tree
        if is_name(self.structure.resolve(catalog.get(b"Type")), b"Catalog"):
            self.tree.catalog = catalog
        else:
            self.wrong("page_type", root)
        self.node(catalog.get(b"Pages"), None, {}, 0)
        return self.tree

    def node(self, reference: object, parent: Reference | None, inherited: dict[bytes, object], depth: int) -> int:
        """Visit one node; returns how many pages hang below it."""
        self.structure.meter.check_time()
        value = self.dictionary(reference)
        if value is None or not isinstance(reference, Reference):
            self.wrong("page_type", reference if isinstance(reference, Reference) else parent)
            return 0
        if reference in self.seen or depth > MAX_DEPTH:
            self.wrong("page_repeated" if reference in self.seen else "depth", reference)
            return 1
        self.seen.add(reference)
        if value.get(b"Parent") != parent or (parent is None and b"Parent" in value):
            self.wrong("page_parent", reference)
        own = {key: value[key] for key in _INHERITED if key in value}
        if any(self.structure.resolve(one) is None for one in own.values()):
            self.wrong("page_box", reference)
        passed_on = inherited | own
        kind = self.structure.resolve(value.get(b"Type"))
        if is_name(kind, b"Page") and b"Kids" not in value:
            self.page(reference, value, passed_on)
            return 1
        kids = self.structure.resolve(value.get(b"Kids"))
        if not is_name(kind, b"Pages") or not isinstance(kids, list):
            self.wrong("page_type", reference)
        count = 0
        for kid in kids if isinstance(kids, list) else ():
            count += self.node(kid, reference, passed_on, depth + 1)
        stated = self.structure.resolve(value.get(b"Count"))
        if type(stated) is not int or stated != count:
            self.wrong("page_count", reference)
        return count

    def page(self, reference: Reference, value: dict[bytes, object], attributes: dict[bytes, object]) -> None:
        self.tree.pages.append(reference)
        self.structure.meter.check_pages(len(self.tree.pages))
        array = value.get(b"Annots")
        if array is not None:
            if isinstance(array, Reference) and array in self.shared:
                offset, number = self.structure.at(reference)
                self.breaches.add("annots_shared", offset, number, softened=True, settled=True)
                return
            if isinstance(array, Reference):
                self.shared.add(array)
            self.tree.annotation_arrays.append(array)
        if not self.boxes_are_right(attributes, value.get(b"UserUnit")):
            self.wrong("page_box", reference)

    def boxes_are_right(self, attributes: dict[bytes, object], unit: object) -> bool:
        media = self.box(attributes.get(b"MediaBox"))
        if media is None or not _is_wide(media):
            return False
        if attributes.get(b"CropBox") is not None:
            crop = self.box(attributes[b"CropBox"])
            if crop is None or not _lies_within(crop, media) or not _is_wide(crop):
                return False
        turn = self.structure.resolve(attributes.get(b"Rotate", 0))
        if turn is not None and (type(turn) is not int or turn % 90):
            return False
        unit = self.structure.resolve(unit)
        return unit is None or (_is_number(unit) and 0 < float(unit) < 1e6)  # type: ignore[arg-type]

    def box(self, value: object) -> Corners | None:
        """Corners in order (7.9.5), None for what is no rectangle with an area."""
        corners = self.structure.resolve(value)
        if not isinstance(corners, list) or len(corners) != 4 or not all(_is_number(one) for one in corners):
            return None
        left, bottom, right, top = (float(one) for one in corners)
        box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
        return box if box[2] > box[0] and box[3] > box[1] and max(map(abs, box)) < _MAX_COORDINATE else None


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def _is_wide(box: Corners) -> bool:
    return box[2] - box[0] >= MIN_PAGE_SIDE and box[3] - box[1] >= MIN_PAGE_SIDE


def _lies_within(inner: Corners, outer: Corners) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def read_page_tree(structure: Structure) -> PageTree:
    """Walk it; breaches are recorded. Raises ``pdf_too_many_pages``."""
    return _Walk(structure).run()
