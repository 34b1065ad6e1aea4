"""A vault that signs something else, or with something else, than what it was asked for.

What it returns goes into the phone's journal and out in the usual chunks, so that the server sees a phone
that behaves well and a value that is false.
"""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from mobile_app.device.key_vault import KeyChoice, KeyVault, NewVault, PinAttempt, UnlockedKeys
from mobile_app.emulator.events import Teller
from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering.falsify import flip_bit
from mobile_app.emulator.tampering.loot import Loot, ManifestEntry, NothingToUse

_NAMES = ("signature_bit", "signature_other_key", "signature_other_attributes", "signature_swapped")


class SpoiltKeys:
    """UnlockedKeys whose signature values at the named positions are false."""

    def __init__(self, inner: UnlockedKeys, loot: Loot, teller: Teller) -> None:
        self._inner = inner
        self._loot = loot
        self._teller = teller

    def sign(self, dtbs: Sequence[bytes]) -> list[bytes]:
        values = self._inner.sign(dtbs)
        return [self._spoil(message, value) for message, value in zip(dtbs, values, strict=True)]

    def _spoil(self, message: bytes, value: bytes) -> bytes:
        for entry in self._loot.entries.get(message, ())[-1:]:
            for wanted in self._loot.wanted(_NAMES, entry.request_id):
                if wanted.positions is None or entry.position in wanted.positions:
                    value = self._false_value(wanted, entry, value)
                    self._teller.tell(
                        "tampered", how=wanted.name, request_id=entry.request_id, position=entry.position
                    )
        return value

    def _false_value(self, wanted: Tampering, entry: ManifestEntry, value: bytes) -> bytes:
        if wanted.name == "signature_bit":
            return flip_bit(value)
        if wanted.name == "signature_other_key":
            return sign_with_another_key(entry.signature_algorithm, entry.dtbs)
        if wanted.name == "signature_other_attributes":
            return self._inner.sign([flip_bit(entry.dtbs)])[0]
        assert wanted.positions is not None
        first, second = wanted.positions
        try:
            other = self._loot.dtbs_at(entry.request_id, second if entry.position == first else first)
        except NothingToUse as error:
            self._teller.tell(
                "error", code="nothing_to_use", details={"why": str(error)}, request_id=entry.request_id
            )
            return value
        return self._inner.sign([other])[0]

    def sign_approval(self, message: bytes) -> bytes:
        return self._inner.sign_approval(message)

    def close(self) -> None:
        if self._loot.unlocked is self._inner:
            self._loot.unlocked = None
        self._inner.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()


class WatchedAttempt:
    """A PinAttempt whose keys, once open, the thief may use too."""

    def __init__(self, inner: PinAttempt, loot: Loot, teller: Teller) -> None:
        self.inner = inner
        self._loot = loot
        self._teller = teller

    def proof(self, nonce: bytes, device_id: str) -> bytes:
        return self.inner.proof(nonce, device_id)

    def unlock(self, vault_share: bytes) -> UnlockedKeys:
        keys = self.inner.unlock(vault_share)
        self._loot.unlocked = keys
        return SpoiltKeys(keys, self._loot, self._teller)

    def close(self) -> None:
        self.inner.close()


class SpoiltVault:
    """A KeyVault that hands out SpoiltKeys and lets the thief use the open keys."""

    def __init__(self, inner: KeyVault, loot: Loot, teller: Teller) -> None:
        self._inner = inner
        self._loot = loot
        self._teller = teller

    @property
    def key_protection(self) -> str:
        return self._inner.key_protection

    def make(self, choice: KeyChoice, csr_common_name: str) -> NewVault:
        return self._inner.make(choice, csr_common_name)

    def sign_as_device(self, vault_name: str, message: bytes) -> bytes:
        self._loot.vault_name = vault_name
        return self._inner.sign_as_device(vault_name, message)

    def attempt(self, vault_name: str, pin: bytearray) -> PinAttempt:
        return WatchedAttempt(self._inner.attempt(vault_name, pin), self._loot, self._teller)

    def begin_pin_change(
        self, attempt: PinAttempt, vault_share: bytes, new_pin: bytearray, new_share: bytes
    ) -> bytes:
        inner = attempt.inner if isinstance(attempt, WatchedAttempt) else attempt
        return self._inner.begin_pin_change(inner, vault_share, new_pin, new_share)

    def finish_pin_change(self, vault_name: str) -> None:
        self._inner.finish_pin_change(vault_name)

    def erase(self, vault_name: str) -> None:
        self._inner.erase(vault_name)

    def names(self) -> list[str]:
        return self._inner.names()


def sign_with_another_key(signature_algorithm: str, message: bytes) -> bytes:
    """A well formed value of the same algorithm, by a key made for the occasion."""
    if signature_algorithm.startswith("ecdsa_"):
        p384 = signature_algorithm == "ecdsa_p384_sha384"
        curve: ec.EllipticCurve = ec.SECP384R1() if p384 else ec.SECP256R1()
        digest: hashes.HashAlgorithm = hashes.SHA384() if p384 else hashes.SHA256()
        return ec.generate_private_key(curve).sign(message, ec.ECDSA(digest))
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    if signature_algorithm == "rsa_pss_sha256":
        return key.sign(message, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
