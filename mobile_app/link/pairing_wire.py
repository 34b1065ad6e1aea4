"""The messages of pairing, which go over HTTP before there is a session (protocol §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mobile_app.link import fields
from mobile_app.link.manifest_wire import ALGORITHMS
from mobile_app.link.phone_statements import VERSION
from mobile_app.link.wire import PAIRING_STATES, Statement, read_statement

CHECK_PATH: Final = "/device/pairing/check"
BEGIN_PATH: Final = "/device/pairing/begin"
REVEAL_PATH: Final = "/device/pairing/reveal"
STATUS_PATH: Final = "/device/pairing/status"


def check_message(code: str) -> dict[str, object]:
    return {"version": VERSION, "code": code}


def read_check_answer(value: object) -> bytes:
    """The server's request-signing key."""
    found = fields.record(value, frozenset({"request_signing_key"}))
    return fields.octets32(found["request_signing_key"], "request_signing_key")


def begin_message(code: str, commitment: bytes, device_name: str, platform: str, app_version: str) -> dict[str, object]:
    return {
        "version": VERSION,
        "code": code,
        "commitment": commitment.hex(),
        "device_name": device_name,
        "platform": platform,
        "app_version": app_version,
    }


@dataclass(frozen=True, slots=True)
class BeginAnswer:
    pairing_id: str
    server_id: str
    server_name: str
    server_nonce: bytes
    request_signing_key: bytes
    key_counter: int
    recovery_key: bytes
    subscriber_name: str
    signature_algorithms: tuple[str, ...]


_BEGIN = fields.names(
    "pairing_id server_id server_name server_nonce request_signing_key key_counter recovery_key"
    " subscriber_name signature_algorithms"
)


def read_begin_answer(value: object) -> BeginAnswer:
    found = fields.record(value, _BEGIN)
    algorithms = fields.listing(found["signature_algorithms"], "signature_algorithms", 1, 4)
    return BeginAnswer(
        fields.identifier(found["pairing_id"], "pairing_id", "pa"),
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.text(found["server_name"], "server_name", 1, 200),
        fields.octets32(found["server_nonce"], "server_nonce"),
        fields.octets32(found["request_signing_key"], "request_signing_key"),
        fields.integer(found["key_counter"], "key_counter", 1),
        fields.octets32(found["recovery_key"], "recovery_key"),
        fields.text(found["subscriber_name"], "subscriber_name", 1, 200),
        tuple(fields.one_of(one, "signature_algorithms", ALGORITHMS) for one in algorithms),
    )


@dataclass(frozen=True, slots=True)
class Reveal:
    """What the phone lays open after the server has given its nonce. Keys and CSR are DER."""

    pairing_id: str
    phone_nonce: bytes
    device_key: bytes
    approval_key: bytes
    csr: bytes
    signature_algorithm: str
    key_protection: str
    vault_share: bytes
    pin_proof_key: bytes
    proofs: Mapping[str, bytes]

    def message(self) -> dict[str, object]:
        return {
            "pairing_id": self.pairing_id,
            "phone_nonce": fields.encode_bytes(self.phone_nonce),
            "device_key": fields.encode_bytes(self.device_key),
            "approval_key": fields.encode_bytes(self.approval_key),
            "csr": fields.encode_bytes(self.csr),
            "signature_algorithm": self.signature_algorithm,
            "key_protection": self.key_protection,
            "vault_share": fields.encode_bytes(self.vault_share),
            "pin_proof_key": fields.encode_bytes(self.pin_proof_key),
            "proofs": {role: fields.encode_bytes(proof) for role, proof in self.proofs.items()},
        }


def read_reveal_answer(value: object) -> str:
    """The pairing's state. The server's digits are read and dropped: the phone shows its own."""
    found = fields.record(value, fields.names("state digits"))
    fields.six_digits(found["digits"], "digits")
    return fields.one_of(found["state"], "state", PAIRING_STATES)


def status_message(pairing_id: str, proof: bytes) -> dict[str, object]:
    return {"pairing_id": pairing_id, "proof": fields.encode_bytes(proof)}


@dataclass(frozen=True, slots=True)
class NewCredential:
    """``certificate_chain`` begins with the issuer and ends with the root."""

    credential_id: str
    signature_algorithm: str
    certificate: bytes
    certificate_chain: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    state: str
    credential: NewCredential | None
    completed: Statement | None


_CREDENTIAL = fields.names("credential_id signature_algorithm certificate certificate_chain")


def _read_credential(value: object) -> NewCredential:
    found = fields.record(value, _CREDENTIAL, "credential")
    chain = fields.listing(found["certificate_chain"], "certificate_chain", 1, 8)
    return NewCredential(
        fields.identifier(found["credential_id"], "credential_id", "cr"),
        fields.one_of(found["signature_algorithm"], "signature_algorithm", ALGORITHMS),
        fields.octets(found["certificate"], "certificate", 150, 12288),
        tuple(fields.octets(one, "certificate_chain", 150, 12288) for one in chain),
    )


def read_status_answer(value: object) -> StatusAnswer:
    found = fields.record(value, fields.names("state credential completed"))
    return StatusAnswer(
        fields.one_of(found["state"], "state", PAIRING_STATES),
        fields.nullable(found["credential"], _read_credential),
        fields.nullable(found["completed"], lambda one: read_statement(one, "completed")),
    )
