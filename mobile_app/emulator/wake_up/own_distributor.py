"""The emulated phone as its own distributor: the platform's part of being woken (``device.push_receiver.PushReceiver``).

Addresses and keys last as long as the run: the port is another the next time. ``--wake-up`` is the wish.
"""

import os
import threading
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.clock import Clock
from mobile_app.device.push_receiver import Distributor
from mobile_app.emulator.events import Teller
from mobile_app.emulator.wake_up.push_message import NotAWakeUp, PushKeys, check_header, check_wake_up
from mobile_app.emulator.wake_up.push_service import PushService
from mobile_app.link.push_wire import AUTH_BYTES, PushSubscription

_ITSELF = Distributor("emulator", "PhoneSeal emulator")


class OwnDistributor:
    """``close`` it at the end."""

    def __init__(self, clock: Clock, teller: Teller) -> None:
        self._clock = clock
        self._teller = teller
        self._lock = threading.Lock()
        self._chosen = _ITSELF.distributor_id
        self._vapid_key = b""
        self._keys: PushKeys | None = None
        self._given: PushSubscription | None = None
        self._changed: Callable[[], None] = lambda: None
        self._woken: Callable[[], None] = lambda: None
        self.wakes: Callable[[], None] = lambda: None
        """Called before the core hears of a wake-up: it may be asleep."""
        self._service = PushService(self._judge)

    def close(self) -> None:
        self._service.close()

    def distributors(self) -> Sequence[Distributor]:
        return (_ITSELF,)

    def chosen(self) -> str:
        return self._chosen

    def choose(self, distributor_id: str) -> None:
        self._chosen = distributor_id

    def give_up(self) -> None:
        self._chosen = ""
        self.let_go()

    def register(self, vapid_key: bytes, *, anew: bool) -> None:
        with self._lock:
            if anew or vapid_key != self._vapid_key or self._given is None:
                self._keys = PushKeys(ec.generate_private_key(ec.SECP256R1()), os.urandom(AUTH_BYTES))
                self._vapid_key = vapid_key
                address = self._service.new_address()
                self._given = PushSubscription(address, self._keys.p256dh, self._keys.auth)

    def let_go(self) -> None:
        with self._lock:
            self._keys = self._given = None
            self._service.no_address()

    def subscription(self) -> PushSubscription | None:
        return self._given

    def problem(self) -> str:
        return ""

    def listen(self, changed: Callable[[], None], woken: Callable[[], None]) -> None:
        self._changed, self._woken = changed, woken

    def _judge(self, fields: dict[str, str], body: bytes) -> None:
        """On a thread of the service. Raises NotAWakeUp."""
        with self._lock:
            keys, given, vapid_key = self._keys, self._given, self._vapid_key
        try:
            if keys is None or given is None:
                raise NotAWakeUp("no_address", 404)
            ttl = check_header(fields, given.endpoint, vapid_key, self._clock.now())
            check_wake_up(body, keys)
        except NotAWakeUp as error:
            self._teller.tell("push_refused", why=error.why, status=error.status)
            raise
        self._teller.tell("woken", ttl=ttl)
        self.wakes()
        self._woken()
