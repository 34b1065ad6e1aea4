"""The bodies of the phone's statements: one frozen class for each, fields as in the protocol; ``body`` gives
the JSON object."""

from dataclasses import asdict, dataclass
from typing import Final

from mobile_app.link import fields

VERSION: Final = 1
MAX_REASON: Final = 500
MAX_BODY: Final = 64 << 10
MAX_APPROVAL_BODY: Final = 512 << 10


@dataclass(frozen=True, slots=True)
class DeviceHello:
    """``phoneseal.device_hello.v1`` (§2.1)."""

    device_id: str
    server_id: str
    nonce: bytes
    phone_nonce: bytes

    def body(self) -> dict[str, object]:
        return {
            "version": VERSION,
            "device_id": self.device_id,
            "server_id": self.server_id,
            "nonce": fields.encode_bytes(self.nonce),
            "phone_nonce": fields.encode_bytes(self.phone_nonce),
        }


class _Plain:
    """Bodies whose fields are JSON as they stand."""

    __slots__ = ()

    def body(self) -> dict[str, object]:
        return {"version": VERSION, **asdict(self)}  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class DeviceApproval(_Plain):
    """``phoneseal.device_approval.v1`` (§3). ``decision``: ``approve`` or ``reject``."""

    pairing_id: str
    device_id: str
    transcript_sha256: str
    digits: str
    decision: str
    approved_at: int
    counter: int


@dataclass(frozen=True, slots=True)
class CodeChoice(_Plain):
    """``phoneseal.code_choice.v1`` (§4.4)."""

    request_id: str
    envelope_sha256: str
    device_id: str
    code: str
    chosen_at: int


@dataclass(frozen=True, slots=True)
class RefusedItem:
    position: int
    reason: str


@dataclass(frozen=True, slots=True)
class Approval(_Plain):
    """``phoneseal.approval.v1`` (§4.4). ``refused`` ascending by position."""

    server_id: str
    request_id: str
    envelope_sha256: str
    device_id: str
    credential_id: str
    certificate_sha256: str
    manifest_root: str
    item_count: int
    approved_count: int
    refused: tuple[RefusedItem, ...]
    verification_code: str
    approved_at: int
    counter: int


@dataclass(frozen=True, slots=True)
class Refusal(_Plain):
    """``phoneseal.refusal.v1`` (§4.4)."""

    request_id: str
    envelope_sha256: str
    device_id: str
    end_result: str
    reason: str
    detail: str
    refused_at: int


@dataclass(frozen=True, slots=True)
class DeviceWish(_Plain):
    """``phoneseal.freeze.v1`` and ``phoneseal.unpair.v1`` (§5)."""

    device_id: str
    at: int


@dataclass(frozen=True, slots=True)
class Block(_Plain):
    """``phoneseal.block.v1`` (§5.2). ``scope``: ``relying_party`` or ``person``."""

    device_id: str
    request_id: str
    relying_party_id: str
    scope: str
    at: int


@dataclass(frozen=True, slots=True)
class Unblock(_Plain):
    """``phoneseal.unblock.v1`` (§5.2)."""

    device_id: str
    block_id: str
    at: int
