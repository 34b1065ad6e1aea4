"""One request from envelope to outcome, and what the person may answer."""

import time

import pytest

from mobile_app.device.interaction import Approve, Ignore, PinPurpose, Refuse, Step
from mobile_app.device.key_vault import KeyChoice
from tests.unit.device.fake_server import body_of
from tests.unit.device.phone_kit import PIN, Kit, wait_for


def test_one_document_is_checked_approved_and_signed(kit: Kit):
    request = kit.server.ask()
    assert kit.offer(request) == {"received": True}
    result = kit.complete(request)
    assert (result.end_result, result.state, result.items_signed) == ("ok", "COMPLETED", 1)
    assert kit.person.purposes == [PinPurpose.SIGN]
    assert kit.person.given == [bytearray(len(PIN))], "the PIN is overwritten"
    order = [event for event in kit.server.seen if event not in ("hello", "prove", "waiting")]
    assert order == ["opened", "choose_code", "pin_challenge", "release_share", "approve", "signatures"]
    entry = kit.phone.history()[0]
    assert entry.audit_head is not None
    evidence = kit.phone.evidence(request.request_id)
    assert set(evidence.statements) == {"envelope", "choice", "verdict", "approval", "acknowledgement", "outcome"}
    assert evidence.documents[0]["decision"] == "approve"
    assert kit.phone.pending() == []


@pytest.mark.parametrize(
    "choice",
    [
        KeyChoice("rsa_pkcs1_sha256"),
        KeyChoice("rsa_pkcs1_sha256", 3072),
        KeyChoice("rsa_pss_sha256"),
        KeyChoice("ecdsa_p384_sha384"),
    ],
    ids=lambda choice: f"{choice.signature_algorithm}-{choice.rsa_bits}",
)
def test_every_signature_algorithm(unpaired: Kit, choice: KeyChoice):
    unpaired.pair(choice)
    unpaired.online()
    request = unpaired.server.ask(2)
    unpaired.offer(request)
    assert unpaired.complete(request).items_signed == 2


def test_the_person_sees_what_was_checked(kit: Kit):
    seen = []

    def look(request, attention):
        seen.append((request.open_document(1), [one.title for one in request.documents], request.seconds_left()))
        with pytest.raises(IndexError):
            request.open_document(2)

    kit.person.on_decide = look
    request = kit.server.ask(2)
    kit.offer(request)
    kit.complete(request)
    data, titles, left = seen[0]
    assert data == request.documents[1]
    assert titles == ["Hợp đồng số 1", "Hợp đồng số 2"]
    assert 200 < left <= 300

    def is_closed() -> bool:
        try:
            kit.person.views[0].open_document(0)
        except LookupError:
            return True
        return False

    wait_for(is_closed)  # a moment after the result is told


def test_unticked_documents_are_refused_with_their_reason(kit: Kit):
    kit.person.decision = Approve({1: "sai\u202e số  tiền"}, "0042")
    request = kit.server.ask(3)
    kit.offer(request)
    result = kit.complete(request)
    assert (result.items_signed, result.items_refused) == (2, 1)
    assert body_of(request.approval)["refused"] == [{"position": 1, "reason": "sai số tiền"}]
    assert sorted(request.values) == [0, 2]


def test_refusing_everything_item_by_item_is_a_refusal(kit: Kit):
    kit.person.decision = Approve({0: "không"}, "0042")
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.result().end_result == "user_refused"
    assert body_of(request.refusal)["reason"] == "không"
    assert request.approval is None


def test_a_refusal_is_signed_by_the_device_key_and_needs_no_pin(kit: Kit):
    kit.person.decision = Refuse("chưa đọc")
    request = kit.server.ask()
    kit.offer(request)
    result = kit.person.result()
    assert (result.end_result, result.state) == ("user_refused", "REFUSED")
    assert body_of(request.refusal)["reason"] == "chưa đọc"
    assert kit.person.purposes == []


