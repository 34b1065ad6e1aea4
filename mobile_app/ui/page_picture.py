"""A page of a checked document as a picture, and what draws it: PDFium on a desktop, Android's own renderer on a phone. No Kivy here."""

from dataclasses import dataclass
from typing import Final, Protocol

LARGEST_SIDE: Final = 3000
"""Pixels: a picture takes four bytes for each."""


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
    """The pages of a request's documents. One at a time, whoever asks; never on the first thread."""

    def picture(self, position: int, page: int, width: int) -> PagePicture:
        """Page ``page`` (0-based), ``width`` pixels wide unless that is too large. Raises CheckFailed("document_changed"),
        CheckFailed("page_unreadable"), LookupError when the request is no longer in hand."""
        ...

    def close(self) -> None:
        """Before the request ends, as the bytes go with it."""
        ...
