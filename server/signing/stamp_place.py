"""Where a visible signature may stand on a page (docs/protocol.md, 4.3): asked for, prepared, and checked by the phone alike.

Rules: the box lies on the visible page, with a point of slack for rounding; no side is shorter than a mark needs to be drawn alike by all
viewers; it covers at most half of the page, since a larger one could write another document over it, unless it is small in itself. The
phone's own check of the same numbers is ``mobile_app/device/document_checks/signature_field.py``.
"""

from server.document_limits import MAX_STAMP_SHARE, MIN_STAMP_SIDE, SMALL_STAMP_AREA, STAMP_SLACK

Box = tuple[float, float, float, float]
Size = tuple[float, float]


def problem_of(box: Box, page: Size) -> str | None:
    """``outside``, ``too_small`` or ``covers_page``; None for a box that may stand there.

    Points of the page as shown, its lower left corner being the origin; ``box`` is left, lower, right, upper side."""
    x0, y0, x1, y1 = box
    width, height = page
    if not (x1 - x0 >= MIN_STAMP_SIDE and y1 - y0 >= MIN_STAMP_SIDE):
        return "too_small"
    if x0 < -STAMP_SLACK or y0 < -STAMP_SLACK or x1 > width + STAMP_SLACK or y1 > height + STAMP_SLACK:
        return "outside"
    if (x1 - x0) * (y1 - y0) > largest_area(page):
        return "covers_page"
    return None


def largest_area(page: Size) -> float:
    """Square points that a box on this page may take."""
    return max(MAX_STAMP_SHARE * page[0] * page[1], SMALL_STAMP_AREA)
