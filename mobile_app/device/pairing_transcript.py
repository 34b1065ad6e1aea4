"""What both sides saw of a pairing, in one string of bytes, and what is derived from it (protocol §3)."""

import hashlib
from dataclasses import dataclass

from mobile_app.device.key_vault import PublicKeys
from mobile_app.device.statements import lp, pae
from mobile_app.link.pairing_wire import BeginAnswer


def commitment(phone_nonce: bytes, keys: PublicKeys) -> bytes:
    """Binds the phone to its keys before it sees the server's nonce, so that nobody can search for fitting
    digits."""
    digests = b"".join(hashlib.sha256(key).digest() for key in (keys.device, keys.approval, keys.signing))
    return hashlib.sha256(pae("phoneseal.pairing_commitment.v1", phone_nonce + digests)).digest()


@dataclass(frozen=True, slots=True)
class Transcript:
    octets: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.octets).hexdigest()

    @property
    def digits(self) -> str:
        """The six digits that the person compares with the browser."""
        digest = hashlib.sha256(pae("phoneseal.pairing_digits.v1", self.octets)).digest()
        return f"{int.from_bytes(digest[:8], 'big') % 10**6:06d}"

    def proof_message(self, role: str) -> bytes:
        """What the key of ``role`` (``device``, ``approval``, ``signing``) signs to prove that the phone has
        it."""
        return pae("phoneseal.pairing_proof.v1", lp(role) + self.octets)


def transcript(begun: BeginAnswer, phone_nonce: bytes, keys: PublicKeys) -> Transcript:
    parts: tuple[bytes | str, ...] = (
        begun.pairing_id,
        begun.server_id,
        begun.server_nonce,
        begun.request_signing_key,
        begun.recovery_key,
        commitment(phone_nonce, keys),
        phone_nonce,
        keys.device,
        keys.approval,
        keys.signing,
    )
    return Transcript(b"".join(lp(part) for part in parts))
