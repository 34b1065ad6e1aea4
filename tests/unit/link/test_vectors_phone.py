"""The phone's half against the vectors that neither half made (tests/protocol/vectors)."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from mobile_app.device.journaled_request import JournaledRequest
from mobile_app.device.key_vault import PublicKeys
from mobile_app.device.pairing_code import read_pairing_code
from mobile_app.device.pairing_transcript import commitment, transcript
from mobile_app.device.pin_keys import PinKeys
from mobile_app.device.request_checks.envelope import check_terms
from mobile_app.device.request_checks.manifest import ManifestCheck, item_record
from mobile_app.device.request_checks.merkle import MerkleTree
from mobile_app.device.request_steps.server_word import (
    check_acknowledgement,
    check_outcome,
    check_receipt,
    check_verdict,
    check_withdrawal,
)
from mobile_app.device.search_form import search_form, search_words
from mobile_app.device.server_keys import PinnedKeys, fingerprint, key_id
from mobile_app.device.signature_algorithms import signer
from mobile_app.device.statements import pae, statement_digest, verify_statement
from mobile_app.errors import PhoneError
from mobile_app.link import (
    account_wire,
    fields,
    manifest_wire,
    pairing_wire,
    phone_statements,
    push_wire,
    server_statements,
    wire,
)

VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"
READERS = {
    "phoneseal.server_hello.v1": server_statements.read_server_hello,
    "phoneseal.withdrawal.v1": server_statements.read_withdrawal,
    "phoneseal.new_device.v1": server_statements.read_new_device,
    "phoneseal.key_rotation.v1": server_statements.read_key_rotation,
    "phoneseal.pairing_completed.v1": server_statements.read_pairing_completed,
    "phoneseal.envelope.v1": server_statements.read_envelope,
    "phoneseal.verdict.v1": server_statements.read_verdict,
    "phoneseal.acknowledgement.v1": server_statements.read_acknowledgement,
    "phoneseal.receipt.v1": server_statements.read_receipt,
    "phoneseal.outcome.v1": server_statements.read_outcome,
}


def load(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def octets(text: str) -> bytes:
    return fields.octets(text, "vector", 0, 1 << 20)


KEYS = {key["name"]: key for key in load("keys")["keys"]}


def server_key(name: str) -> bytes:
    return octets(KEYS[name]["public_key"])


def private_key(name: str) -> Any:
    return serialization.load_pem_private_key((VECTORS / KEYS[name]["private_key_file"]).read_bytes(), None)


def verified(case: Any, *, terms: bool = False) -> Any:
    """Read, verify and parse as the phone does; ``terms``: with the rules that go beyond the statement's form."""
    statement = wire.read_statement(case["statement"], "statement")
    key = server_key(case["key"])
    found = verify_statement(
        statement, purpose=case["purpose"], key_id=key_id(key), key=key, read=READERS[case["purpose"]]
    )
    if terms and case["purpose"] == "phoneseal.envelope.v1":
        check_terms(found.body, found.body.issued_at)
    return found


def test_pae_is_that_of_the_page():
    for case in load("pae")["cases"]:
        if "body_hex" in case:
            made = pae(case["purpose"], bytes.fromhex(case["body_hex"]))
            assert made.hex() == case["pae_hex"], case["name"]
        else:
            repeat = case["body_repeat"]
            made = pae(case["purpose"], bytes.fromhex(repeat["byte_hex"]) * repeat["times"])
            assert made.hex().startswith(case["pae_prefix_hex"])
        assert hashlib.sha256(made).hexdigest() == case["sha256"]


def test_base64url_is_read_strictly():
    cases = load("base64url")
    for case in cases["valid"]:
        assert octets(case["text"]).hex() == case["hex"]
        assert fields.encode_bytes(bytes.fromhex(case["hex"])) == case["text"]
    for case in cases["invalid"]:
        with pytest.raises(fields.Malformed):
            octets(case["text"])


def test_identifiers():
    cases = load("identifiers")
    for case in cases["valid"]:
        assert fields.identifier(case["id"], "id", case["prefix"]) == case["id"]
    for case in cases["invalid"]:
        with pytest.raises(fields.Malformed):
            fields.identifier(case["id"], "id", case["prefix"])


def test_text_for_people():
    cases = load("text")
    for text in cases["valid"]:
        assert fields.text(text, "text", 1, 500) == text
    for case in cases["invalid"]:
        with pytest.raises(fields.Malformed):
            fields.text(case["text"], "text", 0, 500)


