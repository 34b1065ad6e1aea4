"""Freeze, thaw, unpair: by the owner, by staff, by the phone's own signed word."""

from typing import Any

import pytest

from server.devices.device import DeviceState
from server.ids import new_id
from server.signing.credential import CredentialState
from tests.unit.server.builders import START, code_of
from tests.unit.server.pairing_kit import p256
from tests.unit.server.world import World


def state(world: World) -> DeviceState:
    with world.app.store.read() as tx:
        return tx.devices.get(world.phone.device_id).state


def word(
    world: World, purpose: str = "phoneseal.freeze.v1", *, by: Any = None, key_id: str = "", **changes: Any
) -> Any:
    fields = {"version": 1, "device_id": world.phone.device_id, "at": int(START * 1000)}
    return world.phone.say(purpose, fields | changes, by=by, key_id=key_id)


def test_freeze_and_thaw(world: World) -> None:
    end, device_id = world.app.end_device, world.phone.device_id
    end.freeze(device_id, "usr_x")
    assert state(world) is DeviceState.FROZEN
    end.freeze(device_id, "usr_x")
    end.thaw(device_id, "usr_x")
    assert state(world) is DeviceState.ACTIVE
    assert world.audit_kinds(device_id)[-2:] == ["device_frozen", "device_active"]
    assert ("device_changed", device_id, {}) in world.messages()


def test_unpairing_is_for_good_and_ends_the_credentials(world: World) -> None:
    end, device_id = world.app.end_device, world.phone.device_id
    end.unpair(device_id, "usr_x")
    end.unpair(device_id, "usr_x")
    with world.app.store.read() as tx:
        assert tx.devices.credential(world.phone.credential_id).state is CredentialState.ENDED
        assert tx.devices.get(device_id).ended_at == world.clock.now()
    assert code_of(end.thaw, device_id, "usr_x") == "device_unpaired"
    assert code_of(end.freeze, device_id, "usr_x") == "device_unpaired"


def test_a_frozen_phone_may_be_unpaired(world: World) -> None:
    world.app.end_device.freeze(world.phone.device_id, "x")
    world.app.end_device.unpair(world.phone.device_id, "x")
    assert state(world) is DeviceState.UNPAIRED


@pytest.mark.parametrize(
    ("purpose", "after"), [("phoneseal.freeze.v1", DeviceState.FROZEN), ("phoneseal.unpair.v1", DeviceState.UNPAIRED)]
)
def test_the_phones_own_word_is_kept_as_evidence(world: World, purpose: str, after: DeviceState) -> None:
    statement = word(world, purpose)
    assert world.app.end_device.by_phone(world.phone.device_id, statement).state is after
    assert state(world) is after
    with world.app.store.read() as tx:
        assert tx.audit.evidence(statement.digest.hex()) is not None


def test_other_words_end_nothing(two_phones: World) -> None:
    world = two_phones
    by_phone, device_id = world.app.end_device.by_phone, world.phone.device_id
    refused = {
        "statement_signature_invalid": [
            word(world, by=p256()),
            word(world, by=world.phone.approval_key),
            word(world, by=world.phones[1].device_key),
            word(world, key_id=world.phones[1].device_id),
        ],
        "statement_mismatch": [word(world, device_id=new_id("dev", START)), word(world, "phoneseal.device_hello.v1")],
        "bad_message": [word(world, more=1)],
    }
    for code, statements in refused.items():
        for statement in statements:
            assert code_of(by_phone, device_id, statement) == code
    assert state(world) is DeviceState.ACTIVE


def test_renaming(world: World) -> None:
    world.app.end_device.rename(world.phone.device_id, "Máy công ty", world.user.user_id)
    [line] = [
        line for line in world.app.read_devices.of_subscriber(world.subscriber_id) if line.device.state == "ACTIVE"
    ]
    assert line.device.name == "Máy công ty"
    assert [credential.credential_id for credential in line.credentials] == [world.phone.credential_id]
    with world.app.store.read() as tx:
        assert not any("Máy công ty" in entry.facts for entry in tx.audit.of_subject(world.phone.device_id))


def test_others_see_neither_phones_nor_pairings(world: World) -> None:
    other = world.app.log_in.add_user("binh", "mật khẩu khá dài", "Bình", "")
    read = world.app.read_devices
    pairing = world.app.pair_device.offer(world.subscriber_id, None).pairing
    assert code_of(read.device, world.phone.device_id, str(other.subscriber_id)) == "device_unknown"
    assert code_of(read.pairing, pairing.pairing_id, str(other.subscriber_id)) == "pairing_unknown"
    assert read.pairing(pairing.pairing_id, world.subscriber_id) == pairing
    assert read.device(world.phone.device_id, world.subscriber_id).device_id == world.phone.device_id
    assert read.of_subscriber(str(other.subscriber_id)) == []
