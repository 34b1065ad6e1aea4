"""A socket that sends something else, once more, or in another order; and an HTTP link that remembers the
manifest.

Rules
* Each falsification acts once for each true message of its kind, in connection and PIN messages once in a
  run: a retry of the core goes through untouched.
* What the server says to it is told as the event ``tampered``; then, by the scenario's ``then``, the core
  gets that answer (``stop``) or the true message follows (``honest``).
* One message may be falsified in one way only: the first that the scenario names.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit

from mobile_app.emulator.events import Teller
from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering import falsify
from mobile_app.emulator.tampering.loot import Loot, NothingToUse
from mobile_app.emulator.tampering.messages import FALSIFICATIONS, Falsification, Message, statement_of
from mobile_app.errors import PhoneError
from mobile_app.link.fields import octets
from mobile_app.link.ports import EventHandler, EventSocket, SocketConnector, WebConnector, WebLink

_ONCE_IN_A_RUN = ("hello", "prove", "release_share")


class SpoiltSocket:
    """An EventSocket. ``done`` outlives it: what acted before a reconnection does not act again."""

    def __init__(self, inner: EventSocket, loot: Loot, teller: Teller, done: set[tuple[str, str]]) -> None:
        self._inner = inner
        self._loot = loot
        self._teller = teller
        self._done = done

    def call(self, event: str, message: Message, *, timeout: float = 20.0) -> object:
        request_id = _request_of(message)
        if request_id is not None:
            self._loot.current = request_id
            if event == "opened":
                self._loot.opened(request_id)
        for wanted, false in self._due(event, message):
            try:
                messages = false.make(message, wanted, self._loot)
            except NothingToUse as error:
                self._error(str(error))
                continue
            self._done.add((wanted.name, _mark(event, message)))
            return self._play(event, message, messages, wanted, false, timeout)
        return self._true(event, message, timeout)

    def _due(self, event: str, message: Message) -> Iterator[tuple[Tampering, Falsification]]:
        names = tuple(name for name, false in FALSIFICATIONS.items() if false.event == event)
        for wanted in self._loot.wanted(names, self._loot.current):
            if (wanted.name, _mark(event, message)) not in self._done:
                yield wanted, FALSIFICATIONS[wanted.name]

    def _play(
        self,
        event: str,
        message: Message,
        messages: list[Message],
        wanted: Tampering,
        false: Falsification,
        timeout: float,
    ) -> object:
        answer = self._true(event, message, timeout) if false.after else None
        refusal: PhoneError | None = None
        said: object = None
        for one in messages:
            refusal = None
            try:
                said = self._inner.call(false.sent_as or event, one, timeout=timeout)
                self._tell(wanted.name, answer=opened_statements(said))
            except PhoneError as error:
                refusal = error
                self._tell(wanted.name, error=error.code, details=error.details)
        if false.after:
            return answer
        if wanted.then == "honest" or false.always_honest:
            return self._true(event, message, timeout)
        if refusal is not None:
            raise refusal
        return said

    def _true(self, event: str, message: Message, timeout: float) -> object:
        answer = self._inner.call(event, message, timeout=timeout)
        self._remember(event, message)
        return answer

    def _remember(self, event: str, message: Message) -> None:
        request_id = _request_of(message) or ""
        if event == "approve":
            statement = {name: str(value) for name, value in statement_of(message).items()}
            self._loot.approvals[request_id] = statement
            counter = falsify.body_of(statement)["counter"]
            assert isinstance(counter, int)
            self._loot.counters.append(counter)
        elif event == "choose_code":
            statement = {name: str(value) for name, value in statement_of(message).items()}
            self._loot.choices[request_id] = statement
        elif event == "release_share":
            self._loot.proofs.append(dict(message))
        elif event == "signatures":
            raw = message["values"]
            assert isinstance(raw, bytes)
            self._loot.chunks.setdefault(request_id, []).append(falsify.read_values(raw))

    def _tell(self, name: str, **said: object) -> None:
        self._teller.tell("tampered", how=name, request_id=self._loot.current, **said)

    def _error(self, why: str) -> None:
        self._teller.tell("error", code="nothing_to_use", details={"why": why}, request_id=self._loot.current)

    def close(self) -> None:
        self._inner.close()


class SpoiltSockets:
    def __init__(self, inner: SocketConnector, loot: Loot, teller: Teller) -> None:
        self._inner = inner
        self._loot = loot
        self._teller = teller
        self._done: set[tuple[str, str]] = set()

    def connect(
        self,
        server_url: str,
        on_event: EventHandler,
        on_disconnect: Callable[[], None],
        *,
        timeout: float = 10.0,
    ) -> EventSocket:
        inner = self._inner.connect(server_url, on_event, on_disconnect, timeout=timeout)
        return SpoiltSocket(inner, self._loot, self._teller, self._done)


class WatchedWeb:
    """A WebConnector that lets the thief read the manifest over the phone's shoulder; it changes nothing."""

    def __init__(self, inner: WebConnector, loot: Loot) -> None:
        self._inner = inner
        self._loot = loot

    def open(self, server_url: str) -> WebLink:
        return _WatchedWebLink(self._inner.open(server_url), self._loot)


class _WatchedWebLink:
    def __init__(self, inner: WebLink, loot: Loot) -> None:
        self._inner = inner
        self._loot = loot

    def post_json(self, path: str, message: Mapping[str, object], *, max_bytes: int = 1 << 20) -> object:
        return self._inner.post_json(path, message, max_bytes=max_bytes)

    def get_json(self, path: str, access_token: str, *, max_bytes: int) -> object:
        answer = self._inner.get_json(path, access_token, max_bytes=max_bytes)
        parts = urlsplit(path).path.split("/")
        if parts[:3] == ["", "device", "requests"] and parts[4:] == ["manifest"] and isinstance(answer, dict):
            items = [item for item in answer.get("items", ()) if isinstance(item, dict)]
            dtbs = [octets(item.get("signed_attributes"), "signed_attributes", 1, 4096) for item in items]
            self._loot.see_manifest(parts[3], items, dtbs)
        return answer

    def get_stream(
        self, path: str, access_token: str, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        return self._inner.get_stream(path, access_token, max_bytes=max_bytes, byte_range=byte_range)

    def close(self) -> None:
        self._inner.close()


def opened_statements(answer: object) -> object:
    """An answer for people and tests: statements as their bodies, bytes left out."""
    if not isinstance(answer, dict):
        return None
    opened: dict[str, object] = {}
    for name, value in answer.items():
        if isinstance(value, dict) and isinstance(value.get("body"), str):
            opened[name] = json.loads(value["body"])
        elif isinstance(value, str | int | bool | None):
            opened[name] = value
    return opened


def _request_of(message: Message) -> str | None:
    request_id = message.get("request_id")
    if request_id is None:
        try:
            request_id = falsify.body_of(statement_of(message)).get("request_id")
        except NothingToUse:
            return None
    return request_id if isinstance(request_id, str) else None


def _mark(event: str, message: Message) -> str:
    """What makes a message the same one when the core sends it again."""
    if event in _ONCE_IN_A_RUN:
        return ""
    return hashlib.sha256(repr(sorted(message.items())).encode()).hexdigest()