def test_what_a_search_compares_and_finds():
    cases = load("search")
    for case in cases["forms"]:
        assert search_form(case["text"]) == case["form"]
    for case in cases["finds"]:
        found = all(word in search_form(case["text"]) for word in search_words(case["typed"]))
        assert found is case["found"], case


def test_valid_server_statements_are_believed():
    seen = set()
    for case in load("statements_valid")["cases"]:
        statement = wire.read_statement(case["statement"], "statement")
        assert statement.message() == case["statement"]
        assert statement_digest(statement) == case["digest"]
        if case["purpose"] in READERS:
            assert verified(case).digest == case["digest"], case["name"]
            seen.add(case["purpose"])
    assert seen == set(READERS)


@pytest.mark.parametrize(
    "case",
    [case for case in load("statements_invalid")["cases"] if case["purpose"] in READERS],
    ids=lambda case: f"{case['layer']}-{case['reason']}"[:60],
)
def test_invalid_server_statements_are_refused(case):
    with pytest.raises(PhoneError):
        verified(case, terms=True)


def test_statement_sizes_are_counted_in_bytes():
    for case in load("statements_large")["cases"]:
        if case["purpose"] not in READERS:
            continue
        statement = wire.Statement(
            case["purpose"],
            case["key_id"],
            case["body_start"] + " " * case["spaces"] + case["body_end"],
            octets(case["signature"]),
        )
        key = server_key(case["key"])

        def verify(statement=statement, key=key, case=case):
            return verify_statement(
                statement, purpose=case["purpose"], key_id=key_id(key), key=key, read=READERS[case["purpose"]]
            )

        if case["valid"]:
            verify()
        else:
            with pytest.raises(PhoneError):
                verify()


def test_server_key_ids_and_fingerprints():
    for key in KEYS.values():
        if key["algorithm"] == "ed25519":
            assert fingerprint(octets(key["public_key"])) == key["fingerprint"]
            assert key_id(octets(key["public_key"])) == key["key_id"]


def test_pairing_codes_and_uris():
    for case in load("pairing_code")["valid"]:
        assert read_pairing_code(case["typed"], "https://a.example").code == case["code"]
    for case in load("pairing_code")["invalid"]:
        with pytest.raises(PhoneError):
            read_pairing_code(case["typed"], "https://a.example")
    for case in load("pairing_uri")["valid"]:
        read = read_pairing_code(case["uri"], None)
        assert (read.server_url, read.code, read.fingerprint) == (
            case["server_url"],
            case["code"],
            case["fingerprint"],
        )
    for case in load("pairing_uri")["invalid"]:
        with pytest.raises(PhoneError):
            read_pairing_code(case["uri"], None)


def test_pairing_transcript_digits_and_proofs():
    vectors = load("pairing")
    for case in vectors["cases"]:
        keys = PublicKeys(
            octets(case["device_key"]), octets(case["approval_key"]), octets(case["signing_spki"]), octets(case["csr"])
        )
        nonce = octets(case["phone_nonce"])
        assert commitment(nonce, keys).hex() == case["commitment"]
        begun = pairing_wire.BeginAnswer(
            vectors["pairing_id"],
            vectors["server_id"],
            "server",
            octets(case["server_nonce"]),
            octets(vectors["request_signing_key"]),
            1,
            octets(vectors["recovery_key"]),
            "subscriber",
            (case["signature_algorithm"],),
        )
        agreed = transcript(begun, nonce, keys)
        assert agreed.octets.hex() == case["transcript_hex"]
        assert agreed.sha256 == case["transcript_sha256"]
        assert agreed.digits == case["digits"]
        for role, digest in case["proof_message_sha256"].items():
            assert hashlib.sha256(agreed.proof_message(role)).hexdigest() == digest
        if case["signature_algorithm"] == "rsa_pkcs1_sha256":
            made = signer(private_key(case["signing_key"]), "rsa_pkcs1_sha256")(agreed.proof_message("signing"))
            assert fields.encode_bytes(made) == case["proofs"]["signing"]
    status = pae("phoneseal.pairing_status.v1", vectors["pairing_id"].encode())
    assert status.hex() == vectors["status"]["message_hex"]


def test_key_rotation():
    vectors = load("key_rotation")
    first = vectors["pinned"]
    pinned = PinnedKeys(
        first["server_id"], first["counter"], server_key(first["key"]), server_key(first["recovery_key"])
    )
    chain = [wire.read_statement(one["statement"], "rotation") for one in vectors["chain"]]
    after = pinned.rotated(chain)
    assert after.counter == first["counter"] + len(chain)
    assert after.request_signing_key == server_key(vectors["chain"][-1]["leads_to"])
    for case in vectors["invalid"]:
        with pytest.raises(PhoneError):
            pinned.rotated([wire.read_statement(case["statement"], "rotation")])


