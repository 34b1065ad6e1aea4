"""What the phone's unit tests share: links to the fake server that can break, a scripted person, and a phone on a temporary profile."""

import contextlib
import json
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mobile_app.device.device import AboutThisPhone, PhoneDevice
from mobile_app.device.file_vault import FileVault
from mobile_app.device.interaction import (
    Approve,
    Attention,
    ConnectionState,
    NewDeviceDecision,
    PinProblem,
    PinPurpose,
    RequestResult,
    SecurityWarning,
)
from mobile_app.device.key_vault import KeyChoice
from mobile_app.device.profile import Profile
from mobile_app.device.push_receiver import PushReceiver
from mobile_app.errors import LinkError, ServerRefused
from mobile_app.link.fields import parse_json
from tests.unit.device.fake_server import FakeServer, Refusal

PIN = b"274951"
ABOUT = AboutThisPhone("Điện thoại thử", "test", "0.1.0")
P256 = KeyChoice("ecdsa_p256_sha256")


class MovingClock:
    """The system's time plus what a test has added."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset


class FakeLinks:
    """Both connectors over the fake server. ``drop_before`` and ``drop_after`` hold events whose next call breaks the connection before
    the server hears it, or after."""

    def __init__(self, server: FakeServer) -> None:
        self.server = server
        self.lock = threading.RLock()
        self.drop_before: list[str] = []
        self.drop_after: list[str] = []
        self.sockets: list[FakeSocket] = []
        self.down = False

    def connect(
        self,
        server_url: str,
        on_event: Callable[[str, object], Mapping[str, object] | None],
        on_disconnect: Callable[[], None],
        *,
        timeout: float = 10.0,
    ) -> "FakeSocket":
        if self.down:
            raise LinkError("connection_failed")
        socket = FakeSocket(self, on_event, on_disconnect)
        self.sockets.append(socket)
        return socket

    def open(self, server_url: str) -> "FakeWeb":
        return FakeWeb(self)

    def push(self, event: str, statement: dict[str, Any]) -> object:
        """An event from the server on the newest socket."""
        name = {
            "sign_request": "envelope",
            "withdrawn": "withdrawal",
            "outcome": "outcome",
            "new_device": "approval_request",
        }
        return self.sockets[-1].on_event(event, json.loads(json.dumps({name[event]: statement})))

    def spoiled(self, name: str, answer: Any) -> Any:
        change = self.server.spoil.get(name)
        return change(answer) if change else answer


class FakeSocket:
    def __init__(self, links: FakeLinks, on_event: Any, on_disconnect: Callable[[], None]) -> None:
        self.links, self.on_event, self.on_disconnect = links, on_event, on_disconnect
        self.dead = False

    def call(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object:
        with self.links.lock:
            if event in self.links.drop_before:
                self.links.drop_before.remove(event)
                self.lose()
            if self.dead:
                raise LinkError("connection_lost")
            binary = {name: value for name, value in message.items() if isinstance(value, bytes)}
            plain = {name: value for name, value in message.items() if name not in binary}
            try:
                answer = self.links.server.event(event, {**json.loads(json.dumps(plain)), **binary})
            except Refusal as refusal:
                raise ServerRefused(refusal.code, refusal.details) from refusal
            if event in self.links.drop_after:
                self.links.drop_after.remove(event)
                self.lose()
                raise LinkError("connection_lost")
        return self.links.spoiled(event, json.loads(json.dumps(answer)))

    def lose(self) -> None:
        self.dead = True
        self.on_disconnect()

    def close(self) -> None:
        self.dead = True


class FakeWeb:
    def __init__(self, links: FakeLinks) -> None:
        self.links = links

    def post_json(self, path: str, message: Mapping[str, object], *, max_bytes: int = 1 << 20) -> object:
        return self._do(path.rsplit("/", 1)[1], lambda: self.links.server.post(path, json.loads(json.dumps(message))))

    def get_json(self, path: str, access_token: str, *, max_bytes: int) -> object:
        assert access_token == "t" * 32
        return self._do("manifest", lambda: self.links.server.get(path, None))

    def get_stream(
        self, path: str, access_token: str, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        body = self._do("documents", lambda: self.links.server.get(path, byte_range))
        if len(body) > max_bytes:
            raise LinkError("answer_too_long")
        yield body

    def _do(self, name: str, act: Callable[[], Any]) -> Any:
        with self.links.lock:
            if self.links.down or name in self.links.drop_before:
                if name in self.links.drop_before:
                    self.links.drop_before.remove(name)
                raise LinkError("connection_failed")
            try:
                answer = act()
            except Refusal as refusal:
                raise ServerRefused(refusal.code, refusal.details) from refusal
            if name in self.links.drop_after:
                self.links.drop_after.remove(name)
                raise LinkError("connection_failed")
        answer = self.links.spoiled(name, answer)
        return answer if isinstance(answer, bytes) else parse_json(json.dumps(answer))

    def close(self) -> None:
        """Nothing to close."""


class Person:
    """Says what a test tells it to, and remembers what it was shown."""

    def __init__(self) -> None:
        self.decision: Any = Approve(code="0042")
        self.code: str | None = "0042"
        self.pins: list[bytes | None] = []
        self.new_device = NewDeviceDecision.APPROVE
        self.on_decide: Callable[[Any, Attention], None] = lambda _request, _attention: None
        self.results: queue.Queue[RequestResult] = queue.Queue()
        self.warnings: queue.Queue[SecurityWarning] = queue.Queue()
        self.problems: queue.Queue[tuple[str, dict[str, object]]] = queue.Queue()
        self.states: list[ConnectionState] = []
        self.pending: list[Any] = []
        self.progress: list[Any] = []
        self.pin_problems: list[PinProblem | None] = []
        self.purposes: list[PinPurpose] = []
        self.digits = ""
        self.pairing_states: list[str] = []
        self.views: list[Any] = []
        self.given: list[bytearray] = []
        self.asked = threading.Event()

    def show_connection(self, state: ConnectionState, clock_skew_ms: int) -> None:
        self.states.append(state)

    def show_pending(self, pending: Any) -> None:
        self.pending = list(pending)

    def show_pairing(self, state: str, digits: str, expires_in: float) -> None:
        self.digits = digits
        self.pairing_states.append(state)

    def show_progress(self, progress: Any) -> None:
        self.progress.append(progress)

    def show_result(self, result: RequestResult) -> None:
        self.results.put(result)

    def show_problem(self, code: str, details: Mapping[str, object], request_id: str | None) -> None:
        self.problems.put((code, dict(details)))

    def decide(self, request: Any, attention: Attention) -> Any:
        self.views.append(request)
        self.asked.set()
        self.on_decide(request, attention)
        return self.decision

    def choose_code(self, request: Any, attention: Attention) -> str | None:
        return self.code

    def enter_pin(
        self, purpose: PinPurpose, request: Any, problem: PinProblem | None, attention: Attention
    ) -> bytearray | None:
        self.purposes.append(purpose)
        self.pin_problems.append(problem)
        pin = self.pins.pop(0) if self.pins else PIN
        if pin is None:
            return None
        self.given.append(bytearray(pin))
        return self.given[-1]

    def approve_new_device(self, new_device: Any, attention: Attention) -> NewDeviceDecision:
        return self.new_device

    def warn(self, warning: SecurityWarning, attention: Attention) -> None:
        self.warnings.put(warning)

    def result(self, seconds: float = 20.0) -> RequestResult:
        return self.results.get(timeout=seconds)


class Kit:
    """A fake server, a person and a phone; ``restart`` makes a new phone over the same profile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = MovingClock()
        self.server = FakeServer(self.clock.now)
        self.links = FakeLinks(self.server)
        self.person = Person()
        self.receiver: PushReceiver | None = None
        self.phone = self._new_phone()

    def _new_phone(self, *, open_on_arrival: bool = True) -> PhoneDevice:
        profile = Profile(self.folder)
        phone = PhoneDevice(
            profile=profile,
            vault=FileVault(profile),
            interaction=self.person,
            sockets=self.links,
            web=self.links,
            clock=self.clock,
            about=ABOUT,
            random_bytes=os.urandom,
            open_on_arrival=open_on_arrival,
            push_receiver=self.receiver,
        )
        phone._enrolment._poll_seconds = 0.02
        return phone

    def pair(self, choice: KeyChoice = P256, code: str | None = None) -> None:
        self.confirm_when_shown()
        self.phone.pair(
            code or self.server.pairing["code"], bytearray(PIN), server_url="https://sign.example", choice=choice
        )

    def confirm_when_shown(self) -> None:
        """Compare the digits and confirm, as the person in the browser does."""
        show = self.person.show_pairing

        def showing(state: str, digits: str, expires_in: float) -> None:
            show(state, digits, expires_in)
            if state == "confirm_digits":
                assert digits == self.server.pairing["digits"]
                self.server.confirm()

        self.person.show_pairing = showing  # type: ignore[method-assign]

    def restart(self, *, open_on_arrival: bool = True) -> None:
        self.phone.close()
        self.phone = self._new_phone(open_on_arrival=open_on_arrival)

    def offer(self, request: Any) -> object:
        return self.links.push("sign_request", request.envelope)

    def online(self) -> None:
        self.phone.start()
        wait_for(lambda: self.phone.connection == ConnectionState.ONLINE)

    def complete(self, request: Any) -> RequestResult:
        """The server has all values: it embeds and tells."""
        wait_for(lambda: request.state == "SIGNING" and not self.server.missing(request))
        with self.links.lock:
            outcome = self.server.finish(request, "COMPLETED", "ok")
        self.links.push("outcome", outcome)
        return self.person.result()


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Until ``condition`` holds; fails the test when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not come true in time"
        with contextlib.suppress(InterruptedError):
            time.sleep(0.01)
