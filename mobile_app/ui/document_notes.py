"""What the person should note of one document: the checks' findings, and what only drawing shows. No Kivy here."""

from collections.abc import Set
from typing import Final

from mobile_app.device.interaction import DocumentView

STAMP_OVER_CONTENT: Final = "stamp_over_content"
UNSEEN_ANNOTATIONS: Final = "unseen_annotations"


def unseen_annotations(document: DocumentView, kinds_drawn: Set[str] | None) -> dict[int, int]:
    """By page (from 0): how many fields and annotations this phone may leave out. ``kinds_drawn`` as in ``PhoneParts``."""
    if kinds_drawn is None:
        return {}
    found = {
        page.page: sum(count for kind, count in page.kinds if kind not in kinds_drawn) for page in document.annotations
    }
    return {page: count for page, count in found.items() if count}


def notes(document: DocumentView, kinds_drawn: Set[str] | None) -> tuple[str, ...]:
    """The findings, and whether something may not be seen on this phone."""
    more = (UNSEEN_ANNOTATIONS,) if unseen_annotations(document, kinds_drawn) else ()
    return (*document.findings, *more)
