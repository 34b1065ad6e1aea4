"""Where the device's threads meet widgets: the only file of the screens that knows of threads.

Rules:
* What the device shows or asks (``UserInteraction``, on its own threads) is handed to the main thread in the order in which it came.
  ``show_…`` return at once. A question blocks the device's worker until it is answered or void.
* Of progress only the latest is told, ten times a second at most, and before whatever comes after it: a thousand documents are checked
  faster than a window can say so.
* A void question wakes the worker at once and tells the screen, which closes it. An answer that comes later is ignored.
* What the person wants of the device (network, keys, files) runs on a thread of its own; its end comes back on the main thread.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, Generic, Protocol, TypeVar

from kivy.clock import Clock

from mobile_app.device.interaction import (
    Attention,
    ConnectionState,
    Decision,
    NewDevice,
    NewDeviceDecision,
    PendingRequest,
    PinProblem,
    PinPurpose,
    Progress,
    RequestResult,
    RequestView,
    SecurityWarning,
)
from mobile_app.errors import LinkError, PhoneError

_LOG = logging.getLogger(__name__)
_PROGRESS_SECONDS: Final = 0.1
_REOPEN_SECONDS: Final = 0.1
_REOPEN_TRIES: Final = 50
T = TypeVar("T")
A = TypeVar("A")


class Question(Generic[A]):
    """Asked on the device's worker, answered once on the main thread."""

    def __init__(self, attention: Attention) -> None:
        self._attention = attention
        self._wake = threading.Event()
        self._answers: list[A] = []
        attention.on_lost(self._wake.set)

    @property
    def is_open(self) -> bool:
        """Whether an answer would still count."""
        return not self._wake.is_set()

    def answer(self, answer: A) -> None:
        """The first answer counts. No effect once the question is void."""
        if self.is_open:
            self._answers.append(answer)
            self._wake.set()

    def wait(self) -> A:
        """Raises AttentionLost when the question became void first."""
        self._wake.wait()
        if not self._answers:
            self._attention.check()
        return self._answers[0]


class Screens(Protocol):
    """What the bridge calls, on the main thread."""

    def connection_changed(self, state: ConnectionState, clock_skew_ms: int) -> None: ...

    def pending_changed(self, pending: Sequence[PendingRequest]) -> None: ...

    def pairing_changed(self, state: str, digits: str, expires_in: float) -> None: ...

    def progress_changed(self, progress: Progress) -> None: ...

    def result_came(self, result: RequestResult) -> None: ...

    def problem_came(self, code: str, details: Mapping[str, object], request_id: str | None) -> None: ...

    def ask_decision(self, request: RequestView, question: Question[Decision]) -> None: ...

    def ask_code(self, request: RequestView, question: Question[str | None]) -> None: ...

    def ask_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        question: Question[bytearray | None],
    ) -> None: ...

    def ask_new_device(self, new_device: NewDevice, question: Question[NewDeviceDecision]) -> None: ...

    def ask_warning_read(self, warning: SecurityWarning, question: Question[None]) -> None: ...

    def question_void(self, question: Question[Any]) -> None: ...