def test_item_records_and_roots():
    vectors = load("items")
    items = [manifest_wire.read_item(case["item"]) for case in vectors["items"]]
    records = [item_record(item) for item in items]
    for case, record in zip(vectors["items"], records, strict=True):
        assert record.hex() == case["record_hex"]
    for case in vectors["roots"]:
        tree = MerkleTree()
        for record in records[: case["count"]]:
            tree.append(record)
        assert tree.root().hex() == case["manifest_root"]


def test_one_request_from_envelope_to_outcome():
    vectors = load("request_flow")
    statements = {name: wire.read_statement(one["statement"], name) for name, one in vectors["statements"].items()}
    pinned = PinnedKeys(
        fields.parse_json(statements["envelope"].body)["server_id"], 1, server_key("server_1"), server_key("recovery")
    )
    envelope = pinned.verify(statements["envelope"], "phoneseal.envelope.v1", server_statements.read_envelope)
    body = envelope.body
    assert envelope.digest == vectors["statements"]["envelope"]["digest"]
    check = ManifestCheck(body, "rsa_pkcs1_sha256")
    check.add(manifest_wire.read_manifest_page(vectors["manifest"]))
    items = check.finish()
    assert [item.signed_attributes.hex() for item in items] == vectors["dtbs_hex"]
    row = JournaledRequest(
        body.request_id,
        envelope.digest,
        "SIGNING",
        body.relying_party_name,
        body.requested_by,
        body.item_count,
        body.total_pages,
        body.total_bytes,
        body.issued_at,
        body.expires_at,
        body.issued_at,
    )
    check_verdict(statements["verdict"], pinned, row, statement_digest(statements["choice"]))
    approval_sha256 = statement_digest(statements["approval"])
    check_acknowledgement(statements["acknowledgement"], pinned, row, approval_sha256)
    values = [(one["position"], bytes.fromhex(one["signature_value_hex"])) for one in vectors["signatures"]]
    packed = wire.pack_values(values)
    assert packed.hex() == vectors["values_hex"]
    check_receipt(statements["receipt"], pinned, row, approval_sha256, packed)
    assert check_outcome(statements["outcome"], pinned, row).body.end_result == "ok"
    check_outcome(statements["outcome_wrong_code"], pinned, row)
    check_outcome(statements["outcome_refused"], pinned, row)
    check_withdrawal(statements["withdrawal"], pinned, row)
    sign = signer(private_key("signing_rsa"), "rsa_pkcs1_sha256")
    for position, value in values:
        assert sign(items[position].signed_attributes) == value
    made = phone_statements.Approval(
        **{
            **{k: v for k, v in json.loads(statements["approval"].body).items() if k not in ("version", "refused")},
            "refused": tuple(
                phone_statements.RefusedItem(**one) for one in json.loads(statements["approval"].body)["refused"]
            ),
        }
    )
    assert json.loads(json.dumps(made.body())) == json.loads(statements["approval"].body)


def test_framing_of_documents_and_values():
    vectors = load("framing")
    for case in vectors["documents"]["valid"]:
        found = [
            {"position": position, "bytes_hex": bytes(one).hex()}
            for position, one in manifest_wire.read_bundle(memoryview(bytes.fromhex(case["hex"])))
        ]
        assert found == case["documents"]
    for case in vectors["values"]["valid"]:
        packed = wire.pack_values([(one["position"], bytes.fromhex(one["value_hex"])) for one in case["values"]])
        assert packed.hex() == case["hex"]


def test_pin_and_share():
    for case in load("pin")["cases"]:
        keys = PinKeys(case["pin"].encode(), bytes.fromhex(case["salt_hex"]))
        assert fields.encode_bytes(keys.pin_proof_key) == case["pin_proof_key"]
        opened = keys.cipher(octets(case["vault_share"])).decrypt(
            bytes.fromhex(case["gcm_nonce_hex"]), bytes.fromhex(case["ciphertext_and_tag_hex"]), None
        )
        assert opened.hex() == case["plaintext_hex"]
        assert fields.encode_bytes(keys.proof(octets(case["nonce"]), case["device_id"])) == case["proof"]


