"""How often one socket may ask: a bucket that leaks (events a second) and holds a burst."""

import time
from dataclasses import dataclass

from server.errors import TooManyTries


@dataclass
class EventBucket:
    """What is refused counts too: who goes on asking does not get in earlier, and ``level`` tells how far he goes."""

    a_second: float
    burst: float
    level: float = 0.0
    filled_at: float = 0.0

    def pour(self, amount: float = 1.0) -> None:
        """Raises ``TooManyTries(too_many_events)`` when the bucket runs over."""
        now = time.monotonic()
        self.level = max(0.0, self.level - (now - self.filled_at) * self.a_second) + amount
        self.filled_at = now
        if self.level > self.burst:
            raise TooManyTries("too many events", code="too_many_events", details={"retry_after": 1})
