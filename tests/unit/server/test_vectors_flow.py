"""One complete request of the vectors, walked by the server: its own statements come out byte for byte, spoilt ones are refused."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from server.devices.device import Device, DeviceState
from server.documents.document import Document, DocumentState
from server.errors import PhoneSealError
from server.keys.server_keys import private_pem, raw_public
from server.relying_parties.relying_party import RelyingParty
from server.signing.credential import Credential, CredentialState
from server.signing.push_request import MakeOffers
from server.signing.sign_request import ChosenItem, Item, ItemState, SignRequest, State
from server.statements import APPROVAL_LIMIT, Statement, pae, read_statement, unb64
from server.subscribers.subscriber import Subscriber
from tests.unit.server.builders import HandClock, body_of, new_installation, open_app
from tests.unit.server.vector_files import KEYS, load, private_key

FLOW = load("request_flow")
Json = dict[str, Any]


def said(name: str) -> Statement:
    return read_statement(FLOW["statements"][name]["statement"], limit=APPROVAL_LIMIT)


ENVELOPE = body_of(said("envelope"))
DEVICE_ID, REQUEST_ID = ENVELOPE["device_id"], ENVELOPE["request_id"]


class Walk:
    """A server with the vectors' keys and rows, its clock in the test's hand."""

    def __init__(self, folder: Path) -> None:
        keys = folder / "keys"
        keys.mkdir(parents=True)
        (keys / "request_signing_1.pem").write_bytes(private_pem(private_key("server_1")))
        (keys / "recovery.pub").write_bytes(raw_public(private_key("recovery")))
        (keys / "server_id").write_text(ENVELOPE["server_id"])
        for name in ("data.key", "session.key"):
            (keys / name).write_bytes(bytes(32))
        self.clock = HandClock(0.0)
        self.at(ENVELOPE["issued_at"])
        self.app = open_app(new_installation(folder, self.clock), self.clock)
        self._fill()

    def at(self, milliseconds: int) -> None:
        self.clock.time = milliseconds / 1000

    def _fill(self) -> None:
        now = self.clock.now()
        party, subscriber_id = ENVELOPE["relying_party"], ENVELOPE["subscriber_id"]
        certificate = unb64(FLOW["certificate"])
        keys = (unb64(KEYS["device"]["subject_public_key_info"]), unb64(KEYS["approval"]["subject_public_key_info"]))
        items = [self._item(wire) for wire in FLOW["manifest"]["items"]]
        with self.app.store.write() as tx:
            tx.relying_parties.add(RelyingParty(party["id"], party["name"], "api", "ACTIVE", 5, now))
            tx.subscribers.add(Subscriber(subscriber_id, "Ánh", "anh", now))
            tx.devices.add(
                Device(
                    DEVICE_ID, subscriber_id, "Máy", "x", DeviceState.ACTIVE, *keys, "file", b"", b"", 0, 0, 0.0, now
                )
            )
            tx.devices.add_credential(
                Credential(
                    ENVELOPE["credential_id"], subscriber_id, DEVICE_ID, "device", "rsa_pkcs1_sha256", certificate, (),
                    hashlib.sha256(certificate).hexdigest(), CredentialState.ACTIVE, 0.0, 1e12, now,
                )
            )  # fmt: skip
            for item in items:
                tx.documents.add(self._document(item, party["id"], now))
            tx.requests.add(
                SignRequest(
                    REQUEST_ID, party["id"], party["name"], ENVELOPE["requested_by"], None, subscriber_id, "Ánh",
                    State.PREPARING, 1, "0042", tuple(ENVELOPE["verification_codes"]), 3, now, ENVELOPE["expires_at"] / 1000,
                ),
                [ChosenItem(item.item_id, item.document_id, None) for item in items],
            )  # fmt: skip
            tx.items.set_prepared(items)
            tx.jobs.add("make_offers", REQUEST_ID, {}, now=now)
            job = tx.jobs.take("test", now, 60)
        assert job is not None
        MakeOffers(self.app.store, self.clock, self.app.signer, self.app.nudge)(job)

    @staticmethod
    def _document(item: Item, party: str, now: float) -> Document:
        return Document(
            item.document_id, party, None, item.title, item.document_code, "x.pdf", DocumentState.READY, "0", item.source_sha256,
            item.source_length, now, pages=item.pages, earlier_signatures=item.earlier_signatures, findings=item.findings,
            processing_right=item.processing_right,
        )  # fmt: skip

    @staticmethod
    def _item(wire: Json) -> Item:
        prepared = bytes.fromhex(FLOW["prepared_hex"][wire["position"]])
        a, b, c, d = wire["byte_range"]
        return Item(
            REQUEST_ID, wire["position"], wire["item_id"], f"doc_{wire['position']}", wire["title"], wire["document_code"],
            wire["processing_right"], wire["pages"], wire["earlier_signatures"], tuple(wire["findings"]), None,
            wire["original_sha256"], wire["original_length"], ItemState.PREPARED, wire["prepared_sha256"], len(prepared),
            (a, b, c, d), "Signature1", hashlib.sha256(prepared[a : a + b] + prepared[c : c + d]).digest(),
        )  # fmt: skip

    def choose(self, choice: Statement) -> Statement:
        self.at(body_of(said("verdict"))["at"])
        return self.app.judge_code(DEVICE_ID, REQUEST_ID, choice)

    def approve(self, approval: Statement) -> Statement:
        self.at(body_of(said("acknowledgement"))["at"])
        return self.app.accept_approval.approve(DEVICE_ID, approval)


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    walk = Walk(tmp_path / "data")
    yield walk
    walk.app.store.close()


def test_the_chain_comes_out_as_the_vectors(walk: Walk) -> None:
    [waiting] = walk.app.push_request.waiting(DEVICE_ID)
    assert waiting.envelope == said("envelope")
    assert walk.app.fetch_documents.manifest(REQUEST_ID, DEVICE_ID, 0, 500) == FLOW["manifest"]
    assert walk.choose(said("choice")) == said("verdict")
    made, vector = body_of(walk.approve(said("approval"))), body_of(said("acknowledgement"))
    assert made | {"sign_by": 0} == vector | {"sign_by": 0}, "the server counts the hour by its own clock"
    assert made["sign_by"] == made["at"] + 3_600_000
    values = bytes.fromhex(FLOW["values_hex"])
    receipt = walk.app.accept_signatures(DEVICE_ID, REQUEST_ID, said("approval").digest.hex(), values)
    assert receipt == said("receipt")
    with walk.app.store.read() as tx:
        assert tx.requests.get(REQUEST_ID).state is State.ANSWERED


def same_but_the_log(made: Statement, vector: Statement) -> None:
    mine, theirs = body_of(made), body_of(vector)
    for fields in (mine, theirs):
        for name in ("audit_sequence", "audit_head", "at"):
            del fields[name]
    assert mine == theirs


def test_refusal_comes_out_as_the_vectors(walk: Walk) -> None:
    same_but_the_log(walk.app.accept_approval.refuse(DEVICE_ID, said("refusal")), said("outcome_refused"))


def test_mismatch_is_taken(walk: Walk) -> None:
    outcome = body_of(walk.app.accept_approval.refuse(DEVICE_ID, said("mismatch")))
    assert (outcome["state"], outcome["end_result"]) == ("REFUSED", "document_mismatch")


def test_wrong_code_comes_out_as_the_vectors(walk: Walk) -> None:
    assert walk.choose(said("wrong_choice")) == said("wrong_verdict")
    final = walk.app.push_request.final_statement(REQUEST_ID, DEVICE_ID)
    assert final is not None
    made, vector = body_of(final[1]), body_of(said("outcome_wrong_code"))
    assert (made["state"], made["end_result"]) == (vector["state"], vector["end_result"])


def test_a_rejected_value_comes_out_as_the_vectors(walk: Walk) -> None:
    walk.choose(said("choice"))
    walk.approve(said("approval"))
    values = bytearray.fromhex(FLOW["values_hex"])
    values[-1] ^= 1
    made = body_of(walk.app.accept_signatures(DEVICE_ID, REQUEST_ID, said("approval").digest.hex(), bytes(values)))
    vector = body_of(said("receipt_with_rejection"))
    assert made | {"values_sha256": ""} == vector | {"values_sha256": ""}


INVALID = [
    case
    for case in load("statements_invalid")["cases"]
    if case["purpose"] in ("phoneseal.code_choice.v1", "phoneseal.approval.v1")
]


@pytest.mark.parametrize("case", INVALID, ids=lambda case: f"{case['layer']}-{case['reason']}"[:60])
def test_spoilt_statements_are_refused(walk: Walk, case: Json) -> None:
    choice = case["purpose"] == "phoneseal.code_choice.v1"
    if not choice:
        walk.choose(said("choice"))
    take: Callable[[Statement], Statement] = walk.choose if choice else walk.approve
    with pytest.raises(PhoneSealError) as caught:
        take(read_statement(case["statement"], limit=APPROVAL_LIMIT))
    assert caught.value.code in ("bad_message", "statement_mismatch", "statement_signature_invalid", "text_too_long")
    with walk.app.store.read() as tx:
        assert tx.requests.get(REQUEST_ID).state is State.QUEUED
        assert tx.offers.get(REQUEST_ID, DEVICE_ID).approval_sha256 is None


def signed(purpose: str, fields: Json) -> Statement:
    """A body of the vectors, changed and signed anew with the vectors' keys."""
    key = private_key("approval" if purpose == "phoneseal.approval.v1" else "device")
    body = json.dumps(fields)
    return Statement(purpose, DEVICE_ID, body, key.sign(pae(purpose, body.encode()), ec.ECDSA(hashes.SHA256())))


