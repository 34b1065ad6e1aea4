"""Who we are to a push service (RFC 8292): a token by the server's own key, good for one origin and twelve hours."""

import json

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from server.gateways.message_encryption import raw_point
from server.statements import b64

LIFETIME = 12 * 3600


class Vapid:
    """``public_url`` goes into the token when it is https, so that a push service's operator knows whom to ask."""

    def __init__(self, key: ec.EllipticCurvePrivateKey, public_url: str) -> None:
        self._key = key
        self._subject = public_url if public_url.startswith("https://") else ""
        self.public_key = raw_point(key.public_key())

    def authorization(self, origin: str, now: float) -> str:
        """The ``Authorization`` header's value."""
        claims: dict[str, object] = {"aud": origin, "exp": int(now) + LIFETIME}
        if self._subject:
            claims["sub"] = self._subject
        signed = f"{_part({'typ': 'JWT', 'alg': 'ES256'})}.{_part(claims)}"
        r, s = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")  # RFC 7518 §3.4
        return f"vapid t={signed}.{b64(signature)}, k={b64(self.public_key)}"


def _part(value: dict[str, object]) -> str:
    return b64(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
