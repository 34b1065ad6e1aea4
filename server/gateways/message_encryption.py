"""Web Push message encryption (RFC 8291 over RFC 8188): one record, to the key and the secret that the phone gave us.

Built on ``cryptography`` alone; the tests read it back with another implementation, and with what node made.
"""

import secrets
import struct

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

RECORD_SIZE = 4096
_LAST_RECORD = b"\x02"


def raw_point(key: ec.EllipticCurvePublicKey) -> bytes:
    """Uncompressed, 65 bytes."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encrypt(
    content: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of the POST (``aes128gcm``). ``sender`` and ``salt`` are fresh for each message; only tests give their own. Raises
    ``ValueError`` for a key that is no point of the curve."""
    sender = sender or ec.generate_private_key(ec.SECP256R1())
    salt = salt or secrets.token_bytes(16)
    phone = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    own = raw_point(sender.public_key())
    agreed = sender.exchange(ec.ECDH(), phone)
    ikm = _derive(agreed, auth, b"WebPush: info\0" + p256dh + own, 32)
    key = _derive(ikm, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(ikm, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + struct.pack(">IB", RECORD_SIZE, len(own)) + own
    return header + AESGCM(key).encrypt(nonce, content + _LAST_RECORD, None)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
