"""The vault share behind the PIN count: waits and lock are the server's, committed before the answer, and survive everything."""

import hashlib
import hmac
import secrets

import pytest

from server.app import UseCases
from server.errors import Forbidden, TooManyTries
from server.statements import b64, pae
from tests.unit.server.builders import Phone, code_of
from tests.unit.server.world import World

NONCE, NAME = secrets.token_bytes(32), secrets.token_bytes(32)


def proof(phone: Phone, nonce: bytes = NONCE, key: bytes | None = None, device_id: str = "") -> bytes:
    message = pae("phoneseal.pin_proof.v1", nonce + (device_id or phone.device_id).encode())
    return hmac.new(phone.pin_proof_key if key is None else key, message, hashlib.sha256).digest()


def right(world: World, app: UseCases | None = None) -> bytes:
    return (app or world.app).release_share(world.phone.device_id, NONCE, proof(world.phone))


def wrong(world: World, app: UseCases | None = None) -> tuple[str, dict[str, object]]:
    with pytest.raises((Forbidden, TooManyTries)) as caught:
        (app or world.app).release_share(world.phone.device_id, NONCE, bytes(32))
    return caught.value.code, caught.value.details


def test_a_right_proof_gets_the_share(world: World) -> None:
    assert right(world) == world.phone.vault_share


@pytest.mark.parametrize("what", ["nonce", "key", "device", "short", "empty"])
def test_other_proofs_do_not(two_phones: World, what: str) -> None:
    world = two_phones
    phone = world.phone
    given = {
        "nonce": proof(phone, bytes(32)),
        "key": proof(phone, key=world.phones[1].pin_proof_key),
        "device": proof(phone, device_id=world.phones[1].device_id),
        "short": proof(phone)[:31],
        "empty": b"",
    }[what]
    assert code_of(world.app.release_share, phone.device_id, NONCE, given) == "wrong_pin"


def test_waits_grow_and_the_sixth_locks(world: World) -> None:
    expected = [(5, 0), (4, 0), (3, 30), (2, 300), (1, 3600)]
    for tries_left, wait in expected:
        assert wrong(world) == ("wrong_pin", {"tries_left": tries_left, "retry_after": wait})
        if wait:
            world.clock.advance(wait - 0.5)
            code, details = wrong(world)
            assert (code, details) == ("pin_wait", {"retry_after": 1})
            assert code_of(right, world) == "pin_wait", "a right PIN waits too"
            world.clock.advance(0.5)
    assert wrong(world) == ("pin_locked", {})
    assert code_of(right, world) == "pin_locked"
    world.clock.advance(1e8)
    assert code_of(right, world) == "pin_locked"
    kinds = world.audit_kinds(world.phone.device_id)
    assert (kinds.count("pin_wrong"), kinds.count("pin_locked")) == (5, 1)


def test_a_right_pin_starts_the_count_anew(world: World) -> None:
    wrong(world)
    wrong(world)
    right(world)
    assert wrong(world)[1]["tries_left"] == 5


def test_waits_and_lock_survive_a_restart(world: World) -> None:
    for _ in range(3):
        wrong(world)
    assert wrong(world, world.restarted())[0] == "pin_wait"
    for wait in (30, 300, 3600):
        world.clock.advance(wait)
        wrong(world, world.restarted())
    assert code_of(right, world, world.restarted()) == "pin_locked"


def test_the_try_is_committed_before_the_answer(world: World) -> None:
    """A second connection sees the count as soon as the first one has said no."""
    other = world.restarted()
    wrong(world)
    with other.store.read() as tx:
        assert tx.devices.get(world.phone.device_id).wrong_pins == 1


