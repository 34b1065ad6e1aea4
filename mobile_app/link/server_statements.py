"""The bodies of the server's statements: one frozen class and one strict reader for each, fields as in the
protocol.

A ``read_…`` takes the parsed JSON object and raises ``Malformed``. Digests stay hex text, as they are
compared as such; keys and nonces become bytes. Who signed is the business of ``device.statements``. Longer
than other files because it is one table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mobile_app.link import fields

MAX_ITEMS: Final = 10_000
MAX_PAGES: Final = 200_000
MAX_PREPARED_BYTES: Final = 4 << 30
FINAL_STATES: Final = frozenset(("COMPLETED", "REFUSED", "EXPIRED", "CANCELLED", "FAILED"))
STATES: Final = FINAL_STATES | {"PREPARING", "QUEUED", "PUSHED", "OPENED", "SIGNING", "ANSWERED"}
END_RESULTS: Final = fields.names(
    "ok user_refused cancelled timeout expired wrong_verification_code document_mismatch device_error"
    " answered_elsewhere no_device server_error"
)
WITHDRAWALS: Final = frozenset(("cancelled", "expired", "answered_elsewhere", "no_device"))


def _version(found: Mapping[str, object]) -> None:
    fields.integer(found["version"], "version", 1, 1)


@dataclass(frozen=True, slots=True)
class ServerHello:
    """``phoneseal.server_hello.v1`` (§2.1)."""

    server_id: str
    device_id: str
    nonce: bytes
    phone_nonce: bytes
    server_time: int
    session_expires_at: int


_SERVER_HELLO = fields.names("version server_id device_id nonce phone_nonce server_time session_expires_at")


def read_server_hello(value: object) -> ServerHello:
    found = fields.record(value, _SERVER_HELLO)
    _version(found)
    return ServerHello(
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.identifier(found["device_id"], "device_id", "dev"),
        fields.octets32(found["nonce"], "nonce"),
        fields.octets32(found["phone_nonce"], "phone_nonce"),
        fields.integer(found["server_time"], "server_time"),
        fields.integer(found["session_expires_at"], "session_expires_at"),
    )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """``phoneseal.withdrawal.v1`` (§2.2)."""

    request_id: str
    envelope_sha256: str
    end_result: str
    at: int


_WITHDRAWAL = fields.names("version request_id envelope_sha256 end_result at")


def read_withdrawal(value: object) -> Withdrawal:
    found = fields.record(value, _WITHDRAWAL)
    _version(found)
    return Withdrawal(
        fields.identifier(found["request_id"], "request_id", "sr"),
        fields.digest(found["envelope_sha256"], "envelope_sha256"),
        fields.one_of(found["end_result"], "end_result", WITHDRAWALS),
        fields.integer(found["at"], "at"),
    )


@dataclass(frozen=True, slots=True)
class NewDeviceRequest:
    """``phoneseal.new_device.v1`` (§2.2)."""

    server_id: str
    pairing_id: str
    subscriber_id: str
    device_name: str
    platform: str
    transcript_sha256: str
    digits: str
    expires_at: int


_NEW_DEVICE = fields.names(
    "version server_id pairing_id subscriber_id device_name platform transcript_sha256 digits expires_at"
)


def read_new_device(value: object) -> NewDeviceRequest:
    found = fields.record(value, _NEW_DEVICE)
    _version(found)
    return NewDeviceRequest(
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.identifier(found["pairing_id"], "pairing_id", "pa"),
        fields.identifier(found["subscriber_id"], "subscriber_id", "sub"),
        fields.text(found["device_name"], "device_name", 1, 64),
        fields.text(found["platform"], "platform", 1, 64),
        fields.digest(found["transcript_sha256"], "transcript_sha256"),
        fields.six_digits(found["digits"], "digits"),
        fields.integer(found["expires_at"], "expires_at"),
    )


@dataclass(frozen=True, slots=True)
class KeyRotation:
    """``phoneseal.key_rotation.v1`` (§3)."""

    server_id: str
    counter: int
    request_signing_key: bytes
    at: int


_KEY_ROTATION = fields.names("version server_id counter request_signing_key at")


def read_key_rotation(value: object) -> KeyRotation:
    found = fields.record(value, _KEY_ROTATION)
    _version(found)
    return KeyRotation(
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.integer(found["counter"], "counter", 2),
        fields.octets32(found["request_signing_key"], "request_signing_key"),
        fields.integer(found["at"], "at"),
    )


@dataclass(frozen=True, slots=True)
class PairingCompleted:
    """``phoneseal.pairing_completed.v1`` (§3)."""

    server_id: str
    pairing_id: str
    transcript_sha256: str
    subscriber_id: str
    subscriber_name: str
    device_id: str
    credential_id: str
    certificate_sha256: str
    key_counter: int
    at: int


_PAIRING_COMPLETED = fields.names(
    "version server_id pairing_id transcript_sha256 subscriber_id subscriber_name device_id credential_id"
    " certificate_sha256 key_counter at"
)


def read_pairing_completed(value: object) -> PairingCompleted:
    found = fields.record(value, _PAIRING_COMPLETED)
    _version(found)
    return PairingCompleted(
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.identifier(found["pairing_id"], "pairing_id", "pa"),
        fields.digest(found["transcript_sha256"], "transcript_sha256"),
        fields.identifier(found["subscriber_id"], "subscriber_id", "sub"),
        fields.text(found["subscriber_name"], "subscriber_name", 1, 200),
        fields.identifier(found["device_id"], "device_id", "dev"),
        fields.identifier(found["credential_id"], "credential_id", "cr"),
        fields.digest(found["certificate_sha256"], "certificate_sha256"),
        fields.integer(found["key_counter"], "key_counter", 1),
        fields.integer(found["at"], "at"),
    )


@dataclass(frozen=True, slots=True)
class Envelope:
    """``phoneseal.envelope.v1`` (§4.1)."""

    server_id: str
    request_id: str
    subscriber_id: str
    device_id: str
    credential_id: str
    certificate_sha256: str
    relying_party_id: str
    relying_party_name: str
    requested_by: str
    manifest_root: str
    item_count: int
    total_pages: int
    total_bytes: int
    issued_at: int
    expires_at: int
    verification_codes: tuple[str, str, str]


_ENVELOPE = fields.names(
    "version server_id request_id subscriber_id device_id credential_id certificate_sha256 relying_party"
    " requested_by kind manifest_root item_count total_pages total_bytes issued_at expires_at"
    " verification_codes"
)
_RELYING_PARTY = frozenset(("id", "name"))
_DOCUMENTS = frozenset(("documents",))


def read_envelope(value: object) -> Envelope:
    """Shape and limits. That it is for this phone and in time is ``device.request_checks.envelope``'s."""
    found = fields.record(value, _ENVELOPE)
    _version(found)
    relying_party = fields.record(found["relying_party"], _RELYING_PARTY, "relying_party")
    fields.one_of(found["kind"], "kind", _DOCUMENTS)
    codes = [
        fields.verification_code(one, "verification_codes")
        for one in fields.listing(found["verification_codes"], "verification_codes", 3, 3)
    ]
    return Envelope(
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.identifier(found["request_id"], "request_id", "sr"),
        fields.identifier(found["subscriber_id"], "subscriber_id", "sub"),
        fields.identifier(found["device_id"], "device_id", "dev"),
        fields.identifier(found["credential_id"], "credential_id", "cr"),
        fields.digest(found["certificate_sha256"], "certificate_sha256"),
        fields.identifier(relying_party["id"], "relying_party.id", "rp"),
        fields.text(relying_party["name"], "relying_party.name", 1, 200),
        fields.text(found["requested_by"], "requested_by", 1, 200),
        fields.digest(found["manifest_root"], "manifest_root"),
        fields.integer(found["item_count"], "item_count", 1, MAX_ITEMS),
        fields.integer(found["total_pages"], "total_pages", 1, MAX_PAGES),
        fields.integer(found["total_bytes"], "total_bytes", 1, MAX_PREPARED_BYTES),
        fields.integer(found["issued_at"], "issued_at"),
        fields.integer(found["expires_at"], "expires_at"),
        (codes[0], codes[1], codes[2]),
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """``phoneseal.verdict.v1`` (§4.4)."""

    request_id: str
    envelope_sha256: str
    choice_sha256: str
    verdict: str
    at: int


_VERDICT = fields.names("version request_id envelope_sha256 choice_sha256 verdict at")
_RIGHT_OR_WRONG = frozenset(("right", "wrong"))


def read_verdict(value: object) -> Verdict:
    found = fields.record(value, _VERDICT)
    _version(found)
    return Verdict(
        fields.identifier(found["request_id"], "request_id", "sr"),
        fields.digest(found["envelope_sha256"], "envelope_sha256"),
        fields.digest(found["choice_sha256"], "choice_sha256"),
        fields.one_of(found["verdict"], "verdict", _RIGHT_OR_WRONG),
        fields.integer(found["at"], "at"),
    )


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """``phoneseal.acknowledgement.v1`` (§4.4)."""

    request_id: str
    envelope_sha256: str
    statement_sha256: str
    sign_by: int
    at: int


_ACKNOWLEDGEMENT = fields.names("version request_id envelope_sha256 statement_sha256 state sign_by at")
_SIGNING = frozenset(("SIGNING",))


def read_acknowledgement(value: object) -> Acknowledgement:
    found = fields.record(value, _ACKNOWLEDGEMENT)
    _version(found)
    fields.one_of(found["state"], "state", _SIGNING)
    return Acknowledgement(
        fields.identifier(found["request_id"], "request_id", "sr"),
        fields.digest(found["envelope_sha256"], "envelope_sha256"),
        fields.digest(found["statement_sha256"], "statement_sha256"),
        fields.integer(found["sign_by"], "sign_by"),
        fields.integer(found["at"], "at"),
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """``phoneseal.receipt.v1`` (§4.5). ``rejected``: position → code."""

    request_id: str
    approval_sha256: str
    values_sha256: str
    accepted: int
    rejected: Mapping[int, str]
    missing: int


_RECEIPT = fields.names("version request_id approval_sha256 values_sha256 accepted rejected missing")
_REJECTED = frozenset(("position", "code"))
MAX_CHUNK: Final = 200


def read_receipt(value: object) -> Receipt:
    found = fields.record(value, _RECEIPT)
    _version(found)
    rejected: dict[int, str] = {}
    for one in fields.listing(found["rejected"], "rejected", 0, MAX_CHUNK):
        item = fields.record(one, _REJECTED, "rejected")
        position = fields.integer(item["position"], "rejected.position", 0, MAX_ITEMS - 1)
        if position in rejected:
            fields.malformed("rejected.position", "twice")
        rejected[position] = fields.code(item["code"], "rejected.code")
    return Receipt(
        fields.identifier(found["request_id"], "request_id", "sr"),
        fields.digest(found["approval_sha256"], "approval_sha256"),
        fields.digest(found["values_sha256"], "values_sha256"),
        fields.integer(found["accepted"], "accepted", 0, MAX_CHUNK),
        rejected,
        fields.integer(found["missing"], "missing", 0, MAX_ITEMS),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """``phoneseal.outcome.v1`` (§4.6)."""

    server_id: str
    request_id: str
    envelope_sha256: str
    state: str
    end_result: str
    items_signed: int
    items_refused: int
    items_failed: int
    audit_sequence: int
    audit_head: str
    at: int


_OUTCOME = fields.names(
    "version server_id request_id envelope_sha256 state end_result items_signed items_refused items_failed"
    " audit_sequence audit_head at"
)


def read_outcome(value: object) -> Outcome:
    found = fields.record(value, _OUTCOME)
    _version(found)
    return Outcome(
        fields.identifier(found["server_id"], "server_id", "srv"),
        fields.identifier(found["request_id"], "request_id", "sr"),
        fields.digest(found["envelope_sha256"], "envelope_sha256"),
        fields.one_of(found["state"], "state", FINAL_STATES),
        fields.one_of(found["end_result"], "end_result", END_RESULTS),
        fields.integer(found["items_signed"], "items_signed", 0, MAX_ITEMS),
        fields.integer(found["items_refused"], "items_refused", 0, MAX_ITEMS),
        fields.integer(found["items_failed"], "items_failed", 0, MAX_ITEMS),
        fields.integer(found["audit_sequence"], "audit_sequence", 1),
        fields.digest(found["audit_head"], "audit_head"),
        fields.integer(found["at"], "at"),
    )
