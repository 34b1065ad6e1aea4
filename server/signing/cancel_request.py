"""The requester takes the request back. Before the approval it is over at once; during SIGNING it stops at an item boundary.

What was accepted before is embedded and stays signed (COMPLETED in part); if nothing was, the request is CANCELLED. The same rule
ends what a phone that was frozen, unpaired or too slow has left undone.
"""

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.errors import Conflict
from server.signing.finish_request import complete_if_done, end_request
from server.signing.ports import SigningStore, SigningTransaction
from server.signing.sign_request import BEFORE_APPROVAL, EndResult, ItemState, SignRequest, State
from server.work import Nudge


def signing_is_over(request: SignRequest, now: float) -> bool:
    """The phone's own deadline has passed: what it did not send is missing for good."""
    return request.state is State.SIGNING and (request.sign_by or 0) <= now


def stop_signing(
    tx: SigningTransaction, request: SignRequest, end_result: EndResult, *, now: float, actor: str
) -> SignRequest:
    """Ends the items that have no signature value yet and lets the others finish. ``request`` must be in SIGNING.

    Raises ``Conflict`` when somebody else moved it first: then nothing of this happened.
    """
    state = ItemState.CANCELLED if end_result is EndResult.CANCELLED else ItemState.FAILED
    counts = tx.items.counts(request.request_id)
    if not counts[ItemState.ANSWERED] and not counts[ItemState.SIGNED]:
        return end_request(tx, request, State.CANCELLED, end_result, now=now, actor=actor, items=state)
    answered = tx.requests.move(request, State.ANSWERED)
    stopped = tx.items.end(request.request_id, state, end_result, old=(ItemState.PREPARED,))
    record(
        tx,
        "signing_stopped",
        now=now,
        actor=actor,
        subject=request.request_id,
        facts={"end_result": end_result, "stopped": stopped},
    )
    tx.outbox.add("request_changed", request.request_id, {}, now)
    return complete_if_done(tx, answered, now=now)


class CancelRequest:
    def __init__(self, store: SigningStore, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def __call__(self, request_id: str, actor: str) -> SignRequest:
        """Cancels, or stops at an item boundary; cancelling a cancelled request changes nothing. The caller has checked that ``actor``
        may. Raises ``Conflict(request_over)`` when it ended otherwise."""
        with self._store.write() as tx:
            request = tx.requests.get(request_id)
            now = self._clock.now()
            if request.state in BEFORE_APPROVAL:
                request = end_request(tx, request, State.CANCELLED, EndResult.CANCELLED, now=now, actor=actor)
            elif request.state is State.SIGNING:
                request = stop_signing(tx, request, EndResult.CANCELLED, now=now, actor=actor)
            elif request.state is not State.CANCELLED:
                raise Conflict("the request is over", code="request_over")
            crash_point("cancel.before_commit")
        crash_point("cancel.after_commit")
        self._nudge.web(request_id)
        return request
