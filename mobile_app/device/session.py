"""The proven connection to the server: getting it, keeping it, and asking over it (protocol §2.1).

Rules:
* A connection counts once both sides have proved themselves (``prove``).
* A lost connection comes back by itself: back-off from 0.5 to 30 seconds with jitter. A refusing server is
  asked again every minute.
* A call survives lost connections: every message may be sent twice, so it is sent again on the next
  connection, until its ``Attention`` is lost. An error that the server answers is an answer and is raised.
A little longer than other files: asking and keeping share one connection and its condition.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from mobile_app.clock import Clock, milliseconds
from mobile_app.device.identity import AboutThisPhone, Identity, keep_pinned_keys
from mobile_app.device.interaction import Attention, ConnectionState, SecurityWarning
from mobile_app.device.journal import Journal
from mobile_app.device.key_vault import KeyVault
from mobile_app.device.prove import prove_device
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.device.session_listener import SessionListener
from mobile_app.errors import CheckFailed, LinkError, PhoneError, ServerRefused
from mobile_app.link.fields import Malformed
from mobile_app.link.ports import EventSocket, SocketConnector, WebConnector, WebLink

_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 30.0
_REFUSED_DELAY: Final = 60.0
_FROZEN_DELAY: Final = 10.0
"""Somebody is about to thaw this phone, and looks at it."""
_REPROVE_AFTER: Final = 50 * 60.0
_TRIES_ON_ONE_CONNECTION: Final = 3
_ROTATIONS_AGAIN: Final = 60.0
T = TypeVar("T")
_ASK_AGAIN: Final = ("too_many_events", "too_many_tries", "unavailable")
"""Errors that say nothing about the request: the server is busy."""
_REFUSED_STATES: Final = {"device_frozen": ConnectionState.FROZEN}


@dataclass(frozen=True, slots=True)
class _Online:
    """A proven connection."""

    socket: EventSocket
    access_token: str


class Session:
    """Keeps one connection from ``start`` to ``stop``."""

    def __init__(
        self,
        *,
        identity: Identity,
        pinned: PinnedKeys,
        journal: Journal,
        vault: KeyVault,
        sockets: SocketConnector,
        web: WebConnector,
        clock: Clock,
        about: AboutThisPhone,
        random_bytes: Callable[[int], bytes],
        listener: SessionListener,
    ) -> None:
        self.identity = identity
        self.pinned = pinned
        self._journal = journal
        self._vault = vault
        self._sockets = sockets
        self._web: WebLink = web.open(identity.server_url)
        self._clock = clock
        self._about = about
        self._random_bytes = random_bytes
        self._listener = listener
        self._jitter = random.Random(int.from_bytes(random_bytes(8), "big"))  # noqa: S311 - spreads load only
        self._changed = threading.Condition()
        self._online: _Online | None = None
        self._lost = threading.Event()
        self._stopping = threading.Event()
        self._wanted = threading.Event()
        self._wanted.set()
        self._hurry = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = ConnectionState.OFFLINE
        self._warned: set[str] = set()
        self._rotations_asked_at = -_ROTATIONS_AGAIN
        self.skew_ms = 0
        self.refusal = ""
        """The code with which the server turned this phone away last; empty while it does not."""

    # -- life -------------------------------------------------------------------------------------

    def start(self) -> None:
        self._thread = threading.Thread(target=self._keep, name="phone-session", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._wanted.set()
        self._lost.set()
        self._drop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=15)
        self._web.close()

    def go_offline(self) -> None:
        self._wanted.clear()
        self._lost.set()
        self._drop()

    def go_online(self) -> None:
        self._wanted.set()

    def hurry(self) -> bool:
        """Connect now rather than after the pause. False when there is a connection: then the pause after its end stays, which keeps all
        phones from coming back to a server at once."""
        if self._online is not None:
            return False
        self._hurry.set()
        return True

    def renew(self) -> None:
        """The connection seems dead: have another at once."""
        self._hurry.set()
        self._lost.set()

    @property
    def state(self) -> ConnectionState:
        return self._state

    def server_now(self) -> int:
        """Milliseconds by the server's clock, as well as this phone can tell."""
        return milliseconds(self._clock) + self.skew_ms

    # -- asking -----------------------------------------------------------------------------------

    def call(
        self, event: str, message: Mapping[str, object], attention: Attention, *, over: str = ""
    ) -> object:
        """Ask on whatever connection there is, or the next one. Raises ServerRefused, Malformed,
        AttentionLost. ``over``: a refusal to connect after which there is no next one; it is raised too."""
        failures = 0
        while True:
            online = self._await_online(attention, over)
            try:
                return online.socket.call(event, message)
            except Malformed:
                raise
            except ServerRefused as error:
                if error.code not in _ASK_AGAIN:
                    raise
                attention.wait(1.0)
            except LinkError:
                failures += 1
                if self._online is online and failures >= _TRIES_ON_ONE_CONNECTION:
                    failures = 0
                    self._lost.set()
                attention.wait(self._jitter.uniform(0.05, 0.2))

    def call_once(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object:
        """Ask on the present connection, once: for what a connection's own nonce goes into. Raises LinkError
        too. ``timeout`` in seconds."""
        online = self._online
        if online is None:
            raise LinkError("offline")
        return online.socket.call(event, message, timeout=timeout)

    def get_json(self, path: str, attention: Attention, *, max_bytes: int) -> object:
        """A GET with the session's token; asked again when the way fails. Raises ServerRefused, Malformed,
        AttentionLost."""
        return self._over_http(lambda token: self._web.get_json(path, token, max_bytes=max_bytes), attention)

    def get_bytes(
        self, path: str, attention: Attention, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> bytes:
        """Like ``get_json`` for a body of bytes, at most ``max_bytes``."""

        def fetch(token: str) -> bytes:
            pieces: Iterator[bytes] = self._web.get_stream(path, token, max_bytes=max_bytes, byte_range=byte_range)
            return b"".join(pieces)

        return self._over_http(fetch, attention)

    def _over_http(self, fetch: Callable[[str], T], attention: Attention) -> T:
        delay = _FIRST_DELAY
        while True:
            online = self._await_online(attention)
            try:
                return fetch(online.access_token)
            except Malformed:
                raise
            except ServerRefused as error:
                if error.details.get("status") != 401:
                    raise
                self._lost_connection(online)
            except LinkError:
                pass
            attention.wait(delay)
            delay = min(delay * 2, _LONGEST_DELAY)

    def _await_online(self, attention: Attention, over: str = "") -> _Online:
        while True:
            attention.check()
            with self._changed:
                if self._online is not None:
                    return self._online
                if over and self.refusal == over:
                    raise ServerRefused(over)
                self._changed.wait(0.2)

    def ask_for_rotations(self) -> bool:
        """A statement came under a key that is not pinned: prove anew, which brings the rotations that were
        missed. False when that was done within the last minute: then the key is a stranger's."""
        now = time.monotonic()
        with self._changed:
            if now < self._rotations_asked_at + _ROTATIONS_AGAIN:
                return False
            self._rotations_asked_at = now
        self._lost.set()
        return True

    def rotated(self, attention: Attention) -> bool:
        """Like ``ask_for_rotations``, and wait: did a new key come?"""
        before, online = self.pinned.counter, self._online
        if not self.ask_for_rotations():
            return False
        while self._online is online:
            attention.wait(0.05)
        self._await_online(attention)
        return self.pinned.counter != before

    # -- keeping the connection -------------------------------------------------------------------

    def _keep(self) -> None:
        delay = _FIRST_DELAY
        while not self._stopping.is_set():
            if not self._wanted.is_set():
                self._set_state(ConnectionState.OFFLINE)
                self._wanted.wait()
                delay = _FIRST_DELAY
                continue
            lost = self._lost = threading.Event()  # each connection has its own: an old one's end comes late
            self._set_state(ConnectionState.CONNECTING)
            try:
                self._connect(lost)
                delay = _FIRST_DELAY
                self._listener.on_online()
                lost.wait(_REPROVE_AFTER)
                self._drop()
                self._set_state(ConnectionState.OFFLINE)
                pause = self._jitter.uniform(0.0, _FIRST_DELAY)
            except (ServerRefused, CheckFailed) as error:
                self._drop()
                self._refused(error)
                pause = _FROZEN_DELAY if self._state is ConnectionState.FROZEN else _REFUSED_DELAY
            except LinkError:
                self._drop()
                self._set_state(ConnectionState.OFFLINE)
                pause = delay * self._jitter.uniform(0.5, 1.0)
                delay = min(delay * 2, _LONGEST_DELAY)
            self._pause(pause)
        self._set_state(ConnectionState.OFFLINE)

    def _pause(self, seconds: float) -> None:
        """Wait, but not when the person takes the phone offline or stops it, nor when there is a hurry."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0 and self._wanted.is_set() and not self._hurry.is_set():
            if self._stopping.wait(min(left, 0.2)):
                break
        self._hurry.clear()

    def _connect(self, lost: threading.Event) -> None:
        socket = self._sockets.connect(self.identity.server_url, self._listener.on_event, lost.set)
        try:
            proven = prove_device(
                socket,
                identity=self.identity,
                pinned=self.pinned,
                vault=self._vault,
                clock=self._clock,
                about=self._about,
                random_bytes=self._random_bytes,
                keep_keys=self._keep_keys,
            )
        except BaseException:
            socket.close()
            raise
        self.skew_ms = proven.skew_ms
        with self._changed:
            if self._stopping.is_set() or not self._wanted.is_set():
                socket.close()
                raise LinkError("offline")
            self._online = _Online(socket, proven.access_token)
            self.refusal = ""
            self._hurry.clear()  # this is what it was for
            self._changed.notify_all()
        self._set_state(ConnectionState.ONLINE)

    def _keep_keys(self, pinned: PinnedKeys) -> None:
        keep_pinned_keys(self._journal, pinned)
        self.pinned = pinned

    def _lost_connection(self, online: _Online) -> None:
        """Give up a connection that no longer serves (a token that ran out): the next one proves anew."""
        if self._online is online:
            self._lost.set()

    def _drop(self) -> None:
        with self._changed:
            online, self._online = self._online, None
        if online is not None:
            online.socket.close()

    def _refused(self, error: PhoneError) -> None:
        """The server said no, or said what is not true. Shown once for each code, so that a minute's retry
        does not nag."""
        self.refusal = error.code
        self._set_state(_REFUSED_STATES.get(error.code, ConnectionState.REFUSED))
        if error.code in self._warned:
            return
        self._warned.add(error.code)
        if isinstance(error, CheckFailed):
            self._listener.on_warning(SecurityWarning(error.code, error.details, None))
        else:
            self._listener.on_problem(error.code, error.details)

    def _set_state(self, state: ConnectionState) -> None:
        if state != self._state:
            self._state = state
            self._listener.on_state(state)
