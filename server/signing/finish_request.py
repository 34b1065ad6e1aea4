"""How a request ends, whoever ends it: one move, its items closed, the phones told, the evidence chained.

The outcome is a function of what is stored, so that every phone gets the same bytes however often it asks.
"""

from server.audit.audit_log import record
from server.signing.offer import Offer
from server.signing.ports import SigningTransaction
from server.signing.sign_request import FINAL, EndResult, ItemState, SignRequest, State
from server.statements import RequestSigner, Statement
from server.work import HOUSEKEEPING

_ITEM_END: dict[State, ItemState] = {
    State.REFUSED: ItemState.REFUSED,
    State.EXPIRED: ItemState.FAILED,
    State.CANCELLED: ItemState.CANCELLED,
    State.FAILED: ItemState.FAILED,
    State.COMPLETED: ItemState.FAILED,
}
_TOLD_TO_ALL = frozenset({EndResult.CANCELLED, EndResult.EXPIRED, EndResult.NO_DEVICE})
OPEN_ITEMS = (ItemState.WAITING, ItemState.PREPARED, ItemState.ANSWERED)


def end_request(
    tx: SigningTransaction,
    request: SignRequest,
    state: State,
    end_result: EndResult,
    *,
    now: float,
    actor: str,
    reason: str | None = None,
    facts: dict[str, object] | None = None,
    answered_by: str | None = None,
    items: ItemState | None = None,
) -> SignRequest:
    """Moves ``request`` into the final ``state`` in the caller's transaction and tells everybody by the outbox: the phone that
    answered gets the outcome, the others a withdrawal. Returns the request as it now stands. ``items``: how open items end, if unusually.

    Raises ``Conflict`` when somebody else moved it first: the move comes before everything else, so that then nothing of this happened.
    """
    tx.requests.move(request, state, end_result=end_result, reason=reason, finished_at=now)
    tx.items.end(request.request_id, items or _ITEM_END[state], end_result, old=OPEN_ITEMS, reason=reason)
    counts = tx.items.counts(request.request_id)
    entry = record(
        tx,
        f"request_{state.lower()}",
        now=now,
        actor=actor,
        subject=request.request_id,
        facts={
            "end_result": end_result,
            "signed": counts[ItemState.SIGNED],
            "refused": counts[ItemState.REFUSED],
            "failed": counts[ItemState.FAILED],
            **(facts or {}),
        },
        personal={"reason": reason} if reason else None,
    )
    tx.requests.set_audit_sequence(request.request_id, entry.sequence)
    for offer in tx.offers.of_request(request.request_id):
        if offer.withdrawn:
            continue
        answered = offer.choice_sha256 is not None or offer.device_id in (request.device_id, answered_by)
        if not answered:
            told = end_result if end_result in _TOLD_TO_ALL else EndResult.ANSWERED_ELSEWHERE
            tx.offers.withdraw(request.request_id, offer.device_id, told)
        tx.outbox.add("outcome" if answered else "withdraw", request.request_id, {"device_id": offer.device_id}, now)
    tx.jobs.forget(request.request_id)
    tx.jobs.add("drop_prepared", request.request_id, {}, now=now, priority=HOUSEKEEPING)
    tx.outbox.add("request_changed", request.request_id, {}, now)
    return tx.requests.get(request.request_id)


def complete_if_done(tx: SigningTransaction, request: SignRequest, *, now: float) -> SignRequest:
    """ANSWERED → COMPLETED once no item is open; FAILED when not one file could be signed, which an operator must look at."""
    if request.state is not State.ANSWERED:
        return request
    if tx.items.any_in(request.request_id, OPEN_ITEMS):
        tx.requests.touch(request.request_id)
        return request
    if tx.items.any_in(request.request_id, (ItemState.SIGNED,)):
        return end_request(tx, request, State.COMPLETED, EndResult.OK, now=now, actor="server")
    return end_request(tx, request, State.FAILED, EndResult.SERVER_ERROR, now=now, actor="server")


def withdraw_others(tx: SigningTransaction, request: SignRequest, device_id: str, *, now: float) -> None:
    """First answer wins: every other phone is told that the request went on without it."""
    for offer in tx.offers.of_request(request.request_id):
        if offer.device_id != device_id and tx.offers.withdraw(
            request.request_id, offer.device_id, EndResult.ANSWERED_ELSEWHERE
        ):
            tx.outbox.add("withdraw", request.request_id, {"device_id": offer.device_id}, now)


def outcome_of(tx: SigningTransaction, request: SignRequest, offer: Offer, signer: RequestSigner) -> Statement | None:
    """The signed outcome for one phone, or None while the request is open. It counts what the phone was asked about: a document that
    could not be prepared is not among them."""
    if request.state not in FINAL or request.finished_at is None or request.audit_sequence is None:
        return None
    entry = tx.audit.at(request.audit_sequence)
    counts = tx.items.counts(request.request_id)
    unasked = tx.items.never_prepared(request.request_id)
    return signer.sign(
        "phoneseal.outcome.v1",
        {
            "version": 1,
            "server_id": signer.server_id,
            "request_id": request.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "state": request.state,
            "end_result": request.end_result,
            "items_signed": counts[ItemState.SIGNED],
            "items_refused": counts[ItemState.REFUSED],
            "items_failed": counts[ItemState.FAILED] + counts[ItemState.CANCELLED] - unasked,
            "audit_sequence": request.audit_sequence,
            "audit_head": entry.hash.hex() if entry else "",
            "at": int(request.finished_at * 1000),
        },
    )


def withdrawal_of(request: SignRequest, offer: Offer, signer: RequestSigner) -> Statement | None:
    """The signed withdrawal for a phone that did not answer, or None while its offer stands."""
    if offer.withdrawn is None:
        return None
    at = request.finished_at or request.approved_at or request.created_at
    return signer.sign(
        "phoneseal.withdrawal.v1",
        {
            "version": 1,
            "request_id": request.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "end_result": offer.withdrawn,
            "at": int(at * 1000),
        },
    )