class Bridge:
    """Implements UserInteraction. ``connect`` it to the screens before the device starts."""

    def __init__(self) -> None:
        self._screens: Screens | None = None
        self._lock = threading.Lock()
        self._opening: dict[str, threading.Event] = {}
        self._progress: dict[str, Progress] = {}

    def connect(self, screens: Screens) -> None:
        self._screens = screens

    def _post(self, show: Callable[[Screens], None]) -> None:
        screens = self._screens
        if screens is not None:

            def tell(_seconds: float) -> None:
                self._tell_progress(screens)
                show(screens)

            Clock.schedule_once(tell, 0)

    def _tell_progress(self, screens: Screens) -> None:
        with self._lock:
            latest, self._progress = self._progress, {}
        for progress in latest.values():
            screens.progress_changed(progress)

    def _ask(self, attention: Attention, show: Callable[[Screens, Question[T]], None]) -> T:
        question: Question[T] = Question(attention)
        self._post(lambda screens: show(screens, question))
        try:
            return question.wait()
        finally:
            if attention.lost:
                self._post(lambda screens: screens.question_void(question))

    # -- what the device shows ------------------------------------------------------------------------
    def show_connection(self, state: ConnectionState, clock_skew_ms: int) -> None:
        self._post(lambda screens: screens.connection_changed(state, clock_skew_ms))

    def show_pending(self, pending: Sequence[PendingRequest]) -> None:
        kept = tuple(pending)
        self._post(lambda screens: screens.pending_changed(kept))

    def show_pairing(self, state: str, digits: str, expires_in: float) -> None:
        self._post(lambda screens: screens.pairing_changed(state, digits, expires_in))

    def show_progress(self, progress: Progress) -> None:
        self._walking(progress.request_id)
        screens = self._screens
        with self._lock:
            is_first = not self._progress
            self._progress[progress.request_id] = progress
        if screens is not None and is_first:
            Clock.schedule_once(lambda _seconds: self._tell_progress(screens), _PROGRESS_SECONDS)

    def show_result(self, result: RequestResult) -> None:
        self._walking(result.request_id)
        self._post(lambda screens: screens.result_came(result))

    def show_problem(self, code: str, details: Mapping[str, object], request_id: str | None) -> None:
        self._walking(request_id)
        kept = dict(details)
        self._post(lambda screens: screens.problem_came(code, kept, request_id))

    # -- what the device asks -------------------------------------------------------------------------
    def decide(self, request: RequestView, attention: Attention) -> Decision:
        self._walking(request.pending.request_id)
        return self._ask(attention, lambda screens, question: screens.ask_decision(request, question))

    def choose_code(self, request: RequestView, attention: Attention) -> str | None:
        return self._ask(attention, lambda screens, question: screens.ask_code(request, question))

    def enter_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        attention: Attention,
    ) -> bytearray | None:
        if request is not None:
            self._walking(request.request_id)
        return self._ask(attention, lambda screens, question: screens.ask_pin(purpose, request, problem, question))

    def approve_new_device(self, new_device: NewDevice, attention: Attention) -> NewDeviceDecision:
        return self._ask(attention, lambda screens, question: screens.ask_new_device(new_device, question))

    def warn(self, warning: SecurityWarning, attention: Attention) -> None:
        self._ask(attention, lambda screens, question: screens.ask_warning_read(warning, question))

    # -- what the person wants of the device ----------------------------------------------------------
    def run(
        self,
        job: Callable[[], T],
        done: Callable[[T], None] = lambda _result: None,
        failed: Callable[[PhoneError], None] = lambda _error: None,
    ) -> None:
        """Do ``job`` elsewhere; ``done`` or ``failed`` follows on the main thread."""

        def work() -> None:
            try:
                result = job()
            except PhoneError as error:
                self._finish(failed, error)
            except Exception:  # noqa: BLE001 - the person is told, whatever it was
                _LOG.exception("a job of the screens failed")
                self._finish(failed, PhoneError())
            else:
                self._finish(done, result)

        threading.Thread(target=work, name="screen-job", daemon=True).start()

    @staticmethod
    def _finish(tell: Callable[[T], None], result: T) -> None:
        Clock.schedule_once(lambda _seconds: tell(result), 0)

    def open_request(self, open_it: Callable[[str], None], request_id: str, gone: Callable[[str], None]) -> None:
        """Have the device walk through a request. Its worker may just be leaving that very request, and takes no second job of its name
        until it has: asked again until the walk shows itself, or for five seconds. ``gone`` is told on the main thread when it has ended
        meanwhile."""
        seen = threading.Event()
        with self._lock:
            self._opening[request_id] = seen

        def work() -> None:
            for _ in range(_REOPEN_TRIES):
                try:
                    open_it(request_id)
                except KeyError:
                    self._finish(gone, request_id)
                    return
                except LinkError:
                    return  # the device stopped, which it shows by itself
                if seen.wait(_REOPEN_SECONDS):
                    return

        threading.Thread(target=work, name="screen-open", daemon=True).start()

    def walk_again(self, open_it: Callable[[str], None], request_id: str) -> None:
        """Queue a request whose last walk is over."""

        def work() -> None:
            with suppress(KeyError, LinkError):  # it has ended, or the device stopped: both are shown by the device itself
                open_it(request_id)

        threading.Thread(target=work, name="screen-open", daemon=True).start()

    def _walking(self, request_id: str | None) -> None:
        with self._lock:
            seen = self._opening.pop(request_id or "", None)
        if seen is not None:
            seen.set()
