"""The phone's half of the wire for being woken (docs/protocol.md §2.3), read and written as the page says.

Rules as in ``wire``: strict readers that raise ``Malformed``; nothing here acts or decides.
"""

import hashlib
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.link import fields

POINT_BYTES = 65
AUTH_BYTES = 16


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """Where this phone can be woken: a secret. ``p256dh``: an uncompressed point on P-256; ``auth``: 16 bytes (RFC 8291 §3)."""

    endpoint: str = field(repr=False)
    p256dh: bytes
    auth: bytes = field(repr=False)

    @property
    def mark(self) -> str:
        """Tells two of them apart, and says nothing of either."""
        return hashlib.sha256(self.endpoint.encode() + b"\0" + self.p256dh + self.auth).hexdigest()


@dataclass(frozen=True, slots=True)
class PushGateway:
    """``vapid_key``: an uncompressed point on P-256; None when the server wakes no phones."""

    vapid_key: bytes | None
    subscribed: bool


def read_push_gateway_answer(value: object) -> PushGateway:
    found = fields.record(value, fields.names("vapid_key subscribed"))
    if type(found["subscribed"]) is not bool:
        fields.malformed("subscribed", "not_a_boolean")
    return PushGateway(fields.nullable(found["vapid_key"], _point), found["subscribed"])


def _point(value: object) -> bytes:
    point = fields.octets(value, "vapid_key", POINT_BYTES, POINT_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        fields.malformed("vapid_key", "not_a_point")
    return point


def set_push_message(subscription: PushSubscription | None) -> dict[str, object]:
    """None: wake this phone no more."""
    if subscription is None:
        return {"subscription": None}
    return {
        "subscription": {
            "endpoint": subscription.endpoint,
            "p256dh": fields.encode_bytes(subscription.p256dh),
            "auth": fields.encode_bytes(subscription.auth),
        }
    }