ANSWERS = {
    "hello": wire.read_hello_answer,
    "prove": wire.read_prove_answer,
    "waiting": wire.read_waiting_answer,
    "opened": wire.read_opened_answer,
    "approve_device": wire.read_approve_device_answer,
    "choose_code": lambda value: wire.read_one_statement(value, "verdict"),
    "approve": lambda value: wire.read_one_statement(value, "acknowledgement"),
    "refuse": lambda value: wire.read_one_statement(value, "outcome"),
    "signatures": lambda value: wire.read_one_statement(value, "receipt"),
    "pin_challenge": lambda value: wire.read_octets_answer(value, "nonce"),
    "release_share": lambda value: wire.read_octets_answer(value, "vault_share"),
    "change_pin": lambda value: wire.read_done_answer(value, "prepared"),
    "finish_pin_change": lambda value: wire.read_done_answer(value, "changed"),
    "devices": account_wire.read_devices_answer,
    "blocked": account_wire.read_blocked_answer,
    "block": account_wire.read_block_answer,
    "unblock": lambda value: wire.read_done_answer(value, "unblocked"),
    "freeze": lambda value: wire.read_done_answer(value, "frozen"),
    "unpair": lambda value: wire.read_done_answer(value, "unpaired"),
    "resume": wire.read_resume_answer,
    "push_gateway": push_wire.read_push_gateway_answer,
    "set_push": lambda value: wire.read_done_answer(value, "set"),
}


def test_every_message_is_read():
    vectors = load("messages")
    seen = set()
    for case in vectors["events"]:
        if case["event"] in ANSWERS:
            ANSWERS[case["event"]](case["answer"])
        else:
            wire.read_event(case["event"], case["request"])
        seen.add(case["event"])
    assert seen == set(ANSWERS) | set(wire.EVENT_STATEMENTS)
    http = {
        "pairing_check": pairing_wire.read_check_answer,
        "pairing_begin": pairing_wire.read_begin_answer,
        "pairing_reveal": pairing_wire.read_reveal_answer,
        "pairing_status": pairing_wire.read_status_answer,
        "manifest": manifest_wire.read_manifest_page,
    }
    for case in vectors["http"]:
        if case["http"] in http:
            http[case["http"]](case["answer"])
    for error in vectors["errors"]:
        assert isinstance(wire.read_answer(error), wire.ErrorAnswer)
    for problem in vectors["problems"]:
        wire.read_problem(problem)


@pytest.mark.parametrize("event", sorted(ANSWERS))
def test_answers_with_a_field_more_or_less_are_refused(event):
    for case in load("messages")["events"]:
        if case["event"] != event or not isinstance(case["answer"], dict):
            continue
        with pytest.raises(fields.Malformed):
            ANSWERS[event]({**case["answer"], "more": 1})
        for name in case["answer"]:
            less = {key: value for key, value in case["answer"].items() if key != name}
            with pytest.raises(fields.Malformed):
                ANSWERS[event](less)


def test_written_messages_are_those_of_the_vectors():
    case = next(case for case in load("messages")["events"] if case["event"] == "hello")
    asked = case["request"]
    made = wire.hello_message(
        asked["device_id"], octets(asked["phone_nonce"]), asked["app_version"], asked["platform"], asked["key_counter"]
    )
    assert {**made, "versions": asked["versions"]} == asked
    reveal = next(case for case in load("messages")["http"] if case["http"] == "pairing_reveal")["request"]
    made = pairing_wire.Reveal(
        pairing_id=reveal["pairing_id"],
        phone_nonce=octets(reveal["phone_nonce"]),
        device_key=octets(reveal["device_key"]),
        approval_key=octets(reveal["approval_key"]),
        csr=octets(reveal["csr"]),
        signature_algorithm=reveal["signature_algorithm"],
        key_protection=reveal["key_protection"],
        vault_share=octets(reveal["vault_share"]),
        pin_proof_key=octets(reveal["pin_proof_key"]),
        proofs={role: octets(proof) for role, proof in reveal["proofs"].items()},
    ).message()
    assert made == reveal
    told = [case["request"] for case in load("messages")["events"] if case["event"] == "set_push"]
    where = load("wake_up")["subscription"]
    subscription = push_wire.PushSubscription(where["endpoint"], octets(where["p256dh"]), octets(where["auth"]))
    assert [push_wire.set_push_message(one) for one in (subscription, None)] == told


@pytest.mark.parametrize(
    "spoilt",
    [
        {"vapid_key": fields.encode_bytes(b"\4" + bytes(64))},  # on no curve
        {"vapid_key": fields.encode_bytes(b"\2" + b"\1" * 32)},
        {"vapid_key": ""},
        {"subscribed": 1},
        {"subscribed": None},
    ],
)
def test_a_push_gateway_is_read_strictly(spoilt):
    sound = next(case for case in load("messages")["events"] if case["event"] == "push_gateway")["answer"]
    with pytest.raises(fields.Malformed):
        push_wire.read_push_gateway_answer({**sound, **spoilt})
