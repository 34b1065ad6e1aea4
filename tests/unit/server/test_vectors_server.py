"""The server's half against the vectors that neither half made: encodings, statements and key rotations."""

import hashlib
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from server.documents.list_documents import search_form
from server.errors import PhoneSealError
from server.ids import base32, is_id
from server.keys.server_keys import Sealer, ServerKeys, private_pem
from server.statements import (
    APPROVAL_LIMIT,
    BODY_LIMIT,
    RequestSigner,
    Statement,
    b64,
    key_id_of,
    pae,
    read_body,
    read_statement,
    unb64,
    verify_p256,
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


def test_what_a_search_compares_and_finds() -> None:
    cases = load("search")
    for case in cases["forms"]:
        assert search_form(case["text"]) == case["form"]
    for case in cases["finds"]:
        words = [f" {word}" for word in search_form(case["typed"]).split()]
        assert all(word in search_form(case["text"]) for word in words) is case["found"], case


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


ENVELOPE_FIELDS = frozenset(json.loads(load("request_flow")["statements"]["envelope"]["statement"]["body"]))


@pytest.mark.parametrize(
    "case",
    [c for c in load("statements_invalid")["cases"] if c["layer"] in ("purpose", "json")],
    ids=lambda case: f"{case['layer']}-{case['reason']}"[:60],
)
def test_bodies_are_parsed_strictly(case: dict[str, Any]) -> None:
    """The reader of bodies is one for all purposes: names twice, floats, other white space, other purposes."""
    with pytest.raises(PhoneSealError) as caught:
        read_body(read_statement(case["statement"]), case["purpose"], ENVELOPE_FIELDS)
    assert caught.value.code == "bad_message"


@pytest.mark.parametrize("number", ["1.0", "1e0", "-0.0", "NaN", "Infinity"])
def test_numbers_are_integers(number: str) -> None:
    body = f'{{"version":1,"n":{number}}}'
    with pytest.raises(PhoneSealError):
        read_body(Statement("phoneseal.freeze.v1", "k", body, b""), "phoneseal.freeze.v1", frozenset({"version", "n"}))
