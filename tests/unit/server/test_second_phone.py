"""A second phone needs the first one's word, or staff's after a delay; a password alone never links a phone."""

from typing import Any
from unittest import mock

import pytest

from server.devices.device import PairingState
from server.devices.pairing import FINISH_LIFETIME
from server.errors import PhoneSealError
from server.ids import new_id
from tests.unit.server.builders import START, body_of, code_of, sha256_hex
from tests.unit.server.pairing_kit import (
    NewPhone,
    confirmed,
    device_approval,
    p256,
    pair,
    revealed,
)
from tests.unit.server.world import World


def state_of(world: World, pairing_id: str) -> PairingState:
    with world.app.store.read() as tx:
        return tx.pairings.get(pairing_id).state


# --- a second phone ----------------------------------------------------------------------------------------------------------


def test_a_second_phone_needs_the_first_ones_word(world: World) -> None:
    begun, pairing = confirmed(world.app, world.subscriber_id, phone := NewPhone("Máy thứ hai"))
    assert pairing.state is PairingState.WAITING_FIRST_DEVICE
    assert phone.status(world.app, begun["pairing_id"])["state"] == "waiting_first_device"
    assert ("new_device", pairing.pairing_id, {}) in world.messages()
    assert world.app.complete_pairing.phones_to_ask(pairing.pairing_id) == [world.phone.device_id]
    [asked] = world.app.complete_pairing.approval_requests(world.phone.device_id)
    fields = body_of(asked)
    assert (fields["digits"], fields["device_name"]) == (phone.digits(begun), "Máy thứ hai")
    assert fields["transcript_sha256"] == sha256_hex(phone.transcript(begun))
    approve = world.app.complete_pairing.approve_device
    word = device_approval(world.phone, pairing)
    assert approve(world.phone.device_id, word).state is PairingState.COMPLETE
    assert approve(world.phone.device_id, word).state is PairingState.COMPLETE, "the same again changes nothing"
    assert phone.status(world.app, begun["pairing_id"])["state"] == "complete"
    assert world.app.complete_pairing.approval_requests(world.phone.device_id) == []


def approval_refusal(world: World, pairing: Any, word: Any, device_id: str = "") -> str:
    code = code_of(world.app.complete_pairing.approve_device, device_id or world.phone.device_id, word)
    assert state_of(world, pairing.pairing_id) is PairingState.WAITING_FIRST_DEVICE
    return code


@pytest.mark.parametrize(
    "change",
    [
        {"digits": "000000x"},
        {"transcript_sha256": "0" * 64},
        {"device_id": new_id("dev", START)},
        {"decision": "maybe"},
        {"counter": 0},
        {"counter": True},
        {"counter": 2**53},
        {"counter": "1"},
    ],
)
def test_a_word_about_something_else(world: World, change: dict[str, Any]) -> None:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert approval_refusal(world, pairing, device_approval(world.phone, pairing, **change)) == "statement_mismatch"


def test_a_word_under_the_wrong_key_or_purpose(world: World) -> None:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    for by in (world.phone.device_key, p256()):
        word = device_approval(world.phone, pairing, by=by)
        assert approval_refusal(world, pairing, word) == "statement_signature_invalid"
    word = device_approval(world.phone, pairing, purpose="phoneseal.approval.v1")
    assert approval_refusal(world, pairing, word) == "bad_message"


def test_a_word_with_a_used_counter(world: World) -> None:
    world.signing()
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    word = device_approval(world.phone, pairing, counter=1)
    assert approval_refusal(world, pairing, word) == "counter_replayed"


def test_a_word_about_a_pairing_that_does_not_exist(world: World) -> None:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    word = device_approval(world.phone, pairing, pairing_id=new_id("pa", START))
    assert approval_refusal(world, pairing, word) == "pairing_unknown"


def test_another_subscribers_phone_has_no_word(world: World) -> None:
    other = world.app.log_in.add_user("binh", "mật khẩu khá dài", "Bình", "")
    theirs = pair(world.app, str(other.subscriber_id), NewPhone())
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert approval_refusal(world, pairing, device_approval(theirs, pairing), theirs.device_id) == "statement_mismatch"
    assert world.app.complete_pairing.approval_requests(theirs.device_id) == []


@pytest.mark.parametrize("end", ["freeze", "unpair"])
def test_a_phone_that_was_ended_has_no_word(world: World, end: str) -> None:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    word = device_approval(world.phone, pairing)
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    assert approval_refusal(world, pairing, word) == "statement_mismatch"
    assert world.app.complete_pairing.phones_to_ask(pairing.pairing_id) == []


def test_a_phone_frozen_while_the_certificate_is_made_has_no_word(world: World) -> None:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    word = device_approval(world.phone, pairing)
    true_issue = world.app.issuer.issue

    def issue(*arguments: Any) -> Any:
        world.app.end_device.freeze(world.phone.device_id, "test")
        return true_issue(*arguments)

    with mock.patch.object(world.app.issuer, "issue", issue):
        assert approval_refusal(world, pairing, word) == "device_frozen"


def test_the_first_phone_says_no(world: World) -> None:
    begun, pairing = confirmed(world.app, world.subscriber_id, phone := NewPhone())
    word = device_approval(world.phone, pairing, decision="reject")
    assert world.app.complete_pairing.approve_device(world.phone.device_id, word).state is PairingState.REJECTED
    assert phone.status(world.app, begun["pairing_id"])["state"] == "rejected"
    assert "pairing_rejected" in world.audit_kinds(pairing.pairing_id)


