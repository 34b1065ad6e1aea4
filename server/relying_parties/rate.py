"""How often a relying party may start something: a leaky bucket per relying party, in the database, so that a restart empties nothing.

Only calls that write are counted (an upload, a request, a cancellation): they cost disk and a person's attention. Reading is bounded by
the web process itself.
"""

from contextlib import AbstractContextManager
from typing import Protocol

from server.clock import Clock
from server.errors import TooManyTries

BURST = 1200
PER_SECOND = 50.0
"""A party may start 1,200 things at once and 50 a second for ever: a batch of 1,000 uploads is not slowed down."""


class Throttles(Protocol):
    def pour(
        self, bucket: str, now: float, *, capacity: float, leak_per_second: float, amount: float = ...
    ) -> float: ...


class RateTransaction(Protocol):
    @property
    def throttles(self) -> Throttles: ...


class RateStore(Protocol):
    def write(self) -> AbstractContextManager[RateTransaction]: ...


class LimitRate:
    def __init__(self, store: RateStore, clock: Clock, *, burst: float = BURST, per_second: float = PER_SECOND) -> None:
        self._store = store
        self._clock = clock
        self._burst = burst
        self._per_second = per_second

    def __call__(self, relying_party_id: str) -> None:
        """Counts one call. Raises ``TooManyTries`` with ``retry_after`` in seconds; a call that was refused is not counted."""
        with self._store.write() as tx:
            wait = tx.throttles.pour(
                f"api:{relying_party_id}",
                self._clock.now(),
                capacity=self._burst,
                leak_per_second=self._per_second,
            )
        if wait:
            raise TooManyTries("too many calls", code="too_many_tries", details={"retry_after": int(wait) + 1})
