"""The page tree as it stands (ISO 32000-2, 7.7.3), and the size of each page as it is shown.

A ring in the tree is refused. Anything else that readers may follow differently (wrong ``/Count``, wrong
``/Parent``, a page listed twice or not as a reference, a missing size) is reported as a fault, so that an
unsigned file is rebuilt.
"""

from dataclasses import dataclass, field

from server.errors import Unprocessable
from server.pdf.inspect_graph import Dictionary, ObjectGraph, Value, is_reference, number
from server.pdf.inspect_limits import Meter

LETTER = (0.0, 0.0, 612.0, 792.0)  # what viewers take when a page has no size
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate")
_MAX_DEPTH = 100

Box = tuple[float, float, float, float]


@dataclass
class Pages:
    """Page dictionaries in order, their shown sizes in points, the nodes between, and the tree's faults."""

    dictionaries: list[Dictionary] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    branches: list[str] = field(default_factory=list)
    boxes: list[tuple[float, float]] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)


def read_pages(graph: ObjectGraph, meter: Meter) -> Pages:
    """Walk the tree. Raises ``pdf_no_pages``, ``pdf_circular``, ``pdf_too_complex``, ``pdf_too_many_pages``.
    """
    pages = Pages()
    root = graph.catalog.get("/Pages")
    if not graph.dictionary(root):
        raise Unprocessable("the catalog names no page tree", code="pdf_no_pages")
    _walk(graph, root, {}, [], pages, meter)
    if not pages.dictionaries:
        raise Unprocessable("the page tree holds no page", code="pdf_no_pages")
    if len(set(pages.references)) != len(pages.references):
        pages.faults.add("page_tree_wrong")
    return pages


def _walk(
    graph: ObjectGraph, node: Value, inherited: Dictionary, path: list[str], pages: Pages, meter: Meter
) -> int:
    """Visit one node; returns how many pages hang below it."""
    reference = node if is_reference(node) else ""
    if reference and reference in path:
        raise Unprocessable("the page tree runs in a circle", code="pdf_circular")
    if len(path) > _MAX_DEPTH:
        raise Unprocessable("the page tree is too deep", code="pdf_too_complex")
    meter.check_time()
    dictionary = graph.dictionary(node)
    if not dictionary or not reference:
        pages.faults.add("page_tree_wrong")
    if not dictionary:
        return 0
    if path and dictionary.get("/Parent") != path[-1]:
        pages.faults.add("page_tree_wrong")
    passed_on = {**inherited, **{key: dictionary[key] for key in _INHERITED if key in dictionary}}
    kind = graph.get(dictionary, "/Type")
    if "/Kids" not in dictionary:
        if kind != "/Page":
            pages.faults.add("page_tree_wrong")
        meter.check_pages(len(pages.dictionaries) + 1)
        pages.dictionaries.append(dictionary)
        pages.references.append(reference)
        pages.boxes.append(_shown_size(graph, passed_on, graph.get(dictionary, "/UserUnit"), pages.faults))
        return 1
    path.append(reference)
    if reference:
        pages.branches.append(reference)
    kids = graph.array(dictionary["/Kids"])
    count = sum(_walk(graph, kid, passed_on, path, pages, meter) for kid in kids)
    path.pop()
    if graph.get(dictionary, "/Count") != count or kind != "/Pages":
        pages.faults.add("page_tree_wrong")
    return count


def _shown_size(
    graph: ObjectGraph, attributes: Dictionary, user_unit: Value, faults: set[str]
) -> tuple[float, float]:
    """Width and height in points: crop box within the media box, scaled by ``/UserUnit``, turned."""
    media = _box(graph, attributes.get("/MediaBox"))
    if media is None:
        faults.add("page_size_wrong")
        media = LETTER
    crop = _box(graph, attributes.get("/CropBox"))
    if crop is None:
        if graph.get(attributes, "/CropBox") is not None:
            faults.add("page_size_wrong")
        crop = media
    shown = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    if shown[2] <= shown[0] or shown[3] <= shown[1]:
        shown = media
    unit = 1.0 if user_unit is None else number(user_unit) or 0.0
    if not 0 < unit < 1e6:
        faults.add("page_size_wrong")
        unit = 1.0
    width, height = (shown[2] - shown[0]) * unit, (shown[3] - shown[1]) * unit
    turn = graph.get(attributes, "/Rotate")
    if turn is not None and (not isinstance(turn, int) or turn % 90):
        faults.add("page_size_wrong")
        turn = 0
    return (height, width) if (turn or 0) % 180 == 90 else (width, height)


def _box(graph: ObjectGraph, value: Value) -> Box | None:
    """A rectangle with its corners in order (7.9.5), or ``None`` when it is none or holds no area."""
    corners = [number(graph.resolve(one)) for one in graph.array(value)]
    if len(corners) != 4 or any(corner is None or not abs(corner) < 1e7 for corner in corners):
        return None
    left, bottom, right, top = (corner or 0.0 for corner in corners)
    box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return box if box[2] > box[0] and box[3] > box[1] else None
