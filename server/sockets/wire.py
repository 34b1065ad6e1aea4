"""The server's half of the wire: what a phone's message must look like, field by field (docs/protocol.md §1–§5).

Every reader takes what arrived and returns typed values or raises ``BadInput(bad_message)``; unknown and missing fields are refused. The
other half, ``mobile_app/link/wire.py``, is written separately on purpose; schemas and vectors hold both to the same bytes.
"""

import re
from dataclasses import dataclass
from typing import Any

from server.devices.blocked_requester import BlockedRequester
from server.devices.device import Device
from server.devices.pairing import Revealed
from server.errors import BadInput, PhoneSealError
from server.ids import is_id
from server.statements import APPROVAL_LIMIT, Statement, b64, read_statement, unb64

VERSIONS = (1,)
NONCE_BYTES = 32
VALUES_LIMIT = 512 * 1024
_HEX64 = re.compile(r"[0-9a-f]{64}")
_ENDPOINT = re.compile(r"[!-~]{1,1000}")


def fields_of(message: object, names: frozenset[str]) -> dict[str, Any]:
    """``message`` as an object with exactly ``names``."""
    if not isinstance(message, dict) or set(message) != names:
        raise BadInput("a message holds exactly its fields", code="bad_message")
    return message


def read_id(value: object, prefix: str) -> str:
    if not is_id(value, prefix):
        raise BadInput(f"not a {prefix}_ identifier", code="bad_message")
    return str(value)


def read_hex(value: object) -> str:
    if not isinstance(value, str) or _HEX64.fullmatch(value) is None:
        raise BadInput("not a digest", code="bad_message")
    return value


def read_text(value: object, shortest: int, longest: int) -> str:
    if not isinstance(value, str) or not shortest <= len(value) <= longest:
        raise BadInput("text of another length", code="bad_message")
    return value


def read_count(value: object, least: int, most: int = 2**53 - 1) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadInput("number out of range", code="bad_message")
    return value


def only_statement(message: object, name: str, *, limit: int | None = None) -> Statement:
    """A message whose one field is a statement."""
    value = fields_of(message, frozenset({name}))[name]
    return read_statement(value) if limit is None else read_statement(value, limit=limit)


@dataclass(frozen=True, slots=True)
class Hello:
    device_id: str
    phone_nonce: bytes
    key_counter: int


def read_hello(message: object) -> Hello:
    names = {"versions", "device_id", "phone_nonce", "app_version", "platform", "key_counter"}
    fields = fields_of(message, frozenset(names))
    versions = fields["versions"]
    if not isinstance(versions, list) or not 1 <= len(versions) <= 8:
        raise BadInput("versions", code="bad_message")
    offered = {read_count(version, 1) for version in versions}
    if len(offered) != len(versions):
        raise BadInput("a version stands twice", code="bad_message")
    if offered.isdisjoint(VERSIONS):
        raise BadInput("no common version", code="version_unsupported", details={"versions": list(VERSIONS)})
    read_text(fields["app_version"], 1, 32)
    read_text(fields["platform"], 1, 64)
    return Hello(
        read_id(fields["device_id"], "dev"),
        unb64(fields["phone_nonce"], length=NONCE_BYTES),
        read_count(fields["key_counter"], 1),
    )


def read_empty(message: object) -> None:
    fields_of(message, frozenset())


def read_opened(message: object) -> tuple[str, str]:
    """Request and envelope digest."""
    fields = fields_of(message, frozenset({"request_id", "envelope_sha256"}))
    return read_id(fields["request_id"], "sr"), read_hex(fields["envelope_sha256"])


def read_choice(message: object) -> Statement:
    return only_statement(message, "choice")


def read_approval(message: object) -> Statement:
    return only_statement(message, "approval", limit=APPROVAL_LIMIT)


def read_refusal(message: object) -> Statement:
    return only_statement(message, "refusal")


def read_release(message: object) -> tuple[bytes, bytes]:
    """Nonce and PIN proof."""
    fields = fields_of(message, frozenset({"nonce", "proof"}))
    return unb64(fields["nonce"], length=NONCE_BYTES), unb64(fields["proof"], length=32)


def read_change_pin(message: object) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Nonce, proof by the old PIN, new share, new proof key, the change's name."""
    fields = fields_of(message, frozenset({"nonce", "proof", "vault_share", "pin_proof_key", "change_id"}))
    return (
        unb64(fields["nonce"], length=NONCE_BYTES),
        unb64(fields["proof"], length=32),
        unb64(fields["vault_share"], length=32),
        unb64(fields["pin_proof_key"], length=32),
        unb64(fields["change_id"], length=32),
    )


def read_finish_pin_change(message: object) -> bytes:
    return unb64(fields_of(message, frozenset({"change_id"}))["change_id"], length=32)


