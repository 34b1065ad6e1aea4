"""The approval: one test for each check, each failing when that check is gone."""

from typing import Any

import pytest

from server.errors import PhoneSealError
from server.signing.sign_request import State
from server.statements import Statement
from tests.unit.server.builders import body_of
from tests.unit.server.pairing_kit import p256
from tests.unit.server.world import World


def refusal_of(world: World, statement: Statement, device_id: str = "") -> tuple[str, object]:
    """Code and field with which an approval is refused."""
    with pytest.raises(PhoneSealError) as caught:
        world.app.accept_approval.approve(device_id or world.phone.device_id, statement)
    return caught.value.code, caught.value.details.get("field")


def test_approval_is_committed_and_acknowledged(world: World) -> None:
    request = world.chosen(3)
    acknowledgement = world.approve(request, refused=[(1, "Trang 2 thiếu phụ lục")])
    after = world.read(request)
    offer = world.offer(request)
    assert (after.state, after.device_id, after.credential_id) == (
        State.SIGNING,
        world.phone.device_id,
        world.phone.credential_id,
    )
    assert after.sign_by == after.approved_at + 3600 if after.approved_at else False
    assert body_of(acknowledgement) == {
        "version": 1,
        "request_id": request.request_id,
        "envelope_sha256": offer.envelope_sha256,
        "statement_sha256": offer.approval_sha256,
        "state": "SIGNING",
        "sign_by": int((after.sign_by or 0) * 1000),
        "at": int(world.clock.now() * 1000),
    }
    assert world.item_states(request) == ["PREPARED", "REFUSED", "PREPARED"]
    assert world.items(request)[1].reason == "Trang 2 thiếu phụ lục"
    with world.app.store.read() as tx:
        kept = tx.audit.evidence(offer.approval_sha256 or "")
        device = tx.devices.get(world.phone.device_id)
    assert kept is not None
    assert kept[1] == device.approval_key


def test_the_same_approval_again_gets_the_same_acknowledgement(world: World) -> None:
    request = world.chosen()
    approval = world.phone.approval(world.offer(request), request.verification_code)
    first = world.app.accept_approval.approve(world.phone.device_id, approval)
    world.clock.advance(10)
    assert world.app.accept_approval.approve(world.phone.device_id, approval) == first
    world.send(request)
    world.work()
    assert world.app.accept_approval.approve(world.phone.device_id, approval) == first
    assert world.audit_kinds(request.request_id).count("request_approved") == 1


def test_another_approval_after_the_first(world: World) -> None:
    request = world.signing()
    again = world.phone.approval(world.offer(request), request.verification_code)
    assert refusal_of(world, again)[0] == "request_over"


@pytest.mark.parametrize("key", ["device", "stranger"])
def test_approval_under_another_key(world: World, key: str) -> None:
    request = world.chosen()
    by = world.phone.device_key if key == "device" else p256()
    approval = world.phone.approval(world.offer(request), request.verification_code, by=by)
    assert refusal_of(world, approval)[0] == "statement_signature_invalid"
    assert world.state(request) is State.QUEUED


def test_approval_in_another_phones_name(two_phones: World) -> None:
    world = two_phones
    request = world.chosen()
    first, second = world.phones
    approval = second.approval(world.offer(request, first), request.verification_code, device_id=first.device_id)
    assert refusal_of(world, approval, first.device_id)[0] == "statement_signature_invalid"
    named = second.approval(world.offer(request, first), request.verification_code, key_id=first.device_id)
    assert refusal_of(world, named, first.device_id)[0] == "statement_signature_invalid"
    assert refusal_of(world, named, second.device_id)[0] == "statement_signature_invalid"


def test_changed_approval(world: World) -> None:
    request = world.chosen()
    approval = world.phone.approval(world.offer(request), request.verification_code)
    changed = Statement(approval.purpose, approval.key_id, approval.body + " ", approval.signature)
    assert refusal_of(world, changed)[0] == "statement_signature_invalid"


def test_approval_under_another_purpose(world: World) -> None:
    request = world.chosen()
    fields = body_of(world.phone.approval(world.offer(request), request.verification_code))
    statement = world.phone.say("phoneseal.device_approval.v1", fields, by=world.phone.approval_key)
    assert refusal_of(world, statement)[0] == "bad_message"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("envelope_sha256", "0" * 64),
        ("device_id", "dev_" + "0" * 26),
        ("server_id", "srv_" + "0" * 26),
        ("credential_id", "cr_" + "0" * 26),
        ("certificate_sha256", "0" * 64),
        ("manifest_root", "0" * 64),
        ("item_count", 1),
        ("item_count", 3),
        ("approved_count", 1),
        ("approved_count", 3),
        ("verification_code", "12345"),
        ("counter", 0),
        ("counter", -5),
        ("counter", 2**53),
        ("counter", True),
        ("counter", "7"),
    ],
)
def test_approval_of_something_else(world: World, name: str, value: object) -> None:
    request = world.chosen(2)
    approval = world.phone.approval(world.offer(request), request.verification_code, **{name: value})
    code, field = refusal_of(world, approval)
    assert code in ("statement_mismatch", "bad_message")
    assert field in (name, None)
    assert world.state(request) is State.QUEUED


