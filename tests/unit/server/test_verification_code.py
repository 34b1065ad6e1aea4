"""The code: random, one try, judged before the PIN; each check has a test that fails without it."""

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


def test_right_code_is_judged_and_signed(world: World) -> None:
    request = world.offered()
    verdict = world.choose(request)
    offer = world.offer(request)
    assert verdict.key_id == world.app.signer.key_id
    assert body_of(verdict) == {
        "version": 1,
        "request_id": request.request_id,
        "envelope_sha256": offer.envelope_sha256,
        "choice_sha256": offer.choice_sha256,
        "verdict": "right",
        "at": int(world.clock.now() * 1000),
    }
    assert world.state(request) is State.QUEUED


def test_wrong_code_ends_the_request(world: World) -> None:
    request = world.offered(2)
    verdict = world.choose(request, code=world.wrong_code(request))
    assert body_of(verdict)["verdict"] == "wrong"
    after = world.read(request)
    assert (after.state, after.end_result) == (State.REFUSED, "wrong_verification_code")
    assert world.item_states(request) == ["REFUSED", "REFUSED"]
    assert refusal_of(world, world.phone.approval(world.offer(request), request.verification_code)) == (
        "request_over",
        None,
    )


def test_a_code_that_was_never_offered_is_wrong_too(world: World) -> None:
    request = world.offered()
    world.choose(request, code="Việt")
    assert world.read(request).end_result == "wrong_verification_code"


def test_the_same_choice_again_gets_the_same_verdict(world: World) -> None:
    request = world.offered()
    choice = world.phone.choice(world.offer(request), request.verification_code)
    first = world.app.judge_code(world.phone.device_id, request.request_id, choice)
    world.clock.advance(10)
    assert world.app.judge_code(world.phone.device_id, request.request_id, choice) == first
    assert world.audit_kinds(request.request_id).count("code_chosen") == 1


def test_a_wrong_choice_again_gets_the_same_verdict_after_the_end(world: World) -> None:
    request = world.offered()
    choice = world.phone.choice(world.offer(request), world.wrong_code(request))
    first = world.app.judge_code(world.phone.device_id, request.request_id, choice)
    assert world.app.judge_code(world.phone.device_id, request.request_id, choice) == first


def test_one_try(world: World) -> None:
    request = world.chosen()
    assert code_of(world.choose, request, code=world.wrong_code(request)) == "code_already_chosen"
    assert world.state(request) is State.QUEUED


def test_choice_after_expiry_or_end(world: World) -> None:
    expired, cancelled = world.offered(), world.offered()
    world.app.cancel_request(cancelled.request_id, "test")
    assert code_of(world.choose, cancelled) == "request_over"
    world.clock.advance(300)
    assert code_of(world.choose, expired) == "request_expired"


def test_choice_under_another_key(world: World) -> None:
    request = world.offered()
    fields = body_of(world.phone.choice(world.offer(request), request.verification_code))
    for by, key_id in ((p256(), ""), (world.phone.approval_key, ""), (None, new_id("dev", START))):
        choice = world.phone.say("phoneseal.code_choice.v1", fields, by=by, key_id=key_id)
        judge = world.app.judge_code
        assert code_of(judge, world.phone.device_id, request.request_id, choice) == "statement_signature_invalid"


@pytest.mark.parametrize(
    "change", [{"envelope_sha256": "0" * 64}, {"request_id": new_id("sr", START)}, {"device_id": new_id("dev", START)}]
)
def test_choice_about_something_else(world: World, change: dict[str, Any]) -> None:
    request = world.offered()
    choice = world.phone.choice(world.offer(request), request.verification_code, **change)
    assert code_of(world.app.judge_code, world.phone.device_id, request.request_id, choice) == "statement_mismatch"


@pytest.mark.parametrize("code", [4321, None, ["4321"]])
def test_a_code_is_text(world: World, code: Any) -> None:
    request = world.offered()
    choice = world.phone.choice(world.offer(request), code)
    assert code_of(world.app.judge_code, world.phone.device_id, request.request_id, choice) == "bad_message"
    assert world.state(request) is State.QUEUED


def test_choice_under_another_purpose(world: World) -> None:
    request = world.offered()
    fields = body_of(world.phone.choice(world.offer(request), request.verification_code))
    choice = world.phone.say("phoneseal.refusal.v1", fields)
    assert code_of(world.app.judge_code, world.phone.device_id, request.request_id, choice) == "bad_message"


def test_choice_of_a_request_that_this_phone_was_not_offered(two_phones: World) -> None:
    world = two_phones
    world.app.end_device.freeze(world.phones[1].device_id, "test")
    request = world.offered()
    choice = world.phones[1].choice(world.offer(request), request.verification_code)
    judge = world.app.judge_code
    assert code_of(judge, world.phones[1].device_id, request.request_id, choice) == "request_unknown"
