"""The network's bad days: decorators around the link that count messages and cut the connection when the
scenario says so.

Rules
* Messages are counted from the start of the run, over reconnections; each rule acts once. An answer counts as
  received, a call as sent.
* ``sent = n``: the n-th message reaches the server, its answer is lost. ``received = n``: the n-th is
  delivered, then the line breaks.
* While offline neither socket nor HTTP gets through; the core finds out by itself, as on a real phone.
* ``kill`` ends the process as SIGKILL does: nothing is flushed, nothing is said.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from time import monotonic

from mobile_app.emulator.events import Event, Teller
from mobile_app.emulator.scenario import ConnectionRule
from mobile_app.errors import LinkError, Refused
from mobile_app.link.ports import EventHandler, EventSocket, SocketConnector, WebConnector, WebLink


def kill_this_process() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Network:
    """One phone's network. Thread-safe. Also an EventSink, for rules that act at an event."""

    def __init__(
        self, rules: tuple[ConnectionRule, ...], teller: Teller, kill: Callable[[], None] = kill_this_process
    ) -> None:
        self._waiting = list(rules)
        self._teller = teller
        self._kill = kill
        self._lock = threading.Lock()
        self._counts: dict[tuple[str, str], int] = {}
        self._offline_until = 0.0
        self._offline_file: Path | None = None
        self._socket: NetworkSocket | None = None

    @property
    def offline(self) -> bool:
        if self._offline_file is not None and self._offline_file.exists():
            self._offline_file = None
            self._offline_until = 0.0
        return self._offline_file is not None or monotonic() < self._offline_until

    def holds(self, socket: "NetworkSocket") -> None:
        self._socket = socket

    def passed(self, direction: str, message: str) -> bool:
        """Count one message; True when a rule cut the line on it."""
        with self._lock:
            for key in ((direction, ""), (direction, message)):
                self._counts[key] = self._counts.get(key, 0) + 1
            due = [
                rule
                for rule in self._waiting
                if rule.counted == direction
                and rule.message in ("", message)
                and self._counts[direction, rule.message] >= rule.count
            ]
            self._waiting = [rule for rule in self._waiting if rule not in due]
        for rule in due:
            self._act(rule, f"{direction} {rule.count}", message)
        return bool(due)

    def tell_device_answered(self, answer: object) -> None:
        """The core shows nothing when the server has taken the word on another phone; a script must know."""
        state = answer.get("state") if isinstance(answer, Mapping) else None
        self._teller.tell("new_device_answered", state=str(state))

    def take(self, event: Event) -> None:
        with self._lock:
            due = [rule for rule in self._waiting if rule.event and rule.event == event.name]
            self._waiting = [rule for rule in self._waiting if rule not in due]
        for rule in due:
            self._act(rule, event.name, "")

    def _act(self, rule: ConnectionRule, after: str, message: str) -> None:
        self._teller.tell("network", act=rule.act, after=after, message=message)
        if rule.act == "kill":
            self._kill()
        elif rule.act == "offline":
            self._offline_file = rule.until_file
            self._offline_until = monotonic() + (rule.seconds or (1e9 if rule.until_file else 0.0))
        socket = self._socket
        if socket is not None:
            socket.cut()


class NetworkSocket:
    """An EventSocket that can be cut."""

    def __init__(self, inner: EventSocket, network: Network, on_cut: Callable[[], None]) -> None:
        self._inner = inner
        self._network = network
        self._on_cut = on_cut
        self._cut = threading.Event()

    def call(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object:
        self._refuse_when_cut()
        answer: object = None
        refusal: Refused | None = None
        try:
            answer = self._inner.call(event, message, timeout=timeout)
        except Refused as error:
            refusal = error  # an answer too
        if self._network.passed("sent", event):
            raise LinkError("connection_lost")
        self._refuse_when_cut()
        self._network.passed("received", event)
        if refusal is not None:
            raise refusal
        if event == "approve_device":
            self._network.tell_device_answered(answer)
        return answer

    def _refuse_when_cut(self) -> None:
        if self._cut.is_set():
            raise LinkError("connection_lost")

    def cut(self) -> None:
        """The line breaks: nothing more comes through, and the core is told as a lost connection would tell
        it.
        """
        if not self._cut.is_set():
            self._cut.set()
            threading.Thread(target=self._break, name="network-cut", daemon=True).start()

    def _break(self) -> None:
        self._inner.close()
        self._on_cut()

    def close(self) -> None:
        self._cut.set()
        self._inner.close()


class NetworkSockets:
    """A SocketConnector whose sockets belong to a Network."""

    def __init__(self, inner: SocketConnector, network: Network) -> None:
        self._inner = inner
        self._network = network

    def connect(
        self,
        server_url: str,
        on_event: EventHandler,
        on_disconnect: Callable[[], None],
        *,
        timeout: float = 10.0,
    ) -> EventSocket:
        if self._network.offline:
            raise LinkError("offline")
        told = threading.Lock()

        def once() -> None:
            if told.acquire(blocking=False):
                on_disconnect()

        def counted(event: str, message: object) -> Mapping[str, object] | None:
            acknowledgement = on_event(event, message)
            self._network.passed("received", event)
            return acknowledgement

        socket = NetworkSocket(
            self._inner.connect(server_url, counted, once, timeout=timeout), self._network, once
        )
        self._network.holds(socket)
        return socket


class NetworkWeb:
    """A WebConnector whose links fail while the network is offline."""

    def __init__(self, inner: WebConnector, network: Network) -> None:
        self._inner = inner
        self._network = network

    def open(self, server_url: str) -> WebLink:
        return _NetworkWebLink(self._inner.open(server_url), self._network)


class _NetworkWebLink:
    def __init__(self, inner: WebLink, network: Network) -> None:
        self._inner = inner
        self._network = network

    def _check(self) -> None:
        if self._network.offline:
            raise LinkError("offline")

    def post_json(self, path: str, message: Mapping[str, object], *, max_bytes: int = 1 << 20) -> object:
        self._check()
        return self._inner.post_json(path, message, max_bytes=max_bytes)

    def get_json(self, path: str, access_token: str, *, max_bytes: int) -> object:
        self._check()
        return self._inner.get_json(path, access_token, max_bytes=max_bytes)

    def get_stream(
        self, path: str, access_token: str, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        self._check()
        for piece in self._inner.get_stream(path, access_token, max_bytes=max_bytes, byte_range=byte_range):
            self._check()
            yield piece

    def close(self) -> None:
        self._inner.close()
