"""The vault's files in the profile, each behind the key store's key.

A file is sealed under its pairing's name, the part before the first dot, so that the box of a PIN change may be renamed over the old one.
"""

from mobile_app.android.keystore_key import KeystoreKey
from mobile_app.device.profile import Profile
from mobile_app.errors import VaultError

_SHORTEST = 12 + 16


class SealedFiles:
    """See ``vault_file.VaultFiles``. Raises VaultError too."""

    def __init__(self, profile: Profile, key: KeystoreKey) -> None:
        self._profile = profile
        self._key = key

    def write(self, name: str, content: bytes) -> None:
        self._profile.write(name, self._key.seal(_pairing(name), content))

    def read(self, name: str) -> bytes:
        sealed = self._profile.read(name)
        if len(sealed) < _SHORTEST:
            raise VaultError("vault_tampered", {"what": "file"})
        return self._key.open(_pairing(name), sealed)

    def rename(self, old: str, new: str) -> None:
        if _pairing(old) != _pairing(new):
            raise ValueError("a sealed file keeps its pairing")
        self._profile.rename(old, new)

    def exists(self, name: str) -> bool:
        return self._profile.exists(name)

    def shred(self, name: str) -> None:
        self._profile.shred(name)

    def names(self, suffix: str) -> list[str]:
        return self._profile.names(suffix)


def _pairing(name: str) -> str:
    return name.partition(".")[0]
