"""Being woken: the server holds what the person wishes, whatever is lost on the way, and a wake-up is followed at once."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mobile_app.device.interaction import ConnectionState
from mobile_app.device.pace import Pace
from mobile_app.device.push_receiver import Distributor
from mobile_app.device.wake_up import WakeUpState
from mobile_app.errors import LinkError, PhoneError
from mobile_app.link.push_wire import PushSubscription
from tests.unit.device.fake_server import Refusal, b64, new_point
from tests.unit.device.phone_kit import Kit, wait_for


class FakeReceiver:
    """A distributor that answers at once, unless a test takes its ``answers``."""

    def __init__(self) -> None:
        self.choice = ""
        self.given: PushSubscription | None = None
        self.why = ""
        self.registered: list[tuple[bytes, bool]] = []
        self.answers = True
        self.changed: Callable[[], None] = lambda: None
        self.woken: Callable[[], None] = lambda: None

    def distributors(self) -> Sequence[Distributor]:
        return (Distributor("org.example.push", "Ví dụ"),)

    def chosen(self) -> str:
        return self.choice

    def choose(self, distributor_id: str) -> None:
        self.choice, self.given = distributor_id, None

    def give_up(self) -> None:
        self.choice, self.given = "", None

    def let_go(self) -> None:
        self.given = None

    def register(self, vapid_key: bytes, *, anew: bool) -> None:
        if anew or (self.registered and self.registered[-1][0] != vapid_key):
            self.given = None
        self.registered.append((vapid_key, anew))
        if self.answers and self.given is None:
            self.give(f"https://push.example.net/{len(self.registered)}")

    def give(self, endpoint: str) -> None:
        self.given = PushSubscription(endpoint, new_point(), b"a" * 16)
        self.changed()

    def subscription(self) -> PushSubscription | None:
        return self.given

    def problem(self) -> str:
        return self.why

    def listen(self, changed: Callable[[], None], woken: Callable[[], None]) -> None:
        self.changed, self.woken = changed, woken


@pytest.fixture
def receiver() -> FakeReceiver:
    return FakeReceiver()


@pytest.fixture
def wakeable(unpaired: Kit, receiver: FakeReceiver) -> Kit:
    """A paired phone that can be woken, online, switched off as yet."""
    unpaired.receiver = receiver
    unpaired.restart()
    unpaired.pair()
    unpaired.online()
    wait_for(lambda: "push_gateway" in unpaired.server.seen)
    return unpaired


def state(kit: Kit) -> WakeUpState:
    return kit.phone.wake_up.state()


def turn_on(kit: Kit) -> None:
    kit.phone.wake_up.turn_on("org.example.push")
    wait_for(lambda: state(kit) == WakeUpState.ON)


def come_again(kit: Kit) -> None:
    """The connection is lost and made anew; the server was asked."""
    asked = kit.server.seen.count("push_gateway")
    kit.links.sockets[-1].lose()
    wait_for(lambda: kit.server.seen.count("push_gateway") > asked)


def test_a_phone_that_nobody_can_wake_asks_nothing(kit: Kit):
    assert not kit.phone.wake_up.is_possible
    assert state(kit) == WakeUpState.OFF
    assert "push_gateway" not in kit.server.seen


def test_the_server_is_told_where_and_told_when_it_is_over(wakeable: Kit, receiver: FakeReceiver):
    assert state(wakeable) == WakeUpState.OFF
    assert receiver.registered == []
    turn_on(wakeable)
    assert receiver.registered == [(wakeable.server.vapid_key, False)]
    assert receiver.given is not None
    assert wakeable.server.push == {
        "endpoint": receiver.given.endpoint,
        "p256dh": b64(receiver.given.p256dh),
        "auth": b64(b"a" * 16),
    }
    wakeable.phone.wake_up.turn_off()
    wait_for(lambda: wakeable.server.push is None)
    assert state(wakeable) == WakeUpState.OFF


def test_what_the_server_knows_is_not_told_again(wakeable: Kit, receiver: FakeReceiver):
    turn_on(wakeable)
    come_again(wakeable)
    wakeable.restart()
    wakeable.online()
    wait_for(lambda: len(receiver.registered) == 2)  # once for each start, so that a distributor stays in step
    wait_for(lambda: state(wakeable) == WakeUpState.ON)
    assert wakeable.server.seen.count("set_push") == 1


@pytest.mark.parametrize("when", ["drop_before", "drop_after"])
@pytest.mark.parametrize("event", ["push_gateway", "set_push"])
def test_no_lost_answer_leaves_server_and_phone_apart(wakeable: Kit, when: str, event: str):
    getattr(wakeable.links, when).append(event)
    turn_on(wakeable)
    assert wakeable.server.push is not None
    getattr(wakeable.links, when).append(event)
    wakeable.phone.wake_up.turn_off()
    wait_for(lambda: wakeable.server.push is None)


def test_a_wish_made_offline_is_told_later(wakeable: Kit):
    wakeable.phone.go_offline()
    wait_for(lambda: wakeable.phone.connection == ConnectionState.OFFLINE)
    wakeable.phone.wake_up.turn_on("org.example.push")
    assert state(wakeable) == WakeUpState.ASKING
    wakeable.phone.go_online()
    wait_for(lambda: state(wakeable) == WakeUpState.ON)


def test_another_address_takes_the_old_ones_place(wakeable: Kit, receiver: FakeReceiver):
    turn_on(wakeable)
    receiver.give("https://push.example.net/other")
    wait_for(lambda: (wakeable.server.push or {}).get("endpoint") == "https://push.example.net/other")


def test_an_address_that_is_gone_is_not_offered_again(wakeable: Kit, receiver: FakeReceiver):
    turn_on(wakeable)
    first = wakeable.server.push
    wakeable.server.push = None  # the push service has said 410
    come_again(wakeable)
    wait_for(lambda: wakeable.server.push is not None)
    assert wakeable.server.push != first
    assert [anew for _key, anew in receiver.registered] == [False, True]


def test_a_server_with_another_key_gets_another_address(wakeable: Kit, receiver: FakeReceiver):
    turn_on(wakeable)
    first, wakeable.server.vapid_key = wakeable.server.push, new_point()
    come_again(wakeable)
    wait_for(lambda: wakeable.server.push != first)
    assert receiver.registered[-1][0] == wakeable.server.vapid_key


def test_a_distributor_that_takes_its_time_and_one_that_fails(wakeable: Kit, receiver: FakeReceiver):
    receiver.answers = False
    wakeable.phone.wake_up.turn_on("org.example.push")
    wait_for(lambda: state(wakeable) == WakeUpState.REGISTERING)
    receiver.why = "network"
    receiver.changed()
    wait_for(lambda: state(wakeable) == WakeUpState.FAILED)
    assert wakeable.phone.wake_up.problem == "network"
    assert len(receiver.registered) == 1, "it is not pestered"
    receiver.why, receiver.answers = "network", True
    wakeable.links.sockets[-1].lose()
    wait_for(lambda: wakeable.server.push is not None)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("bad_message", WakeUpState.UNAVAILABLE), ("push_endpoint_not_allowed", WakeUpState.REFUSED)],
)
def test_a_server_that_refuses_disturbs_nobody(
    wakeable: Kit, monkeypatch: pytest.MonkeyPatch, code: str, expected: WakeUpState
):
    def refuses(_message: object) -> None:
        raise Refusal(code)

    event = "on_push_gateway" if code == "bad_message" else "on_set_push"
    monkeypatch.setattr(wakeable.server, event, refuses)
    wakeable.phone.wake_up.turn_on("org.example.push")
    wait_for(lambda: state(wakeable) == expected)
    request = wakeable.server.ask()
    wakeable.offer(request)
    assert wakeable.complete(request).end_result == "ok"
    assert wakeable.person.problems.empty()


def test_a_server_that_wakes_no_phones_says_so(wakeable: Kit):
    wakeable.server.vapid_key = None
    wakeable.phone.wake_up.turn_on("org.example.push")
    wait_for(lambda: state(wakeable) == WakeUpState.UNAVAILABLE)
    assert "set_push" not in wakeable.server.seen


def test_what_is_no_answer_counts_as_no_wake_ups(wakeable: Kit):
    wakeable.server.spoil["push_gateway"] = lambda answer: {**answer, "subscribed": "yes"}
    wakeable.phone.wake_up.turn_on("org.example.push")
    wait_for(lambda: state(wakeable) == WakeUpState.UNAVAILABLE)


def test_a_busy_server_is_asked_again(wakeable: Kit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mobile_app.device.wake_up._BUSY_SECONDS", 0.01)
    answers, busy = wakeable.server.on_set_push, iter([True, True])

    def sometimes(message: dict[str, object]) -> object:
        if next(busy, False):
            raise Refusal("too_many_events")
        return answers(message)

    monkeypatch.setattr(wakeable.server, "on_set_push", sometimes)
    turn_on(wakeable)


def test_unpairing_forgets_what_was_told_and_the_next_pairing_tells_again(wakeable: Kit, receiver: FakeReceiver):
    turn_on(wakeable)
    first = wakeable.server.push
    wakeable.phone.unpair()
    assert receiver.given is None, "whoever knows the address rings in vain"
    assert receiver.choice
    wakeable.server.push, wakeable.server.unpaired_id = None, ""
    wakeable.server.pairing = {"code": "8k3m9q2xwz", "state": "offered"}
    wakeable.pair()
    wait_for(lambda: wakeable.server.push is not None)
    assert [anew for _key, anew in receiver.registered] == [False, False]
    assert wakeable.server.push != first


def test_an_android_that_refuses_stops_no_unpairing(
    wakeable: Kit, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch
):
    def refuses() -> None:
        raise PhoneError("wake_up_refused")

    turn_on(wakeable)
    monkeypatch.setattr(receiver, "let_go", refuses)
    wakeable.phone.unpair()
    assert wakeable.phone.identity is None


# -- being woken ------------------------------------------------------------------------------------------------
def test_a_wake_up_ends_the_pause_between_tries(wakeable: Kit, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mobile_app.device.session._FIRST_DELAY", 60.0)
    wakeable.restart()
    wakeable.links.down = True
    wakeable.person.states.clear()
    wakeable.phone.start()
    wait_for(lambda: wakeable.person.states[-1:] == [ConnectionState.OFFLINE])
    wakeable.links.down = False
    assert wakeable.phone.connection == ConnectionState.OFFLINE
    receiver.woken()
    wait_for(lambda: wakeable.phone.connection == ConnectionState.ONLINE)


def test_a_wake_up_on_a_living_connection_asks_what_waits(wakeable: Kit, receiver: FakeReceiver):
    request = wakeable.server.ask()  # its event was lost
    receiver.woken()
    assert wakeable.complete(request).end_result == "ok"
    assert wakeable.server.seen.count("prove") == 1


def test_a_wake_up_finds_out_that_the_line_is_dead(wakeable: Kit, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch):
    request = wakeable.server.ask()
    socket, asked = wakeable.links.sockets[-1], []

    def nobody_answers(event: str, _message: object, *, timeout: float = 20.0) -> object:
        asked.append((event, timeout))
        raise LinkError("no_answer")

    monkeypatch.setattr(socket, "call", nobody_answers)
    receiver.woken()
    assert wakeable.complete(request).end_result == "ok"
    assert asked[0] == ("waiting", 5.0)
    assert len(wakeable.links.sockets) == 2


def test_however_often_it_rings_the_server_is_asked_once_in_five_seconds(wakeable: Kit, receiver: FakeReceiver):
    before = wakeable.server.seen.count("waiting")
    receiver.woken()
    wait_for(lambda: wakeable.server.seen.count("waiting") == before + 1)
    for _ in range(100):
        receiver.woken()
    request = wakeable.server.ask()
    wakeable.offer(request)
    assert wakeable.complete(request).end_result == "ok", "meanwhile everything goes on"
    assert wakeable.server.seen.count("waiting") == before + 1


def test_ringing_while_unpaired_is_no_error(unpaired: Kit, receiver: FakeReceiver, tmp_path: Path):
    unpaired.receiver = receiver
    unpaired.restart()
    receiver.woken()
    unpaired.pair()
    unpaired.online()


# -- a server that lies, a distributor that chatters ------------------------------------------------------------
def test_a_server_with_another_key_each_time_causes_no_storm_of_registrations(
    wakeable: Kit, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch
):
    def lies(_message: object) -> dict[str, object]:
        return {"vapid_key": b64(new_point()), "subscribed": False}

    monkeypatch.setattr(wakeable.server, "on_push_gateway", lies)
    wakeable.phone.wake_up.turn_on("org.example.push")
    wait_for(lambda: len(receiver.registered) == 3)
    request = wakeable.server.ask()
    wakeable.offer(request)
    assert wakeable.complete(request).end_result == "ok"
    assert len(receiver.registered) == 3


def test_a_server_that_never_knows_the_address_causes_no_storm_either(wakeable: Kit, receiver: FakeReceiver):
    wakeable.server.spoil["push_gateway"] = lambda answer: {**answer, "subscribed": False}
    wakeable.phone.wake_up._questions = Pace(1000, 1.0)
    turn_on(wakeable)
    for _ in range(6):
        come_again(wakeable)
    request = wakeable.server.ask()
    wakeable.offer(request)
    assert wakeable.complete(request).end_result == "ok"
    assert len(receiver.registered) == 3


def test_what_the_pace_held_back_is_done_later(wakeable: Kit, receiver: FakeReceiver, monkeypatch: pytest.MonkeyPatch):
    wakeable.phone.wake_up._registrations = Pace(1, 0.3)
    turn_on(wakeable)
    wakeable.server.vapid_key = new_point()
    come_again(wakeable)
    wait_for(lambda: receiver.registered[-1][0] == wakeable.server.vapid_key)
    wait_for(lambda: state(wakeable) == WakeUpState.ON)


def test_a_distributor_that_gives_one_address_after_another_floods_nobody(wakeable: Kit, receiver: FakeReceiver):
    turn_on(wakeable)
    for number in range(500):
        receiver.give(f"https://push.example.net/{number}")
        wait_for(lambda: not wakeable.phone.wake_up._due.is_set())
    assert wakeable.server.seen.count("push_gateway") <= 10


def test_a_wake_up_on_a_living_connection_leaves_no_hurry_behind(wakeable: Kit, receiver: FakeReceiver):
    """Or all phones that were ever woken would come back to a restarted server at once."""
    asked = wakeable.server.seen.count("waiting")
    receiver.woken()
    wait_for(lambda: wakeable.server.seen.count("waiting") > asked)
    assert wakeable.phone._run is not None
    assert not wakeable.phone._run.session._hurry.is_set()
    wakeable.phone.go_offline()
    wait_for(lambda: wakeable.phone.connection == ConnectionState.OFFLINE)
    assert wakeable.phone._run.session.hurry()
    wakeable.phone.go_online()
    wait_for(lambda: wakeable.phone.connection == ConnectionState.ONLINE)
    assert not wakeable.phone._run.session._hurry.is_set()
