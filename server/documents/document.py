"""A document: the bytes as uploaded, the bytes as they stand now (rewritten, signed), and what was found in them.

CHECKING → READY, or the document is taken away again with its refusal kept in the audit log. A READY document may be in one live sign
request at a time, so no signature is lost to a parallel one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class DocumentState(StrEnum):
    CHECKING = "CHECKING"
    READY = "READY"
    REFUSED = "REFUSED"  # bytes are gone; the row stays a short while so that the uploader can read why


@dataclass(frozen=True, slots=True)
class Document:
    """``page_boxes``: width and height in points of each page as shown; ``repairs``: why the file was rewritten, empty if it was not;
    ``stamp_places``: page (0-based) and box of each place that an earlier signature leaves for a visible one, None: anywhere;
    ``checked_by``: which checker judged the bytes that stand before our own signatures, empty: one of long ago;
    ``refusal_details``: what the refusal's sentence names (rule, offset, page, limit);
    ``processing_right``: what the owner may do with it (view, initial, approve, sign); ``in_request``: an open sign request holds it."""

    document_id: str
    relying_party_id: str
    user_id: str | None
    title: str
    document_code: str
    file_name: str
    state: DocumentState
    uploaded_sha256: str
    current_sha256: str
    current_length: int
    created_at: float
    pages: int = 0
    page_boxes: tuple[tuple[float, float], ...] = ()
    earlier_signatures: int = 0
    findings: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    refusal_code: str | None = None
    signed_at: float | None = None
    last_request_id: str | None = None
    import_batch_id: str | None = None
    processing_right: str = "sign"
    in_request: bool = False
    refusal_details: Mapping[str, object] = field(default_factory=dict)
    checked_by: str = ""
    stamp_places: tuple[tuple[int, float, float, float, float], ...] | None = None

    @property
    def rewritten(self) -> bool:
        """Whether the bytes to be signed are not the uploaded ones."""
        return bool(self.repairs)


@dataclass(frozen=True, slots=True)
class SignableDocument:
    """What is asked of a document that goes into a sign request; the fields are those of ``Document``."""

    document_id: str
    title: str
    pages: int
    page_boxes: tuple[tuple[float, float], ...]
    current_sha256: str
    current_length: int
    signed_at: float | None = None
