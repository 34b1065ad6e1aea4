"""Where the visible signature stands on one document, when one wish is made for many.

Rules: the box keeps its size; on a smaller page it is moved inside; a page that can't hold it, or a page number that a document does
not have, refuses that document by name. Points of the page as shown, origin lower left.
"""

from dataclasses import dataclass

from server.documents.document import SignableDocument
from server.errors import BadInput
from server.signing.sign_request import Placement

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
        if box_width > width or box_height > height:
            raise BadInput("the page is too small for the box", code="placement_too_large")
        x0 = min(max(self.x0, 0.0), width - box_width)
        y0 = min(max(self.y0, 0.0), height - box_height)
        return Placement(page, x0, y0, x0 + box_width, y0 + box_height)


def check_placement(document: SignableDocument, placement: Placement) -> None:
    """Raises ``BadInput(placement_invalid)`` unless the box lies on a page of the document and can be read."""
    details = {"document_id": document.document_id}
    if not 0 <= placement.page < document.pages:
        raise BadInput("no such page", code="placement_invalid", details=details)
    width, height = document.page_boxes[placement.page]
    inside = 0 <= placement.x0 < placement.x1 <= width + 1 and 0 <= placement.y0 < placement.y1 <= height + 1
    readable = placement.x1 - placement.x0 >= SMALLEST_WIDTH and placement.y1 - placement.y0 >= SMALLEST_HEIGHT
    if not inside or not readable:
        raise BadInput("the signature's box must lie on the page", code="placement_invalid", details=details)
