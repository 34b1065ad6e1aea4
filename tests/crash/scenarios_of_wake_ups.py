"""Commits about waking phones. See ``one_death``; dying before and after a wake-up is sent is in ``test_wake_ups_over_tcp``."""

from collections.abc import Generator

from server.app import UseCases
from server.devices.push_subscription import Delivery, PushSubscription, Received
from tests.crash.one_death import Act, queued, scenario, work
from tests.crash.store_world import StoreWorld
from tests.unit.gateways.push_service import Receiver
from tests.unit.server.pairing_kit import NewPhone, confirmed

RECEIVER = Receiver()
AT_ONCE = 5


def subscribe(app: UseCases, world: StoreWorld) -> None:
    app.subscribe_push.set(world.phones[0].device_id, "https://push.example.net/x", RECEIVER.p256dh, RECEIVER.auth)


def stored(world: StoreWorld) -> PushSubscription | None:
    with world.app.store.read() as tx:
        return tx.push_subscriptions.find(world.phones[0].device_id)


@scenario("set_push")
def subscribed_once(world: StoreWorld) -> Generator[Act, None, None]:
    yield lambda app: subscribe(app, world)
    found = stored(world)
    assert found is not None and found.auth == RECEIVER.auth


@scenario("drop_push")
def dropped(world: StoreWorld) -> Generator[Act, None, None]:
    subscribe(world.app, world)
    yield lambda app: app.subscribe_push.drop(world.phones[0].device_id)
    assert stored(world) is None


@scenario("asked")
def asked_over_the_socket(world: StoreWorld) -> Generator[Act, None, None]:
    subscribe(world.app, world)
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    yield lambda app: app.wake_phones.acknowledged(world.phones[0].device_id, pairing.pairing_id)
    assert world.app.wake_phones.claim(AT_ONCE, doubtful=False).wake_ups == []


@scenario("wake_up_claim")
def claimed_again(world: StoreWorld) -> Generator[Act, None, None]:
    """Whoever claimed it and died is not waited for longer than the lease; whoever did not, not at all."""
    subscribe(world.app, world)
    queued(world)
    work(world)
    yield lambda app: app.wake_phones.claim(AT_ONCE, doubtful=False)
    found = stored(world)
    assert found is not None and found.lease_until > world.clock.now()


@scenario("wake_up_settle")
def settled_once(world: StoreWorld) -> Generator[Act, None, None]:
    subscribe(world.app, world)
    queued(world)
    work(world)
    [wake_up] = world.app.wake_phones.claim(AT_ONCE, doubtful=False).wake_ups
    yield lambda app: app.wake_phones.settle(wake_up, Delivery(Received.SENT, "201"))
    found = stored(world)
    assert found is not None and (found.wake_at, found.lease_until) == (None, 0.0)
