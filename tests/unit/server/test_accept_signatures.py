"""Signature values: each verified before it is stored, stored once, embedded and validated; a wrong one fails its item alone."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from server.pdf.adapters import CmsEmbedder
from server.pdf.validate_fully import validate_signed_document_fully
from server.signing.accept_signatures import AcceptSignatures, Judged
from server.signing.embed_signatures import EmbedSignatures
from server.signing.ports import EmbeddedFile
from server.signing.sign_request import SignRequest, State
from tests.unit.server.builders import body_of, code_of, framed
from tests.unit.server.pairing_kit import NewPhone, pair
from tests.unit.server.world import World


def test_all_values_complete_the_request(world: World) -> None:
    request = world.signing(3)
    values = world.values(request)
    receipt = world.send_values(request, values)
    assert body_of(receipt) == {
        "version": 1,
        "request_id": request.request_id,
        "approval_sha256": world.offer(request).approval_sha256,
        "values_sha256": hashlib.sha256(framed(values)).hexdigest(),
        "accepted": 3,
        "rejected": [],
        "missing": 0,
    }
    assert world.state(request) is State.ANSWERED
    world.work()
    after = world.read(request)
    assert (after.state, after.end_result) == (State.COMPLETED, "ok")
    for item, (_, value) in zip(world.items(request), values, strict=True):
        assert item.signature_value == value
        signed = world.app.blobs.read("documents", item.signed_sha256 or "")
        assert value.hex().encode() in signed.lower()
        with world.app.store.read() as tx:
            roots = tx.devices.credential(world.phone.credential_id).certificate_chain
        validate_signed_document_fully(signed, roots, item.field_name or "")
        document = world.read_document(item.document_id)
        assert (document.current_sha256, document.earlier_signatures) == (item.signed_sha256, 1)


@pytest.mark.parametrize("algorithm", ["rsa_pkcs1_sha256", "rsa_pss_sha256", "ecdsa_p256_sha256", "ecdsa_p384_sha384"])
def test_every_algorithm(make_world: Callable[..., World], algorithm: str, rsa_key: rsa.RSAPrivateKey) -> None:
    world = make_world(1)
    curve = ec.SECP384R1() if algorithm == "ecdsa_p384_sha384" else ec.SECP256R1()
    key = rsa_key if algorithm.startswith("rsa") else ec.generate_private_key(curve)
    phone = pair(world.app, world.subscriber_id, NewPhone("Máy mới", algorithm, key), world.phone)
    world.phones.append(phone)
    request = world.signing(1, phone)
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED


def test_chunks_come_in_any_order_and_say_what_is_missing(world: World) -> None:
    request = world.signing(4)
    assert body_of(world.send(request, [2, 3]))["missing"] == 2
    assert world.app.push_request.resume(request.request_id, world.phone.device_id).missing == [(0, 1)]
    world.work()
    assert world.item_states(request) == ["PREPARED", "PREPARED", "SIGNED", "SIGNED"], "embedding starts at once"
    assert world.state(request) is State.SIGNING
    assert body_of(world.send(request, [0]))["missing"] == 1
    assert body_of(world.send(request, [1]))["missing"] == 0
    world.work()
    assert world.state(request) is State.COMPLETED


def test_the_same_chunk_again_changes_nothing_and_gets_the_same_receipt(world: World) -> None:
    request = world.signing(2)
    values = world.values(request, [0])
    first = world.send_values(request, values)
    with world.app.store.read() as tx:
        head = tx.audit.head()
    assert world.send_values(request, values) == first
    with world.app.store.read() as tx:
        after = tx.audit.head()
    assert after == head, "a repeat is no move"
    world.work()
    assert world.send_values(request, values) == first
    world.send(request, [1])
    world.work()
    assert world.audit_kinds(request.request_id).count("documents_signed") == 2


def test_two_chunks_at_once_answer_and_embed_each_item_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both are verified before either is stored: what the first one stored is no more work for the second."""
    request = world.signing(3)
    values = world.values(request)
    judge = AcceptSignatures._judge

    def overtaken(*arguments: Any) -> Judged:
        monkeypatch.undo()
        judged = judge(*arguments)
        world.send_values(request, values[:2])
        return judged

    monkeypatch.setattr(AcceptSignatures, "_judge", staticmethod(overtaken))
    world.send_values(request, [values[0], (1, b""), values[2]])
    jobs = []
    while job := world.take():
        jobs.append(job)
    assert [job.body["positions"] for job in jobs] == [[0, 1], [2]]
    with world.app.store.read() as tx:
        facts = [json.loads(e.facts) for e in tx.audit.of_subject(request.request_id) if e.kind == "signatures_accepted"]
    assert [(fact["accepted"], fact["rejected"]) for fact in facts] == [(2, []), (1, [])]
    for job in jobs:
        world.steps[job.kind](job)
    assert world.item_states(request) == ["SIGNED"] * 3