@pytest.mark.parametrize("full", ["before the count", "before the verdict"])
def test_nothing_of_a_proof_can_be_told_while_tries_are_not_counted(world: World, full: str) -> None:
    """On a full disk a right proof used to succeed where a wrong one failed, without a count: every PIN could be tried."""
    store = world.app.store
    connection = store._tables.database.conn
    told = set()
    for given in (proof(world.phone), bytes(32)):
        connection.execute("CREATE TEMP TABLE IF NOT EXISTS left_over (writes INTEGER)")
        connection.execute("DELETE FROM left_over")
        connection.execute("INSERT INTO left_over VALUES (?)", (0 if full == "before the count" else 1,))
        connection.execute(
            "CREATE TEMP TRIGGER full BEFORE UPDATE OF wrong_pins ON devices WHEN (SELECT writes FROM left_over) = 0"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
        connection.execute("CREATE TEMP TRIGGER one_less AFTER UPDATE OF wrong_pins ON devices BEGIN UPDATE left_over SET writes = 0; END")
        with pytest.raises(Exception, match=r"full|wrong PIN") as caught:
            world.app.release_share(world.phone.device_id, NONCE, given)
        told.add(type(caught.value).__name__)
        connection.execute("DROP TRIGGER full")
        connection.execute("DROP TRIGGER one_less")
    with store.read() as tx:
        counted = tx.devices.get(world.phone.device_id).wrong_pins
    if full == "before the count":
        assert (len(told), counted) == (1, 0), "both end alike, before anything was looked at"
    else:
        assert counted == 2, "both were counted"


def test_counts_belong_to_one_phone(two_phones: World) -> None:
    world = two_phones
    second = world.phones[1]
    for _ in range(3):
        wrong(world)
    assert world.app.release_share(second.device_id, NONCE, proof(second)) == second.vault_share


@pytest.mark.parametrize(("end", "code"), [("freeze", "device_frozen"), ("unpair", "device_unpaired")])
def test_an_ended_phone_gets_nothing(world: World, end: str, code: str) -> None:
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    assert code_of(right, world) == code
    assert wrong(world)[0] == code
    with world.app.store.read() as tx:
        assert tx.devices.get(world.phone.device_id).wrong_pins == 0


def test_freezing_and_thawing_wins_no_tries(world: World) -> None:
    for _ in range(3):
        wrong(world)
    world.app.end_device.freeze(world.phone.device_id, "test")
    world.app.end_device.thaw(world.phone.device_id, "test")
    assert code_of(right, world) == "pin_wait"


def test_share_and_proof_key_are_sealed_at_rest(world: World) -> None:
    right(world)
    world.app.store.checkpoint()
    raw = b"".join(path.read_bytes() for path in world.config.data_dir.glob("phoneseal.db*"))
    for secret in (world.phone.vault_share, world.phone.pin_proof_key):
        for form in (secret, b64(secret).encode(), secret.hex().encode()):
            assert form not in raw


def test_a_sealed_share_moved_to_another_phones_row_does_not_open(two_phones: World) -> None:
    world = two_phones
    first, second = world.phones
    with world.app.store.write() as tx:
        theirs = tx.devices.get(second.device_id)
        tx.devices.prepare_pin_change(first.device_id, NAME, theirs.sealed_vault_share, theirs.sealed_pin_proof_key)
        tx.devices.finish_pin_change(first.device_id, NAME, 0.0)
    with pytest.raises(Exception) as caught:
        world.app.release_share(first.device_id, NONCE, proof(second, device_id=first.device_id))
    assert caught.typename == "InvalidTag"


def test_changing_the_pin_in_two_steps(world: World) -> None:
    share, key = secrets.token_bytes(32), secrets.token_bytes(32)
    old, device_id = proof(world.phone), world.phone.device_id
    change, finish = world.app.release_share.change_pin, world.app.release_share.finish_pin_change
    assert code_of(change, device_id, NONCE, bytes(32), share, key, NAME) == "wrong_pin"
    assert code_of(finish, device_id, NAME) == "pin_change_unknown"
    change(device_id, NONCE, old, share, key, NAME)
    assert right(world) == world.phone.vault_share, "until it is finished the old PIN counts"
    change(device_id, NONCE, old, share, key, NAME)
    finish(device_id, NAME)
    assert code_of(world.app.release_share, device_id, NONCE, old) == "wrong_pin"
    world.phone.pin_proof_key = key
    assert right(world) == share
    finish(device_id, NAME)
    assert right(world, world.restarted()) == share
    assert world.audit_kinds(device_id).count("pin_changed") == 1


def test_a_change_that_another_took_the_place_of_never_counts(world: World) -> None:
    old, device_id = proof(world.phone), world.phone.device_id
    change, finish = world.app.release_share.change_pin, world.app.release_share.finish_pin_change
    change(device_id, NONCE, old, b"1" * 32, b"1" * 32, NAME)
    change(device_id, NONCE, old, b"2" * 32, b"2" * 32, bytes(32))
    assert code_of(finish, device_id, NAME) == "pin_change_unknown"
    assert right(world) == world.phone.vault_share
    finish(device_id, bytes(32))
    world.phone.pin_proof_key = b"2" * 32
    assert right(world) == b"2" * 32


def test_finishing_wins_no_tries_and_a_frozen_phone_finishes_nothing(world: World) -> None:
    device_id = world.phone.device_id
    world.app.release_share.change_pin(device_id, NONCE, proof(world.phone), bytes(32), bytes(32), NAME)
    wrong(world)
    world.app.end_device.freeze(device_id, "test")
    assert code_of(world.app.release_share.finish_pin_change, device_id, NAME) == "device_frozen"
    world.app.end_device.thaw(device_id, "test")
    world.app.release_share.finish_pin_change(device_id, NAME)
    assert wrong(world)[1]["tries_left"] == 4


def test_a_wrong_pin_by_way_of_change_counts_too(world: World) -> None:
    for _ in range(3):
        code_of(world.app.release_share.change_pin, world.phone.device_id, NONCE, bytes(32), bytes(32), bytes(32), NAME)
    assert code_of(right, world) == "pin_wait"
