"""A page of a checked document as a picture, and what draws it: PDFium on a desktop, Android's own renderer on a phone. No Kivy here.

Rules: what is drawn are the bytes that were checked, page by page as the check counted them. Whoever draws and counts otherwise sees
another document than the one that would be signed, and says so (``doc_pages_drawn``): nothing of it is shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from mobile_app.device.document_checks.limits import MAX_PAGE_SECONDS
from mobile_app.device.interaction import RequestView
from mobile_app.errors import CheckFailed

LARGEST_SIDE: Final = 3000
"""Pixels: a picture takes four bytes for each."""
MISMATCHES: Final = ("doc_pages_drawn", "document_changed")
"""What is drawn is not what was checked: the request can't be approved any more."""


@dataclass(frozen=True, slots=True)
class CheckedPdf:
    """A document's checked bytes, how many pages the check counted, and how many of the bytes are the document before this signature."""

    octets: bytes
    pages: int
    original_length: int


ReadChecked = Callable[[int], CheckedPdf]
"""By position. Raises CheckFailed("document_changed"), LookupError when the request is no longer in hand."""


def reader_of(view: RequestView) -> ReadChecked:
    """What a request's documents are drawn from."""

    def read(position: int) -> CheckedPdf:
        document = view.documents[position]
        return CheckedPdf(view.open_document(position), document.pages, document.original_length)

    return read


def check_count(drawn: int, checked: int) -> None:
    """Raises CheckFailed("doc_pages_drawn")."""
    if drawn != checked:
        raise CheckFailed("doc_pages_drawn", {"drawn": drawn, "checked": checked})


def size_of_picture(across: float, down: float, width: int) -> tuple[int, int]:
    """Pixels for a page of this size, ``width`` wide unless that is too large."""
    scale = min(width / across, LARGEST_SIDE / across, LARGEST_SIDE / down)
    return max(1, round(across * scale)), max(1, round(down * scale))


@dataclass(frozen=True, slots=True)
class PagePicture:
    """Rows from the top, four bytes a pixel: red, green, blue, unused."""

    position: int
    page: int
    pages: int
    width: int
    height: int
    pixels: bytes


class Pages(Protocol):
    """The pages of a request's documents. One at a time, whoever asks; never on the first thread.

    Both raise CheckFailed("document_changed"), CheckFailed("doc_pages_drawn"), CheckFailed("page_unreadable"),
    CheckFailed("page_too_slow"), LookupError when the request is no longer in hand."""

    def picture(self, position: int, page: int, width: int) -> PagePicture:
        """Page ``page`` (0-based) with all that is drawn over it, ``width`` pixels wide unless that is too large."""
        ...

    def before_signing(
        self, position: int, page: int, width: int, seconds: float = MAX_PAGE_SECONDS, fields: bool = True
    ) -> PagePicture:
        """The same page as it was before this signature. ``seconds``: what it may take, where drawing can be broken off;
        ``fields``: whether form fields are drawn, where they are at all."""
        ...

    def close(self) -> None:
        """Before the request ends, as the bytes go with it."""
        ...
