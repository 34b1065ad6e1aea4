"""The operator's look at requests that did not finish, and putting their work back at once.

Rules: a request that waits for a worker is stuck when a worker has had it for a minute; its jobs lose their pause and their count of
attempts, and work that got lost is queued again; nothing is signed twice by it, since every step begins with what is already there. A
FAILED request has ended: whoever asked may ask again for what is left; the operator sees why, and sets it aside (``set_aside_request``).
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.crash_points import crash_point
from server.errors import Conflict
from server.signing.ports import SignItems, SignRequests
from server.signing.set_aside_request import SetAside
from server.signing.sign_request import FINAL, ItemCounts, ItemState, SignRequest, State
from server.work import BULK, GROUP, Jobs, Nudge

LISTED = 200


@dataclass(frozen=True, slots=True)
class WaitingWork:
    """The jobs about a request: how many, how often the most tried one was tried, why the last one was put back, and until when (seconds
    since the epoch) nothing is done about them."""

    jobs: int = 0
    attempts: int = 0
    last_error: str | None = None
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class UnfinishedRequest:
    request: SignRequest
    counts: ItemCounts
    work: WaitingWork
    reasons: dict[str, int]
    """Why items failed: code → how many."""
    aside: SetAside | None = None
    """Who has seen that it failed, and when."""

    @property
    def can_retry(self) -> bool:
        return self.request.state in (State.PREPARING, State.ANSWERED)

    @property
    def can_set_aside(self) -> bool:
        return self.request.state is State.FAILED and self.aside is None


class OperatorRequests(SignRequests, Protocol):
    def unfinished(self, now: float, *, stuck: bool, limit: int = ...) -> list[SignRequest]: ...
    def set_aside_ones(self, limit: int) -> list[tuple[SignRequest, SetAside]]: ...


class OperatorItems(SignItems, Protocol):
    def failures(self, request_id: str) -> dict[str, int]: ...


class OperatorJobs(Jobs, Protocol):
    def work_of(self, subject: str) -> WaitingWork: ...
    def put_forward(self, subject: str, now: float) -> int: ...


class OperatorTransaction(Protocol):
    @property
    def requests(self) -> OperatorRequests: ...
    @property
    def items(self) -> OperatorItems: ...
    @property
    def jobs(self) -> OperatorJobs: ...
    @property
    def audit(self) -> AuditStore: ...


class OperatorStore(Protocol):
    def read(self) -> AbstractContextManager[OperatorTransaction]: ...
    def write(self) -> AbstractContextManager[OperatorTransaction]: ...


class UnstickRequests:
    def __init__(self, store: OperatorStore, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def listed(self, *, stuck: bool = True) -> list[UnfinishedRequest]:
        """What can still be helped first, then newest first, at most ``LISTED``; with ``stuck`` false, every open request too. What was set
        aside is not among them."""
        with self._store.read() as tx:
            return [_line(tx, found) for found in tx.requests.unfinished(self._clock.now(), stuck=stuck, limit=LISTED)]

    def set_aside_ones(self) -> list[UnfinishedRequest]:
        """What operators have set aside, the last one first, at most ``LISTED``."""
        with self._store.read() as tx:
            return [_line(tx, request, aside) for request, aside in tx.requests.set_aside_ones(LISTED)]

    def retry(self, request_id: str, actor: str) -> int:
        """Lets workers take the request's work at once. Returns how many jobs wait for them now. Raises ``Conflict`` (request_over,
        waits_for_person)."""
        with self._store.write() as tx:
            now = self._clock.now()
            request = tx.requests.get(request_id)
            if request.state in FINAL:
                raise Conflict("the request is over", code="request_over")
            if request.state not in (State.PREPARING, State.ANSWERED):
                raise Conflict("the person acts next", code="waits_for_person")
            if tx.jobs.work_of(request_id).jobs == 0:
                _queue_lost_work(tx, request, now)
            waiting = tx.jobs.put_forward(request_id, now)
            record(tx, "request_retried", now=now, actor=actor, subject=request_id, facts={"jobs": waiting})
            crash_point("unstick.before_commit")
        crash_point("unstick.after_commit")
        self._nudge.workers()
        return waiting


def _line(tx: OperatorTransaction, request: SignRequest, aside: SetAside | None = None) -> UnfinishedRequest:
    request_id = request.request_id
    return UnfinishedRequest(
        request, tx.items.counts(request_id), tx.jobs.work_of(request_id), tx.items.failures(request_id), aside
    )


def _queue_lost_work(tx: OperatorTransaction, request: SignRequest, now: float) -> None:
    items = list(tx.items.each(request.request_id))
    if request.state is State.ANSWERED:
        answered = [item.position for item in items if item.state is ItemState.ANSWERED]
        for first in range(0, len(answered), GROUP):
            body = {"positions": answered[first : first + GROUP]}
            tx.jobs.add("embed_items", request.request_id, body, now=now, priority=BULK)
        return
    waiting = [item.position for item in items if item.state is ItemState.WAITING]
    for first in sorted({position - position % GROUP for position in waiting}):
        count = min(GROUP, request.items_total - first)
        tx.jobs.add("prepare_items", request.request_id, {"first": first, "count": count}, now=now, priority=BULK)
    if not waiting:
        key = f"make_offers:{request.request_id}"
        tx.jobs.add("make_offers", request.request_id, {}, now=now, priority=BULK, unique_key=key)
