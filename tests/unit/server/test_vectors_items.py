"""The server's half against the vectors: item records, roots, signed attributes, pairing transcripts and PIN proofs."""

import hashlib
import hmac
from typing import Any

import pytest
from cryptography import x509

from server.devices.pairing import code_digest, digits_of, normal_code
from server.errors import PhoneSealError
from server.signing.accept_signatures import read_values
from server.signing.credential import Credential, CredentialState
from server.signing.dtbs import SignedAttributesTemplate, check_key_allowed, verify_signature_value
from server.signing.manifest import ManifestBuilder, merkle_root
from server.signing.sign_request import Item
from server.statements import (
    b64,
    lp,
    pae,
    unb64,
    verify_p256_raw,
)
from tests.unit.server.vector_files import load

# --- items -------------------------------------------------------------------------------------------------------------------


def certificates() -> dict[str, bytes]:
    return {entry["name"]: unb64(entry["certificate"]) for entry in load("keys")["certificates"]}


def credential_of(certificate: bytes, algorithm: str) -> Credential:
    digest = hashlib.sha256(certificate).hexdigest()
    return Credential(
        "cr_x", "sub_x", "dev_x", "device", algorithm, certificate, (), digest, CredentialState.ACTIVE, 0.0, 1e12, 0.0
    )


def builder_and_item(wire: dict[str, Any]) -> tuple[ManifestBuilder, Item]:
    """The manifest builder and stored item that must give the wire item: its certificate is found by the digest in the attributes."""
    attributes = unb64(wire["signed_attributes"])
    certificate = next(c for c in certificates().values() if hashlib.sha256(c).digest() in attributes)
    credential = credential_of(certificate, wire["signature_algorithm"])
    template = SignedAttributesTemplate(certificate, wire["signature_algorithm"])
    size = template.algorithm.digest_size
    at = next(i for i in range(len(attributes) - size + 1) if template.der(attributes[i : i + size]) == attributes)
    digest = attributes[at : at + size]
    item = Item(
        request_id="sr_x",
        position=wire["position"],
        item_id=wire["item_id"],
        document_id="doc_x",
        title=wire["title"],
        document_code=wire["document_code"],
        processing_right=wire["processing_right"],
        pages=wire["pages"],
        earlier_signatures=wire["earlier_signatures"],
        findings=tuple(reversed(wire["findings"])),
        placement=None,
        source_sha256=wire["original_sha256"],
        source_length=wire["original_length"],
        prepared_sha256=wire["prepared_sha256"],
        prepared_length=wire["prepared_length"],
        byte_range=tuple(wire["byte_range"]),  # type: ignore[arg-type]
        digest_sha256=digest if size == 32 else None,
        digest_sha384=digest if size == 48 else None,
    )
    return ManifestBuilder(credential), item


def test_item_records() -> None:
    for case in load("items")["items"]:
        builder, item = builder_and_item(case["item"])
        record = builder.record(item)
        assert record.hex() == case["record_hex"]
        assert builder.wire(item) == case["item"]
        assert hashlib.sha256(b"\x00" + record).hexdigest() == case["leaf_sha256"]


def test_roots() -> None:
    vector = load("items")
    leaves = [bytes.fromhex(case["leaf_sha256"]) for case in vector["items"]]
    for case in vector["roots"]:
        assert merkle_root(leaves[: case["count"]]).hex() == case["manifest_root"]


def test_root_over_a_thousand() -> None:
    vector = load("items")["thousand"]
    items = [case["item"] for case in load("items")["items"]]
    made = [builder_and_item(item) for item in items]
    leaves = []
    for position, item_id in enumerate(vector["item_ids"]):
        builder, item = made[position % 8]
        changed = {**builder.wire(item), "position": position}
        values = {name: getattr(item, name) for name in Item.__dataclass_fields__}
        values |= {"position": position, "item_id": item_id, "title": f"{position} {changed['title']}"[:200]}
        leaves.append(hashlib.sha256(b"\x00" + builder.record(Item(**values))).digest())
    assert merkle_root(leaves).hex() == vector["manifest_root"]


