"""What is derived from the PIN (protocol §5): the proof for the server, and with the server's share the key
around the vault.

PIN → scrypt → wrap_part ‖ proof_part. The proof part goes, hashed, to the server at pairing; the wrap part
never leaves. Neither opens anything without the server's share, and the server releases that only for a proof
it counts.
"""

import hashlib
import hmac
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from mobile_app.device.statements import pae

SALT_BYTES: Final = 16
SHARE_BYTES: Final = 32
GCM_NONCE_BYTES: Final = 12
STRETCHED_BYTES: Final = 64


def is_stretched(pin: bytes | bytearray) -> bool:
    """Whether this is what a PIN was stretched to, wrap part and proof key, which may stand where a PIN is asked for on a phone that
    keeps it under a biometric key (decision 0007). As secret as the PIN, overwritten like it, and told apart by its length."""
    return len(pin) == STRETCHED_BYTES


class PinKeys:
    """The two halves of the stretched PIN. One derivation takes about 50 ms and 16 MiB; what is stretched already needs none."""

    def __init__(self, pin: bytes | bytearray, salt: bytes) -> None:
        self._salt = salt
        if is_stretched(pin):
            self._wrap_part, self.pin_proof_key = bytearray(pin[:32]), bytes(pin[32:])
            return
        stretched = bytearray(Scrypt(salt=salt, length=64, n=2**14, r=8, p=1).derive(pin))
        self._wrap_part = stretched[:32]
        self.pin_proof_key = hashlib.sha256(pae("phoneseal.pin_proof_key.v1", bytes(stretched[32:]))).digest()
        stretched[:] = bytes(64)

    def stretched(self) -> bytearray:
        """A copy, for the one who may keep it. The caller overwrites it."""
        return self._wrap_part + self.pin_proof_key

    def proof(self, nonce: bytes, device_id: str) -> bytes:
        """HMAC-SHA-256 over the server's nonce and this device's id."""
        message = pae("phoneseal.pin_proof.v1", nonce + device_id.encode("ascii"))
        return hmac.new(self.pin_proof_key, message, hashlib.sha256).digest()

    def cipher(self, vault_share: bytes) -> AESGCM:
        """The wrapping of the vault: AES-256-GCM under PIN and share together."""
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"phoneseal.vault.v1" + self._salt)
        return AESGCM(derivation.derive(bytes(self._wrap_part) + vault_share))

    def wipe(self) -> None:
        self._wrap_part[:] = bytes(32)
        self.pin_proof_key = b""