def test_true_is_not_one(world: World) -> None:
    request = world.chosen(1)
    for name in ("item_count", "approved_count", "version"):
        approval = world.phone.approval(world.offer(request), request.verification_code, **{name: True})
        assert refusal_of(world, approval)[0] in ("statement_mismatch", "bad_message", "version_unsupported")


def test_approval_names_another_of_the_three_codes(world: World) -> None:
    request = world.chosen()
    approval = world.phone.approval(world.offer(request), world.wrong_code(request))
    assert refusal_of(world, approval) == ("statement_mismatch", "verification_code")


def test_approval_without_a_code(world: World) -> None:
    request = world.offered()
    assert (
        refusal_of(world, world.phone.approval(world.offer(request), request.verification_code))[0] == "code_not_chosen"
    )


def test_the_code_that_another_phone_chose_does_not_count(two_phones: World) -> None:
    world = two_phones
    request = world.chosen(phone=world.phones[0])
    second = world.phones[1]
    approval = second.approval(world.offer(request, second), request.verification_code)
    assert refusal_of(world, approval, second.device_id)[0] == "code_not_chosen"


def test_approval_after_expiry(world: World) -> None:
    request = world.chosen()
    world.clock.advance(request.expires_at - world.clock.now())
    assert (
        refusal_of(world, world.phone.approval(world.offer(request), request.verification_code))[0] == "request_expired"
    )


def test_approval_just_before_expiry(world: World) -> None:
    request = world.chosen()
    world.clock.advance(request.expires_at - world.clock.now() - 0.001)
    world.approve(request)


def test_approval_after_cancelling(world: World) -> None:
    request = world.chosen()
    world.app.cancel_request(request.request_id, "test")
    assert refusal_of(world, world.phone.approval(world.offer(request), request.verification_code))[0] == "request_over"


@pytest.mark.parametrize("end", ["freeze", "unpair"])
def test_approval_by_a_phone_that_was_ended(two_phones: World, end: str) -> None:
    world = two_phones
    request = world.chosen()
    approval = world.phone.approval(world.offer(request), request.verification_code)
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    assert refusal_of(world, approval)[0] in ("device_frozen", "request_over")
    assert world.state(request) is State.QUEUED


def test_approval_under_a_certificate_that_ended(world: World) -> None:
    world.clock.advance(365 * 86_400 - 400)
    request = world.chosen(lifetime=600)
    world.clock.advance(150)
    approval = world.phone.approval(world.offer(request), request.verification_code)
    assert refusal_of(world, approval)[0] == "credential_not_usable"


def test_a_counter_counts_once(world: World) -> None:
    first, second = world.chosen(), world.chosen()
    world.approve(first, counter=7)
    for counter in (7, 6):
        approval = world.phone.approval(world.offer(second), second.verification_code, counter=counter)
        assert refusal_of(world, approval)[0] == "counter_replayed"
    assert world.state(second) is State.QUEUED
    world.approve(second, counter=8)


@pytest.mark.parametrize(
    "refused",
    [
        [{"position": 2, "reason": ""}],
        [{"position": -1, "reason": ""}],
        [{"position": 0, "reason": ""}, {"position": 1, "reason": ""}],
        [{"position": 1, "reason": ""}, {"position": 0, "reason": ""}],
        [{"position": 0, "reason": ""}, {"position": 0, "reason": ""}],
        [{"position": 0}],
        [{"position": 0, "reason": "", "more": 1}],
        [{"position": True, "reason": ""}],
        [{"position": "0", "reason": ""}],
        [{"position": 0, "reason": None}],
        [{"position": 0, "reason": "x" * 501}],
        [0],
        {},
        None,
    ],
)
def test_refused_items_that_are_none(world: World, refused: Any) -> None:
    request = world.chosen(2)
    count = 2 - len(refused) if isinstance(refused, list) else 2
    fields = body_of(world.phone.approval(world.offer(request), request.verification_code))
    fields |= {"refused": refused, "approved_count": count}
    approval = world.phone.say("phoneseal.approval.v1", fields, by=world.phone.approval_key)
    assert refusal_of(world, approval)[0] in ("statement_mismatch", "bad_message", "text_too_long")
    assert world.item_states(request) == ["PREPARED", "PREPARED"]


def test_fields_missing_or_added(world: World) -> None:
    request = world.chosen()
    fields = body_of(world.phone.approval(world.offer(request), request.verification_code))
    for name in fields:
        rest = {key: value for key, value in fields.items() if key != name}
        statement = world.phone.say("phoneseal.approval.v1", rest, by=world.phone.approval_key)
        assert refusal_of(world, statement)[0] == "bad_message", name
    more = world.phone.say("phoneseal.approval.v1", {**fields, "note": ""}, by=world.phone.approval_key)
    assert refusal_of(world, more)[0] == "bad_message"


def test_approval_from_pushed_and_opened(world: World) -> None:
    pushed, opened = world.chosen(), world.chosen()
    push, device_id = world.app.push_request, world.phone.device_id
    push.record_pushed(pushed.request_id, device_id)
    push.record_opened(opened.request_id, device_id, world.offer(opened).envelope_sha256)
    assert (world.state(pushed), world.state(opened)) == (State.PUSHED, State.OPENED)
    for request in (pushed, opened):
        world.approve(request)
        assert world.state(request) is State.SIGNING
