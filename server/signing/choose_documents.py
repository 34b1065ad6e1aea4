"""The documents of step 1: which of them may go into one request, and where the signature stands on each.

Rules: each is the asker's own, ready, to be signed, in no other open request, and of the one import batch when it is signed by batch; a
refusal names the documents in the way. The store picks those that fit in one question; only when some do not are they read whole, since
reading ten thousand documents takes a while in which the web process asks the store for nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.config import Config
from server.documents.document import Document, DocumentState, SignableDocument
from server.errors import BadInput, Conflict, NotFound, TooLarge
from server.signing.place_signature import SamePlace, check_placement
from server.signing.ports import SigningTransaction
from server.signing.sign_request import Placement

NAMED = 5  # titles in one sentence
PREPARING_ADDS = 64 * 1024
"""Bytes: more than stamp, font and gap take. Phones count prepared bytes, and refuse a request that is over their limit (4 GiB)."""
Wish = Placement | SamePlace | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose documents they must be; ``user_id`` None for an outside relying party, ``import_batch_id`` None across batches."""

    relying_party_id: str
    user_id: str | None
    import_batch_id: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a request would hold."""

    documents: int
    pages: int
    bytes: int


class Titled(Protocol):
    @property
    def document_id(self) -> str: ...
    @property
    def title(self) -> str: ...


def choose(tx: SigningTransaction, asker: Asker, document_ids: list[str]) -> list[SignableDocument]:
    """The documents in the order asked for. Raises ``NotFound(document_unknown)``, ``Conflict`` (document_not_ready,
    processing_right_mixed, import_batch_mixed, document_in_use)."""
    found = tx.documents.signable(document_ids, asker.relying_party_id, asker.user_id, asker.import_batch_id)
    known = {document.document_id: document for document in found}
    if len(known) < len(document_ids):
        _refuse(tx, asker, document_ids)
    return [known[document_id] for document_id in document_ids]


def _refuse(tx: SigningTransaction, asker: Asker, document_ids: list[str]) -> None:
    """Raises for the first rule that some of the documents break, naming all that break it."""
    known = {document.document_id: document for document in tx.documents.many(document_ids)}
    own = {
        d.document_id
        for d in known.values()
        if (d.relying_party_id, d.user_id) == (asker.relying_party_id, asker.user_id)
    }
    unknown = [document_id for document_id in document_ids if document_id not in own]
    if unknown:
        details: dict[str, object] = {"documents": unknown[:100], "document_id": unknown[0], "count": len(unknown)}
        raise NotFound("no such document", code="document_unknown", details=details)
    documents = [known[document_id] for document_id in document_ids]
    _refuse_all("document_not_ready", [d for d in documents if d.state is not DocumentState.READY])
    _refuse_all("processing_right_mixed", [d for d in documents if d.processing_right != "sign"])
    if asker.import_batch_id is not None:
        _refuse_all("import_batch_mixed", [d for d in documents if d.import_batch_id != asker.import_batch_id])
    _refuse_all("document_in_use", [d for d in documents if d.in_request])


def _refuse_all(code: str, wrong: list[Document]) -> None:
    if wrong:
        raise Conflict(code.replace("_", " "), code=code, details=naming(wrong))


def refuse_changed(documents: Sequence[SignableDocument], seen: Sequence[str | None], seen_at: float | None) -> None:
    """Nobody asks for a signature on what they have not seen. ``seen``: for each document the SHA-256 of the version that was looked at;
    ``seen_at``: when all were chosen. None says nothing. Raises ``Conflict(signed_meanwhile)`` naming every document that changed since."""
    changed = [
        document
        for document, sha256 in zip(documents, seen, strict=True)
        if (sha256 is not None and sha256 != document.current_sha256)
        or (seen_at is not None and document.signed_at is not None and document.signed_at > seen_at)
    ]
    if changed:
        raise Conflict("signed since the asker looked", code="signed_meanwhile", details=naming(changed))


def measure(documents: Sequence[SignableDocument], config: Config) -> Selection:
    """Raises ``TooLarge`` (too_many_pages, too_many_bytes)."""
    pages, size = sum(d.pages for d in documents), sum(d.current_length for d in documents)
    prepared = size + PREPARING_ADDS * len(documents)
    if pages > config.max_request_pages:
        raise TooLarge("too many pages", code="too_many_pages", details={"limit": config.max_request_pages})
    if prepared > config.max_request_bytes:
        raise TooLarge("too many bytes", code="too_many_bytes", details={"limit": config.max_request_bytes})
    return Selection(len(documents), pages, size)


def place(documents: Sequence[SignableDocument], wishes: Sequence[Wish]) -> list[Placement | None]:
    """Where the signature stands on each. Raises ``BadInput`` naming every document that can't take its box, grouped by the first reason
    met."""
    places: list[Placement | None] = []
    refused: list[tuple[SignableDocument, BadInput]] = []
    for document, wish in zip(documents, wishes, strict=True):
        try:
            placement = wish.on(document) if isinstance(wish, SamePlace) else wish
        except BadInput as error:
            refused.append((document, error))
            continue
        if placement is not None:
            check_placement(document, placement)
        places.append(placement)
    if refused:
        first = refused[0][1]
        details = naming([document for document, error in refused if error.code == first.code])
        raise BadInput(str(first), code=first.code, details={**first.details, **details})
    return places


def naming(documents: Sequence[Titled]) -> dict[str, object]:
    """Details of a refusal: which documents are meant (at most 100), and the first of them by title."""
    titles = ", ".join(f"“{document.title}”" for document in documents[:NAMED])
    ids = [document.document_id for document in documents[:100]]
    more = len(documents) - NAMED
    named = f"{titles} (+{more})" if more > 0 else titles
    return {"documents": ids, "document_id": ids[0], "count": len(documents), "named": named}
