"""Work and messages, as every capability sees them: jobs that workers take by lease, messages that leave after commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

INTERACTIVE, BULK, HOUSEKEEPING = 0, 10, 20
MAX_ATTEMPTS = 5
DEATH_COUNTS_FOR = 3  # attempts: a job that ended its worker twice is given up
Topic = Literal[
    "push", "withdraw", "outcome", "new_device", "device_changed", "request_changed", "sessions_ended", "session_ended",
    "pairing_changed", "document_changed", "import_changed", "account_changed",
]  # fmt: skip
"""What a message of the outbox is about. The type checker knows them all, and a test that each has somebody who takes it."""
GROUP = 50  # documents in one job: large enough to share one fsync, small enough to yield


@dataclass(frozen=True, slots=True)
class Job:
    job_id: int
    kind: str
    subject: str
    body: dict[str, Any]
    priority: int
    lease_epoch: int
    lease_until: float
    attempts: int


def no_break() -> None:
    """What a step does between two documents when nobody could be waiting."""


@dataclass(frozen=True, slots=True)
class Message:
    """``topic`` says who delivers it (``Topic``; another version of the server may have written others), ``subject`` what it is about."""

    message_id: int
    topic: str
    subject: str
    body: dict[str, Any]


class Jobs(Protocol):
    def add(
        self,
        kind: str,
        subject: str,
        body: dict[str, Any],
        *,
        now: float,
        priority: int = ...,
        unique_key: str | None = ...,
        not_before: float = ...,
    ) -> None: ...

    def add_many(
        self, kind: str, subject: str, bodies: list[dict[str, Any]], *, now: float, priority: int
    ) -> None: ...

    def take(self, owner: str, now: float, lease_seconds: float, up_to: int = ...) -> Job | None: ...

    def hold(self, job: Job, now: float) -> None:
        """Raises ``LeaseLost`` unless ``job``'s lease epoch still stands: first line of every worker's write transaction."""
        ...

    def extend(self, job: Job, now: float, lease_seconds: float) -> None:
        """Renews a lease that still stands. Raises ``LeaseLost``."""
        ...

    def done(self, job: Job) -> None: ...

    def put_back(self, job: Job, error: str, not_before: float, *, counted: bool = ...) -> bool: ...

    def forget(self, subject: str) -> None: ...

    def names(self, kind: str, text: str) -> bool: ...


class Outbox(Protocol):
    def add(self, topic: Topic, subject: str, body: dict[str, Any], now: float) -> None: ...

    def waiting(self, limit: int, resting: Sequence[int] = ...) -> list[Message]: ...

    def delivered(self, message_ids: list[int]) -> None: ...


class Nudge(Protocol):
    def workers(self) -> None:
        """There may be a job. Lossy."""
        ...

    def web(self, subject: str = "") -> None:
        """There may be a message in the outbox, or news about ``subject``. Lossy."""
        ...
