"""Sealing a message as a server does (RFC 8291): for the tests of whoever opens it. Held to the RFC's example by ``test_wake_ups.py``."""

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    uncompressed = serialization.PublicFormat.UncompressedPoint
    return key.public_key().public_bytes(serialization.Encoding.X962, uncompressed)


def private_octets(key: ec.EllipticCurvePrivateKey) -> bytes:
    """PKCS#8."""
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def seal(
    padded: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    sender: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes = b"s" * 16,
) -> bytes:
    """One record that holds ``padded``, its delimiter with it."""
    sender = sender or ec.generate_private_key(ec.SECP256R1())
    agreed = sender.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh))

    def derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
        return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

    secret = derive(agreed, auth, b"WebPush: info\0" + p256dh + point_of(sender), 32)
    key = derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    return salt + (4096).to_bytes(4, "big") + b"\x41" + point_of(sender) + AESGCM(key).encrypt(nonce, padded, None)
