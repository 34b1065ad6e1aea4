"""Where the phone's keys live, as an interface. Keys are used here and never leave: there is no export.

Rules (protocol §5):
* The device key signs without PIN: connections, code choices, refusals, freeze. It is never used for
  approvals.
* Approval key and signing key open with PIN **and** the server's share, for one use: ``unlock`` gives an
  ``UnlockedKeys`` that is closed after one request.
* What the vault keeps is bound to one pairing, named by ``vault_name``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

SIGNATURE_ALGORITHMS = ("rsa_pkcs1_sha256", "rsa_pss_sha256", "ecdsa_p256_sha256", "ecdsa_p384_sha384")


@dataclass(frozen=True, slots=True)
class KeyChoice:
    """What signing key to make. ``rsa_bits`` (2048 or 3072) counts for the RSA algorithms only."""

    signature_algorithm: str
    rsa_bits: int = 2048


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """DER SubjectPublicKeyInfo of the three keys, and the certificate signing request (PKCS#10 DER)."""

    device: bytes
    approval: bytes
    signing: bytes
    csr: bytes


class UnlockedKeys(Protocol):
    """Approval key and signing key, open for one request. ``close`` drops them; afterwards every call raises
    VaultError("vault_closed")."""

    def sign(self, dtbs: Sequence[bytes]) -> list[bytes]:
        """Sign each DTBS (the DER of signed attributes) with the credential's algorithm; same order."""
        ...

    def sign_approval(self, message: bytes) -> bytes:
        """ECDSA P-256 with SHA-256, DER, by the approval key over ``message`` (a signing input, PAE)."""
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


class NewVault(Protocol):
    """Keys just made for a pairing, in memory and open, until ``keep`` writes them down. ``close`` drops
    them."""

    @property
    def public_keys(self) -> PublicKeys: ...

    def prove(self, role: str, message: bytes) -> bytes:
        """Signature over ``message`` by the key of ``role`` (``device``, ``approval``, ``signing``): proof of
        possession."""
        ...

    def keep(self, vault_name: str, pin: bytearray, vault_share: bytes) -> bytes:
        """Wrap and write the keys durably under ``vault_name``; returns ``pin_proof_key`` for the server.
        Raises WeakPin."""
        ...

    def close(self) -> None: ...


class PinAttempt(Protocol):
    """A PIN, stretched, not yet known to be right. ``close`` drops it."""

    def proof(self, nonce: bytes, device_id: str) -> bytes:
        """The PIN proof for the server (§5): HMAC under the PIN's proof key over the server's nonce."""
        ...

    def unlock(self, vault_share: bytes) -> UnlockedKeys:
        """Open the keys for one request. Raises VaultError("vault_tampered") when PIN and share are right but
        the file is not."""
        ...

    def close(self) -> None: ...


class KeyVault(Protocol):
    @property
    def key_protection(self) -> str:
        """``file``, ``android_keystore`` or ``strongbox``."""
        ...

    def make(self, choice: KeyChoice, csr_common_name: str) -> NewVault: ...

    def sign_as_device(self, vault_name: str, message: bytes) -> bytes:
        """ECDSA P-256 with SHA-256, DER, by the device key over ``message``. Needs no PIN. Raises
        VaultError."""
        ...

    def attempt(self, vault_name: str, pin: bytearray) -> PinAttempt:
        """Stretch a PIN for one use (about 50 ms) and overwrite ``pin``. Raises VaultError."""
        ...

    def begin_pin_change(self, attempt: PinAttempt, vault_share: bytes, new_pin: bytearray, new_share: bytes) -> bytes:
        """Write the keys, wrapped anew, beside the present ones; returns the new ``pin_proof_key``. ``unlock`` uses whichever of the
        two the server's share opens and drops neither while the present one opens; beginning again replaces the waiting one."""
        ...

    def finish_pin_change(self, vault_name: str) -> None:
        """The server took the new PIN: drop the old wrapping. No effect if it is gone already."""
        ...

    def erase(self, vault_name: str) -> None:
        """Destroy the keys. No error if they are gone already."""
        ...

    def names(self) -> list[str]:
        """What the vault holds."""
        ...
