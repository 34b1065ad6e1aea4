"""How often something may be done that somebody else can bring about."""

import time
from collections import deque
from collections.abc import Callable


class Pace:
    """``times`` in ``seconds``, whenever. One thread's."""

    def __init__(self, times: int, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self._times, self._seconds, self._now = times, seconds, now
        self._done: deque[float] = deque(maxlen=times)

    def wait(self) -> float:
        """Seconds until the next time; 0 for now."""
        if len(self._done) < self._times:
            return 0.0
        return max(0.0, self._done[0] + self._seconds - self._now())

    def count(self) -> None:
        """It is done now."""
        self._done.append(self._now())

    def forget(self) -> None:
        self._done.clear()
