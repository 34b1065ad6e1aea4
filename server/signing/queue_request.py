"""Step 1: somebody asks for signatures, and the request waits for its documents to be prepared.

Rules, all checked here on the server: the asker may use each document; each is ready and in no other open request; the subscriber has a
phone; the relying party has room in its budget and has not just been refused; the counts are within the limits. One transaction records
the request, its items and the work; a repeated idempotency key gets the first answer again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from server.audit.audit_log import record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.devices.device import DeviceState
from server.documents.document import Document, DocumentState
from server.errors import BadInput, Conflict, Forbidden, NotFound, TooLarge, TooManyTries
from server.ids import new_id
from server.signing.place_signature import SamePlace, check_placement
from server.signing.ports import SigningStore, SigningTransaction
from server.signing.sign_request import Item, Placement, SignRequest, State
from server.signing.verification_code import draw_codes
from server.work import BULK, GROUP, INTERACTIVE, Nudge

NAMED = 5  # titles in one sentence
REFUSAL_WINDOW = 3600.0
BUDGET_OF_PARTY, BUDGET_OF_PORTAL = (60.0, 0.5), (300.0, 2.0)
"""Requests to one subscriber: at once, and a second. Taking requests back does not win new ones: each has rung a phone."""
REFUSAL_BACK_OFF = (30.0, 120.0, 600.0, 3600.0)
"""Seconds a relying party waits after the first, second … refusal by the same subscriber within an hour."""


@dataclass(frozen=True, slots=True)
class WantedSignature:
    """``placement``: None for an invisible signature."""

    document_id: str
    placement: Placement | SamePlace | None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a request would hold."""

    documents: int
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class NewRequest:
    """``user_id`` is the portal user who asks, None for an outside relying party; ``lifetime`` in seconds, None for the default;
    ``import_batch_id``: the person signs by batch, so all documents must have come in that one."""

    relying_party_id: str
    user_id: str | None
    requested_by: str
    subscriber_id: str
    documents: Sequence[WantedSignature]
    lifetime: int | None = None
    idempotency_key: str | None = None
    import_batch_id: str | None = None

    def digest(self) -> str:
        """What two calls with one idempotency key must agree in."""
        wanted = [[w.document_id, list(_box(w.placement))] for w in self.documents]
        text = json.dumps(
            [self.user_id, self.requested_by, self.subscriber_id, wanted, self.lifetime, self.import_batch_id]
        )
        return hashlib.sha256(text.encode()).hexdigest()


def _box(placement: Placement | SamePlace | None) -> tuple[float, ...]:
    if placement is None:
        return ()
    return (placement.page, placement.x0, placement.y0, placement.x1, placement.y1)


