"""The refusal: signed, with a reason, told once; each check has a test that fails without it."""

import json
from typing import Any

import pytest

from server.errors import PhoneSealError
from server.ids import new_id
from server.signing.sign_request import State
from server.statements import Statement
from tests.unit.server.builders import START, body_of, code_of
from tests.unit.server.pairing_kit import p256
from tests.unit.server.world import World


def refusal_of(world: World, statement: Statement, device_id: str = "") -> tuple[str, object]:
    """Code and field with which an approval is refused."""
    with pytest.raises(PhoneSealError) as caught:
        world.app.accept_approval.approve(device_id or world.phone.device_id, statement)
    return caught.value.code, caught.value.details.get("field")


@pytest.mark.parametrize("end_result", ["user_refused", "document_mismatch", "device_error"])
def test_refusal_ends_the_request_with_a_signed_outcome(world: World, end_result: str) -> None:
    request = world.offered(2)
    outcome = world.refuse(request, end_result=end_result, detail="gap_not_empty")
    after = world.read(request)
    assert (after.state, after.end_result, after.reason) == (State.REFUSED, end_result, "Sai số tiền")
    fields = body_of(outcome)
    person = end_result == "user_refused"  # what a check says is nobody's refusal
    assert (fields["state"], fields["end_result"]) == ("REFUSED", end_result)
    assert (fields["items_refused"], fields["items_failed"]) == ((2, 0) if person else (0, 2))
    with world.app.store.read() as tx:
        entry = tx.audit.at(fields["audit_sequence"])
    assert entry is not None
    assert fields["audit_head"] == entry.hash.hex()
    told = world.audit_kinds(request.request_id)
    assert told[-2:] == ["request_refused_by_phone", "request_refused"]


def test_refusal_again_gets_the_same_outcome(world: World) -> None:
    request = world.offered()
    refusal = world.phone.refusal(world.offer(request))
    first = world.app.accept_approval.refuse(world.phone.device_id, refusal)
    world.clock.advance(10)
    assert world.app.accept_approval.refuse(world.phone.device_id, refusal) == first
    assert world.audit_kinds(request.request_id).count("request_refused") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"end_result": "ok"},
        {"end_result": "cancelled"},
        {"end_result": 5},
        {"envelope_sha256": "0" * 64},
        {"device_id": new_id("dev", START)},
        {"reason": None},
        {"reason": "x" * 501},
        {"detail": "x" * 501},
    ],
)
def test_refusal_of_something_else(world: World, change: dict[str, Any]) -> None:
    request = world.offered()
    assert code_of(world.refuse, request, **change) in ("statement_mismatch", "bad_message", "text_too_long")
    assert world.state(request) is State.QUEUED


def test_refusal_under_another_key(world: World) -> None:
    request = world.offered()
    fields = body_of(world.phone.refusal(world.offer(request)))
    for by in (p256(), world.phone.approval_key):
        statement = world.phone.say("phoneseal.refusal.v1", fields, by=by)
        refuse = world.app.accept_approval.refuse
        assert code_of(refuse, world.phone.device_id, statement) == "statement_signature_invalid"


def test_refusal_after_the_approval(world: World) -> None:
    request = world.signing()
    assert code_of(world.refuse, request) == "request_over"
    assert world.state(request) is State.SIGNING


@pytest.mark.parametrize("end_result", ["user_refused", "device_error"])
def test_refusal_after_the_time_is_over(world: World, end_result: str) -> None:
    """Before the sweep has come: it will end as expired, not as the late phone says."""
    request = world.offered()
    world.clock.advance(request.expires_at - world.clock.now())
    assert code_of(world.refuse, request, end_result=end_result) == "request_expired"
    assert world.state(request) is State.QUEUED


def test_mismatch_is_heard_even_after_the_time_is_over(world: World) -> None:
    request = world.offered()
    world.clock.advance(request.expires_at - world.clock.now())
    world.refuse(request, end_result="document_mismatch")
    assert world.state(request) is State.REFUSED


def test_refusal_text_is_cleaned_and_erasable(world: World) -> None:
    request = world.offered()
    world.refuse(request, reason="Sai\u202e tên\nngười")
    assert world.read(request).reason == "Sai tên người"
    with world.app.store.read() as tx:
        facts = [entry.facts for entry in tx.audit.of_subject(request.request_id)]
        texts = [text for _, _, text in tx.audit.personal_texts()]
    assert not any("người" in fact for fact in facts)
    assert "Sai tên người" in texts
    assert "salted_sha256" in json.loads(facts[-1])["reason"]