def test_an_ignored_request_stays_and_can_be_opened_later(kit: Kit):
    kit.person.decision = Ignore()
    request = kit.server.ask()
    kit.offer(request)
    wait_for(lambda: bool(kit.person.views))
    wait_for(lambda: len(kit.phone.pending()) == 1)
    kit.person.decision = Approve(code="0042")
    wait_for(lambda: _opened(kit, request))
    assert kit.complete(request).end_result == "ok"


def _opened(kit: Kit, request) -> bool:
    kit.phone.open_request(request.request_id)
    return len(kit.person.views) > 1


def test_a_wrong_code_ends_the_request_before_any_pin(kit: Kit):
    kit.person.decision = Approve()
    kit.person.code = "4711"
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.result().end_result == "wrong_verification_code"
    assert kit.person.purposes == []
    assert "approve" not in kit.server.seen


def test_a_code_that_was_not_offered_is_never_sent(kit: Kit):
    kit.person.decision = Approve(code="1234")
    kit.offer(kit.server.ask())
    assert kit.person.problems.get(timeout=20)[0] == "code_not_offered"
    assert "choose_code" not in kit.server.seen


def test_wrong_pins_are_counted_by_the_server_and_shown(kit: Kit):
    kit.person.pins = [b"111222", b"999888", PIN]
    request = kit.server.ask()
    kit.offer(request)
    kit.complete(request)
    assert [p.tries_left if p else None for p in kit.person.pin_problems] == [None, 5, 4]


def test_a_wait_after_wrong_pins_is_waited_out_on_the_phone(kit: Kit):
    kit.server.wait_seconds = 3600
    kit.person.pins = [b"111222", PIN]
    request = kit.server.ask(expires_at=kit.server.ms() + 7_200_000)
    kit.offer(request)
    wait_for(lambda: len(kit.person.pin_problems) == 2)
    assert kit.person.pin_problems[1].retry_after == 3600
    kit.clock.offset += 3000
    time.sleep(0.5)
    assert kit.server.seen.count("release_share") == 1
    kit.clock.offset += 700
    assert kit.complete(request).end_result == "ok"


def test_a_locked_pin_is_told_and_signs_nothing(kit: Kit):
    kit.person.pins = [b"111222"] * 6
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.problems.get(timeout=20)[0] == "pin_locked"
    assert request.approval is None
    assert len(kit.phone.pending()) == 1


def test_a_batch_is_sent_in_chunks_and_progress_is_shown(kit: Kit):
    request = kit.server.ask(450)
    kit.offer(request)
    assert kit.complete(request).items_signed == 450
    assert len(request.chunks) == 3
    steps = {step: [p.done for p in kit.person.progress if p.step == step] for step in Step}
    assert steps[Step.CHECKING][0] == 0
    assert steps[Step.CHECKING][-1] == 450
    assert steps[Step.SIGNING] == [200, 400, 450]
    assert steps[Step.SENDING] == [200, 400, 450]


def test_several_requests_are_walked_one_after_another(kit: Kit):
    requests = [kit.server.ask() for _ in range(3)]
    for request in requests:
        kit.offer(request)
    for request in requests:
        assert kit.complete(request).end_result == "ok"
    counters = [body_of(request.approval)["counter"] for request in requests]
    assert counters == sorted(set(counters))


def test_screens_open_requests_themselves(unpaired: Kit):
    unpaired.pair()
    unpaired.restart(open_on_arrival=False)
    unpaired.online()
    request = unpaired.server.ask()
    unpaired.offer(request)
    wait_for(lambda: [p.request_id for p in unpaired.person.pending] == [request.request_id])
    assert unpaired.person.views == []
    unpaired.phone.open_request(request.request_id)
    assert unpaired.complete(request).end_result == "ok"
    with pytest.raises(KeyError):
        unpaired.phone.open_request(request.request_id)