class QueueRequest:
    def __init__(self, store: SigningStore, clock: Clock, config: Config, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._config = config
        self._nudge = nudge

    def __call__(self, new: NewRequest) -> SignRequest:
        """Records the request. Raises ``BadInput``, ``Forbidden``, ``NotFound``, ``Conflict`` (no_device, document_in_use,
        document_not_ready, idempotency_key_reused), ``TooLarge``, ``TooManyTries``."""
        lifetime = self._check_shape(new)
        with self._store.write() as tx:
            if new.idempotency_key is not None:
                earlier = tx.requests.by_idempotency_key(new.relying_party_id, new.idempotency_key)
                if earlier is not None:
                    if earlier.idempotency_sha256 != new.digest():
                        raise Conflict("the idempotency key was used otherwise", code="idempotency_key_reused")
                    return earlier
            now = self._clock.now()
            request = self._make(tx, new, now, lifetime)
            items = self._items(tx, new, request.request_id, now)
            tx.requests.add(request, items)
            tx.documents.set_last_request([item.document_id for item in items], request.request_id)
            self._add_work(tx, request, now)
            record(
                tx,
                "request_queued",
                now=now,
                actor=new.user_id or new.relying_party_id,
                subject=request.request_id,
                facts={
                    "relying_party": new.relying_party_id,
                    "subscriber": new.subscriber_id,
                    "documents": [[item.document_id, item.source_sha256] for item in items],
                },
            )
            tx.outbox.add("request_changed", request.request_id, {}, now)
            crash_point("queue.before_commit")
        crash_point("queue.after_commit")
        self._nudge.workers()
        return request

    def check(self, new: NewRequest) -> Selection:
        """Would these documents go into one request? Records nothing. Raises what calling would about the documents."""
        self._check_shape(new)
        with self._store.read() as tx:
            chosen = self._chosen(tx, new)
        return self._measure([document for document, _ in chosen])

    def _check_shape(self, new: NewRequest) -> int:
        if not new.documents:
            raise BadInput("no document was chosen", code="no_documents")
        if len(new.documents) > self._config.max_request_items:
            raise TooLarge(
                "too many documents", code="too_many_items", details={"limit": self._config.max_request_items}
            )
        if len({wanted.document_id for wanted in new.documents}) != len(new.documents):
            raise BadInput("a document was chosen twice", code="document_twice")
        lifetime = self._config.request_lifetime if new.lifetime is None else new.lifetime
        if not 30 <= lifetime <= 86_400:
            raise BadInput(
                "a request lives 30 s to 24 h", code="lifetime_invalid", details={"minimum": 30, "maximum": 86_400}
            )
        return lifetime

    def _make(self, tx: SigningTransaction, new: NewRequest, now: float, lifetime: int) -> SignRequest:
        party = tx.relying_parties.get(new.relying_party_id)
        if party.state != "ACTIVE":
            raise Forbidden("the relying party is suspended", code="relying_party_suspended")
        subscriber = tx.subscribers.get(new.subscriber_id)
        self._check_device(tx, new.subscriber_id, now)
        if len(tx.requests.live(new.subscriber_id, party.relying_party_id)) >= party.live_limit:
            raise TooManyTries(
                "too many open requests", code="too_many_open_requests", details={"limit": party.live_limit}
            )
        burst, per_second = BUDGET_OF_PORTAL if party.kind == "portal" else BUDGET_OF_PARTY
        bucket = f"requests:{party.relying_party_id}:{subscriber.subscriber_id}"
        pause = tx.throttles.pour(bucket, now, capacity=burst, leak_per_second=per_second)
        if pause:
            details: dict[str, object] = {"retry_after": int(pause) + 1}
            raise TooManyTries("too many requests to this phone", code="too_many_requests", details=details)
        refusals = tx.requests.refused_since(new.subscriber_id, party.relying_party_id, now - REFUSAL_WINDOW)
        if refusals:
            wait = REFUSAL_BACK_OFF[min(len(refusals), len(REFUSAL_BACK_OFF)) - 1] - (now - refusals[0])
            if wait > 0 and party.kind != "portal":
                raise TooManyTries("refused just now", code="refused_recently", details={"retry_after": int(wait) + 1})
        code, codes = draw_codes()
        return SignRequest(
            request_id=new_id("sr", now),
            relying_party_id=party.relying_party_id,
            relying_party_name=party.name,
            requested_by=new.requested_by,
            user_id=new.user_id,
            subscriber_id=subscriber.subscriber_id,
            subscriber_name=subscriber.name,
            state=State.PREPARING,
            version=1,
            verification_code=code,
            verification_codes=codes,
            items_total=len(new.documents),
            created_at=now,
            expires_at=now + lifetime,
            idempotency_key=new.idempotency_key,
            idempotency_sha256=new.digest() if new.idempotency_key is not None else None,
        )

    @staticmethod
    def _check_device(tx: SigningTransaction, subscriber_id: str, now: float) -> None:
        active = {d.device_id for d in tx.devices.of_subscriber(subscriber_id) if d.state is DeviceState.ACTIVE}
        if not any(c.device_id in active and c.usable(now) for c in tx.devices.credentials_of(subscriber_id)):
            raise Conflict("no phone is paired", code="no_device")

    def _items(self, tx: SigningTransaction, new: NewRequest, request_id: str, now: float) -> list[Item]:
        chosen = self._chosen(tx, new)
        self._measure([document for document, _ in chosen])
        return [
            Item(
                request_id=request_id,
                position=position,
                item_id=new_id("it", now),
                document_id=document.document_id,
                title=document.title,
                document_code=document.document_code,
                processing_right="sign",
                pages=document.pages,
                earlier_signatures=document.earlier_signatures,
                findings=document.findings,
                placement=placement,
                source_sha256=document.current_sha256,
                source_length=document.current_length,
            )
            for position, (document, placement) in enumerate(chosen)
        ]

    @staticmethod
    def _chosen(tx: SigningTransaction, new: NewRequest) -> list[tuple[Document, Placement | None]]:
        """The documents in the order asked for, each with the place of its signature."""
        known = {d.document_id: d for d in tx.documents.many([w.document_id for w in new.documents])}
        for wanted in new.documents:
            document = known.get(wanted.document_id)
            if document is None or document.relying_party_id != new.relying_party_id or document.user_id != new.user_id:
                raise NotFound("no such document", code="document_unknown", details={"document_id": wanted.document_id})
        documents = [known[wanted.document_id] for wanted in new.documents]
        _check_selection(new, documents)
        places = _place([(d, wanted.placement) for d, wanted in zip(documents, new.documents, strict=True)])
        return list(zip(documents, places, strict=True))

    def _measure(self, documents: list[Document]) -> Selection:
        pages, size = sum(d.pages for d in documents), sum(d.current_length for d in documents)
        if pages > self._config.max_request_pages:
            raise TooLarge("too many pages", code="too_many_pages", details={"limit": self._config.max_request_pages})
        if size > self._config.max_request_bytes:
            raise TooLarge("too many bytes", code="too_many_bytes", details={"limit": self._config.max_request_bytes})
        return Selection(len(documents), pages, size)

    @staticmethod
    def _add_work(tx: SigningTransaction, request: SignRequest, now: float) -> None:
        priority = INTERACTIVE if request.items_total <= GROUP else BULK
        for first in range(0, request.items_total, GROUP):
            body = {"first": first, "count": min(GROUP, request.items_total - first)}
            tx.jobs.add("prepare_items", request.request_id, body, now=now, priority=priority)


def _check_selection(new: NewRequest, documents: list[Document]) -> None:
    """Only ready documents with the right to sign and in no other open request go into one request, and only those of one import
    batch when it is signed by batch. Each refusal names the offending ones."""
    wrong = [d for d in documents if d.state is not DocumentState.READY]
    if wrong:
        raise Conflict("not ready", code="document_not_ready", details=naming(wrong))
    wrong = [d for d in documents if d.processing_right != "sign"]
    if wrong:
        raise Conflict("another processing right", code="processing_right_mixed", details=naming(wrong))
    if new.import_batch_id is not None:
        wrong = [d for d in documents if d.import_batch_id != new.import_batch_id]
        if wrong:
            raise Conflict("another import batch", code="import_batch_mixed", details=naming(wrong))
    wrong = [d for d in documents if d.in_request]
    if wrong:
        raise Conflict("in another open request", code="document_in_use", details=naming(wrong))


def _place(wanted: list[tuple[Document, Placement | SamePlace | None]]) -> list[Placement | None]:
    """Raises ``BadInput`` naming every document that can't take its box, grouped by the first reason met."""
    places: list[Placement | None] = []
    refused: list[tuple[Document, BadInput]] = []
    for document, wish in wanted:
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


def naming(documents: list[Document]) -> dict[str, object]:
    """Details of a refusal: which documents are meant (at most 100), and the first of them by title."""
    titles = ", ".join(f"“{document.title}”" for document in documents[:NAMED])
    ids = [document.document_id for document in documents[:100]]
    more = len(documents) - NAMED
    named = f"{titles} (+{more})" if more > 0 else titles
    return {"documents": ids, "document_id": ids[0], "count": len(documents), "named": named}
