"""What wakes whom: a phone is woken while something waits for its person that it has not acknowledged over its socket.

Claimed under a lease, sent after commit, settled by compare-and-set: whoever dies in between leaves a wake-up that is claimed again once
the lease has run out, so each leaves at least once. Whether something still waits is looked up at the last moment.
"""

import logging

from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import DeviceState, PairingState
from server.devices.ports import DeviceStore, DeviceTransaction
from server.devices.push_subscription import AT_MOST_EVERY, Claimed, Delivery, PushSubscription, Received, WakeUp
from server.signing.sign_request import WAITS_FOR_APPROVAL

log = logging.getLogger(__name__)
LEASE = 30.0
"""Seconds after which a wake-up whose sender is dead is claimed again; sending takes a third of it at most."""
LOOKED_AT = 16
"""Subscriptions in one transaction: others wait for the database meanwhile."""
LONGEST_LIFE = 86_400
LONGEST_PAUSE = 300.0
LONGEST_ASKED = 3600.0
"""A push service that asks for a longer pause is asked again all the same."""


class WakePhones:
    def __init__(self, store: DeviceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def claim(self, limit: int, *, doubtful: bool) -> Claimed:
        """What is due now, at most ``limit``, of those whose push service answered last, or of the ``doubtful`` ones. Phones that may not
        be woken any more, or need not, are left in peace and do not count."""
        with self._store.read() as tx:
            if not tx.push_subscriptions.due(self._clock.now(), 1, doubtful=doubtful):
                return Claimed([], more=False)
        claimed: list[WakeUp] = []
        with self._store.write() as tx:
            now = self._clock.now()
            found = tx.push_subscriptions.due(now, LOOKED_AT, doubtful=doubtful)
            for subscription in found:
                if len(claimed) == limit:
                    break
                until = _waits_until(tx, subscription, now)
                if until is None:
                    tx.push_subscriptions.rest(subscription.device_id)
                elif tx.push_subscriptions.lease(subscription, now + LEASE):
                    ttl = max(1, min(int(until - now), LONGEST_LIFE))
                    claimed.append(WakeUp(subscription, now + LEASE, ttl))
            crash_point("wake_up_claim.before_commit")
        crash_point("wake_up_claim.after_commit")
        return Claimed(claimed, more=len(found) == LOOKED_AT or len(claimed) == limit)

    def settle(self, wake_up: WakeUp, delivery: Delivery) -> None:
        """What came of it. Changes nothing once the lease is somebody else's; a reason that came up meanwhile stays."""
        tries = wake_up.subscription.tries + 1 if delivery.late or delivery.received is Received.BUSY else 0
        with self._store.write() as tx:
            now = self._clock.now()
            if delivery.received is Received.GONE:
                tx.push_subscriptions.gone(wake_up)
            elif delivery.received is Received.BUSY:
                tx.push_subscriptions.put_off(
                    wake_up, now + max(pause_after(tries), min(delivery.retry_after, LONGEST_ASKED)), tries
                )
            else:
                tx.push_subscriptions.woken(wake_up, now, now + AT_MOST_EVERY, tries)
            crash_point("wake_up_settle.before_commit")
        crash_point("wake_up_settle.after_commit")
        log.info("phone %s was called: %s (%s)", wake_up.subscription.device_id, delivery.received, delivery.word)

    def acknowledged(self, device_id: str, pairing_id: str) -> None:
        """The phone has been asked about this new one over its socket."""
        with self._store.write() as tx:
            tx.push_subscriptions.set_asked(device_id, pairing_id)
            crash_point("asked.before_commit")
        crash_point("asked.after_commit")


def pause_after(tries: int) -> float:
    """Seconds until a push service that was out of order is asked again: 5, 10, 20 … 300."""
    return float(min(AT_MOST_EVERY * 2 ** min(tries - 1, 10), LONGEST_PAUSE))


def _waits_until(tx: DeviceTransaction, subscription: PushSubscription, now: float) -> float | None:
    """Until when the longest living thing lives that waits for this phone's person; None when nothing does, or the phone may not act."""
    device = tx.devices.get(subscription.device_id)
    if device.state is not DeviceState.ACTIVE:
        return None
    ends = []
    for request in tx.requests.live(device.subscriber_id):
        offer = tx.offers.find(request.request_id, device.device_id)
        if offer is not None and offer.unheard and request.state in WAITS_FOR_APPROVAL:
            ends.append(request.expires_at)
    for pairing in tx.pairings.waiting_for(device.subscriber_id, PairingState.WAITING_FIRST_DEVICE):
        if pairing.pairing_id != subscription.asked_about:
            ends.append(pairing.expires_at)
    return max((end for end in ends if end > now), default=None)
