"""The network fails where the scenario says, as a real one does: the core learns of it by lost answers."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from mobile_app.emulator.events import Event
from mobile_app.emulator.network import Network, NetworkSockets, NetworkWeb
from mobile_app.emulator.scenario import ConnectionRule
from mobile_app.errors import LinkError, ServerRefused
from mobile_app.link.ports import EventSocket, WebLink
from tests.unit.emulator.emulator_fakes import FakeSockets, FakeWeb, make_teller


class Line:
    def __init__(self, *rules: ConnectionRule) -> None:
        teller, self.events = make_teller()
        self.killed = 0
        self.network = Network(rules, teller, kill=self._kill)
        self.sockets = FakeSockets()
        self.connector = NetworkSockets(self.sockets, self.network)
        self.lost = threading.Semaphore(0)
        self.heard: list[str] = []

    def _kill(self) -> None:
        self.killed += 1

    def connect(self) -> EventSocket:
        return self.connector.connect("", self._hear, self.lost.release)

    def _hear(self, event: str, message: object) -> None:
        self.heard.append(event)

    def server_says(self, event: str) -> None:
        assert self.sockets.on_event is not None
        self.sockets.on_event(event, {})


def test_the_message_goes_out_and_its_answer_is_lost() -> None:
    line = Line(ConnectionRule("drop", counted="sent", count=2))
    socket = line.connect()
    socket.call("hello", {})
    with pytest.raises(LinkError, match="connection_lost"):
        socket.call("prove", {})
    assert [event for event, _ in line.sockets.socket.sent] == ["hello", "prove"]
    assert line.lost.acquire(timeout=5)
    assert line.sockets.socket.closed


def test_a_refusal_is_an_answer_that_gets_lost_like_any_other() -> None:
    line = Line(ConnectionRule("drop", counted="sent", count=1))
    line.sockets.socket.answers["approve"] = [ServerRefused("expired")]
    with pytest.raises(LinkError, match="connection_lost"):
        line.connect().call("approve", {})


def test_without_a_cut_a_refusal_comes_through() -> None:
    line = Line()
    line.sockets.socket.answers["approve"] = [ServerRefused("expired")]
    with pytest.raises(ServerRefused, match="expired"):
        line.connect().call("approve", {})


def test_a_received_message_is_delivered_before_the_line_breaks() -> None:
    line = Line(ConnectionRule("drop", counted="received", count=2))
    socket = line.connect()
    assert socket.call("hello", {}) == {"event": "hello"}
    line.server_says("sign_request")
    assert line.heard == ["sign_request"]
    assert line.lost.acquire(timeout=5)
    with pytest.raises(LinkError):
        socket.call("opened", {})


def test_only_messages_of_the_named_kind_are_counted_over_reconnections() -> None:
    line = Line(ConnectionRule("drop", counted="sent", count=2, message="signatures"))
    socket = line.connect()
    for _ in range(3):
        socket.call("hello", {})
    socket.call("signatures", {})
    socket.close()
    again = line.connect()
    again.call("hello", {})
    with pytest.raises(LinkError):
        again.call("signatures", {})


def test_a_rule_acts_once() -> None:
    line = Line(ConnectionRule("drop", counted="sent", count=1))
    with pytest.raises(LinkError):
        line.connect().call("hello", {})
    assert line.connect().call("hello", {}) == {"event": "hello"}
    assert line.events.names == ["network"]


def test_the_core_is_told_once_that_the_connection_is_lost() -> None:
    line = Line(
        ConnectionRule("drop", counted="sent", count=1), ConnectionRule("drop", counted="sent", count=1)
    )
    with pytest.raises(LinkError):
        line.connect().call("hello", {})
    assert line.lost.acquire(timeout=5)
    assert not line.lost.acquire(timeout=0.05)


def test_offline_until_a_file_appears(tmp_path: Path) -> None:
    back = tmp_path / "back"
    line = Line(ConnectionRule("offline", event="approved", until_file=back))
    web = NetworkWeb(FakeWeb(), line.network).open("")
    socket = line.connect()
    line.network.take(Event("approved", "phone", 0, {}))
    for attempt in _ways(line, socket, web):
        with pytest.raises(LinkError):
            attempt()
    back.touch()
    assert web.get_json("/", "", max_bytes=1) is None
    assert line.connect().call("hello", {}) == {"event": "hello"}


def _ways(line: Line, socket: EventSocket, link: WebLink) -> list[Callable[[], object]]:
    return [
        lambda: socket.call("signatures", {}),
        line.connect,
        lambda: link.get_json("/", "", max_bytes=1),
        lambda: link.post_json("/", {}),
        lambda: list(link.get_stream("/", "", max_bytes=1)),
    ]


def test_going_offline_stops_a_download_in_the_middle(tmp_path: Path) -> None:
    line = Line(ConnectionRule("offline", event="checking", until_file=tmp_path / "never"))
    pieces = NetworkWeb(FakeWeb(), line.network).open("").get_stream("/", "", max_bytes=1)
    assert next(pieces) == b"one"
    line.network.take(Event("checking", "phone", 0, {}))
    with pytest.raises(LinkError, match="offline"):
        next(pieces)


def test_offline_for_some_seconds_ends_by_itself() -> None:
    line = Line(ConnectionRule("offline", counted="sent", count=1, seconds=0.05))
    with pytest.raises(LinkError):
        line.connect().call("hello", {})
    while line.network.offline:
        threading.Event().wait(0.005)
    assert line.connect().call("hello", {}) == {"event": "hello"}


def test_kill_comes_at_the_message_and_is_told_first() -> None:
    line = Line(ConnectionRule("kill", counted="sent", count=1, message="approve"))
    with pytest.raises(LinkError):
        line.connect().call("approve", {})
    assert line.killed == 1
    assert line.events.last("network")["act"] == "kill"


def test_events_from_the_server_are_counted_as_received() -> None:
    line = Line(ConnectionRule("drop", counted="received", count=1, message="sign_request"))
    line.connect()
    line.server_says("outcome")
    assert line.events.names == []
    line.server_says("sign_request")
    assert line.events.names == ["network"]


def test_a_script_hears_that_the_word_on_another_phone_was_taken() -> None:
    line = Line()
    line.sockets.socket.answers["approve_device"] = [ServerRefused("pairing_expired"), {"state": "complete"}]
    socket = line.connect()
    with pytest.raises(ServerRefused):
        socket.call("approve_device", {})
    socket.call("approve_device", {})
    assert [event.fields["state"] for event in line.events.events] == ["complete"]
