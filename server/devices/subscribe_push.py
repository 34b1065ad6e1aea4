"""A phone says where it can be woken, or that it need not be. One subscription a phone; a new one takes the old one's place."""

from cryptography.hazmat.primitives.asymmetric import ec

from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.devices.device import check_active
from server.devices.ports import DeviceStore
from server.devices.push_endpoint import read_endpoint
from server.devices.push_subscription import PushSubscription
from server.errors import BadInput, Conflict


class SubscribePush:
    """``vapid_key``: the server's public key (65 bytes), or None when it wakes no phones."""

    def __init__(self, store: DeviceStore, clock: Clock, config: Config, vapid_key: bytes | None) -> None:
        self._store = store
        self._clock = clock
        self.vapid_key = vapid_key
        self._private_addresses = config.wake_up_private_addresses

    def subscribed(self, device_id: str) -> bool:
        with self._store.read() as tx:
            return tx.push_subscriptions.find(device_id) is not None

    def set(self, device_id: str, endpoint: str, p256dh: bytes, auth: bytes) -> None:
        """The same again changes nothing. Raises ``Conflict(push_unavailable)``, ``Unprocessable(push_endpoint_not_allowed)``,
        ``BadInput(bad_message)`` for a key that is no point of the curve. The phone is there, so that a new subscription counts as
        just woken: dropping and setting it again makes no wake-up come sooner."""
        if self.vapid_key is None:
            raise Conflict("this server wakes no phones", code="push_unavailable")
        read_endpoint(endpoint, private_addresses=self._private_addresses)
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
        except ValueError as error:
            raise BadInput("p256dh is a point on P-256", code="bad_message") from error
        now = self._clock.now()
        with self._store.write() as tx:
            check_active(tx.devices.get(device_id))
            tx.push_subscriptions.set(PushSubscription(device_id, endpoint, p256dh, auth, now, woken_at=now))
            crash_point("set_push.before_commit")
        crash_point("set_push.after_commit")

    def drop(self, device_id: str) -> None:
        with self._store.write() as tx:
            tx.push_subscriptions.drop(device_id)
            crash_point("drop_push.before_commit")
        crash_point("drop_push.after_commit")
