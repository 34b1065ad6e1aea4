"""Step 1: somebody asks for signatures, and the request waits for its documents to be prepared.

Rules, all checked here on the server: the asker may use each document; each is ready and in no other open request; the subscriber has a
phone and has not blocked whoever asks; the relying party has room in its budget and has not just been refused; the counts are within the
limits. One transaction records the request, its items and the work; a repeated idempotency key gets the first answer again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from server.audit.audit_log import record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.devices.blocked_requester import blocked_user
from server.devices.device import DeviceState
from server.documents.document import SignableDocument
from server.errors import BadInput, Conflict, Forbidden, TooLarge, TooManyTries
from server.ids import new_id, new_ids
from server.relying_parties.relying_party import RelyingParty
from server.signing.choose_documents import Asker, Selection, choose, measure, place, refuse_changed
from server.signing.place_signature import SamePlace
from server.signing.ports import SigningStore, SigningTransaction
from server.signing.sign_request import ChosenItem, Placement, SignRequest, State
from server.signing.verification_code import draw_codes
from server.subscribers.subscriber import Subscriber
from server.work import BULK, GROUP, INTERACTIVE, Nudge

REFUSAL_WINDOW = 3600.0
BUDGET_OF_PARTY, BUDGET_OF_PORTAL = (60.0, 0.5), (300.0, 2.0)
"""Requests to one subscriber: at once, and a second. Taking requests back does not win new ones: each has rung a phone."""
REFUSAL_BACK_OFF = (30.0, 120.0, 600.0, 3600.0)
"""Seconds a relying party waits after the first, second … refusal by the same subscriber within an hour."""


@dataclass(frozen=True, slots=True)
class WantedSignature:
    """``placement``: None for an invisible signature; ``seen_sha256``: the version that the asker looked at, None when they can't say."""

    document_id: str
    placement: Placement | SamePlace | None
    seen_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class NewRequest:
    """``user_id`` is the portal user who asks, None for an outside relying party; ``lifetime`` in seconds, None for the default;
    ``import_batch_id``: the person signs by batch, so all documents must have come in that one; ``seen_at``: when the asker chose the
    documents, None when they can't say."""

    relying_party_id: str
    user_id: str | None
    requested_by: str
    subscriber_id: str
    documents: Sequence[WantedSignature]
    lifetime: int | None = None
    idempotency_key: str | None = None
    import_batch_id: str | None = None
    seen_at: float | None = None

    def digest(self) -> str:
        """What two calls with one idempotency key must agree in."""
        wanted = [[w.document_id, list(_box(w.placement)), *filter(None, [w.seen_sha256])] for w in self.documents]
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
        """Records the request. Raises ``BadInput``, ``Forbidden`` (relying_party_suspended, requester_blocked), ``NotFound``, ``Conflict``
        (no_device, document_in_use, document_not_ready, signed_meanwhile, idempotency_key_reused), ``TooLarge``, ``TooManyTries``."""
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
            documents, places = self._choose(tx, new)
            ids = zip(new_ids("it", now, len(documents)), documents, places, strict=True)
            tx.requests.add(request, [ChosenItem(item_id, one.document_id, place) for item_id, one, place in ids])
            add_preparing(tx, request, now)
            record(
                tx,
                "request_queued",
                now=now,
                actor=new.user_id or new.relying_party_id,
                subject=request.request_id,
                facts={
                    "relying_party": new.relying_party_id,
                    "subscriber": new.subscriber_id,
                    "documents": [[document.document_id, document.current_sha256] for document in documents],
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
            documents, _ = self._choose(tx, new)
        return measure(documents, self._config)

    def _choose(
        self, tx: SigningTransaction, new: NewRequest
    ) -> tuple[list[SignableDocument], list[Placement | None]]:
        asker = Asker(new.relying_party_id, new.user_id, new.import_batch_id)
        documents = choose(tx, asker, [wanted.document_id for wanted in new.documents])
        refuse_changed(documents, [wanted.seen_sha256 for wanted in new.documents], new.seen_at)
        measure(documents, self._config)
        return documents, place(documents, [wanted.placement for wanted in new.documents])

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
        party, subscriber = who_may_ask(tx, new.relying_party_id, new.user_id, new.subscriber_id, now)
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


def who_may_ask(
    tx: SigningTransaction, relying_party_id: str, user_id: str | None, subscriber_id: str, now: float
) -> tuple[RelyingParty, Subscriber]:
    """Who asks whom. Raises ``Forbidden`` (relying_party_suspended, requester_blocked), ``NotFound``, or ``Conflict(no_device)`` when none
    of the subscriber's phones could sign now."""
    party = tx.relying_parties.get(relying_party_id)
    if party.state != "ACTIVE":
        raise Forbidden("the relying party is suspended", code="relying_party_suspended")
    subscriber = tx.subscribers.get(subscriber_id)
    if tx.blocked_requesters.find(subscriber_id, relying_party_id, blocked_user(party, user_id)) is not None:
        raise Forbidden("the subscriber has blocked this requester", code="requester_blocked")
    active = {d.device_id for d in tx.devices.of_subscriber(subscriber_id) if d.state is DeviceState.ACTIVE}
    if not any(c.device_id in active and c.usable(now) for c in tx.devices.credentials_of(subscriber_id)):
        raise Conflict("no phone is paired", code="no_device")
    return party, subscriber


def add_preparing(tx: SigningTransaction, request: SignRequest, now: float) -> None:
    """The work that a request in PREPARING waits for, in groups."""
    priority = INTERACTIVE if request.items_total <= GROUP else BULK
    groups = range(0, request.items_total, GROUP)
    bodies = [{"first": first, "count": min(GROUP, request.items_total - first)} for first in groups]
    tx.jobs.add_many("prepare_items", request.request_id, bodies, now=now, priority=priority)
