"""The server's half against the vectors that neither half made: encodings, statements, records, roots, pairing, attributes."""

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.devices.pairing import code_digest, digits_of, normal_code
from server.errors import PhoneSealError
from server.ids import base32, is_id
from server.keys.server_keys import Sealer, ServerKeys, private_pem
from server.signing.accept_signatures import read_values
from server.signing.credential import Credential, CredentialState
from server.signing.dtbs import SignedAttributesTemplate, check_key_allowed, verify_signature_value
from server.signing.manifest import ManifestBuilder, merkle_root
from server.signing.sign_request import Item
from server.statements import (
    APPROVAL_LIMIT,
    BODY_LIMIT,
    RequestSigner,
    Statement,
    b64,
    key_id_of,
    lp,
    pae,
    read_statement,
    unb64,
    verify_p256,
    verify_p256_raw,
)
from server.text import clean_text
from tests.unit.server.vector_files import KEYS, PHONE_PURPOSES, load, private_key


def spki(name: str) -> bytes:
    return unb64(KEYS[name]["subject_public_key_info"])


def limit_of(purpose: str) -> int:
    return APPROVAL_LIMIT if purpose == "phoneseal.approval.v1" else BODY_LIMIT


# --- encodings ---------------------------------------------------------------------------------------------------------------


def test_pae() -> None:
    for case in load("pae")["cases"]:
        if "body_hex" in case:
            body = bytes.fromhex(case["body_hex"])
            assert pae(case["purpose"], body).hex() == case["pae_hex"]
        else:
            body = bytes.fromhex(case["body_repeat"]["byte_hex"]) * case["body_repeat"]["times"]
        assert hashlib.sha256(pae(case["purpose"], body)).hexdigest() == case["sha256"]


def test_base64url() -> None:
    for case in load("base64url")["valid"]:
        assert unb64(case["text"]).hex() == case["hex"]
        assert b64(bytes.fromhex(case["hex"])) == case["text"]
    for case in load("base64url")["invalid"]:
        with pytest.raises(PhoneSealError):
            unb64(case["text"])


def test_identifiers() -> None:
    for case in load("identifiers")["valid"]:
        assert is_id(case["id"], case["prefix"])
        if "milliseconds" in case:
            value = (case["milliseconds"] << 80) | int(case["random_hex"], 16)
            assert case["id"] == f"{case['prefix']}_{base32(value, 26)}"
    for case in load("identifiers")["invalid"]:
        assert not is_id(case["id"], case["prefix"]), case["reason"]


def test_text_is_cleaned_to_what_phones_accept() -> None:
    for text in load("text")["valid"]:
        assert clean_text(text, 500) == text
    for case in load("text")["invalid"]:
        assert clean_text(case["text"], 500) != case["text"], case["reason"]
        assert clean_text(clean_text(case["text"], 500), 500) == clean_text(case["text"], 500), case["reason"]


# --- statements --------------------------------------------------------------------------------------------------------------


def test_valid_statements_of_phones_are_believed() -> None:
    seen = set()
    for case in load("statements_valid")["cases"]:
        statement = read_statement(case["statement"], limit=limit_of(case["purpose"]))
        assert statement.to_json() == case["statement"]
        assert statement.digest.hex() == case["digest"]
        if case["purpose"] in PHONE_PURPOSES:
            verify_p256(statement, spki(case["key"]), code="x")
            seen.add(case["purpose"])
    assert seen == PHONE_PURPOSES


def test_own_statements_come_out_as_the_vectors() -> None:
    seen = set()
    for case in load("statements_valid")["cases"]:
        if case["purpose"] in PHONE_PURPOSES:
            continue
        server_id = json.loads(case["statement"]["body"]).get("server_id", "srv_x")
        signer = RequestSigner(server_id, private_key(case["key"]), 1)
        body = case["statement"]["body"]
        made = signer.sign(case["purpose"], json.loads(body))
        again = Statement(
            case["purpose"], signer.key_id, body, private_key(case["key"]).sign(pae(case["purpose"], body.encode()))
        )
        assert again.to_json() == case["statement"]
        if body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")):
            assert made.to_json() == case["statement"]
            seen.add(case["purpose"])
    assert len(seen) >= 10


@pytest.mark.parametrize(
    "case",
    [c for c in load("statements_invalid")["cases"] if c["layer"] == "wrapper"],
    ids=lambda case: case["reason"][:50],
)
def test_broken_wrappers_are_refused(case: dict[str, Any]) -> None:
    if case["reason"] in ("signature in hex", "signature cut off"):
        # how long an Ed25519 signature is, only its verifier knows, and the server verifies none
        assert len(read_statement(case["statement"]).signature) != 64
        return
    with pytest.raises(PhoneSealError) as caught:
        read_statement(case["statement"])
    assert caught.value.code in ("bad_message", "message_too_large")


@pytest.mark.parametrize(
    "case",
    [c for c in load("statements_invalid")["cases"] if c["layer"] == "signature" and c["purpose"] in PHONE_PURPOSES],
    ids=lambda case: case["reason"][:50],
)
def test_broken_signatures_are_refused(case: dict[str, Any]) -> None:
    statement = read_statement(case["statement"])
    with pytest.raises(PhoneSealError) as caught:
        verify_p256(statement, spki(case["key"]), code="statement_signature_invalid")
    assert caught.value.code == "statement_signature_invalid"


def test_limits_count_bytes() -> None:
    for case in load("statements_large")["cases"]:
        wrapped = {
            "purpose": case["purpose"],
            "key_id": case["key_id"],
            "body": case["body_start"] + " " * case["spaces"] + case["body_end"],
            "signature": case["signature"],
        }
        if case["valid"]:
            read_statement(wrapped, limit=limit_of(case["purpose"]))
        else:
            with pytest.raises(PhoneSealError) as caught:
                read_statement(wrapped, limit=limit_of(case["purpose"]))
            assert caught.value.code == "message_too_large"


def test_key_ids_and_fingerprints() -> None:
    for name in ("server_1", "server_2", "recovery"):
        signer = RequestSigner("srv_x", private_key(name), 1)
        assert b64(signer.public_key) == KEYS[name]["public_key"]
        assert (signer.fingerprint, signer.key_id) == (KEYS[name]["fingerprint"], KEYS[name]["key_id"])
        assert key_id_of(signer.public_key) == signer.key_id


def test_key_rotations_come_out_as_the_vectors(tmp_path: Any) -> None:
    vector = load("key_rotation")
    for link in vector["chain"]:
        fields = json.loads(link["statement"]["body"])
        before = fields["counter"] - 1
        signing = link["signer"]
        folder = tmp_path / str(before)
        folder.mkdir()
        (folder / f"request_signing_{before}.pem").write_bytes(private_pem(private_key(f"server_{before}")))
        keys = ServerKeys(folder, fields["server_id"], unb64(KEYS["recovery"]["public_key"]), b"", Sealer(bytes(32)))
        pem = private_pem(private_key("recovery")) if signing == "recovery" else None
        made = keys.rotate(before, fields["at"] / 1000, recovery_pem=pem)
        mine = json.loads(made.body)
        assert made.key_id == link["statement"]["key_id"]
        assert list(mine) == list(fields)
        assert mine | {"request_signing_key": ""} == fields | {"request_signing_key": ""}
        signer = Ed25519PublicKey.from_public_bytes(unb64(KEYS[signing]["public_key"]))
        signer.verify(made.signature, pae(made.purpose, made.body.encode()))


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
