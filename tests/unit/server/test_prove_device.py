"""Hello: a fresh nonce, the device key, this server; and what a session is worth afterwards."""

import secrets
from typing import Any

import pytest

from server.devices.prove_device import SESSION_LIFETIME
from server.errors import PhoneSealError
from server.ids import new_id
from server.statements import Statement, b64
from tests.unit.server.builders import START, Phone, body_of, code_of
from tests.unit.server.pairing_kit import p256
from tests.unit.server.world import World

NONCE, PHONE_NONCE = secrets.token_bytes(32), secrets.token_bytes(32)


def hello(world: World, phone: Phone | None = None, *, by: Any = None, key_id: str = "", **changes: Any) -> Statement:
    phone = phone or world.phone
    fields = {
        "version": 1,
        "device_id": phone.device_id,
        "server_id": world.app.signer.server_id,
        "nonce": b64(NONCE),
        "phone_nonce": b64(PHONE_NONCE),
    }
    return phone.say("phoneseal.device_hello.v1", fields | changes, by=by, key_id=key_id)


def prove(world: World, statement: Statement | None = None, device_id: str = "") -> tuple[Statement, str, Any]:
    named = device_id or world.phone.device_id
    return world.app.prove_device(named, NONCE, PHONE_NONCE, statement or hello(world))


def test_a_proof_opens_a_session(world: World) -> None:
    answer, token, device = prove(world)
    fields = body_of(answer)
    assert (fields["nonce"], fields["phone_nonce"]) == (b64(NONCE), b64(PHONE_NONCE))
    assert fields["session_expires_at"] == fields["server_time"] + 3_600_000
    assert device.device_id == world.phone.device_id
    assert world.app.prove_device.by_token(token).device_id == device.device_id
    with world.app.store.read() as tx:
        assert tx.devices.get(device.device_id).last_seen_at == world.clock.now()
    assert token.encode() not in (world.config.data_dir / "phoneseal.db-wal").read_bytes()


def test_an_unknown_device(world: World) -> None:
    assert code_of(prove, world, hello(world), new_id("dev", START)) == "device_unknown"


def test_another_key_or_name(two_phones: World) -> None:
    world = two_phones
    first, second = world.phones
    assert code_of(prove, world, hello(world, by=p256())) == "proof_invalid"
    assert code_of(prove, world, hello(world, by=first.approval_key)) == "proof_invalid"
    assert code_of(prove, world, hello(world, second)) == "proof_invalid"
    assert code_of(prove, world, hello(world, second, key_id=first.device_id)) == "proof_invalid"
    assert code_of(prove, world, hello(world, first, key_id=second.device_id)) == "proof_invalid"


@pytest.mark.parametrize("field", ["device_id", "server_id", "nonce", "phone_nonce"])
def test_a_proof_for_something_else(world: World, field: str) -> None:
    other = {"device_id": new_id("dev", START), "server_id": new_id("srv", START)}.get(field, b64(bytes(32)))
    with pytest.raises(PhoneSealError) as caught:
        prove(world, hello(world, **{field: other}))
    assert (caught.value.code, caught.value.details) == ("statement_mismatch", {"field": field})
    assert code_of(prove, world, hello(world, **{field: None})) in ("statement_mismatch", "bad_message")


def test_another_purpose(world: World) -> None:
    statement = world.phone.say("phoneseal.freeze.v1", body_of(hello(world)))
    assert code_of(prove, world, statement) == "bad_message"


@pytest.mark.parametrize(("end", "code"), [("freeze", "device_frozen"), ("unpair", "device_unpaired")])
def test_an_ended_phone_gets_no_session_and_loses_those_it_had(world: World, end: str, code: str) -> None:
    _, token, _ = prove(world)
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    assert code_of(prove, world) == code
    assert code_of(world.app.prove_device.by_token, token) == "session_invalid"
    assert code_of(world.app.prove_device.still_active, world.phone.device_id) == code
    if end == "freeze":
        world.app.end_device.thaw(world.phone.device_id, "test")
        assert code_of(world.app.prove_device.by_token, token) == "session_invalid", "thawing revives no old session"
        prove(world)


def test_a_session_ends_after_an_hour(world: World) -> None:
    _, token, _ = prove(world)
    world.clock.advance(SESSION_LIFETIME - 1)
    world.app.prove_device.by_token(token)
    world.clock.advance(1)
    assert code_of(world.app.prove_device.by_token, token) == "session_invalid"
    prove(world)


def test_tokens_that_nobody_gave(world: World) -> None:
    assert code_of(world.app.prove_device.by_token, "x" * 43) == "session_invalid"
    assert code_of(world.app.prove_device.by_token, "") == "session_invalid"
