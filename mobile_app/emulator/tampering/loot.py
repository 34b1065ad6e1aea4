"""What the thief has seen and got hold of on this phone: shared by the wrappers of one phone's vault, socket
and HTTP link.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.device.key_vault import KeyVault, UnlockedKeys
from mobile_app.emulator.scenario import Tampering
from mobile_app.emulator.tampering.falsify import Statement, Values


class NothingToUse(Exception):
    """The falsification needs something that has not been seen yet (an earlier request, an open key)."""


@dataclass(frozen=True)
class ManifestEntry:
    request_id: str
    position: int
    signature_algorithm: str
    dtbs: bytes


@dataclass
class Loot:
    vault: KeyVault
    tampering: tuple[Tampering, ...]
    vault_name: str = ""
    unlocked: UnlockedKeys | None = None
    entries: dict[bytes, list[ManifestEntry]] = field(default_factory=dict)
    """By DTBS: two items may share one."""
    approvals: dict[str, Statement] = field(default_factory=dict)
    choices: dict[str, Statement] = field(default_factory=dict)
    proofs: list[Mapping[str, object]] = field(default_factory=list)
    chunks: dict[str, list[Values]] = field(default_factory=dict)
    counters: list[int] = field(default_factory=list)
    codes: dict[str, list[str]] = field(default_factory=dict)
    """The three codes of each request, as its envelope offers them."""
    current: str | None = None
    """The request that the last message was about."""
    _numbers: dict[str, int] = field(default_factory=dict)

    def opened(self, request_id: str) -> None:
        """Count it: requests are numbered from 1 as they are opened in this run."""
        self._numbers.setdefault(request_id, len(self._numbers) + 1)

    def wanted(self, names: tuple[str, ...], request_id: str | None) -> list[Tampering]:
        """The scenario's falsifications of these names that count for this request. One that was not opened
        in
        this run has no number."""
        number = self._numbers.get(request_id or "", 0)
        return [entry for entry in self.tampering if entry.name in names and entry.request in (0, number)]

    def see_manifest(
        self, request_id: str, items: Sequence[Mapping[str, object]], dtbs: Sequence[bytes]
    ) -> None:
        self.opened(request_id)
        for item, message in zip(items, dtbs, strict=True):
            position, algorithm = item.get("position"), item.get("signature_algorithm")
            if isinstance(position, int) and isinstance(algorithm, str):
                entry = ManifestEntry(request_id, position, algorithm, message)
                known = self.entries.setdefault(message, [])
                if entry not in known:
                    known.append(entry)

    def dtbs_at(self, request_id: str, position: int) -> bytes:
        for message, entries in self.entries.items():
            if any(entry.request_id == request_id and entry.position == position for entry in entries):
                return message
        raise NothingToUse(f"no item at position {position} was seen")

    def earlier(self, kept: Mapping[str, object], request_id: str) -> str:
        """An earlier request of which something was kept."""
        for other in kept:
            if other != request_id:
                return other
        raise NothingToUse("no earlier request of this run to replay from")

    def sign_as_device(self, message: bytes) -> bytes:
        if not self.vault_name:
            raise NothingToUse("the device key was not used yet")
        return self.vault.sign_as_device(self.vault_name, message)

    def sign_approval(self, message: bytes) -> bytes:
        if self.unlocked is None:
            raise NothingToUse("the approval key is not open")
        return self.unlocked.sign_approval(message)

    def sign_with_stranger(self, message: bytes) -> bytes:
        """By a P-256 key that was never paired."""
        return ec.generate_private_key(ec.SECP256R1()).sign(message, ec.ECDSA(hashes.SHA256()))
