"""A credential: key pair and certificate. ``key_location`` says where the private key lives: on the device, or in an HSM."""

from dataclasses import dataclass
from enum import StrEnum


class CredentialState(StrEnum):
    ACTIVE = "ACTIVE"
    ENDED = "ENDED"  # its phone was unpaired or re-enrolled


@dataclass(frozen=True, slots=True)
class Credential:
    """``certificate`` and each entry of ``certificate_chain`` (issuer first) are DER; times are seconds since the epoch."""

    credential_id: str
    subscriber_id: str
    device_id: str | None
    key_location: str
    signature_algorithm: str
    certificate: bytes
    certificate_chain: tuple[bytes, ...]
    certificate_sha256: str
    state: CredentialState
    not_before: float
    not_after: float
    created_at: float

    def usable(self, now: float) -> bool:
        return self.state is CredentialState.ACTIVE and self.not_before <= now < self.not_after
