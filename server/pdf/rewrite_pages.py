"""What a rewrite mends of the page tree (ISO 32000-2, 7.7.3): as viewers take it when they show the file.

Pages become references, each once, directly below the root, with their inherited attributes; counts and parents are right; a page without
a size gets the one that viewers assume; a crop box is cut to the media box, since nothing beyond that is shown.
"""

from decimal import Decimal
from typing import Any

import pikepdf

from server.pdf.inspect_pages import LETTER

_MAX_DEPTH = 100
_MAX_COORDINATE = 10**7
_INHERITED = ("/MediaBox", "/CropBox", "/Rotate", "/Resources")


def mend_pages(pdf: pikepdf.Pdf) -> None:
    """Fill in what viewers assume: pages as references, parents, counts, a size."""
    pages = [page.obj for page in pdf.pages]  # qpdf makes direct and repeated pages objects of their own
    root = pdf.Root.Pages
    pdf.Root.Type = pikepdf.Name.Catalog
    for page in pages:
        page.Type = pikepdf.Name.Page
        for key in _INHERITED:
            inherited = _inherited(page, key)
            if key not in page and inherited is not None:
                page[key] = inherited
        _mend_boxes(page)
        for key, is_right in (("/Rotate", _is_turn), ("/UserUnit", _is_unit)):
            if key in page and not is_right(page[key]):
                del page[key]
        if "/Rotate" in page and not isinstance(page.Rotate, int | pikepdf.Integer):
            page.Rotate = int(page.Rotate)
        page.Parent = root
    for key in (*_INHERITED, "/Parent"):
        if key in root:
            del root[key]
    root.Type = pikepdf.Name.Pages
    root.Kids = pikepdf.Array(pages)
    root.Count = len(pages)


def _mend_boxes(page: Any) -> None:
    media = _box(page.get("/MediaBox"))
    if media is None:
        media = [Decimal(int(corner)) for corner in LETTER]
    if media != _written(page.get("/MediaBox")):
        page.MediaBox = pikepdf.Array(media)
    if "/CropBox" not in page:
        return
    crop, outer = _box(page.CropBox), _ordered(media)
    shown = (
        None
        if crop is None
        else [max(crop[0], outer[0]), max(crop[1], outer[1]), min(crop[2], outer[2]), min(crop[3], outer[3])]
    )
    if shown is None or shown[0] >= shown[2] or shown[1] >= shown[3]:
        del page["/CropBox"]
    elif shown != _written(page.CropBox):
        page.CropBox = pikepdf.Array(shown)


def _written(value: Any) -> list[Decimal] | None:
    """The corners as they stand, if they are plain numbers in an array."""
    return _numbers(value, resolved=False)


def _box(value: Any) -> list[Decimal] | None:
    """Corners in order; None for what spans no area."""
    corners = _numbers(value, resolved=True)
    if corners is None or len(corners) != 4:
        return None
    box = _ordered(corners)
    fine = box[0] < box[2] and box[1] < box[3] and all(abs(corner) < _MAX_COORDINATE for corner in box)
    return box if fine else None


def _numbers(value: Any, *, resolved: bool) -> list[Decimal] | None:
    if not isinstance(value, pikepdf.Array):
        return None
    try:
        return [Decimal(one.unparse(resolved=resolved).decode("ascii")) for one in value.as_list()]
    except (ArithmeticError, AttributeError):  # no number, a reference to one, or null
        return None


def _ordered(corners: list[Decimal]) -> list[Decimal]:
    left, bottom, right, top = corners
    return [min(left, right), min(bottom, top), max(left, right), max(bottom, top)]


def _inherited(page: Any, key: str) -> Any:
    node = page
    for _ in range(_MAX_DEPTH):
        if key in node:
            return node[key]
        node = node.get("/Parent")
        if not isinstance(node, pikepdf.Dictionary):
            return None
    return None


def _is_turn(value: Any) -> bool:
    try:
        return int(value) % 90 == 0 and float(value) == int(value)
    except (TypeError, ValueError, ArithmeticError):
        return False


def _is_unit(value: Any) -> bool:
    try:
        return 0 < float(value) < 1e6
    except (TypeError, ValueError, ArithmeticError):
        return False


def unshare_annotations(pdf: pikepdf.Pdf) -> None:
    """A signature adds to the annotations of one page: an array that two pages name is copied for the second."""
    seen: set[tuple[int, int]] = set()
    for page in pdf.pages:
        array = page.obj.get("/Annots")
        if array is None or not array.is_indirect:
            continue
        if array.objgen in seen and isinstance(array, pikepdf.Array):
            page.obj.Annots = pdf.make_indirect(pikepdf.Array(list(array)))
        seen.add(array.objgen)
