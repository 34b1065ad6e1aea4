"""An operator has seen a request that FAILED, and nothing is left to do: it leaves the list of requests that did not finish.

Rules: only what FAILED can be set aside, for all else somebody acts next; the first time counts, and setting it aside again changes and
records nothing; who, when and the optional note stay with the request, where operators can read them, and in the audit log.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.crash_points import crash_point
from server.errors import Conflict
from server.signing.sign_request import SignRequest, State
from server.text import clean_text

NOTE_LIMIT = 500


@dataclass(frozen=True, slots=True)
class SetAside:
    """``actor``: an operator's user id, or ``operator`` for the command line; ``note`` may be empty."""

    at: float
    actor: str
    note: str


class SetAsideRequests(Protocol):
    def get(self, request_id: str) -> SignRequest: ...
    def set_aside(self, request_id: str, aside: SetAside) -> bool: ...


class SetAsideTransaction(Protocol):
    @property
    def requests(self) -> SetAsideRequests: ...
    @property
    def audit(self) -> AuditStore: ...


class SetAsideStore(Protocol):
    def write(self) -> AbstractContextManager[SetAsideTransaction]: ...


class SetAsideRequest:
    def __init__(self, store: SetAsideStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def __call__(self, request_id: str, actor: str, note: str = "") -> bool:
        """False when it was set aside before. The caller has checked that ``actor`` is an operator. Raises
        ``Conflict(request_not_failed)``, ``NotFound(request_unknown)``, ``BadInput(text_too_long)``."""
        note = clean_text(note, NOTE_LIMIT)
        with self._store.write() as tx:
            now = self._clock.now()
            if tx.requests.get(request_id).state is not State.FAILED:
                raise Conflict("the request has not failed", code="request_not_failed")
            first = tx.requests.set_aside(request_id, SetAside(now, actor, note))
            if first:
                personal = {"note": note} if note else None
                record(tx, "request_set_aside", now=now, actor=actor, subject=request_id, personal=personal)
            crash_point("set_aside.before_commit")
        crash_point("set_aside.after_commit")
        return first
