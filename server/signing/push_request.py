"""Step 2: each of the subscriber's phones gets an envelope of its own, and is told when it is there.

Making an offer is worker's work (the root over ten thousand items takes a while); pushing it is the web process's, after commit. A phone
that was away asks by ``waiting`` and gets the same envelope. The first envelope that a phone was offered stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import DeviceState
from server.devices.push_subscription import want_wake_up
from server.errors import Conflict
from server.signing.accept_approval import acknowledgement_of
from server.signing.credential import Credential
from server.signing.dtbs import find_signature_algorithm
from server.signing.finish_request import outcome_of, withdrawal_of
from server.signing.manifest import ManifestBuilder
from server.signing.offer import Offer
from server.signing.ports import SigningStore, SigningTransaction
from server.signing.sign_request import FINAL, WAITS_FOR_APPROVAL, Item, ItemState, SignRequest, State
from server.signing.verification_code import verdict_of
from server.statements import RequestSigner, Statement
from server.work import Job, Nudge

OFFERABLE = WAITS_FOR_APPROVAL | {State.PREPARING}


class MakeOffers:
    def __init__(self, store: SigningStore, clock: Clock, signer: RequestSigner, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._nudge = nudge

    def __call__(self, job: Job) -> None:
        """Offers the request to every phone that can sign it and has no offer yet. Raises ``LeaseLost``."""
        with self._store.read() as tx:
            request = tx.requests.get(job.subject)
            items = [i for i in tx.items.each(request.request_id) if i.state is ItemState.PREPARED]
            credentials = self._credentials(tx, request) if request.state in OFFERABLE else []
        offers = [self._make(request, items, credential) for credential in credentials]
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            request = tx.requests.get(job.subject)
            if request.state in OFFERABLE:
                self._store_offers(tx, request, offers, now)
            tx.jobs.done(job)
            crash_point("offer.before_commit")
        crash_point("offer.after_commit")
        self._nudge.web(job.subject)

    def _credentials(self, tx: SigningTransaction, request: SignRequest) -> list[Credential]:
        """At most one credential a phone (the newest), of the phones that may be asked and were not yet."""
        now = self._clock.now()
        asked = {offer.device_id for offer in tx.offers.of_request(request.request_id)}
        active = {d.device_id for d in tx.devices.of_subscriber(request.subscriber_id) if d.state is DeviceState.ACTIVE}
        newest: dict[str, Credential] = {}
        for credential in tx.devices.credentials_of(request.subscriber_id):
            if credential.device_id in active - asked and credential.usable(now):
                newest[str(credential.device_id)] = credential
        return list(newest.values())

    def _make(self, request: SignRequest, items: list[Item], credential: Credential) -> Offer | None:
        digest_name = find_signature_algorithm(credential.signature_algorithm).digest_name
        if any((i.digest_sha256 if digest_name == "sha256" else i.digest_sha384) is None for i in items):
            return None  # paired after the documents were prepared, with another digest: not this request
        root = ManifestBuilder(credential).root(items).hex()
        now = self._clock.now()
        envelope = self._signer.sign(
            "phoneseal.envelope.v1",
            {
                "version": 1,
                "server_id": self._signer.server_id,
                "request_id": request.request_id,
                "subscriber_id": request.subscriber_id,
                "device_id": credential.device_id,
                "credential_id": credential.credential_id,
                "certificate_sha256": credential.certificate_sha256,
                "relying_party": {"id": request.relying_party_id, "name": request.relying_party_name},
                "requested_by": request.requested_by,
                "kind": "documents",
                "manifest_root": root,
                "item_count": len(items),
                "total_pages": sum(item.pages for item in items),
                "total_bytes": sum(item.prepared_length for item in items),
                "issued_at": int(now * 1000),
                "expires_at": int(request.expires_at * 1000),
                "verification_codes": list(request.verification_codes),
            },
        )
        return Offer(
            request_id=request.request_id,
            device_id=str(credential.device_id),
            credential_id=credential.credential_id,
            envelope=envelope,
            envelope_sha256=envelope.digest.hex(),
            manifest_root=root,
            offered_at=now,
        )

    @staticmethod
    def _store_offers(tx: SigningTransaction, request: SignRequest, offers: list[Offer | None], now: float) -> None:
        if request.state is State.PREPARING:
            request = tx.requests.move(request, State.QUEUED)
        for offer in offers:
            if offer is None or tx.offers.find(offer.request_id, offer.device_id) is not None:
                continue
            tx.offers.add(offer)
            record(
                tx,
                "request_offered",
                now=now,
                actor="server",
                subject=request.request_id,
                facts={
                    "device": offer.device_id,
                    "credential": offer.credential_id,
                    "envelope_sha256": offer.envelope_sha256,
                    "manifest_root": offer.manifest_root,
                },
            )
            tx.outbox.add("push", request.request_id, {"device_id": offer.device_id}, now)
            want_wake_up(tx, offer.device_id, now)
        tx.outbox.add("request_changed", request.request_id, {}, now)


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """One open request as a phone finds it after saying hello."""

    request_id: str
    envelope: Statement
    state: State
    verdict: Statement | None
    acknowledgement: Statement | None


@dataclass(frozen=True, slots=True)
class ResumedRequest:
    """Where one request stands for one phone; ``missing`` are ranges (inclusive) of approved items without a value."""

    state: State
    verdict: Statement | None
    acknowledgement: Statement | None
    missing: list[tuple[int, int]]
    outcome: Statement | None


class PushRequest:
    """What the web process does about a phone: give it what waits, and note that it has it."""

    def __init__(self, store: SigningStore, clock: Clock, signer: RequestSigner, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer
        self._nudge = nudge

    def envelope_for(self, request_id: str, device_id: str) -> Statement | None:
        """The envelope to push, or None when there is nothing to ask this phone any more."""
        with self._store.read() as tx:
            offer = tx.offers.find(request_id, device_id)
            request = tx.requests.find(request_id)
            if offer is None or request is None or offer.withdrawn or request.state not in WAITS_FOR_APPROVAL:
                return None
            return offer.envelope

    def waiting(self, device_id: str) -> list[WaitingRequest]:
        """Everything open for this phone, oldest first, each with what was answered so far."""
        found = []
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
            for request in tx.requests.live(device.subscriber_id):
                offer = tx.offers.find(request.request_id, device_id)
                if offer is None or offer.withdrawn or request.state not in (*WAITS_FOR_APPROVAL, State.SIGNING):
                    continue
                acknowledgement = acknowledgement_of(request, offer, self._signer)
                verdict = verdict_of(offer, self._signer)
                found.append(
                    WaitingRequest(request.request_id, offer.envelope, request.state, verdict, acknowledgement)
                )
        return found

    def want_offers(self, device_id: str, told: Sequence[str] = ()) -> None:
        """A phone is there: requests that it was never offered (made while it was frozen, or before it was paired) are offered now; for
        those that it is just being ``told`` of, because it asked, it need not be woken."""
        with self._store.write() as tx:
            device = tx.devices.get(device_id)
            now = self._clock.now()
            for request in tx.requests.live(device.subscriber_id):
                if request.state in WAITS_FOR_APPROVAL and tx.offers.find(request.request_id, device_id) is None:
                    key = f"make_offers:{request.request_id}"
                    tx.jobs.add("make_offers", request.request_id, {}, now=now, priority=0, unique_key=key)
            for request_id in told:
                tx.offers.set_told(request_id, device_id, now)
            crash_point("want_offers.before_commit")
        crash_point("want_offers.after_commit")
        self._nudge.workers()

    def record_pushed(self, request_id: str, device_id: str) -> None:
        """The phone said that it has the envelope: QUEUED → PUSHED. Repeats change nothing."""
        with self._store.write() as tx:
            offer = tx.offers.find(request_id, device_id)
            if offer is None or offer.pushed_at is not None:
                return
            now = self._clock.now()
            tx.offers.set_pushed(request_id, device_id, now)
            request = tx.requests.get(request_id)
            if request.state is State.QUEUED:
                tx.requests.move(request, State.PUSHED)
            else:
                tx.requests.touch(request_id)
            record(tx, "request_pushed", now=now, actor="server", subject=request_id, facts={"device": device_id})
            tx.outbox.add("request_changed", request_id, {}, now)
            crash_point("pushed.before_commit")
        crash_point("pushed.after_commit")
        self._nudge.web(request_id)

    def record_opened(self, request_id: str, device_id: str, envelope_sha256: str) -> State:
        """The person looks at it: → OPENED. Returns the state as it is now. Raises ``Conflict(request_over)``."""
        with self._store.write() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            if offer.envelope_sha256 != envelope_sha256:
                raise Conflict("another envelope", code="statement_mismatch")
            if offer.withdrawn or request.state in FINAL:
                raise Conflict("the request is over", code="request_over")
            now = self._clock.now()
            if tx.offers.set_opened(request_id, device_id, now):
                if request.state in (State.QUEUED, State.PUSHED):
                    request = tx.requests.move(request, State.OPENED)
                else:
                    tx.requests.touch(request_id)
                record(tx, "request_opened", now=now, actor=device_id, subject=request_id)
                tx.outbox.add("request_changed", request_id, {}, now)
            crash_point("opened.before_commit")
        crash_point("opened.after_commit")
        self._nudge.web(request_id)
        return request.state

    def resume(self, request_id: str, device_id: str) -> ResumedRequest:
        """Where this phone goes on after a loss of network or a restart. Raises ``NotFound(request_unknown)``."""
        with self._store.read() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            signing = request.state is State.SIGNING and request.device_id == device_id
            return ResumedRequest(
                request.state,
                verdict_of(offer, self._signer),
                acknowledgement_of(request, offer, self._signer),
                tx.items.missing(request_id) if signing else [],
                None if offer.withdrawn else outcome_of(tx, request, offer, self._signer),
            )

    def final_statement(self, request_id: str, device_id: str) -> tuple[str, Statement] | None:
        """``("outcome"|"withdrawn", statement)`` for this phone once there is one."""
        with self._store.read() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            withdrawal = withdrawal_of(request, offer, self._signer)
            if withdrawal is not None:
                return "withdrawn", withdrawal
            outcome = outcome_of(tx, request, offer, self._signer)
            return ("outcome", outcome) if outcome is not None else None