def phone_line(device: Device) -> dict[str, Any]:
    """One phone of ``devices``."""
    return {
        "device_id": device.device_id,
        "name": device.name,
        "platform": device.platform,
        "state": device.state,
        "key_protection": device.key_protection,
        "paired_at": int(device.paired_at * 1000),
        "last_seen_at": None if device.last_seen_at is None else int(device.last_seen_at * 1000),
    }


def blocked_line(block: BlockedRequester) -> dict[str, Any]:
    """One requester of ``blocked``, and what ``block`` answers."""
    return {
        "block_id": block.block_id,
        "relying_party": {"id": block.relying_party_id, "name": block.relying_party_name},
        "scope": block.scope,
        "person": block.person,
        "blocked_at": int(block.blocked_at * 1000),
    }


def push_gateway(vapid_key: bytes | None, subscribed: bool) -> dict[str, Any]:
    return {"vapid_key": None if vapid_key is None else b64(vapid_key), "subscribed": subscribed}


def read_set_push(message: object) -> tuple[str, bytes, bytes] | None:
    """Endpoint, the phone's key (65 bytes) and authentication secret (16 bytes); None when it need not be woken."""
    value = fields_of(message, frozenset({"subscription"}))["subscription"]
    if value is None:
        return None
    fields = fields_of(value, frozenset({"endpoint", "p256dh", "auth"}))
    endpoint = fields["endpoint"]
    if not isinstance(endpoint, str) or _ENDPOINT.fullmatch(endpoint) is None:
        raise BadInput("an endpoint is visible ASCII", code="bad_message")
    return endpoint, unb64(fields["p256dh"], length=65), unb64(fields["auth"], length=16)


def read_signatures(message: object) -> tuple[str, str, bytes]:
    """Request, approval digest, values."""
    fields = fields_of(message, frozenset({"request_id", "approval_sha256", "values"}))
    values = fields["values"]
    if not isinstance(values, bytes | bytearray) or len(values) > VALUES_LIMIT:
        raise BadInput("values are bytes", code="bad_message")
    return read_id(fields["request_id"], "sr"), read_hex(fields["approval_sha256"]), bytes(values)


def read_resume(message: object) -> str:
    return read_id(fields_of(message, frozenset({"request_id"}))["request_id"], "sr")


@dataclass(frozen=True, slots=True)
class Begin:
    code: str
    commitment: bytes
    device_name: str
    platform: str


def read_check(message: object) -> str:
    """The pairing code that is asked about."""
    fields = fields_of(message, frozenset({"version", "code"}))
    _check_version(fields["version"])
    return read_text(fields["code"], 1, 40)


def read_begin(message: object) -> Begin:
    names = {"version", "code", "commitment", "device_name", "platform", "app_version"}
    fields = fields_of(message, frozenset(names))
    _check_version(fields["version"])
    read_text(fields["app_version"], 1, 32)
    return Begin(
        read_text(fields["code"], 1, 40),
        bytes.fromhex(read_hex(fields["commitment"])),
        read_text(fields["device_name"], 1, 64),
        read_text(fields["platform"], 1, 64),
    )


def _check_version(value: object) -> None:
    if read_count(value, 0) not in VERSIONS:
        raise BadInput("unknown version", code="version_unsupported", details={"versions": list(VERSIONS)})


def read_reveal(message: object) -> Revealed:
    names = {
        "pairing_id",
        "phone_nonce",
        "device_key",
        "approval_key",
        "csr",
        "signature_algorithm",
        "key_protection",
        "vault_share",
        "pin_proof_key",
        "proofs",
    }
    fields = fields_of(message, frozenset(names))
    proofs = fields_of(fields["proofs"], frozenset({"device", "approval", "signing"}))
    return Revealed(
        pairing_id=read_id(fields["pairing_id"], "pa"),
        phone_nonce=unb64(fields["phone_nonce"], length=NONCE_BYTES),
        device_key=unb64(fields["device_key"], limit=1024),
        approval_key=unb64(fields["approval_key"], limit=1024),
        csr=unb64(fields["csr"], limit=8192),
        signature_algorithm=read_text(fields["signature_algorithm"], 1, 64),
        key_protection=read_text(fields["key_protection"], 1, 64),
        vault_share=unb64(fields["vault_share"], length=32),
        pin_proof_key=unb64(fields["pin_proof_key"], length=32),
        proof_device=unb64(proofs["device"], limit=256),
        proof_approval=unb64(proofs["approval"], limit=256),
        proof_signing=unb64(proofs["signing"], limit=1024),
    )


def read_status(message: object) -> tuple[str, bytes]:
    """Pairing and proof."""
    fields = fields_of(message, frozenset({"pairing_id", "proof"}))
    return read_id(fields["pairing_id"], "pa"), unb64(fields["proof"], limit=256)


def error_answer(error: PhoneSealError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": str(error)[:500], "details": error.details}}


def internal_answer() -> dict[str, Any]:
    return {"error": {"code": "internal", "message": "", "details": {}}}


def statement_or_none(statement: Statement | None) -> dict[str, str] | None:
    return None if statement is None else statement.to_json()
