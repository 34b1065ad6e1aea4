"""Where the stamp stands on the page as a viewer shows it: cropped and turned (ISO 32000-2, 7.7.3.3 and 14.11.2).

Rules: the place is given in shares of the shown page, from its top left, so that whoever draws the page at any size can
point at it. What the crop cuts off is not counted; a stamp without area, or outside of what is shown, has no place.
"""

from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.document import PreparedDocument
from mobile_app.device.document_checks.signature_field import Rectangle, is_visible, rectangle_of
from mobile_app.device.document_checks.syntax import Ref, Value

# A page without a usable box is a US Letter, as PDFium has it.
_LETTER: Final = (0.0, 0.0, 612.0, 792.0)
_MAX_PARENTS: Final = 64
_INHERITED: Final = ("MediaBox", "CropBox", "Rotate")


@dataclass(frozen=True, slots=True)
class StampPlace:
    """``page`` counts from 0. The sides are shares, 0 to 1, of the shown page: 0, 0 is its top left.
    ``fills_a_field``: an empty field stood there already, and what it showed gives way to the stamp."""

    page: int
    left: float
    top: float
    right: float
    bottom: float
    fills_a_field: bool = False


def stamp_place(document: PreparedDocument) -> StampPlace | None:
    """Return where the signature's widget is seen, or ``None`` when it is not."""
    signing = document.signing
    stamp = rectangle_of(document, signing.field_value.get("Rect"))
    if stamp is None or not is_visible(stamp):
        return None
    attributes = _attributes(document, signing.page)
    left, bottom, right, top = _shown_box(document, attributes)
    width, height = right - left, top - bottom
    sides = (stamp[0] - left) / width, (top - stamp[3]) / height, (stamp[2] - left) / width, (top - stamp[1]) / height
    seen = _turned(sides, _rotation(document, attributes))
    x1, y1, x2, y2 = (min(1.0, max(0.0, side)) for side in seen)
    if x1 >= x2 or y1 >= y2:
        return None
    return StampPlace(signing.page_index, x1, y1, x2, y2, fills_a_field=not signing.is_new)


def _turned(sides: Rectangle, rotation: int) -> Rectangle:
    """Turn shares (left, top, right, bottom) clockwise with the page."""
    left, top, right, bottom = sides
    if rotation == 90:
        return 1 - bottom, left, 1 - top, right
    if rotation == 180:
        return 1 - right, 1 - bottom, 1 - left, 1 - top
    if rotation == 270:
        return top, 1 - right, bottom, 1 - left
    return sides


def _attributes(document: PreparedDocument, page: Ref) -> dict[str, Value]:
    """Return what the page says of its boxes and its rotation, or the nearest of its parents that does (7.7.3.4)."""
    found: dict[str, Value] = {}
    node = document.dictionary_before(page)
    for _ in range(_MAX_PARENTS):
        for key in _INHERITED:
            if key not in found and node.get(key) is not None:
                found[key] = node[key]
        parent = node.get("Parent")
        if len(found) == len(_INHERITED) or not isinstance(parent, Ref):
            break
        node = document.dictionary_before(parent)
    return found


def _shown_box(document: PreparedDocument, attributes: dict[str, Value]) -> Rectangle:
    """Return the CropBox as far as it lies in the MediaBox; what is unusable counts as absent."""
    media = rectangle_of(document, attributes.get("MediaBox"))
    if media is None or not is_visible(media):
        media = _LETTER
    crop = rectangle_of(document, attributes.get("CropBox"))
    if crop is None:
        return media
    common = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    return common if is_visible(common) else media


def _rotation(document: PreparedDocument, attributes: dict[str, Value]) -> int:
    """Return 0, 90, 180 or 270: how far the page is turned clockwise."""
    value = document.original.value(attributes.get("Rotate"))
    return value % 360 if type(value) is int and value % 90 == 0 else 0