def test_a_worker_that_comes_second_to_an_item_records_nothing(world: World) -> None:
    """Whatever brought two workers to one item: its file is recorded once, and its document may be in another request by then."""
    request = world.signing(2)
    world.send(request, [0])
    with world.app.store.write() as tx:
        tx.jobs.add("embed_items", request.request_id, {"positions": [0]}, now=world.clock.now())
    first, second = world.take(), world.take()
    assert first is not None
    assert second is not None
    anew: list[SignRequest] = []

    class Overtaken(CmsEmbedder):
        def embed(self, *arguments: Any, **named: Any) -> EmbeddedFile:
            file = super().embed(*arguments, **named)
            world.steps["embed_items"](second)
            item = world.items(request)[0]
            anew.append(world.app.queue_request(world.wanted([world.read_document(item.document_id)])))
            return file

    app = world.app
    EmbedSignatures(app.store, app.blobs, Overtaken(), app.clock, app.nudge, 0.0)(first)
    document = world.read_document(world.items(request)[0].document_id)
    assert (document.earlier_signatures, document.last_request_id) == (1, anew[0].request_id)
    assert world.audit_kinds(request.request_id).count("documents_signed") == 1
    assert document.in_request, "it is the new request's"


def test_a_chunk_with_a_wrong_value_again_gets_the_same_receipt(world: World) -> None:
    request = world.signing(3)
    values = [(0, b"wrong"), *world.values(request, [1])]
    first = world.send_values(request, values)
    assert body_of(first)["rejected"] == [{"position": 0, "code": "signature_invalid"}]
    assert world.send_values(request, values) == first


def test_the_first_value_is_kept(world: World) -> None:
    request = world.signing(2)
    [(_, first)] = world.values(request, [0])
    [(_, second)] = world.values(request, [0])
    assert first != second, "ECDSA values differ"
    world.send_values(request, [(0, first)])
    receipt = world.send_values(request, [(0, second)])
    assert (body_of(receipt)["accepted"], body_of(receipt)["rejected"]) == (1, [])
    assert world.items(request)[0].signature_value == first


@pytest.mark.parametrize("wrong", ["garbage", "other item's", "other key's", "empty"])
def test_a_wrong_value_fails_its_item_alone_and_for_good(two_phones: World, wrong: str) -> None:
    world = two_phones
    request = world.signing(3)
    good = dict(world.values(request))
    other_key = world.phones[1].sign_dtbs(b"anything")
    value = {
        "garbage": b"\x30\x06\x02\x01\x01\x02\x01\x01",
        "other item's": good[0],
        "other key's": other_key,
        "empty": b"",
    }
    receipt = body_of(world.send_values(request, [(0, good[0]), (1, value[wrong]), (2, good[2])]))
    code = "device_error" if wrong == "empty" else "signature_invalid"
    assert receipt["rejected"] == [{"position": 1, "code": code}]
    assert (receipt["accepted"], receipt["missing"]) == (2, 0)
    assert world.items(request)[1].end_result == "device_error"
    world.send_values(request, [(1, good[1])])
    world.work()
    assert world.item_states(request) == ["SIGNED", "FAILED", "SIGNED"]
    after = world.read(request)
    assert (after.state, after.end_result) == (State.COMPLETED, "ok")
    final = world.app.push_request.final_statement(request.request_id, world.phone.device_id)
    assert final is not None
    assert final[0] == "outcome"
    told = body_of(final[1])
    assert (told["items_signed"], told["items_refused"], told["items_failed"]) == (2, 0, 1)


