"""What a push service and a phone check of one wake-up (protocol §2.3; RFC 8291, RFC 8292). Pure: bytes in,
content out.

Rules
* A check refuses by raising ``NotAWakeUp`` with one word that says why.
* Everything the page says of a wake-up is checked, not only what a push service needs: the tests lean on it.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NoReturn
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CONTENT: Final = b"phoneseal.wake_up.v1"
LARGEST: Final = 4096
_LAST_RECORD: Final = b"\2"
_RECORD_SIZE: Final = 4096
_POINT: Final = 65
_HEADER: Final = 16 + 4 + 1 + _POINT
_LONGEST_TTL: Final = 86400
_LONGEST_TOKEN: Final = 24 * 3600
_FIELDS: Final = {
    "content-encoding": "aes128gcm",
    "content-type": "application/octet-stream",
    "urgency": "high",
    "topic": "phoneseal",
}


class NotAWakeUp(Exception):
    """``status``: with which a push service refuses it."""

    def __init__(self, why: str, status: int = 400) -> None:
        self.why, self.status = why, status
        super().__init__(why)


def _no(why: str, status: int = 400) -> NoReturn:
    raise NotAWakeUp(why, status)


@dataclass(frozen=True, slots=True)
class PushKeys:
    """The phone's half of the encryption (RFC 8291 §3)."""

    private: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def p256dh(self) -> bytes:
        return _point_of(self.private.public_key())


def check_header(fields: Mapping[str, str], endpoint: str, vapid_key: bytes, now: float) -> int:
    """Names in lower case. The time to live in seconds."""
    for name, wanted in _FIELDS.items():
        if fields.get(name) != wanted:
            _no(name.replace("-", "_"))
    ttl = fields.get("ttl", "")
    if not (ttl.isascii() and ttl.isdecimal() and len(ttl) < 6 and 1 <= int(ttl) <= _LONGEST_TTL):
        _no("ttl")
    check_vapid(fields.get("authorization", ""), endpoint, vapid_key, now)
    return int(ttl)


def check_vapid(authorization: str, endpoint: str, vapid_key: bytes, now: float) -> None:
    """RFC 8292 §2 and §3: the sender is the server that this address was made for."""
    scheme, _, rest = authorization.partition(" ")
    parameters = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme.lower() != "vapid" or parameters.keys() != {"t", "k"}:
        _no("vapid_missing", 401)
    if _octets(parameters["k"]) != vapid_key:
        _no("vapid_key", 403)
    parts = parameters["t"].split(".")
    if len(parts) != 3 or _json(parts[0]) != {"typ": "JWT", "alg": "ES256"}:
        _no("vapid_header", 403)
    signature = _octets(parts[2])
    if len(signature) != 64:
        _no("vapid_signature", 403)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), vapid_key)
        key.verify(der, f"{parts[0]}.{parts[1]}".encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        _no("vapid_signature", 403)
    _check_claims(_json(parts[1]), endpoint, now)


def _check_claims(claims: Mapping[str, object], endpoint: str, now: float) -> None:
    where = urlsplit(endpoint)
    if claims.get("aud") != f"{where.scheme}://{where.netloc}":
        _no("vapid_audience", 403)
    expires = claims.get("exp")
    if type(expires) is not int or not now < expires <= now + _LONGEST_TOKEN:
        _no("vapid_expired", 403)
    subject = claims.get("sub", "https:")
    if type(subject) is not str or not subject.startswith("https:"):
        _no("vapid_subject", 403)


def open_record(body: bytes, keys: PushKeys) -> bytes:
    """RFC 8291 §4 with RFC 8188 §2: what one record holds, its padding with it."""
    if len(body) > LARGEST:
        _no("too_large", 413)
    if len(body) < _HEADER or int.from_bytes(body[16:20], "big") != _RECORD_SIZE or body[20] != _POINT:
        _no("message_header")
    salt, sender, sealed = body[:16], body[21:_HEADER], body[_HEADER:]
    try:
        sender_key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        agreed = keys.private.exchange(ec.ECDH(), sender_key)
        secret = _hkdf(keys.auth, agreed, b"WebPush: info\0" + keys.p256dh + sender, 32)
        content_key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\0", 12)
        return AESGCM(content_key).decrypt(nonce, sealed, None)
    except (ValueError, InvalidTag):
        _no("message_encryption")


def check_wake_up(body: bytes, keys: PushKeys) -> None:
    """The one content there is, padded by the last record's delimiter only."""
    if open_record(body, keys) != CONTENT + _LAST_RECORD:
        _no("message_content")


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point_of(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _octets(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        _no("base64url", 403)


def _json(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(_octets(text))
    except ValueError:
        _no("vapid_token", 403)
    return found if isinstance(found, dict) else _no("vapid_token", 403)
