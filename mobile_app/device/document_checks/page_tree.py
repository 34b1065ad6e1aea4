"""Walks the original's page tree (ISO 32000-2, 7.7.3), once, in order.

Why: the mutants that two viewers drew differently and that the file's grammar accepted were mostly of this tree: a type,
a count, a box. The pages counted here are the pages that every viewer shows.

Rules:
* A node is a dictionary (not a stream) that is referred to once, with exactly ``/Type /Pages`` and ``/Kids``, or
  ``/Type /Page`` and none. ``/Parent`` is the node above; the root has none.
* ``/Count`` of every node is the number of its pages, at least one.
* Boxes, their own or inherited, are four numbers. The MediaBox has an area, and so has what the CropBox leaves of it.
  A CropBox may stand out of the MediaBox where viewers cut it alike (``_cuts_alike``, measured with PDFium, poppler and
  mupdf). ``/Rotate`` is a whole multiple of 90 (poppler takes 90.0 for 0), ``/UserUnit`` above 0 and below a million.
"""

from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.bodies import Bodies
from mobile_app.device.document_checks.limits import MIN_PAGE_SIDE
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.syntax import Ref, Value
from mobile_app.errors import CheckFailed

MAX_NODES: Final = 200_000
MAX_LEVELS: Final = 64
_INHERITED: Final = ("MediaBox", "CropBox", "Rotate", "Resources")
_ROUNDING: Final = 1.0  # point: what makers round by when they write the same box twice
_MAX_UNIT: Final = 1e6  # points; more is no page, and viewers stop at different sizes


@dataclass(slots=True)
class _Node:
    """A node whose pages are being counted; ``first`` is how many were counted before it."""

    reference: Ref
    count: Value
    first: int
    kids: list[Value]
    inherited: dict[str, Value]
    next: int = 0


def _refuse(what: str, reference: Value) -> CheckFailed:
    number = reference.number if isinstance(reference, Ref) else None
    return CheckFailed("doc_page_tree", {"what": what, "number": number})


class PageTree:
    """Reads the tree of ``original``. ``pages`` are the references of all pages in order."""

    def __init__(self, original: OriginalFile, bodies: Bodies) -> None:
        self.pages: list[Ref] = []
        self._original = original
        self._streams = bodies.streams
        self._seen: set[int] = set()
        self._open: list[_Node] = []
        root = original.trailer.get("Root")
        catalog = original.value(root)
        if not isinstance(catalog, dict) or catalog.get("Type") != "Catalog" or not self._is_plain(root):
            raise _refuse("page_type", root)
        self._enter(catalog.get("Pages"))
        while self._open:
            self._go_on()

    def _go_on(self) -> None:
        """Enter the next kid of the innermost open node, or close it."""
        node = self._open[-1]
        if node.next < len(node.kids):
            node.next += 1
            self._enter(node.kids[node.next - 1])
            return
        self._open.pop()
        if type(node.count) is not int or node.count != len(self.pages) - node.first or node.count < 1:
            raise _refuse("page_count", node.reference)

    def _enter(self, reference: Value) -> None:
        original = self._original
        if not isinstance(reference, Ref):
            raise _refuse("page_type", reference)
        if reference.number in self._seen or len(self._seen) >= MAX_NODES:
            raise _refuse("page_repeated", reference)
        self._seen.add(reference.number)
        value = original.value(reference)
        if not isinstance(value, dict) or not self._is_plain(reference) or len(self._open) > MAX_LEVELS:
            raise _refuse("page_type", reference)
        above = self._open[-1] if self._open else None
        if value.get("Parent") != (above.reference if above else None):
            raise _refuse("page_parent", reference)
        inherited = self._inherited(reference, value, above.inherited if above else {})
        kids = original.value(value.get("Kids"))
        if value.get("Type") == "Pages" and isinstance(kids, list):
            count = original.value(value.get("Count"))
            self._open.append(_Node(reference, count, len(self.pages), kids, inherited))
        elif value.get("Type") == "Page" and "Kids" not in value and above is not None:
            _check_boxes(original, reference, value, inherited)
            self.pages.append(reference)
        else:
            raise _refuse("page_type", reference)

    def _inherited(self, node: Ref, value: dict[str, Value], above: dict[str, Value]) -> dict[str, Value]:
        """What the pages below have by inheritance (7.7.3.4). Most nodes say nothing of their own. ``null`` is refused:
        for PDFium it ends the inheritance, for others it is nothing."""
        own: dict[str, Value] = {key: self._original.value(value[key]) for key in _INHERITED if key in value}
        if None in own.values():
            raise _refuse("page_box", node)
        return {**above, **own} if own else above

    def _is_plain(self, reference: Value) -> bool:
        """Say whether a dictionary is one, and not a stream's."""
        return isinstance(reference, Ref) and reference.number not in self._streams


def pages_of(original: OriginalFile, bodies: Bodies) -> list[Ref]:
    """Return the references of all pages in order. Raises ``doc_page_tree``."""
    return PageTree(original, bodies).pages


def _check_boxes(original: OriginalFile, page: Ref, value: dict[str, Value], inherited: dict[str, Value]) -> None:
    media = _box(original, inherited.get("MediaBox"))
    crop = _box(original, inherited["CropBox"]) if inherited.get("CropBox") is not None else media
    if media is None or crop is None:
        raise _refuse("page_box", page)
    if not _cuts_alike(crop[0], crop[2], media[0], media[2]) or not _cuts_alike(crop[1], crop[3], media[1], media[3]):
        raise _refuse("page_box", page)
    turned, unit = inherited.get("Rotate", 0), original.value(value.get("UserUnit", 1))
    if type(turned) is not int or turned % 90:
        raise _refuse("page_box", page)
    if not isinstance(unit, int | float) or isinstance(unit, bool) or not 0 < unit < _MAX_UNIT:
        raise _refuse("page_box", page)


def _cuts_alike(low: float, high: float, media_low: float, media_high: float) -> bool:
    """Say whether all viewers cut the MediaBox alike along one side of the CropBox. They take what both have in common;
    poppler takes the whole MediaBox if the CropBox is longer, so that one must then reach over both ends."""
    if not min(high, media_high) - max(low, media_low) >= MIN_PAGE_SIDE:
        return False
    covers = low <= media_low + _ROUNDING and high >= media_high - _ROUNDING
    return covers or high - low <= media_high - media_low


def _box(original: OriginalFile, value: Value) -> tuple[float, float, float, float] | None:
    """The box as (left, bottom, right, top), or ``None`` for what is not four numbers."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    numbers: list[float] = []
    for entry in value:
        number = original.value(entry)
        if not isinstance(number, int | float) or isinstance(number, bool):
            return None
        numbers.append(number)
    x1, y1, x2, y2 = numbers
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)
