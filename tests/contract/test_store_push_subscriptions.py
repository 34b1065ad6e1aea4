"""Where phones can be woken: one subscription a phone, wake-ups wanted, leased, settled by compare-and-set, across connections too."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from server.devices.device import Device
from server.devices.push_subscription import PushSubscription, WakeUp
from server.storage.store import Store
from tests.contract import entities
from tests.contract.entities import NOW

ONCE = {"within": 1.5, "at_most_every": 5.0}


@pytest.fixture
def subscription(store: Store, device: Device) -> PushSubscription:
    made = PushSubscription(device.device_id, "https://push.example/a", b"k" * 65, b"a" * 16, NOW)
    with store.write() as tx:
        tx.push_subscriptions.set(made)
    return made


def stored(store: Store, device_id: str) -> PushSubscription:
    with store.read() as tx:
        found = tx.push_subscriptions.find(device_id)
    assert found is not None
    return found


def want(store: Store, device_id: str, now: float) -> None:
    with store.write() as tx:
        tx.push_subscriptions.want(device_id, now, **ONCE)


def due(store: Store, now: float) -> list[PushSubscription]:
    with store.read() as tx:
        return tx.push_subscriptions.due(now, 10, doubtful=False)


def claimed(store: Store, device_id: str, now: float, seconds: float = 30.0) -> WakeUp:
    [found] = due(store, now)
    assert found.device_id == device_id
    with store.write() as tx:
        assert tx.push_subscriptions.lease(found, now + seconds)
    return WakeUp(found, now + seconds, 60)


def test_one_a_phone(store: Store, subscription: PushSubscription, device: Device) -> None:
    assert stored(store, device.device_id) == subscription
    want(store, device.device_id, NOW)
    with store.write() as tx:
        tx.push_subscriptions.set(replace(subscription, registered_at=NOW + 9))
    assert stored(store, device.device_id).registered_at == NOW, "the same again changes nothing"
    other = replace(subscription, endpoint="https://push.example/b", registered_at=NOW + 9)
    with store.write() as tx:
        tx.push_subscriptions.set(other)
    assert stored(store, device.device_id) == replace(other, wake_at=NOW + 1.5), "what is wanted goes to the new one"
    with store.write() as tx:
        tx.push_subscriptions.drop(device.device_id)
        tx.push_subscriptions.drop(device.device_id)
        assert tx.push_subscriptions.find(device.device_id) is None
    want(store, device.device_id, NOW)
    assert due(store, NOW + 99) == []


@pytest.mark.parametrize("changes", [{"p256dh": b"K" * 65}, {"auth": b"A" * 16}])
def test_other_keys_at_the_same_address_are_another_one(
    store: Store, subscription: PushSubscription, changes: dict[str, bytes]
) -> None:
    other = replace(subscription, **changes)  # type: ignore[arg-type]
    with store.write() as tx:
        tx.push_subscriptions.set(other)
    assert stored(store, subscription.device_id) == other


def test_only_for_a_phone_that_there_is(store: Store) -> None:
    with pytest.raises(sqlite3.IntegrityError), store.write() as tx:
        tx.push_subscriptions.set(PushSubscription("dev_none", "https://x.example", b"k", b"a", NOW))


def test_wanted_then_due(store: Store, subscription: PushSubscription) -> None:
    assert due(store, NOW + 99) == []
    want(store, subscription.device_id, NOW)
    want(store, subscription.device_id, NOW + 1)
    assert due(store, NOW + 1.4) == []
    [found] = due(store, NOW + 1.5)
    assert found.wake_at == NOW + 1.5, "more reasons put it off no further"
    with store.write() as tx:
        tx.push_subscriptions.rest(subscription.device_id)
    assert stored(store, subscription.device_id) == subscription


def test_the_oldest_first_and_not_more_than_asked_for(store: Store, subscription: PushSubscription) -> None:
    with store.write() as tx:
        owner = tx.devices.get(subscription.device_id).subscriber_id
        others = [entities.device(owner) for _ in range(2)]
        for number, other in enumerate(others):
            tx.devices.add(other)
            tx.push_subscriptions.set(replace(subscription, device_id=other.device_id))
            tx.push_subscriptions.want(other.device_id, NOW - number, **ONCE)
    want(store, subscription.device_id, NOW + 1)
    with store.read() as tx:
        found = [one.device_id for one in tx.push_subscriptions.due(NOW + 9, 2, doubtful=False)]
    assert found == [others[1].device_id, others[0].device_id]


def test_a_lease_is_one_connections_alone(
    store_factory: Callable[[], Store], store: Store, subscription: PushSubscription
) -> None:
    want(store, subscription.device_id, NOW)
    [seen] = due(store_factory(), NOW + 2)
    claimed(store, subscription.device_id, NOW + 2)
    with store_factory().write() as tx:
        assert not tx.push_subscriptions.lease(seen, NOW + 40)
    assert due(store, NOW + 31.9) == []
    assert len(due(store, NOW + 32)) == 1, "whoever had it is dead"


def test_woken_is_done_with(store: Store, subscription: PushSubscription) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    with store.write() as tx:
        tx.push_subscriptions.woken(wake_up, NOW + 3, NOW + 8, 0)
    assert stored(store, subscription.device_id) == replace(subscription, woken_at=NOW + 3)
    want(store, subscription.device_id, NOW + 4)
    assert stored(store, subscription.device_id).wake_at == NOW + 8, "one in five seconds"


def test_a_reason_that_comes_while_it_is_sent_is_not_lost(store: Store, subscription: PushSubscription) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    want(store, subscription.device_id, NOW + 2.5)
    assert due(store, NOW + 9) == [], "one at a time"
    with store.write() as tx:
        tx.push_subscriptions.woken(wake_up, NOW + 3, NOW + 8, 0)
    assert stored(store, subscription.device_id).wake_at == NOW + 8


def test_another_subscription_that_comes_while_it_is_sent_is_used(store: Store, subscription: PushSubscription) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    with store.write() as tx:
        tx.push_subscriptions.set(replace(subscription, endpoint="https://push.example/b"))
        tx.push_subscriptions.gone(wake_up)
    assert [one.endpoint for one in due(store, NOW + 3)] == ["https://push.example/b"]


@pytest.mark.parametrize("changes", [{"p256dh": b"K" * 65}, {"auth": b"A" * 16}])
def test_a_wake_up_to_keys_that_are_no_more_is_none(
    store: Store, subscription: PushSubscription, changes: dict[str, bytes]
) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    with store.write() as tx:
        tx.push_subscriptions.set(replace(subscription, **changes))  # type: ignore[arg-type]
        tx.push_subscriptions.woken(wake_up, NOW + 3, NOW + 8, 0)
    assert stored(store, subscription.device_id).wake_at == NOW + 8


def test_the_doubtful_ones_are_found_by_themselves(store: Store, subscription: PushSubscription) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    with store.write() as tx:
        tx.push_subscriptions.woken(wake_up, NOW + 3, NOW + 8, 1)
    want(store, subscription.device_id, NOW + 9)
    assert due(store, NOW + 20) == []
    with store.read() as tx:
        assert [one.tries for one in tx.push_subscriptions.due(NOW + 20, 10, doubtful=True)] == [1]


@pytest.mark.parametrize("left", ["wanted", "leased", "woken"])
def test_a_clock_that_was_set_back_holds_up_no_new_reason(
    store: Store, subscription: PushSubscription, left: str
) -> None:
    want(store, subscription.device_id, NOW)
    if left != "wanted":
        wake_up = claimed(store, subscription.device_id, NOW + 2)
        if left == "woken":
            with store.write() as tx:
                tx.push_subscriptions.woken(wake_up, NOW + 3, NOW + 8, 0)
    earlier = NOW - 86_400
    want(store, subscription.device_id, earlier)
    assert len(due(store, earlier + 1.5)) == 1


def test_put_off_keeps_count(store: Store, subscription: PushSubscription) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    with store.write() as tx:
        tx.push_subscriptions.put_off(wake_up, NOW + 60, 1)
    want(store, subscription.device_id, NOW + 4)
    found = stored(store, subscription.device_id)
    assert (found.wake_at, found.tries, found.lease_until) == (NOW + 60, 1, 0.0), "a new reason shortens no pause"


def test_gone_ends_it(store: Store, subscription: PushSubscription) -> None:
    want(store, subscription.device_id, NOW)
    wake_up = claimed(store, subscription.device_id, NOW + 2)
    with store.write() as tx:
        tx.push_subscriptions.gone(wake_up)
        assert tx.push_subscriptions.find(subscription.device_id) is None


@pytest.mark.parametrize("settle", ["woken", "put_off", "gone"])
def test_who_slept_past_the_lease_changes_nothing(store: Store, subscription: PushSubscription, settle: str) -> None:
    want(store, subscription.device_id, NOW)
    slept = claimed(store, subscription.device_id, NOW + 2)
    claimed(store, subscription.device_id, NOW + 40)
    before = stored(store, subscription.device_id)
    arguments = {"woken": (slept, NOW + 41, NOW + 46, 0), "put_off": (slept, NOW + 60, 1), "gone": (slept,)}
    with store.write() as tx:
        getattr(tx.push_subscriptions, settle)(*arguments[settle])
    assert stored(store, subscription.device_id) == before


def test_what_the_phone_was_asked_about(store: Store, subscription: PushSubscription) -> None:
    with store.write() as tx:
        tx.push_subscriptions.set_asked(subscription.device_id, "pa_x")
        tx.push_subscriptions.set_asked("dev_none", "pa_x")
    assert stored(store, subscription.device_id) == replace(subscription, asked_about="pa_x")


def test_a_phone_is_told_of_an_offer_once(store: Store, device: Device, add_request: Callable[..., object]) -> None:
    offer = entities.offer(add_request(), device)  # type: ignore[arg-type]
    assert offer.unheard
    assert not replace(offer, pushed_at=NOW).unheard
    assert not replace(offer, withdrawn="expired").unheard
    with store.write() as tx:
        tx.offers.add(offer)
        assert tx.offers.set_told(offer.request_id, device.device_id, NOW)
        assert not tx.offers.set_told(offer.request_id, device.device_id, NOW + 1)
        found = tx.offers.get(offer.request_id, device.device_id)
    assert (found.told_at, found.unheard) == (NOW, False)