def test_all_items_failed_cancels_the_request(world: World) -> None:
    request = world.signing(2)
    world.send_values(request, [(0, b""), (1, b"wrong")])
    after = world.read(request)
    assert (after.state, after.end_result) == (State.CANCELLED, "device_error")
    assert world.item_states(request) == ["FAILED", "FAILED"]
    assert world.read_document(world.items(request)[0].document_id).earlier_signatures == 0


def test_refused_items_take_no_value(world: World) -> None:
    request = world.chosen(2)
    world.approve(request, refused=[(0, "không")])
    values = world.values(request, [0, 1])
    world.send_values(request, values)
    world.work()
    assert world.item_states(request) == ["REFUSED", "SIGNED"]
    assert world.items(request)[0].signature_value is None
    assert world.state(request) is State.COMPLETED


def test_a_position_that_nobody_approved(world: World) -> None:
    request = world.signing(1)
    receipt = body_of(world.send_values(request, [*world.values(request), (7, b"x")]))
    assert receipt["rejected"] == [{"position": 7, "code": "item_unknown"}]
    assert receipt["accepted"] == 1


def test_values_before_the_approval(world: World) -> None:
    request = world.chosen()
    send = world.app.accept_signatures
    for approval in ("", "0" * 64):
        values = framed([(0, b"x")])
        assert code_of(send, world.phone.device_id, request.request_id, approval, values) == "approval_unknown"


def test_values_by_another_phone(two_phones: World) -> None:
    world = two_phones
    request = world.signing()
    approval = world.offer(request).approval_sha256 or ""
    values = framed(world.values(request))
    send = world.app.accept_signatures
    assert code_of(send, world.phones[1].device_id, request.request_id, approval, values) == "approval_unknown"
    assert code_of(send, world.phone.device_id, request.request_id, "0" * 64, values) == "approval_unknown"
    assert world.item_states(request) == ["PREPARED"]


def test_values_after_the_end_change_nothing(world: World) -> None:
    request = world.signing(1)
    values = world.values(request)
    world.app.cancel_request(request.request_id, "test")
    receipt = body_of(world.send_values(request, values))
    assert (receipt["accepted"], receipt["missing"]) == (0, 0)
    assert world.state(request) is State.CANCELLED
    assert world.item_states(request) == ["CANCELLED"]


def test_a_prepared_file_that_was_damaged_fails_its_item(world: World) -> None:
    request = world.answered(2)
    item = world.items(request)[0]
    path = world.app.blobs.path(f"prepared/{request.request_id}", item.prepared_sha256 or "")
    content = bytearray(path.read_bytes())
    content[20] ^= 1
    path.write_bytes(content)
    world.work()
    states = world.item_states(request)
    assert states == ["FAILED", "SIGNED"]
    assert world.items(request)[0].reason == "prepared_file_damaged"
    assert world.state(request) is State.COMPLETED


def test_embedding_that_fails_for_all_is_for_an_operator(world: World) -> None:
    request = world.answered(1)
    item = world.items(request)[0]
    world.app.blobs.path(f"prepared/{request.request_id}", item.prepared_sha256 or "").write_bytes(b"x")
    world.work()
    after = world.read(request)
    assert (after.state, after.end_result, world.item_states(request)) == (State.FAILED, "server_error", ["FAILED"])


def test_a_batch_is_embedded_in_groups_of_fifty(world: World) -> None:
    request = world.signing(52)
    world.send(request)
    jobs = []
    while job := world.take():
        if job.kind == "embed_items":
            jobs.append(job.body["positions"])
    assert [len(positions) for positions in jobs] == [50, 2]
    assert sorted(jobs[0] + jobs[1]) == list(range(52))


def test_a_document_signed_twice_keeps_its_first_signature(world: World) -> None:
    document = world.document()
    for count in (1, 2):
        request = world.app.queue_request(world.wanted([document]))
        world.work()
        world.choose(request)
        world.approve(request)
        world.send(request)
        world.work()
        assert world.state(request) is State.COMPLETED
        signed = world.read_document(document.document_id)
        assert signed.earlier_signatures == count
    content = world.app.blobs.read("documents", signed.current_sha256)
    with world.app.store.read() as tx:
        roots = tx.devices.credential(world.phone.credential_id).certificate_chain
    validate_signed_document_fully(content, roots, world.items(request)[0].field_name or "")
    assert content.count(b"/ByteRange") == 2
