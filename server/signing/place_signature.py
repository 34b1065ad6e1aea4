"""Where the visible signature stands on one document, when one wish is made for many.

Rules: the box keeps its size; on a smaller page it is moved inside; a page that can't hold it, or of which it would cover more than half,
or a page number that a document does not have, refuses that document by name. A box that the phone would refuse is refused here, when it
is asked for. Points of the page as shown, origin lower left.
"""

from dataclasses import dataclass
from typing import Protocol

from server.documents.document import SignableDocument
from server.errors import BadInput
from server.signing.sign_request import Placement
from server.signing.stamp_place import largest_area, problem_of

SMALLEST_WIDTH, SMALLEST_HEIGHT = 40, 16  # points: below this nobody can read it


@dataclass(frozen=True, slots=True)
class SamePlace:
    """One wish for every document of a request. ``page`` is 0-based; -1 is the last page."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    def on(self, document: SignableDocument) -> Placement:
        """Raises ``BadInput`` (placement_page_missing, placement_too_large)."""
        page = document.pages - 1 if self.page == -1 else self.page
        if not 0 <= page < document.pages:
            raise BadInput("the document has no such page", code="placement_page_missing", details={"page": page + 1})
        width, height = document.page_boxes[page]
        box_width, box_height = self.x1 - self.x0, self.y1 - self.y0
        if box_width > width or box_height > height or box_width * box_height > largest_area((width, height)):
            raise BadInput("the box is too large for the page", code="placement_too_large")
        x0 = min(max(self.x0, 0.0), width - box_width)
        y0 = min(max(self.y0, 0.0), height - box_height)
        return Placement(page, x0, y0, x0 + box_width, y0 + box_height)


class PagesOf(Protocol):
    """What placing needs to know of a document: sizes in points, as its pages are shown."""

    @property
    def document_id(self) -> str: ...
    @property
    def pages(self) -> int: ...
    @property
    def page_boxes(self) -> tuple[tuple[float, float], ...]: ...


def check_placement(document: PagesOf, placement: Placement) -> None:
    """Raises ``BadInput(placement_invalid)``, with the ``reason`` in its details, unless the box may stand there and can be read."""
    problem = _problem(document, placement)
    if problem is not None:
        details = {"document_id": document.document_id, "reason": problem}
        raise BadInput("the signature's box can't stand there", code="placement_invalid", details=details)


def _problem(document: PagesOf, placement: Placement) -> str | None:
    """``no_page``, ``outside``, ``too_small`` or ``covers_page``; None for a box that the phone will take."""
    if not 0 <= placement.page < document.pages:
        return "no_page"
    box = placement.x0, placement.y0, placement.x1, placement.y1
    if not (box[2] - box[0] >= SMALLEST_WIDTH and box[3] - box[1] >= SMALLEST_HEIGHT):
        return "too_small"
    return problem_of(box, document.page_boxes[placement.page])
