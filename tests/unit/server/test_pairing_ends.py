"""The end of a pairing: digits, status, and what is left of one that did not come to its end."""

from collections.abc import Callable

from server.devices.device import PairingState
from server.devices.pairing import FINISH_LIFETIME
from server.ids import new_id
from server.statements import b64
from tests.unit.server.builders import START, code_of
from tests.unit.server.pairing_kit import (
    NewPhone,
    claimed,
    confirmed,
    revealed,
)
from tests.unit.server.world import World


def state_of(world: World, pairing_id: str) -> PairingState:
    with world.app.store.read() as tx:
        return tx.pairings.get(pairing_id).state


# --- digits ------------------------------------------------------------------------------------------------------------------


def test_other_digits_reject_the_pairing(empty: World) -> None:
    begun, pairing = revealed(empty.app, empty.subscriber_id, phone := NewPhone())
    wrong = f"{(int(phone.digits(begun)) + 1) % 10**6:06d}"
    assert empty.app.pair_device.confirm(pairing.pairing_id, wrong).state is PairingState.REJECTED
    assert empty.app.pair_device.confirm(pairing.pairing_id, phone.digits(begun)).state is PairingState.REJECTED
    assert empty.app.read_devices.of_subscriber(empty.subscriber_id) == []


def test_digits_in_other_letters_are_other_digits(empty: World) -> None:
    _, pairing = revealed(empty.app, empty.subscriber_id, NewPhone())
    assert empty.app.pair_device.confirm(pairing.pairing_id, "١٢٣٤٥٦").state is PairingState.REJECTED


def test_confirming_before_the_reveal_changes_nothing(empty: World) -> None:
    offer, _ = claimed(empty.app, empty.subscriber_id, NewPhone())
    assert empty.app.pair_device.confirm(offer.pairing.pairing_id, "").state is PairingState.CLAIMED


def test_rejecting_in_the_browser(empty: World) -> None:
    begun, pairing = revealed(empty.app, empty.subscriber_id, phone := NewPhone())
    assert empty.app.pair_device.reject(pairing.pairing_id).state is PairingState.REJECTED
    assert phone.status(empty.app, begun["pairing_id"])["state"] == "rejected"


def test_unfinished_pairings_expire(empty: World) -> None:
    begun, pairing = revealed(empty.app, empty.subscriber_id, phone := NewPhone())
    empty.clock.advance(FINISH_LIFETIME)
    assert empty.app.pair_device.expire() == 1
    assert empty.app.pair_device.expire() == 0
    assert state_of(empty, pairing.pairing_id) is PairingState.EXPIRED
    assert empty.app.pair_device.confirm(pairing.pairing_id, phone.digits(begun)).state is PairingState.EXPIRED


def test_confirming_too_late_pairs_nothing(empty: World) -> None:
    begun, pairing = revealed(empty.app, empty.subscriber_id, phone := NewPhone())
    empty.clock.advance(FINISH_LIFETIME)
    assert code_of(empty.app.pair_device.confirm, pairing.pairing_id, phone.digits(begun)) == "pairing_over"
    assert empty.app.read_devices.of_subscriber(empty.subscriber_id) == []


# --- status ------------------------------------------------------------------------------------------------------------------


def test_status_only_for_the_device_key(empty: World) -> None:
    _, pairing = confirmed(empty.app, empty.subscriber_id, phone := NewPhone())
    status = empty.app.complete_pairing.status
    assert code_of(status, pairing.pairing_id, NewPhone().status_proof(pairing.pairing_id)) == "proof_invalid"
    assert code_of(status, pairing.pairing_id, phone.status_proof(new_id("pa", START))) == "proof_invalid"
    assert code_of(status, pairing.pairing_id, b"") == "proof_invalid"
    assert code_of(status, new_id("pa", START), b"") == "pairing_unknown"


def test_status_before_the_reveal(empty: World) -> None:
    _, begun = claimed(empty.app, empty.subscriber_id, phone := NewPhone())
    proof = phone.status_proof(begun["pairing_id"])
    assert code_of(empty.app.complete_pairing.status, begun["pairing_id"], proof) == "pairing_over"


def test_a_pairing_whose_process_died_before_the_certificate_completes_on_the_next_question(empty: World) -> None:
    begun, pairing = revealed(empty.app, empty.subscriber_id, phone := NewPhone())
    with empty.app.store.write() as tx:
        tx.pairings.move(pairing, PairingState.WAITING_FIRST_DEVICE, confirmed_at=1.0)
    assert phone.status(empty.app, begun["pairing_id"])["state"] == "complete"
    assert len(empty.app.read_devices.of_subscriber(empty.subscriber_id)) == 1
    assert phone.status(empty.app, begun["pairing_id"])["state"] == "complete"
    assert len(empty.app.read_devices.of_subscriber(empty.subscriber_id)) == 1


def test_a_finished_pairing_keeps_no_secrets(empty: World) -> None:
    pairing_id = confirmed(empty.app, empty.subscriber_id, phone := NewPhone())[1].pairing_id
    with empty.app.store.read() as tx:
        assert "sealed" not in (tx.pairings.get(pairing_id).reveal or "")
    empty.app.store.checkpoint()
    raw = (empty.config.data_dir / "phoneseal.db").read_bytes()
    for secret in (phone.vault_share, phone.pin_proof_key):
        assert secret not in raw
        assert b64(secret).encode() not in raw
        assert secret.hex().encode() not in raw


def test_without_an_issuer_no_phone_is_made(make_world: Callable[..., World]) -> None:
    world = make_world(1, certificate_issuer="none")
    user = world.app.log_in.add_user("moi", "một mật khẩu dài", "Người Mới", "")
    assert code_of(revealed, world.app, str(user.subscriber_id), NewPhone()) == "issuer_unavailable"
    assert world.app.read_devices.of_subscriber(str(user.subscriber_id)) == []


def test_digits_do_not_show_who_paired_before(empty: World) -> None:
    """Each pairing has its own nonces, so the digits can't be steered or repeated."""
    phone = NewPhone()
    seen = set()
    for _ in range(3):
        begun, pairing = revealed(empty.app, empty.subscriber_id, phone)
        seen.add(pairing.digits)
        empty.app.pair_device.reject(pairing.pairing_id)
        assert begun["server_nonce"]
    assert len(seen) == 3
