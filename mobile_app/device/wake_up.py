"""Being woken: the server's subscription is made equal to what the person wishes, and a wake-up is followed (protocol §2.3).

Rules:
* The server is asked after each connection, and told what has changed, on a thread of its own: no request waits for it.
* A wake-up is no authority and has no content. The phone connects at once, or asks ``waiting`` if it thinks that it is connected; what does
  not answer within seconds is a dead line. One look in five seconds, however often it is woken.
* What the server was told last is kept in the journal. It holds no longer what it was told: then the push service has said that the
  address is gone, and the receiver makes another.
* A server that does not know the events, or wakes no phones, is no error. One that lies (another key each time, never ``subscribed``), and
  a distributor that gives one address after another, are followed at a pace that harms neither phone nor push service.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Final, Protocol

from mobile_app.device.journal import Journal
from mobile_app.device.pace import Pace
from mobile_app.device.push_receiver import Distributor, PushReceiver
from mobile_app.errors import LinkError, PhoneError, ServerRefused
from mobile_app.link import push_wire, wire
from mobile_app.link.fields import Malformed
from mobile_app.link.push_wire import PushSubscription

_LOG = logging.getLogger(__name__)
_TOLD: Final = "push_told"
_LOOK_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 5.0
_BUSY_SECONDS: Final = 2.0
_REGISTRATIONS: Final = (3, 60.0)
"""Times in seconds."""
_QUESTIONS: Final = (10, 20.0)
_BUSY: Final = ("too_many_events", "too_many_tries", "unavailable")


class WakeUpState(StrEnum):
    OFF = "off"
    ASKING = "asking"
    """Switched on; the server was not reached since."""
    UNAVAILABLE = "unavailable"
    """This server wakes no phones."""
    REGISTERING = "registering"
    """The distributor was asked for an address."""
    FAILED = "failed"
    """The distributor gave none: ``WakeUp.problem``."""
    REFUSED = "refused"
    """The server does not take this address."""
    ON = "on"


class Line(Protocol):
    """The session, as it is needed here."""

    def call_once(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object: ...

    def hurry(self) -> bool:
        """Connect now rather than later. False when there is a connection already."""
        ...

    def renew(self) -> None:
        """Give up the present connection for a new one."""
        ...


class WakeUp:
    """``receiver`` None: this kind of phone can't be woken."""

    def __init__(self, receiver: PushReceiver | None, journal: Journal) -> None:
        self._receiver = receiver
        self._journal = journal
        self._line: Line | None = None
        self._ask_waiting: Callable[[float], object] = lambda _seconds: None
        self._due = threading.Event()
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._registered_for: bytes | None = None
        self._registrations = Pace(*_REGISTRATIONS)
        self._questions = Pace(*_QUESTIONS)
        self._again_in: float | None = None
        self._server_says = WakeUpState.ASKING
        self.on_change: Callable[[], None] = lambda: None
        """Called on any thread when ``state`` may be another."""
        if receiver is not None:
            receiver.listen(self._due.set, self.woken)

    # -- for the person -----------------------------------------------------------------------------------
    @property
    def is_possible(self) -> bool:
        """On this kind of phone."""
        return self._receiver is not None

    def distributors(self) -> Sequence[Distributor]:
        """Raises PhoneError."""
        return self._receiver.distributors() if self._receiver is not None else ()

    @property
    def chosen(self) -> str:
        return self._receiver.chosen() if self._receiver is not None else ""

    @property
    def problem(self) -> str:
        return self._receiver.problem() if self._receiver is not None else ""

    def state(self) -> WakeUpState:
        receiver = self._receiver
        if receiver is None or not receiver.chosen():
            return WakeUpState.OFF
        if self._server_says == WakeUpState.UNAVAILABLE:
            return self._server_says
        if receiver.problem():
            return WakeUpState.FAILED
        subscription = receiver.subscription()
        if subscription is None:
            return WakeUpState.REGISTERING if self._registered_for else WakeUpState.ASKING
        return WakeUpState.ON if self._journal.fact(_TOLD) == subscription.mark else self._server_says

    def turn_on(self, distributor_id: str) -> None:
        """Also to change the distributor. Raises PhoneError("wake_up_refused")."""
        if self._receiver is not None:
            self._receiver.choose(distributor_id)
            self._registered_for = None
            self._registrations.forget()
            self._due.set()

    def turn_off(self) -> None:
        """The server is told with the next connection. Raises PhoneError."""
        if self._receiver is not None:
            self._receiver.give_up()
            self._due.set()

    # -- the pairing's life -------------------------------------------------------------------------------
    def begin(self, line: Line, ask_waiting: Callable[[float], object]) -> None:
        """``ask_waiting`` asks the server, for some seconds at most, and takes what it says; raises LinkError, ServerRefused."""
        if self._receiver is None:
            return
        self._line, self._ask_waiting = line, ask_waiting
        self._registered_for, self._server_says = None, WakeUpState.ASKING
        self._stopping.clear()
        self._thread = threading.Thread(target=self._work, name="phone-wake-up", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._stopping.set()
        self._due.set()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=15)

    def connected(self) -> None:
        """There is a proven connection. Returns at once."""
        if self.problem:
            self._registered_for = None  # a distributor that had no network may have one now
        self._due.set()

    def woken(self) -> None:
        """Somebody rang. Returns at once."""
        self._woken.set()
        self._due.set()

    def let_go(self) -> None:
        """The pairing ends: no server of its time rings here any more, and the next one gets another address. The choice stays."""
        if self._receiver is not None:
            try:
                self._receiver.let_go()
            except PhoneError as error:
                _LOG.warning("the address is not given back: %s", error)

    def forget(self) -> None:
        """The pairing is over."""
        self._journal.set_fact(_TOLD, None)

    # -- the thread ---------------------------------------------------------------------------------------
    def _work(self) -> None:
        looked_at = -_LOOK_SECONDS
        while True:
            self._due.wait(self._again_in)
            self._due.clear()
            if self._stopping.is_set():
                return
            if self._woken.is_set():
                if self._stopping.wait(looked_at + _LOOK_SECONDS - time.monotonic()):
                    return
                self._woken.clear()
                looked_at = time.monotonic()
                self._look()
            self._again_in = self._questions.wait() or None
            if self._again_in is None:
                self._questions.count()
                self._settle_quietly()

    def _look(self) -> None:
        line = self._line
        if line is None or line.hurry():
            return  # what follows a new connection asks
        try:
            self._ask_waiting(_ANSWER_SECONDS)
        except ServerRefused as error:
            _LOG.warning("a wake-up's question was refused: %s", error.code)
        except LinkError:
            line.renew()

    def _settle_quietly(self) -> None:
        try:
            self._settle()
        except ServerRefused as error:
            if error.code in _BUSY:
                if not self._stopping.wait(_BUSY_SECONDS):
                    self._due.set()
                return
            self._server_says = (
                WakeUpState.REFUSED if error.code == "push_endpoint_not_allowed" else WakeUpState.UNAVAILABLE
            )
        except Malformed as error:
            _LOG.warning("the server's word on wake-ups: %s", error)
            self._server_says = WakeUpState.UNAVAILABLE
        except LinkError:
            pass  # the next connection asks again
        except PhoneError as error:
            _LOG.warning("no address for wake-ups: %s", error)
        self.on_change()

    def _settle(self) -> None:
        line, receiver = self._line, self._receiver
        assert line is not None
        assert receiver is not None
        answer = line.call_once("push_gateway", {}, timeout=_ANSWER_SECONDS)
        gateway = push_wire.read_push_gateway_answer(answer)
        if not receiver.chosen():
            if gateway.subscribed:
                self._tell(line, None)
            self._journal.set_fact(_TOLD, None)
            return
        if gateway.vapid_key is None:
            self._server_says = WakeUpState.UNAVAILABLE
            return
        self._server_says = WakeUpState.ASKING
        subscription = receiver.subscription()
        told = self._journal.fact(_TOLD)
        is_gone = not gateway.subscribed and subscription is not None and told == subscription.mark
        if is_gone or self._registered_for != gateway.vapid_key:
            self._again_in = self._registrations.wait() or None
            if self._again_in is not None:
                return
            self._registrations.count()
            if is_gone:
                self._journal.set_fact(_TOLD, None)
            self._registered_for = gateway.vapid_key
            receiver.register(gateway.vapid_key, anew=is_gone)
            subscription = receiver.subscription()
        if subscription is not None and (not gateway.subscribed or told != subscription.mark):
            self._tell(line, subscription)
            self._journal.set_fact(_TOLD, subscription.mark)

    @staticmethod
    def _tell(line: Line, subscription: PushSubscription | None) -> None:
        answer = line.call_once("set_push", push_wire.set_push_message(subscription), timeout=_ANSWER_SECONDS)
        wire.read_done_answer(answer, "set")