def test_root_of_nothing_is_that_of_rfc_6962() -> None:
    assert merkle_root([]) == hashlib.sha256(b"").digest()


def test_values() -> None:
    vector = load("framing")["values"]
    for case in vector["valid"]:
        expected = [(value["position"], bytes.fromhex(value["value_hex"])) for value in case["values"]]
        assert read_values(bytes.fromhex(case["hex"])) == expected
    for case in vector["invalid"]:
        with pytest.raises(PhoneSealError) as caught:
            read_values(bytes.fromhex(case["hex"]))
        assert caught.value.code in ("bad_message", "too_many_items"), case["reason"]


def test_signed_attributes() -> None:
    for case in load("signed_attributes")["cases"]:
        certificate = unb64(case["certificate"])
        template = SignedAttributesTemplate(certificate, case["signature_algorithm"])
        digest = hashlib.new(template.algorithm.digest_name, bytes.fromhex(case["content_hex"])).digest()
        assert digest.hex() == case["message_digest_hex"]
        made = template.der(digest)
        assert made.hex() == case["signed_attributes_hex"]
        public_key = x509.load_der_x509_certificate(certificate).public_key()
        check_key_allowed(public_key, case["signature_algorithm"])
        value = bytes.fromhex(case["signature_value_hex"])
        verify_signature_value(public_key, case["signature_algorithm"], made, value)
        for broken in (value[:-1], value + b"\x00", bytes([value[0] ^ 1]) + value[1:], b""):
            with pytest.raises(PhoneSealError) as caught:
                verify_signature_value(public_key, case["signature_algorithm"], made, broken)
            assert caught.value.code == "signature_invalid"


# --- pairing and PIN ---------------------------------------------------------------------------------------------------------


def test_typed_codes() -> None:
    vector = load("pairing_code")
    for case in vector["valid"]:
        assert normal_code(case["typed"]) == case["code"]
        assert code_digest(case["typed"]) == code_digest(case["code"])
    digests = {code_digest(case["code"]) for case in vector["valid"]}
    assert not digests & {code_digest(case["typed"]) for case in vector["invalid"]}


def test_transcripts_digits_and_proofs() -> None:
    vector = load("pairing")
    for case in vector["cases"]:
        keys = [unb64(case[name]) for name in ("device_key", "approval_key", "signing_spki")]
        opened = unb64(case["phone_nonce"]) + b"".join(hashlib.sha256(key).digest() for key in keys)
        commitment = hashlib.sha256(pae("phoneseal.pairing_commitment.v1", opened)).hexdigest()
        assert commitment == case["commitment"]
        transcript = b"".join(
            lp(field)
            for field in (
                vector["pairing_id"],
                vector["server_id"],
                unb64(case["server_nonce"]),
                unb64(vector["request_signing_key"]),
                unb64(vector["recovery_key"]),
                bytes.fromhex(commitment),
                unb64(case["phone_nonce"]),
                *keys,
            )
        )
        assert transcript.hex() == case["transcript_hex"]
        assert digits_of(transcript) == case["digits"]
        for role, key in (("device", keys[0]), ("approval", keys[1])):
            message = pae("phoneseal.pairing_proof.v1", lp(role) + transcript)
            verify_p256_raw(key, message, unb64(case["proofs"][role]), code="x")


def test_pairing_status_proof() -> None:
    vector = load("pairing")
    message = pae("phoneseal.pairing_status.v1", vector["pairing_id"].encode())
    assert message.hex() == vector["status"]["message_hex"]
    verify_p256_raw(unb64(vector["cases"][0]["device_key"]), message, unb64(vector["status"]["proof"]), code="x")


def test_pin_proofs() -> None:
    for case in load("pin")["cases"]:
        message = pae("phoneseal.pin_proof.v1", unb64(case["nonce"]) + case["device_id"].encode())
        assert message.hex() == case["proof_message_hex"]
        assert b64(hmac.digest(unb64(case["pin_proof_key"]), message, "sha256")) == case["proof"]
