"""Sleeping phones are woken from here: what is due is claimed, sent by a bounded number of greenlets, and settled.

No state of worth lives here: a process that dies leaves its claims to whoever looks once their leases have run out. The log names phones
and statuses, never an address.
"""

import logging

import gevent
from gevent.pool import Pool

from server.crash_points import crash_point
from server.devices.push_subscription import Delivery, PushGateway, Received, WakeUp
from server.devices.wake_phones import WakePhones
from server.lanes import Lanes

log = logging.getLogger(__name__)
AT_ONCE = 16
LOOK_EVERY = 0.5
WITHIN = 10.0
"""Seconds for one wake-up, name service included; the lease is three times as long."""


class SendWakeUps:
    def __init__(self, wake_phones: WakePhones, push: PushGateway, lanes: Lanes) -> None:
        self._wake_phones = wake_phones
        self._push = push
        self._lanes = lanes
        self._pool = Pool(AT_ONCE)

    def run(self) -> None:
        """For ever, in a greenlet of its own."""
        while True:
            self.send_due()
            gevent.sleep(LOOK_EVERY)

    def send_due(self) -> None:
        """Begins with as many as there are hands for: what is claimed is sent at once."""
        free = self._pool.free_count()
        if free:
            for wake_up in self._lanes.database(self._wake_phones.claim, free):
                self._pool.spawn(self._send, wake_up)

    def finish(self) -> None:
        """Waits for what was begun."""
        self._pool.join()

    def _send(self, wake_up: WakeUp) -> None:
        delivery = Delivery(Received.BUSY, "no answer in time")
        crash_point("wake_up.before_send")
        try:
            with gevent.Timeout(WITHIN, False):
                delivery = self._push.send(wake_up.subscription, wake_up.ttl)
        except Exception as error:  # noqa: BLE001 (its text might hold an address)
            log.error("waking phone %s failed: %s", wake_up.subscription.device_id, type(error).__name__)  # noqa: TRY400
        crash_point("wake_up.after_send")
        self._lanes.database(self._wake_phones.settle, wake_up, delivery)
