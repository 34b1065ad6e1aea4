"""Lanes of the web process: native threads beside gevent's loop, and news from other processes."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import gevent
from gevent.event import Event
from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

from server.processes.nudge import WEB, NudgeListener

P = ParamSpec("P")
T = TypeVar("T")
LOOK_EVERY = 1.0
log = logging.getLogger(__name__)


class GeventLanes:
    """``server.lanes.Lanes``: one thread owns the store, four read files and hash passwords."""

    def __init__(self) -> None:
        self._database = ThreadPool(1)
        self._slow = ThreadPool(4)

    def database(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return _run(self._database, function, *args, **kwargs)

    def slow(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return _run(self._slow, function, *args, **kwargs)


def _run(pool: ThreadPool, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs in ``pool`` and raises here what was raised there: gevent would print each refusal's traceback otherwise."""

    def call() -> tuple[T | None, BaseException | None]:
        try:
            return function(*args, **kwargs), None
        except BaseException as error:  # noqa: BLE001 (it is raised again, in the caller's greenlet)
            return None, error

    result, failure = pool.apply(call)
    if failure is not None:
        raise failure
    return cast(T, result)


def resolver(threads: int) -> Callable[..., list[Any]]:
    """``socket.getaddrinfo`` in threads of its own. A name service that does not answer keeps a thread for half a minute, however long
    the asker waits, and gevent's own ten serve everybody."""
    pool, resolve = ThreadPool(threads), get_original("socket", "getaddrinfo")
    return lambda *args, **kwargs: _run(pool, resolve, *args, **kwargs)


class News:
    """What other processes nudge about. Lossy: waiters look again after a second in any case."""

    def __init__(self, run_folder: Path) -> None:
        self._listener = NudgeListener(run_folder, WEB)
        self._listener.socket.setblocking(True)
        self._waiting: dict[str, list[Event]] = {}
        self.outbox = Event()

    def listen(self) -> None:
        """Runs for ever in a greenlet of its own."""
        while True:
            subject = self._listener.socket.recv(256).decode("utf-8", "replace")
            self.outbox.set()
            for event in self._waiting.pop(subject, ()):
                event.set()

    def wait(self, subject: str, seconds: float) -> bool:
        """Waits for news about ``subject``, at most a second and at most ``seconds``. False once ``seconds`` is spent: stop looking."""
        if seconds <= 0:
            return False
        event = Event()
        self._waiting.setdefault(subject, []).append(event)
        event.wait(min(seconds, LOOK_EVERY))
        waiters = self._waiting.get(subject)
        if waiters is not None and event in waiters:
            waiters.remove(event)
            if not waiters:
                del self._waiting[subject]
        return True


def spawn_forever(function: Callable[[], None]) -> None:
    """A greenlet that is started again when it fails: the log says why."""

    def run() -> None:
        while True:
            try:
                function()
            except Exception:
                log.exception("%r failed; starting it again", function)
            gevent.sleep(0.5)

    gevent.spawn(run)
