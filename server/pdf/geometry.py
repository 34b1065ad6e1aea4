"""From the page as a person sees it to the page's own coordinates.

A placement is given on the page AS SHOWN: origin at the lower left corner of what is visible (the crop box
within the media box), after the page's rotation, x to the right, y up, in units of the page's user space
(1/72 inch unless the page has a UserUnit: page images and PDFium's page sizes ignore it too, so a box drawn
on the image lands where it was drawn)."""

from dataclasses import dataclass

from server.errors import BadInput

Box = tuple[float, float, float, float]
MINIMUM_SIDE = 4.0


@dataclass(frozen=True)
class Placement:
    """Where the visible signature stands: zero-based page, and its box on the page as shown."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


def normalised(box: Box) -> Box:
    """The box with its lower left corner first."""
    x0, y0, x1, y1 = box
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def visible_box(media_box: Box | None, crop_box: Box | None) -> Box:
    """The crop box within the media box; a missing or empty media box counts as US Letter, as in PDFium."""
    media = normalised(media_box) if media_box else (0.0, 0.0, 0.0, 0.0)
    if media[0] >= media[2] or media[1] >= media[3]:
        media = (0.0, 0.0, 612.0, 792.0)
    if crop_box is None:
        return media
    crop = normalised(crop_box)
    both = max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])
    return media if both[0] >= both[2] or both[1] >= both[3] else both


@dataclass(frozen=True)
class PageView:
    """What is visible of a page and how it is turned. ``rotation`` is clockwise, in quarters: 0 to 3."""

    box: Box
    rotation: int

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown."""
        width, height = self.box[2] - self.box[0], self.box[3] - self.box[1]
        return (height, width) if self.rotation % 2 else (width, height)

    def fit(self, placement: Placement) -> Box:
        """The placement's box moved onto the page, if need be, and made smaller only when it is larger than
        the page. Raises BadInput (``placement_invalid``) for boxes that are no boxes."""
        x0, y0, x1, y1 = normalised((placement.x0, placement.y0, placement.x1, placement.y1))
        if not all(-1e6 < value < 1e6 for value in (x0, y0, x1, y1)) or min(x1 - x0, y1 - y0) < MINIMUM_SIDE:
            raise BadInput("the signature's box is too small or no box", code="placement_invalid")
        width, height = self.size
        shift_x = max(0.0, -x0) - max(0.0, x1 - width) if x1 - x0 <= width else -x0
        shift_y = max(0.0, -y0) - max(0.0, y1 - height) if y1 - y0 <= height else -y0
        return x0 + shift_x, y0 + shift_y, min(x1 + shift_x, width), min(y1 + shift_y, height)

    def to_user_space(self, shown: Box) -> Box:
        """A box as shown -> the rectangle in the page's own coordinates (``/Rect``)."""
        left, bottom, right, top = self.box
        x0, y0, x1, y1 = shown
        if self.rotation == 1:
            return normalised((right - y0, bottom + x0, right - y1, bottom + x1))
        if self.rotation == 2:
            return normalised((right - x0, top - y0, right - x1, top - y1))
        if self.rotation == 3:
            return normalised((left + y0, top - x0, left + y1, top - x1))
        return left + x0, bottom + y0, left + x1, bottom + y1

    def upright_matrix(self, width: float, height: float) -> tuple[float, ...]:
        """``/Matrix`` that turns an appearance of this size (as shown) so that it stands upright on the
        rotated page (12.5.5)."""
        return (
            (1, 0, 0, 1, 0, 0),
            (0, 1, -1, 0, height, 0),
            (-1, 0, 0, -1, width, height),
            (0, -1, 1, 0, 0, width),
        )[self.rotation]