def test_a_word_before_the_person_confirmed_pairs_nothing(world: World) -> None:
    _, pairing = revealed(world.app, world.subscriber_id, NewPhone())
    word = device_approval(world.phone, pairing)
    assert world.app.complete_pairing.approve_device(world.phone.device_id, word).state is PairingState.CONFIRM_DIGITS
    assert len(world.app.read_devices.of_subscriber(world.subscriber_id)) == 2


def test_a_word_too_late(world: World) -> None:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    world.clock.advance(FINISH_LIFETIME)
    assert approval_refusal(world, pairing, device_approval(world.phone, pairing)) == "pairing_over"
    assert world.app.complete_pairing.approval_requests(world.phone.device_id) == []


@pytest.mark.parametrize("end", ["freeze", "unpair"])
def test_losing_every_phone_opens_no_door(world: World, end: str) -> None:
    """Unpairing needs a password only, and a password alone never links a phone."""
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    begun, pairing = confirmed(world.app, world.subscriber_id, phone := NewPhone())
    assert pairing.state is PairingState.WAITING_FIRST_DEVICE
    assert phone.status(world.app, begun["pairing_id"])["state"] == "waiting_first_device"


# --- recovery ----------------------------------------------------------------------------------------------------------------


def test_recovery_takes_effect_after_its_delay(world: World) -> None:
    world.app.end_device.unpair(world.phone.device_id, "test")
    recovery = world.app.end_device.recover(world.subscriber_id, "Chị Lan, quầy 2")
    assert world.app.read_devices.recovery(world.subscriber_id) == recovery
    assert ("account_changed", world.subscriber_id, {}) in world.messages()
    world.clock.advance(24 * 3600 - 1)
    _, early = confirmed(world.app, world.subscriber_id, NewPhone())
    assert early.state is PairingState.WAITING_FIRST_DEVICE
    world.app.pair_device.reject(early.pairing_id)
    world.clock.advance(1)
    _, done = confirmed(world.app, world.subscriber_id, NewPhone())
    assert done.state is PairingState.COMPLETE
    assert world.app.read_devices.recovery(world.subscriber_id) is None, "a recovery serves once"


def test_a_pairing_held_ready_does_not_win_when_a_recovery_comes_into_force(world: World) -> None:
    """Somebody with the password confirms a phone of theirs just before, and waits."""
    recovery = world.app.end_device.recover(world.subscriber_id, "Lan")
    world.clock.advance(recovery.effective_at - world.clock.now() - 60)
    _, held = confirmed(world.app, world.subscriber_id, NewPhone())
    world.clock.advance(120)
    assert world.app.complete_pairing.when_free(held).state is PairingState.WAITING_FIRST_DEVICE
    _, owners = confirmed(world.app, world.subscriber_id, NewPhone())
    assert owners.state is PairingState.COMPLETE
    assert world.app.complete_pairing.when_free(held).state is PairingState.WAITING_FIRST_DEVICE


def test_a_recovery_that_nobody_used_runs_out(world: World) -> None:
    recovery = world.app.end_device.recover(world.subscriber_id, "Lan")
    world.clock.advance(recovery.effective_at - world.clock.now() + 3 * 86_400)
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert pairing.state is PairingState.WAITING_FIRST_DEVICE


def test_a_recovery_serves_one_phone(world: World) -> None:
    world.app.end_device.recover(world.subscriber_id, "Lan", delay=0)
    _, first = confirmed(world.app, world.subscriber_id, NewPhone())
    assert first.state is PairingState.COMPLETE
    _, second = confirmed(world.app, world.subscriber_id, NewPhone())
    assert second.state is PairingState.WAITING_FIRST_DEVICE


def test_a_recovery_may_be_cancelled(world: World) -> None:
    world.app.end_device.recover(world.subscriber_id, "Lan")
    world.app.end_device.cancel_recovery(world.subscriber_id, world.user.user_id)
    world.clock.advance(25 * 3600)
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert pairing.state is PairingState.WAITING_FIRST_DEVICE
    assert world.audit_kinds(world.subscriber_id)[-2:] == ["recovery_allowed", "recovery_cancelled"]
    world.app.end_device.cancel_recovery(world.subscriber_id, world.user.user_id)


def test_recovery_of_an_unknown_subscriber(world: World) -> None:
    with pytest.raises(PhoneSealError) as caught:
        world.app.end_device.recover(new_id("sub", START), "Lan")
    assert caught.value.code == "subscriber_unknown"


def test_a_second_recovery_takes_the_place_of_the_first(world: World) -> None:
    """Whoever cancels the one that the account page shows has cancelled all."""
    world.app.end_device.recover(world.subscriber_id, "Lan")
    second = world.app.end_device.recover(world.subscriber_id, "Lan")
    assert world.app.read_devices.recovery(world.subscriber_id) == second
    world.app.end_device.cancel_recovery(world.subscriber_id, world.user.user_id)
    assert world.app.read_devices.recovery(world.subscriber_id) is None
    world.clock.advance(25 * 3600)
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert pairing.state is PairingState.WAITING_FIRST_DEVICE


def test_a_recovery_that_was_cancelled_meanwhile_pairs_nobody(world: World) -> None:
    """The certificate is made between the look and the commit: what was looked at may have changed."""
    world.app.end_device.recover(world.subscriber_id, "Lan", delay=0)
    before = world.app.read_devices.of_subscriber(world.subscriber_id)
    issue = world.app.issuer.issue

    def cancelled_first(*arguments: Any) -> Any:
        world.app.end_device.cancel_recovery(world.subscriber_id, world.user.user_id)
        return issue(*arguments)

    with mock.patch.object(world.app.issuer, "issue", cancelled_first):
        _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    assert pairing.state is PairingState.WAITING_FIRST_DEVICE
    assert world.app.read_devices.of_subscriber(world.subscriber_id) == before