@pytest.mark.parametrize("value", ["1790000040000", None, -1, True, 2**53, [1]])
@pytest.mark.parametrize("name", ["choice", "approval", "refusal"])
def test_times_are_integers(walk: Walk, name: str, value: object) -> None:
    field = {"choice": "chosen_at", "approval": "approved_at", "refusal": "refused_at"}[name]
    if name == "approval":
        walk.choose(said("choice"))
    statement = signed(said(name).purpose, body_of(said(name)) | {field: value})
    take = {"choice": walk.choose, "approval": walk.approve}.get(
        name, lambda refusal: walk.app.accept_approval.refuse(DEVICE_ID, refusal)
    )
    with pytest.raises(PhoneSealError) as caught:
        take(statement)
    assert caught.value.code == "bad_message"


def test_codes_are_text(walk: Walk) -> None:
    """0042 and the number 42 must not be told apart by luck."""
    for code in (42, None, ["0042"]):
        with pytest.raises(PhoneSealError) as caught:
            walk.choose(signed("phoneseal.code_choice.v1", body_of(said("choice")) | {"code": code}))
        assert caught.value.code == "bad_message"
    walk.choose(said("choice"))
    for code in (42, None, ["0042"]):
        fields = body_of(said("approval")) | {"verification_code": code}
        with pytest.raises(PhoneSealError) as caught:
            walk.approve(signed("phoneseal.approval.v1", fields))
        assert caught.value.code in ("bad_message", "statement_mismatch")


def test_details_of_every_length_that_the_protocol_allows(walk: Walk) -> None:
    statement = signed("phoneseal.refusal.v1", body_of(said("mismatch")) | {"detail": "d" * 500})
    outcome = walk.app.accept_approval.refuse(DEVICE_ID, statement)
    assert body_of(outcome)["end_result"] == "document_mismatch"
