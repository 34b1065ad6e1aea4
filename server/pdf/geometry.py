"""From the page as a person sees it to the page's own coordinates.

A placement is given on the page AS SHOWN: origin at the lower left corner of what is visible (the crop box
within the media box), after the page's rotation, x to the right, y up, in points (1/72 inch; a page's UserUnit
says how many of them one unit of the page is)."""

from dataclasses import dataclass

from server.errors import BadInput
from server.signing.stamp_place import problem_of

Box = tuple[float, float, float, float]


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
    """What is visible of a page, how it is turned (clockwise, in quarters: 0 to 3), and how many points a unit is."""

    box: Box
    rotation: int
    unit: float = 1.0

    @property
    def size(self) -> tuple[float, float]:
        """Width and height as shown, in points."""
        width, height = self.unit * (self.box[2] - self.box[0]), self.unit * (self.box[3] - self.box[1])
        return (height, width) if self.rotation % 2 else (width, height)

    def stand(self, placement: Placement) -> Box:
        """The placement's box on the page as shown, in units of the page, whole on it. Raises BadInput
        (``placement_invalid``) for a box that may not stand there; one that reaches over the edge by no more
        than rounding is cut there."""
        box = placement.x0, placement.y0, placement.x1, placement.y1
        width, height = self.size
        problem = problem_of(box, (width, height))
        if problem is not None:
            raise BadInput(
                "the signature's box can't stand there", code="placement_invalid", details={"reason": problem}
            )
        x0, y0, x1, y1 = max(box[0], 0.0), max(box[1], 0.0), min(box[2], width), min(box[3], height)
        return x0 / self.unit, y0 / self.unit, x1 / self.unit, y1 / self.unit

    def as_shown(self, box: Box) -> Box:
        """A rectangle in the page's own coordinates (``/Rect``) -> points of the page as shown; the other way round
        of to_user_space()."""
        left, bottom, right, top = self.box
        x0, y0, x1, y1 = normalised(box)
        shown = (
            (x0 - left, y0 - bottom, x1 - left, y1 - bottom),
            (y0 - bottom, right - x1, y1 - bottom, right - x0),
            (right - x1, top - y1, right - x0, top - y0),
            (top - y1, x0 - left, top - y0, x1 - left),
        )[self.rotation]
        return shown[0] * self.unit, shown[1] * self.unit, shown[2] * self.unit, shown[3] * self.unit

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
