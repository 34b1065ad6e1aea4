"""What wakes whom: a phone that does not acknowledge in time, once, while something waits; and a phone that may not be woken, never."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from server.app import UseCases
from server.devices.push_subscription import Claimed, Delivery, PushSubscription, Received
from server.devices.wake_phones import LEASE, pause_after
from server.lanes import InPlace
from server.processes.send_wake_ups import SendWakeUps
from server.statements import b64
from tests.unit.gateways.push_service import Receiver
from tests.unit.server.builders import HandClock, Phone
from tests.unit.server.pairing_kit import NewPhone, confirmed, device_approval
from tests.unit.server.phone_line import Line
from tests.unit.server.world import World

ENDPOINT = "https://push.example.net/secret-address"
RECEIVER = Receiver()


@dataclass
class NotedPush:
    """``PushGateway`` that notes who is woken."""

    deliveries: list[Delivery] = field(default_factory=list)
    sent: list[tuple[str, str, int]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def send(self, subscription: PushSubscription, ttl: int) -> Delivery:
        self.sent.append((subscription.device_id, subscription.endpoint, ttl))
        self.meanwhile()
        return self.deliveries.pop(0) if self.deliveries else Delivery(Received.SENT, "201")

    @property
    def woken(self) -> list[str]:
        return [device_id for device_id, _, _ in self.sent]


def subscribe(app: UseCases, phone: Phone, endpoint: str = ENDPOINT) -> None:
    app.subscribe_push.set(phone.device_id, endpoint, RECEIVER.p256dh, RECEIVER.auth)
    assert isinstance(app.clock, HandClock)
    app.clock.advance(5)


def stored(world: World, phone: Phone | None = None) -> PushSubscription | None:
    with world.app.store.read() as tx:
        return tx.push_subscriptions.find((phone or world.phone).device_id)


@pytest.fixture
def push() -> NotedPush:
    return NotedPush()


@pytest.fixture
def after(world: World, push: NotedPush) -> Callable[..., list[str]]:
    return waker(world, push)


def waker(world: World, push: NotedPush) -> Callable[..., list[str]]:
    """``after(seconds)``: the clock goes on, what is due is sent; who was woken by it."""
    senders = [SendWakeUps(world.app.wake_phones, push, InPlace(), doubtful=doubtful) for doubtful in (False, True)]

    def after(seconds: float) -> list[str]:
        world.clock.advance(seconds)
        before = len(push.sent)
        for sender in senders:
            sender.send_due()
            sender.finish()
        return push.woken[before:]

    return after


Wake = Callable[..., list[str]]


# --- the two events -----------------------------------------------------------------------------------------------------------


def test_a_phone_leaves_its_address_and_takes_it_back(world: World) -> None:
    line = Line(world).prove()
    vapid = world.app.vapid
    assert vapid is not None
    told = line.ok("push_gateway", {})
    assert told == {"vapid_key": b64(vapid.public_key), "subscribed": False}
    given = {"subscription": RECEIVER.subscription(ENDPOINT)}
    for _ in range(2):
        assert line.ok("set_push", given) == {"set": True}
    assert line.ok("push_gateway", {})["subscribed"] is True
    found = stored(world)
    assert found is not None
    assert (found.endpoint, found.p256dh, found.auth) == (ENDPOINT, RECEIVER.p256dh, RECEIVER.auth)
    assert "secret-address" not in repr(found) and repr(RECEIVER.auth) not in repr(found)
    for _ in range(2):
        assert line.ok("set_push", {"subscription": None}) == {"set": True}
    assert line.ok("push_gateway", {})["subscribed"] is False


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://127.0.0.1/x"}, "push_endpoint_not_allowed"),
        ({"endpoint": "http://push.example.net/x"}, "push_endpoint_not_allowed"),
        ({"p256dh": b64(b"\x04" + bytes(64))}, "bad_message"),
        ({"p256dh": b64(RECEIVER.p256dh[:64])}, "bad_message"),
        ({"auth": b64(bytes(15))}, "bad_message"),
    ],
)
def test_what_is_not_taken(world: World, changes: dict[str, str], code: str) -> None:
    line = Line(world).prove()
    assert line.error("set_push", {"subscription": RECEIVER.subscription(ENDPOINT) | changes}) == code
    assert stored(world) is None


def test_a_server_that_wakes_nobody(make_world: Callable[..., World]) -> None:
    line = Line(make_world(1, wake_up=False)).prove()
    assert line.ok("push_gateway", {}) == {"vapid_key": None, "subscribed": False}
    assert line.error("set_push", {"subscription": RECEIVER.subscription(ENDPOINT)}) == "push_unavailable"
    assert line.ok("set_push", {"subscription": None}) == {"set": True}


def test_a_phone_under_test_on_this_machine(make_world: Callable[..., World]) -> None:
    line = Line(make_world(1, wake_up_private_addresses=True)).prove()
    assert line.ok("set_push", {"subscription": RECEIVER.subscription("http://127.0.0.1:9/x")}) == {"set": True}


# --- a request ----------------------------------------------------------------------------------------------------------------


def test_a_sleeping_phone_is_woken_once(world: World, push: NotedPush, after: Wake) -> None:
    subscribe(world.app, world.phone)
    world.offered(lifetime=300)
    assert after(1.4) == []
    assert after(0.1) == [world.phone.device_id]
    assert push.sent == [(world.phone.device_id, ENDPOINT, 298)]
    assert after(60) == []


def test_a_phone_without_an_address_is_left_alone(world: World, after: Wake) -> None:
    world.offered()
    assert after(2) == []


def test_who_acknowledges_in_time_is_not_woken(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    request = world.offered()
    world.clock.advance(1.4)
    world.app.push_request.record_pushed(request.request_id, world.phone.device_id)
    assert after(60) == []
    found = stored(world)
    assert found is not None and found.wake_at is None


def test_who_asks_what_waits_is_not_woken(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    world.offered()
    assert len(Line(world).prove().ok("waiting", {})["requests"]) == 1
    assert after(60) == []


def test_another_request_wakes_again_but_not_within_five_seconds(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    world.offered()
    assert len(after(2)) == 1
    world.offered()
    assert after(2) == []
    assert after(2.9) == []
    assert len(after(0.2)) == 1


def test_many_requests_at_once_wake_once(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    for _ in range(3):
        world.offered()
    assert len(after(2)) == 1
    assert after(99) == []


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_what_is_over_wakes_nobody(world: World, after: Wake, end: str) -> None:
    subscribe(world.app, world.phone)
    request = world.offered(lifetime=30)
    if end == "expire":
        world.clock.advance(31)
    else:
        world.app.cancel_request(request.request_id, "test")
    assert after(2) == []


def test_each_phone_for_itself(two_phones: World, push: NotedPush) -> None:
    world, after = two_phones, waker(two_phones, push)
    for phone in world.phones:
        subscribe(world.app, phone, f"{ENDPOINT}/{phone.device_id}")
    request = world.offered()
    world.app.push_request.record_pushed(request.request_id, world.phones[0].device_id)
    assert after(2) == [world.phones[1].device_id]


def test_the_address_goes_with_the_phone(two_phones: World, push: NotedPush) -> None:
    world, after = two_phones, waker(two_phones, push)
    for phone in world.phones:
        subscribe(world.app, phone)
    world.offered()
    world.app.end_device.unpair(world.phones[1].device_id, "owner")
    assert stored(world, world.phones[1]) is None
    assert after(2) == [world.phones[0].device_id]


def test_a_frozen_phone_sleeps_on_and_is_woken_when_it_is_thawed(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    world.offered(lifetime=600)
    world.app.end_device.freeze(world.phone.device_id, "owner")
    assert after(2) == []
    assert after(60) == []
    world.app.end_device.thaw(world.phone.device_id, "owner")
    assert after(2) == [world.phone.device_id]


def test_a_frozen_phone_leaves_no_address(world: World) -> None:
    line = Line(world).prove()
    world.app.end_device.freeze(world.phone.device_id, "owner")
    assert line.error("set_push", {"subscription": RECEIVER.subscription(ENDPOINT)}) == "device_frozen"


# --- a new phone --------------------------------------------------------------------------------------------------------------


def test_a_new_phone_asks_for_this_ones_word(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert after(2) == [world.phone.device_id]
    world.app.complete_pairing.approve_device(world.phone.device_id, device_approval(world.phone, pairing))
    assert after(60) == []


def test_who_was_asked_over_the_socket_is_not_woken(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    world.app.wake_phones.acknowledged(world.phone.device_id, pairing.pairing_id)
    assert after(2) == []


# --- what push services answer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["404", "410"])
def test_a_subscription_that_is_gone_is_dropped(world: World, push: NotedPush, after: Wake, status: str) -> None:
    subscribe(world.app, world.phone)
    push.deliveries.append(Delivery(Received.GONE, status))
    world.offered()
    assert len(after(2)) == 1
    assert stored(world) is None
    assert Line(world).prove().ok("push_gateway", {})["subscribed"] is False
    assert after(600) == []


def test_a_push_service_that_is_out_of_order_is_tried_again(world: World, push: NotedPush, after: Wake) -> None:
    subscribe(world.app, world.phone)
    push.deliveries += [Delivery(Received.BUSY, "503")] * 3
    world.offered(lifetime=600)
    assert len(after(2)) == 1
    for pause in (5, 10, 20):
        assert after(pause - 0.1) == []
        assert len(after(0.1)) == 1
    assert after(60) == []
    assert [pause_after(tries) for tries in (1, 7, 50)] == [5.0, 300.0, 300.0]


def test_a_pause_that_is_asked_for_is_honoured_within_reason(world: World, push: NotedPush, after: Wake) -> None:
    subscribe(world.app, world.phone)
    push.deliveries += [Delivery(Received.BUSY, "429", 120.0), Delivery(Received.BUSY, "503", 1e9)]
    world.offered(lifetime=86_000)
    assert len(after(2)) == 1
    world.offered(lifetime=86_000)
    assert after(119) == []
    assert len(after(1)) == 1
    assert after(3599) == []
    assert len(after(1)) == 1


def test_not_tried_again_when_nothing_waits_any_more(world: World, push: NotedPush, after: Wake) -> None:
    subscribe(world.app, world.phone)
    push.deliveries.append(Delivery(Received.BUSY, "503"))
    request = world.offered()
    assert len(after(2)) == 1
    world.app.push_request.record_pushed(request.request_id, world.phone.device_id)
    assert after(10) == []
    found = stored(world)
    assert found is not None and (found.wake_at, found.tries) == (None, 1)


def test_a_refusal_is_not_repeated(world: World, push: NotedPush, after: Wake) -> None:
    subscribe(world.app, world.phone)
    push.deliveries.append(Delivery(Received.REFUSED, "403"))
    world.offered()
    assert len(after(2)) == 1
    assert after(100) == []
    world.offered()
    assert len(after(2)) == 1


def test_a_request_that_comes_while_a_wake_up_is_out_wakes_again(world: World, push: NotedPush, after: Wake) -> None:
    subscribe(world.app, world.phone)
    world.offered()

    def once() -> None:
        push.meanwhile = lambda: None
        world.offered()

    push.meanwhile = once
    assert len(after(2)) == 1
    assert after(4.9) == []
    assert len(after(0.1)) == 1


def test_a_gateway_that_breaks_loses_nothing(
    world: World, push: NotedPush, after: Wake, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(world.app, world.phone)

    def broken() -> None:
        push.meanwhile = lambda: None
        raise ZeroDivisionError(ENDPOINT)

    push.meanwhile = broken
    world.offered()
    assert len(after(2)) == 1
    assert len(after(5)) == 1
    assert "ZeroDivisionError" in caplog.text
    assert "secret-address" not in caplog.text


def test_one_that_never_answers_is_left(
    world: World, push: NotedPush, after: Wake, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gevent import sleep

    from server.processes import send_wake_ups

    monkeypatch.setattr(send_wake_ups, "WITHIN", 0.05)
    subscribe(world.app, world.phone)
    world.offered()
    push.meanwhile = lambda: sleep(30)
    assert len(after(2)) == 1
    push.meanwhile = lambda: None
    found = stored(world)
    assert found is not None and (found.tries, found.lease_until) == (1, 0.0)
    assert len(after(5)) == 1


# --- death and logs -------------------------------------------------------------------------------------------------------------


def test_who_dies_between_claim_and_settling_leaves_it_to_the_next(world: World, after: Wake) -> None:
    subscribe(world.app, world.phone)
    world.offered(lifetime=300)
    world.clock.advance(2)
    [claimed] = world.app.wake_phones.claim(5, doubtful=False).wake_ups
    assert world.restarted().wake_phones.claim(5, doubtful=False).wake_ups == [], "it is leased"
    assert after(LEASE - 0.1) == []
    assert after(0.1) == [world.phone.device_id]
    world.app.wake_phones.settle(claimed, Delivery(Received.GONE, "410"))
    assert stored(world) is not None, "whoever slept past the lease changes nothing"


def test_nothing_secret_is_in_the_log(
    world: World, push: NotedPush, after: Wake, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    line = Line(world).prove()
    secret = RECEIVER.subscription(ENDPOINT)
    line.ok("set_push", {"subscription": secret})
    line.error("set_push", {"subscription": secret | {"endpoint": "https://user:secret-address@push.example.net"}})
    for delivery in (Received.SENT, Received.BUSY, Received.REFUSED, Received.GONE):
        push.deliveries = [Delivery(delivery, "500")]
        world.offered(lifetime=86_000)
        after(400)
    assert len(push.sent) >= 4
    assert f"phone {world.phone.device_id} was called: gone (500)" in caplog.text
    for word in ("secret-address", "push.example.net", secret["auth"], secret["p256dh"], "vapid t="):
        assert word not in caplog.text


def test_no_more_than_there_are_hands_for(world: World) -> None:
    claims: list[tuple[int, bool]] = []

    class Claims:
        def claim(self, limit: int, *, doubtful: bool) -> Claimed:
            claims.append((limit, doubtful))
            return Claimed([], more=False)

    for doubtful in (False, True):
        SendWakeUps(Claims(), NotedPush(), InPlace(), doubtful=doubtful).send_due()  # type: ignore[arg-type]
    assert claims == [(24, False), (8, True)]
