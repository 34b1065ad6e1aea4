"""One thread that does jobs one after another, so that the person is never asked two things at once. A job
that waits already is not queued twice."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from mobile_app.device.interaction import AttentionLost

_LOG = logging.getLogger(__name__)


class Worker:
    """``on_failure`` hears of a job that raised what nobody expected."""

    def __init__(self, on_failure: Callable[[Hashable], None]) -> None:
        self._on_failure = on_failure
        self._changed = threading.Condition()
        self._jobs: OrderedDict[Hashable, Callable[[], None]] = OrderedDict()
        self._current: Hashable | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="phone-worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Drop what waits; the present job must end by itself (its attention is lost)."""
        with self._changed:
            self._stopping = True
            self._jobs.clear()
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=30)

    def add(self, name: Hashable, job: Callable[[], None], *, first: bool = False) -> None:
        """Queue ``job`` unless one of that name waits or runs; ``first``: before all that wait."""
        with self._changed:
            if self._stopping or name in self._jobs or name == self._current:
                return
            self._jobs[name] = job
            if first:
                self._jobs.move_to_end(name, last=False)
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._jobs and not self._stopping:
                    self._changed.wait()
                if self._stopping:
                    return
                self._current, job = self._jobs.popitem(last=False)
            try:
                job()
            except AttentionLost:
                pass
            except Exception:  # noqa: BLE001 - the worker outlives any job
                _LOG.exception("job failed")
                self._on_failure(self._current)
            finally:
                with self._changed:
                    self._current = None
