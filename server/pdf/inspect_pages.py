"""The page tree as it stands (ISO 32000-2, 7.7.3), and the size of each page as it is shown.

The grammar (grammar/page_tree.py) has typed the tree before: what is read here is the same tree as qpdf sees it, for those who ask about
content. A ring in it is refused all the same, since whoever walks it must end.
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
    """Page dictionaries in order, their references, and their shown sizes in points."""

    dictionaries: list[Dictionary] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    boxes: list[tuple[float, float]] = field(default_factory=list)


def read_pages(graph: ObjectGraph, meter: Meter) -> Pages:
    """Walk the tree. Raises ``pdf_no_pages``, ``pdf_circular``, ``pdf_too_complex``, ``pdf_too_many_pages``.
    """
    pages = Pages()
    _walk(graph, graph.catalog.get("/Pages"), {}, [], pages, meter)
    if not pages.dictionaries:
        raise Unprocessable("the page tree holds no page", code="pdf_no_pages")
    return pages


def _walk(
    graph: ObjectGraph, node: Value, inherited: Dictionary, path: list[str], pages: Pages, meter: Meter
) -> None:
    """Visit one node and what hangs below it."""
    reference = node if is_reference(node) else ""
    if reference and reference in path:
        raise Unprocessable("the page tree runs in a circle", code="pdf_circular")
    if len(path) > _MAX_DEPTH:
        raise Unprocessable("the page tree is too deep", code="pdf_too_complex")
    meter.check_time()
    dictionary = graph.dictionary(node)
    if not dictionary:
        return
    passed_on = {**inherited, **{key: dictionary[key] for key in _INHERITED if key in dictionary}}
    if "/Kids" not in dictionary:
        meter.check_pages(len(pages.dictionaries) + 1)
        pages.dictionaries.append(dictionary)
        pages.references.append(reference)
        pages.boxes.append(_shown_size(graph, passed_on, graph.get(dictionary, "/UserUnit")))
        return
    path.append(reference)
    for kid in graph.array(dictionary["/Kids"]):
        _walk(graph, kid, passed_on, path, pages, meter)
    path.pop()


def _shown_size(graph: ObjectGraph, attributes: Dictionary, user_unit: Value) -> tuple[float, float]:
    """Width and height in points: crop box within the media box, scaled by ``/UserUnit``, turned."""
    media = _box(graph, attributes.get("/MediaBox")) or LETTER
    crop = _box(graph, attributes.get("/CropBox")) or media
    shown = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    if shown[2] <= shown[0] or shown[3] <= shown[1]:
        shown = media
    unit = number(user_unit) or 1.0
    width, height = (shown[2] - shown[0]) * unit, (shown[3] - shown[1]) * unit
    turn = graph.get(attributes, "/Rotate")
    return (height, width) if isinstance(turn, int) and turn % 180 == 90 else (width, height)


def _box(graph: ObjectGraph, value: Value) -> Box | None:
    """A rectangle with its corners in order (7.9.5), or ``None`` when it is none or holds no area."""
    corners = [number(graph.resolve(one)) for one in graph.array(value)]
    if len(corners) != 4 or any(corner is None or not abs(corner) < 1e7 for corner in corners):
        return None
    left, bottom, right, top = (corner or 0.0 for corner in corners)
    box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    return box if box[2] > box[0] and box[3] > box[1] else None
