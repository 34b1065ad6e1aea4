"""The key vault of a phone: the file vault, its files behind a key of Android's key store (decision 0007).

Rules:
* The key store wraps in addition: approval key and signing key still open with PIN and the server's share only.
* A stretched PIN may come in the PIN's place, from ``BiometricUnlock``; the server counts it like any other try. Kept is only what has
  just opened the keys, and it goes when a PIN change begins, when it ends, and with the keys.
"""

from collections.abc import Callable
from typing import Protocol

from mobile_app.android.keystore_key import KeystoreKey
from mobile_app.android.sealed_files import SealedFiles
from mobile_app.device.file_vault import FilePinAttempt, FileVault, NewFileVault, UnlockedFileKeys
from mobile_app.device.key_vault import KeyChoice, PinAttempt
from mobile_app.device.pin_keys import is_stretched
from mobile_app.device.pin_rules import wipe
from mobile_app.device.profile import Profile


class StretchedPinStore(Protocol):
    """Where a PIN that has just proved right may be kept under the person's biometrics."""

    def keep(self, vault_name: str, stretched: bytearray) -> None:
        """If the person wants that. Never raises; overwrites ``stretched``."""
        ...

    def forget(self, vault_name: str) -> None:
        """No error if there is none."""
        ...


class KeystorePinAttempt:
    """See ``key_vault.PinAttempt``."""

    def __init__(self, inner: FilePinAttempt, proved_right: Callable[[bytearray], None]) -> None:
        """``proved_right`` gets a copy of what was stretched, once it has opened the keys."""
        self.inner = inner
        self._proved_right = proved_right

    def proof(self, nonce: bytes, device_id: str) -> bytes:
        return self.inner.proof(nonce, device_id)

    def unlock(self, vault_share: bytes) -> UnlockedFileKeys:
        keys = self.inner.unlock(vault_share)
        self._proved_right(self.inner.stretched())
        return keys

    def close(self) -> None:
        self.inner.close()


class KeystoreVault:
    """See ``key_vault.KeyVault``."""

    def __init__(self, profile: Profile, key: KeystoreKey, biometrics: StretchedPinStore) -> None:
        self._key = key
        self._biometrics = biometrics
        self._files = FileVault(SealedFiles(profile, key))

    @property
    def key_protection(self) -> str:
        return self._key.protection

    def make(self, choice: KeyChoice, csr_common_name: str) -> NewFileVault:
        self._key.make()
        return self._files.make(choice, csr_common_name)

    def sign_as_device(self, vault_name: str, message: bytes) -> bytes:
        return self._files.sign_as_device(vault_name, message)

    def attempt(self, vault_name: str, pin: bytearray) -> KeystorePinAttempt:
        by_biometrics = is_stretched(pin)
        inner = self._files.attempt(vault_name, pin)
        return KeystorePinAttempt(inner, wipe if by_biometrics else lambda pin: self._biometrics.keep(vault_name, pin))

    def begin_pin_change(self, attempt: PinAttempt, vault_share: bytes, new_pin: bytearray, new_share: bytes) -> bytes:
        assert isinstance(attempt, KeystorePinAttempt)
        self._biometrics.forget(attempt.inner.vault_name)
        return self._files.begin_pin_change(attempt.inner, vault_share, new_pin, new_share)

    def finish_pin_change(self, vault_name: str) -> None:
        self._biometrics.forget(vault_name)
        self._files.finish_pin_change(vault_name)

    def erase(self, vault_name: str) -> None:
        """The key store's key goes with the last pairing: a new one begins with a new key."""
        self._biometrics.forget(vault_name)
        self._files.erase(vault_name)
        if not self._files.names():
            self._key.destroy()

    def names(self) -> list[str]:
        return self._files.names()
