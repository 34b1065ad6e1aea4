"""Entities for the contract suite: valid, small, and different from one another where the contract needs it."""

import itertools
from collections.abc import Sequence
from typing import Any

from server.audit.audit_log import AuditTransaction, Entry, record
from server.devices.device import Device, DeviceState, Pairing, PairingState
from server.documents.document import Document, DocumentState
from server.relying_parties.relying_party import RelyingParty
from server.signing.credential import Credential, CredentialState
from server.signing.offer import Offer
from server.signing.sign_request import ChosenItem, Item, Placement, SignRequest, State
from server.statements import Statement
from server.subscribers.subscriber import Subscriber
from server.users.user import User

NOW = 1_790_000_000.0
_count = itertools.count(1)


def fresh(prefix: str) -> str:
    """Identifiers that rise."""
    return f"{prefix}_{next(_count):026d}"


def party(**changes: Any) -> RelyingParty:
    values = {"relying_party_id": fresh("rp"), "name": "Công ty", "kind": "api", "state": "ACTIVE", "live_limit": 5}
    return RelyingParty(**(values | {"created_at": NOW} | changes))  # type: ignore[arg-type]


def subscriber(**changes: Any) -> Subscriber:
    found = fresh("sub")
    return Subscriber(**({"subscriber_id": found, "name": "Ánh", "handle": found, "created_at": NOW} | changes))


def user(subscriber_id: str | None = None, **changes: Any) -> User:
    found = fresh("usr")
    values = {
        "user_id": found, "login": found, "password_hash": "h", "name": "An", "email": "", "language": "vi",
        "subscriber_id": subscriber_id, "state": "ACTIVE", "session_epoch": 1, "signing_method": "phone", "created_at": NOW,
    }  # fmt: skip
    return User(**(values | changes))  # type: ignore[arg-type]


def device(subscriber_id: str, **changes: Any) -> Device:
    values = {
        "device_id": fresh("dev"), "subscriber_id": subscriber_id, "name": "Máy", "platform": "x",
        "state": DeviceState.ACTIVE, "device_key": b"d", "approval_key": b"a", "key_protection": "file",
        "sealed_vault_share": b"s", "sealed_pin_proof_key": b"p", "counter": 0, "wrong_pins": 0, "pin_wait_until": 0.0,
        "paired_at": NOW,
    }  # fmt: skip
    return Device(**(values | changes))  # type: ignore[arg-type]


def credential(of: Device, **changes: Any) -> Credential:
    values = {
        "credential_id": fresh("cr"), "subscriber_id": of.subscriber_id, "device_id": of.device_id,
        "key_location": "device", "signature_algorithm": "ecdsa_p256_sha256", "certificate": b"c",
        "certificate_chain": (b"one", b"", b"three"), "certificate_sha256": "00", "state": CredentialState.ACTIVE,
        "not_before": NOW, "not_after": NOW + 9, "created_at": NOW,
    }  # fmt: skip
    return Credential(**(values | changes))  # type: ignore[arg-type]


def pairing(subscriber_id: str, **changes: Any) -> Pairing:
    found = fresh("pa")
    values = {
        "pairing_id": found, "subscriber_id": subscriber_id, "user_id": None, "code_sha256": found,
        "state": PairingState.WAITING, "created_at": NOW, "expires_at": NOW + 300,
    }  # fmt: skip
    return Pairing(**(values | changes))  # type: ignore[arg-type]


def document(relying_party_id: str, **changes: Any) -> Document:
    found = fresh("doc")
    values = {
        "document_id": found, "relying_party_id": relying_party_id, "user_id": None, "title": "Hợp đồng",
        "document_code": "1", "file_name": "x.pdf", "state": DocumentState.READY, "uploaded_sha256": found,
        "current_sha256": found, "current_length": 3, "created_at": NOW,
    }  # fmt: skip
    return Document(**(values | changes))  # type: ignore[arg-type]


def request(of: RelyingParty, asked: Subscriber, **changes: Any) -> SignRequest:
    values = {
        "request_id": fresh("sr"), "relying_party_id": of.relying_party_id, "relying_party_name": of.name,
        "requested_by": "Bình", "user_id": None, "subscriber_id": asked.subscriber_id, "subscriber_name": asked.name,
        "state": State.PREPARING, "version": 1, "verification_code": "0042",
        "verification_codes": ("0042", "4711", "9930"), "items_total": 1, "created_at": NOW, "expires_at": NOW + 300,
    }  # fmt: skip
    return SignRequest(**(values | changes))  # type: ignore[arg-type]


def chosen(documents: Sequence[Document], placement: Placement | None = None) -> list[ChosenItem]:
    return [ChosenItem(fresh("it"), one.document_id, placement) for one in documents]


def items(of: SignRequest, documents: Sequence[Document], added: Sequence[ChosenItem]) -> list[Item]:
    """What the store makes of them."""
    return [
        Item(
            request_id=of.request_id, position=position, item_id=new.item_id, document_id=one.document_id,
            title=one.title, document_code=one.document_code, processing_right="sign", pages=one.pages,
            earlier_signatures=one.earlier_signatures, findings=one.findings, placement=new.placement,
            source_sha256=one.current_sha256, source_length=one.current_length,
        )
        for position, (one, new) in enumerate(zip(documents, added, strict=True))
    ]  # fmt: skip


def offer(of: SignRequest, to: Device, **changes: Any) -> Offer:
    values = {
        "request_id": of.request_id, "device_id": to.device_id, "credential_id": "cr_x",
        "envelope": Statement("phoneseal.envelope.v1", "k", '{"á":1}', b"s"), "envelope_sha256": "00",
        "manifest_root": "11", "offered_at": NOW,
    }  # fmt: skip
    return Offer(**(values | changes))  # type: ignore[arg-type]


def write_entry(tx: AuditTransaction, kind: str = "test", **options: Any) -> Entry:
    return record(tx, kind, now=NOW, actor="tester", subject="subject", **options)
