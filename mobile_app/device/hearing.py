"""Events of the server reach a phone on the link's threads, also on one that has not noticed yet that the connection was closed."""

import threading
from collections.abc import Mapping

from mobile_app.link.ports import EventHandler

_LONGEST = 5.0
"""Seconds that ``end`` waits."""


class Hearing:
    """An event handler that can be ended: afterwards ``hear`` is not called and none of its calls is under way, so that what it uses may
    be closed. What came too late comes again after the next hello."""

    def __init__(self, hear: EventHandler) -> None:
        self._hear = hear
        self._changed = threading.Condition()
        self._threads: set[int] = set()
        self._ended = False

    def __call__(self, event: str, message: object) -> Mapping[str, object] | None:
        this = threading.get_ident()
        with self._changed:
            if self._ended:
                return None
            self._threads.add(this)
        try:
            return self._hear(event, message)
        finally:
            with self._changed:
                self._threads.discard(this)
                self._changed.notify_all()

    def end(self) -> None:
        """May be called by what hears itself; then it waits for the others."""
        with self._changed:
            self._ended = True
            this = {threading.get_ident()}
            self._changed.wait_for(lambda: not self._threads - this, timeout=_LONGEST)
