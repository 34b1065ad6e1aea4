"""Sleeping phones are woken from here: what is due is claimed, sent by a bounded number of greenlets, and settled.

No state of worth lives here: a process that dies leaves its claims to whoever looks once their leases have run out. The log names phones
and statuses, never an address. Doubtful push services have hands of their own (two of these run), so that a thousand addresses at which
nobody answers hold up each other and nobody else.
"""

import logging
import time
from dataclasses import replace

import gevent
from gevent.pool import Pool

from server.crash_points import crash_point
from server.devices.push_subscription import Delivery, PushGateway, Received, WakeUp
from server.devices.wake_phones import WakePhones
from server.lanes import Lanes

log = logging.getLogger(__name__)
HANDS = 24
DOUBTFUL_HANDS = 8
LOOK_EVERY = 0.5
LATE = 2.0
"""Seconds after which a push service's answer is a late one."""
WITHIN = 10.0
"""Seconds for one wake-up, name service included; the lease is three times as long."""


class SendWakeUps:
    """``doubtful``: for those push services, or for all others."""

    def __init__(self, wake_phones: WakePhones, push: PushGateway, lanes: Lanes, *, doubtful: bool) -> None:
        self._wake_phones = wake_phones
        self._push = push
        self._lanes = lanes
        self._doubtful = doubtful
        self._pool = Pool(DOUBTFUL_HANDS if doubtful else HANDS)

    def run(self) -> None:
        """For ever, in a greenlet of its own."""
        while True:
            self.send_due()
            gevent.sleep(LOOK_EVERY)

    def send_due(self) -> None:
        """All that is due, as hands get free: what is claimed is sent at once."""
        more = True
        while more:
            self._pool.wait_available()
            claimed = self._lanes.database(self._wake_phones.claim, self._pool.free_count(), doubtful=self._doubtful)
            for wake_up in claimed.wake_ups:
                self._pool.spawn(self._send, wake_up)
            more = claimed.more

    def finish(self) -> None:
        """Waits for what was begun."""
        self._pool.join()

    def _send(self, wake_up: WakeUp) -> None:
        delivery = Delivery(Received.BUSY, "no answer in time")
        crash_point("wake_up.before_send")
        began = time.monotonic()
        try:
            with gevent.Timeout(WITHIN, False):
                delivery = self._push.send(wake_up.subscription, wake_up.ttl)
        except Exception as error:  # noqa: BLE001 (its text might hold an address)
            log.error("waking phone %s failed: %s", wake_up.subscription.device_id, type(error).__name__)  # noqa: TRY400
        delivery = replace(delivery, late=time.monotonic() - began > LATE)
        crash_point("wake_up.after_send")
        self._lanes.database(self._wake_phones.settle, wake_up, delivery)
