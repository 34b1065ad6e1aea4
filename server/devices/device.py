"""A device and the pairing that makes it; each with its table of moves."""

from dataclasses import dataclass
from enum import StrEnum

from server.errors import Forbidden


class DeviceState(StrEnum):
    ACTIVE = "ACTIVE"
    FROZEN = "FROZEN"  # the share is withheld, nothing is pushed; the owner may thaw it
    UNPAIRED = "UNPAIRED"  # for good


DEVICE_MOVES: dict[DeviceState, frozenset[DeviceState]] = {
    DeviceState.ACTIVE: frozenset({DeviceState.FROZEN, DeviceState.UNPAIRED}),
    DeviceState.FROZEN: frozenset({DeviceState.ACTIVE, DeviceState.UNPAIRED}),
    DeviceState.UNPAIRED: frozenset(),
}


class PairingState(StrEnum):
    WAITING = "waiting"  # the code is shown
    CLAIMED = "claimed"  # a phone used the code and committed to its keys
    CONFIRM_DIGITS = "confirm_digits"  # the person compares six digits
    WAITING_FIRST_DEVICE = "waiting_first_device"  # an earlier phone (or a recovery) must approve
    COMPLETE = "complete"
    REJECTED = "rejected"
    EXPIRED = "expired"


P = PairingState
PAIRING_MOVES: dict[PairingState, frozenset[PairingState]] = {
    P.WAITING: frozenset({P.CLAIMED, P.REJECTED, P.EXPIRED}),
    P.CLAIMED: frozenset({P.CONFIRM_DIGITS, P.REJECTED, P.EXPIRED}),
    P.CONFIRM_DIGITS: frozenset({P.WAITING_FIRST_DEVICE, P.COMPLETE, P.REJECTED, P.EXPIRED}),
    P.WAITING_FIRST_DEVICE: frozenset({P.COMPLETE, P.REJECTED, P.EXPIRED}),
    P.COMPLETE: frozenset(),
    P.REJECTED: frozenset(),
    P.EXPIRED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Device:
    """Keys are DER SubjectPublicKeyInfo; the sealed fields are encrypted under the server's data key."""

    device_id: str
    subscriber_id: str
    name: str
    platform: str
    state: DeviceState
    device_key: bytes
    approval_key: bytes
    key_protection: str
    sealed_vault_share: bytes
    sealed_pin_proof_key: bytes
    counter: int
    wrong_pins: int
    pin_wait_until: float
    paired_at: float
    last_seen_at: float | None = None
    ended_at: float | None = None


def check_active(device: Device) -> None:
    """Raises ``Forbidden`` (device_frozen, device_unpaired) unless the phone may act."""
    if device.state is not DeviceState.ACTIVE:
        raise Forbidden(f"the phone is {device.state.lower()}", code=f"device_{device.state.lower()}")


@dataclass(frozen=True, slots=True)
class Pairing:
    pairing_id: str
    subscriber_id: str
    user_id: str | None
    code_sha256: str
    state: PairingState
    created_at: float
    expires_at: float
    device_name: str | None = None
    platform: str | None = None
    commitment: bytes | None = None
    server_nonce: bytes | None = None
    reveal: str | None = None
    transcript_sha256: str | None = None
    digits: str | None = None
    recovery_at: float | None = None
    confirmed_at: float | None = None
    device_id: str | None = None
    credential_id: str | None = None
    finished_at: float | None = None


@dataclass(frozen=True, slots=True)
class Recovery:
    """Staff's word that a subscriber who lost every phone may pair a new one, from ``effective_at`` on."""

    recovery_id: str
    subscriber_id: str
    staff: str
    effective_at: float
    created_at: float
    used_at: float | None = None
    cancelled_at: float | None = None
