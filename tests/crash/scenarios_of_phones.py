"""Commits about phones: pairing, the PIN, the end of a phone. See ``one_death``."""

import hashlib
import hmac
from collections.abc import Generator

from server.devices.device import DeviceState, PairingState
from server.signing.sign_request import State
from server.statements import Statement, pae
from tests.crash.one_death import Act, queued, scenario, state_of, work
from tests.crash.store_world import StoreWorld
from tests.unit.server.builders import Phone
from tests.unit.server.pairing_kit import NewPhone, claimed, confirmed, device_approval, revealed

# --- pairing -----------------------------------------------------------------------------------------------------------------


@scenario("pairing_offer")
def offered_anew(world: StoreWorld) -> Generator[Act, None, None]:
    yield lambda app: app.pair_device.offer(world.subscriber_id, None)
    with world.app.store.read() as tx:
        waiting = tx.pairings.waiting_for(world.subscriber_id, PairingState.WAITING)
    assert len(waiting) == 1, "only the last code counts"


@scenario("pairing_check")
def checked_again(world: StoreWorld) -> Generator[Act, None, None]:
    offer = world.app.pair_device.offer(world.subscriber_id, None)
    yield lambda app: app.pair_device.check_code(offer.code, "198.51.100.1")
    assert NewPhone().begin(world.app, offer.code), "to ask claims nothing"


@scenario("pairing_begin")
def begun_again(world: StoreWorld) -> Generator[Act, None, None]:
    phone = NewPhone()
    offer = world.app.pair_device.offer(world.subscriber_id, None)
    yield lambda app: phone.begin(app, offer.code)
    assert phone.begin(world.app, offer.code) == phone.begin(world.app, offer.code)


@scenario("pairing")
def revealed_again(world: StoreWorld) -> Generator[Act, None, None]:
    phone = NewPhone()
    offer, begun = claimed(world.app, world.subscriber_id, phone)
    yield lambda app: app.pair_device.reveal(phone.revealed(begun))
    assert pairing_state(world, offer.pairing.pairing_id) is PairingState.CONFIRM_DIGITS


@scenario("pairing_confirm")
def confirmed_again(world: StoreWorld) -> Generator[Act, None, None]:
    phone = NewPhone()
    begun, pairing = revealed(world.app, world.subscriber_id, phone)
    yield lambda app: app.pair_device.confirm(pairing.pairing_id, phone.digits(begun))
    assert pairing_state(world, pairing.pairing_id) is PairingState.WAITING_FIRST_DEVICE


@scenario("pairing_complete")
def completed_once(world: StoreWorld) -> Generator[Act, None, None]:
    phone = NewPhone()
    _, pairing = confirmed(world.app, world.subscriber_id, phone)
    word = device_approval(world.phones[0], pairing)
    yield lambda app: app.complete_pairing.approve_device(world.phones[0].device_id, word)
    with world.app.store.read() as tx:
        assert len(tx.devices.of_subscriber(world.subscriber_id)) == 3
    assert phone.paired(world.app, pairing.pairing_id).device_id


@scenario("pairing_veto")
def vetoed_once(world: StoreWorld) -> Generator[Act, None, None]:
    _, pairing = confirmed(world.app, world.subscriber_id, NewPhone())
    word = device_approval(world.phones[0], pairing, decision="reject")
    yield lambda app: app.complete_pairing.approve_device(world.phones[0].device_id, word)
    assert pairing_state(world, pairing.pairing_id) is PairingState.REJECTED


@scenario("pairing_reject")
def rejected_once(world: StoreWorld) -> Generator[Act, None, None]:
    _, pairing = revealed(world.app, world.subscriber_id, NewPhone())
    yield lambda app: app.pair_device.reject(pairing.pairing_id)
    assert pairing_state(world, pairing.pairing_id) is PairingState.REJECTED


@scenario("pairing_expire")
def expired_once(world: StoreWorld) -> Generator[Act, None, None]:
    _, pairing = revealed(world.app, world.subscriber_id, NewPhone())
    world.clock.advance(3600)
    yield lambda app: app.pair_device.expire()
    assert pairing_state(world, pairing.pairing_id) is PairingState.EXPIRED


def pairing_state(world: StoreWorld, pairing_id: str) -> PairingState:
    with world.app.store.read() as tx:
        return tx.pairings.get(pairing_id).state


