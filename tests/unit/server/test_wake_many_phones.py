"""No crowd holds up one sleeping phone: neither phones that need not be woken, nor push services that never answer."""

from dataclasses import replace
from unittest import mock

import gevent
import pytest
from gevent.event import Event

from server.devices.push_subscription import Delivery, PushSubscription, Received
from server.lanes import InPlace
from server.processes import send_wake_ups
from server.processes.gevent_lanes import resolver
from server.processes.send_wake_ups import SendWakeUps
from server.sockets.device_events import BURST
from tests.contract import entities
from tests.unit.server.phone_line import Line
from tests.unit.server.test_wake_phones import ENDPOINT, RECEIVER, NotedPush, stored, subscribe
from tests.unit.server.world import World


def crowd(world: World, count: int, **changes: object) -> list[str]:
    """Phones of this person for whom a wake-up was wanted long before."""
    made = []
    with world.app.store.write() as tx:
        for _ in range(count):
            other = entities.device(world.subscriber_id)
            tx.devices.add(other)
            one = PushSubscription(other.device_id, ENDPOINT, RECEIVER.p256dh, RECEIVER.auth, 0.0, wake_at=1.0)
            tx.push_subscriptions.set(replace(one, **changes))  # type: ignore[arg-type]
            made.append(other.device_id)
    return made


def asleep(world: World) -> None:
    """The world's own phone: something waits, and its wake-up is due."""
    subscribe(world.app, world.phone)
    world.offered(lifetime=3000)
    world.clock.advance(2)


def sender(world: World, push: object, *, doubtful: bool = False) -> SendWakeUps:
    return SendWakeUps(world.app.wake_phones, push, InPlace(), doubtful=doubtful)  # type: ignore[arg-type]


def test_phones_that_need_not_be_woken_take_nobodys_turn(world: World) -> None:
    awake = crowd(world, 100)
    asleep(world)
    push = NotedPush()
    sending = sender(world, push)
    sending.send_due()
    sending.finish()
    assert push.woken == [world.phone.device_id]
    with world.app.store.read() as tx:
        assert all((found := tx.push_subscriptions.find(one)) is not None and found.wake_at is None for one in awake)


class DeadEnd:
    """Answers only the world's phone; the others hold a hand each."""

    def __init__(self, answered: str) -> None:
        self.answered, self.seen, self.end = answered, [], Event()  # type: ignore[var-annotated]

    def send(self, subscription: PushSubscription, _ttl: int) -> Delivery:
        self.seen.append(subscription.device_id)
        if subscription.device_id != self.answered:
            self.end.wait()
        return Delivery(Received.SENT, "201")


def test_a_thousand_addresses_at_which_nobody_answers_hold_up_each_other_only(world: World) -> None:
    crowd(world, 1000, tries=1)
    asleep(world)
    dead_end = DeadEnd(world.phone.device_id)
    # Each of the crowd has a reason, too.
    with mock.patch("server.devices.wake_phones._waits_until", return_value=world.clock.now() + 99):
        doubtful = sender(world, dead_end, doubtful=True)
        busy = gevent.spawn(doubtful.send_due)
        gevent.sleep(0)
        sure = sender(world, dead_end)
        sure.send_due()
        sure.finish()
    assert dead_end.seen.count(world.phone.device_id) == 1
    assert len(dead_end.seen) == 1 + send_wake_ups.DOUBTFUL_HANDS
    busy.kill()
    dead_end.end.set()
    doubtful.finish()


@pytest.mark.parametrize("answer", [Received.SENT, Received.REFUSED])
def test_who_lets_us_wait_is_doubtful_whatever_they_say_in_the_end(
    world: World, monkeypatch: pytest.MonkeyPatch, answer: Received
) -> None:
    monkeypatch.setattr(send_wake_ups, "LATE", -1.0)
    asleep(world)
    sending = sender(world, NotedPush(deliveries=[Delivery(answer, "400")]))
    sending.send_due()
    sending.finish()
    found = stored(world)
    assert found is not None and (found.tries, found.wake_at) == (1, None)


def test_neither_another_address_nor_the_end_of_the_reason_lifts_the_doubt(world: World) -> None:
    subscribe(world.app, world.phone)
    with world.app.store.write() as tx:
        tx.database.conn.execute("UPDATE push_subscriptions SET tries = 3, wake_at = 1.0")
    subscribe(world.app, world.phone, f"{ENDPOINT}/other")
    assert world.app.wake_phones.claim(5, doubtful=False).wake_ups == []
    assert world.app.wake_phones.claim(5, doubtful=True).wake_ups == [], "nothing waits"
    found = stored(world)
    assert found is not None and (found.endpoint, found.tries, found.wake_at) == (f"{ENDPOINT}/other", 3, None)


def test_a_push_service_that_answers_in_time_is_trusted_again(world: World) -> None:
    asleep(world)
    with world.app.store.write() as tx:
        tx.database.conn.execute("UPDATE push_subscriptions SET tries = 3")
    push = NotedPush()
    sending = sender(world, push, doubtful=True)
    sending.send_due()
    sending.finish()
    found = stored(world)
    assert len(push.sent) == 1 and found is not None and found.tries == 0


def test_a_name_service_that_never_answers_keeps_only_its_own_threads() -> None:
    held, resolve = [], resolver(1)
    with mock.patch(
        "gevent.threadpool.ThreadPool.apply", side_effect=lambda function: held.append(function) or ([], None)
    ):
        assert resolve("push.example.net", 443) == []
    assert len(held) == 1, "it goes through a pool of its own, never through gevent's"
    assert resolve("127.0.0.1", 443)[0][4] == ("127.0.0.1", 443)


def test_dropping_and_setting_again_wakes_no_sooner(world: World) -> None:
    """What stands between a chooser of addresses and a server that calls them as often as it is asked to."""
    asleep(world)
    sending = sender(world, push := NotedPush())
    sending.send_due()
    sending.finish()
    assert len(push.sent) == 1
    world.app.subscribe_push.drop(world.phone.device_id)
    world.app.subscribe_push.set(world.phone.device_id, ENDPOINT, RECEIVER.p256dh, RECEIVER.auth)
    world.offered(lifetime=3000)
    world.clock.advance(4.9)
    sending.send_due()
    sending.finish()
    assert len(push.sent) == 1
    world.clock.advance(0.2)
    sending.send_due()
    sending.finish()
    assert len(push.sent) == 2


def test_changing_the_address_over_and_over_is_stopped_sooner_than_other_events(world: World) -> None:
    line = Line(world).prove()
    line.socket.events.level = 0.0
    with mock.patch("server.sockets.event_bucket.time.monotonic", return_value=1e6):
        for _ in range(int(BURST / 10)):
            line.ok("set_push", {"subscription": None})
        assert line.error("set_push", {"subscription": None}) == "too_many_events"