# --- a phone and its owner ---------------------------------------------------------------------------------------------------


@scenario("change_pin")
def nothing_counts_yet(world: StoreWorld) -> Generator[Act, None, None]:
    """Preparing a PIN change, however often: the old PIN's proof counts."""
    phone, nonce = world.phones[0], bytes(32)
    right = proof(phone, phone.pin_proof_key, nonce)
    yield lambda app: app.release_share.change_pin(phone.device_id, nonce, right, b"s" * 32, b"k" * 32, b"n" * 32)
    assert world.app.release_share(phone.device_id, nonce, right) == phone.vault_share
    world.app.release_share.finish_pin_change(phone.device_id, b"n" * 32)


@scenario("finish_pin_change")
def the_new_pin_counts(world: StoreWorld) -> Generator[Act, None, None]:
    phone, nonce, key = world.phones[0], bytes(32), b"k" * 32
    right = proof(phone, phone.pin_proof_key, nonce)
    world.app.release_share.change_pin(phone.device_id, nonce, right, b"s" * 32, key, b"n" * 32)
    yield lambda app: app.release_share.finish_pin_change(phone.device_id, b"n" * 32)
    assert world.app.release_share(phone.device_id, nonce, proof(phone, key, nonce)) == b"s" * 32


@scenario("block")
def blocked_once(world: StoreWorld) -> Generator[Act, None, None]:
    """The request that was blocked from is refused, and there is one block."""
    request = queued(world)
    work(world)
    word = block_word(world, request.request_id)
    yield lambda app: app.block_requesters.block(world.phones[0].device_id, word)
    assert state_of(world, request) is State.REFUSED
    assert len(world.app.block_requesters.of_phone(world.phones[0].device_id)) == 1


@scenario("unblock")
def unblocked_once(world: StoreWorld) -> Generator[Act, None, None]:
    phone = world.phones[0]
    request = queued(world)
    work(world)
    block = world.app.block_requesters.block(phone.device_id, block_word(world, request.request_id))
    fields = {"version": 1, "device_id": phone.device_id, "block_id": block.block_id, "at": 1}
    word = phone.say("phoneseal.unblock.v1", fields)
    yield lambda app: app.block_requesters.unblock(phone.device_id, word)
    assert world.app.block_requesters.of_phone(phone.device_id) == []


def block_word(world: StoreWorld, request_id: str) -> Statement:
    phone = world.phones[0]
    fields = {
        "version": 1,
        "device_id": phone.device_id,
        "request_id": request_id,
        "relying_party_id": world.app.portal.relying_party_id,
        "scope": "person",
        "at": 1,
    }
    return phone.say("phoneseal.block.v1", fields)


def proof(phone: Phone, key: bytes, nonce: bytes) -> bytes:
    return hmac.new(key, pae("phoneseal.pin_proof.v1", nonce + phone.device_id.encode()), hashlib.sha256).digest()


@scenario("device")
def unpaired_with_an_open_request(world: StoreWorld) -> Generator[Act, None, None]:
    request = queued(world)
    work(world)
    world.app.end_device.unpair(world.phones[1].device_id, "owner")
    yield lambda app: app.end_device.unpair(world.phones[0].device_id, "owner")
    with world.app.store.read() as tx:
        assert tx.devices.get(world.phones[0].device_id).state is DeviceState.UNPAIRED
    assert state_of(world, request) is State.CANCELLED


@scenario("rename")
def renamed(world: StoreWorld) -> Generator[Act, None, None]:
    device_id = world.phones[0].device_id
    yield lambda app: app.end_device.rename(device_id, "Máy bàn", "owner")
    with world.app.store.read() as tx:
        assert tx.devices.get(device_id).name == "Máy bàn"


@scenario("recover")
def recovered(world: StoreWorld) -> Generator[Act, None, None]:
    yield lambda app: app.end_device.recover(world.subscriber_id, "staff")
    with world.app.store.read() as tx:
        assert tx.pairings.recovery_of(world.subscriber_id) is not None


@scenario("cancel_recovery")
def recovery_cancelled(world: StoreWorld) -> Generator[Act, None, None]:
    world.app.end_device.recover(world.subscriber_id, "staff")
    yield lambda app: app.end_device.cancel_recovery(world.subscriber_id, "owner")
    with world.app.store.read() as tx:
        assert tx.pairings.recovery_of(world.subscriber_id) is None
