"""The server's own keys: made once, readable by nobody else, rotated by signed statements that survive a crash at any point."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from server.app import COUNTER_SETTING
from server.config import ConfigError
from server.keys.push_key import load_push_key
from server.keys.server_keys import KeysUnusable, Sealer, ServerKeys, open_keys, private_pem, raw_public
from server.statements import Statement, key_id_of, pae, unb64
from tests.unit.server.builders import START, HandClock, new_installation, open_app
from tests.unit.server.world import World


@pytest.fixture
def keys(tmp_path: Path) -> ServerKeys:
    return open_keys(tmp_path / "keys", START)


def verify(statement: Statement, public_key: bytes) -> None:
    assert statement.key_id == key_id_of(public_key)
    Ed25519PublicKey.from_public_bytes(public_key).verify(
        statement.signature, pae(statement.purpose, statement.body.encode())
    )


def test_keys_are_made_once(keys: ServerKeys) -> None:
    again = open_keys(keys.folder, START + 5)
    assert (again.server_id, again.recovery_public, again.session_key) == (
        keys.server_id,
        keys.recovery_public,
        keys.session_key,
    )
    assert again.signer(1).fingerprint == keys.signer(1).fingerprint


def test_nobody_else_may_read_them(keys: ServerKeys) -> None:
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    files = list(keys.folder.iterdir())
    assert len(files) == 6
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_the_key_for_push_services(tmp_path: Path) -> None:
    """Made by the set-up, of an older installation too; damaged, it is said and never replaced by itself."""
    config = new_installation(tmp_path / "data", HandClock())
    path = config.data_dir / "keys" / "push.pem"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_bytes()
    new_installation(tmp_path / "data", HandClock())
    assert path.read_bytes() == first
    app = open_app(config, HandClock())
    assert app.vapid is not None and len(app.vapid.public_key) == 65
    app.store.close()
    path.unlink()
    with pytest.raises(KeysUnusable, match=r"push\.pem"):
        load_push_key(path.parent)
    new_installation(tmp_path / "data", HandClock())
    assert path.read_bytes() != first
    for content in (b"damaged", private_pem(Ed25519PrivateKey.generate())):
        path.write_bytes(content)
        with pytest.raises(KeysUnusable, match="delete it"):
            load_push_key(path.parent)
    quiet = replace(config, wake_up=False)
    app = open_app(quiet, HandClock())
    assert app.vapid is None
    app.store.close()


@pytest.mark.parametrize("name", ["request_signing_1.pem", "recovery.pub", "data.key", "session.key", "server_id"])
def test_a_folder_that_lacks_one_is_refused(keys: ServerKeys, name: str) -> None:
    (keys.folder / name).unlink()
    with pytest.raises(KeysUnusable, match=name):
        open_keys(keys.folder, START)


def test_damaged_signing_keys_are_said(keys: ServerKeys) -> None:
    path = keys.folder / "request_signing_1.pem"
    path.write_bytes(b"damaged")
    with pytest.raises(KeysUnusable, match="damaged"):
        keys.signer(1)
    with pytest.raises(KeysUnusable, match="missing"):
        keys.signer(2)


def test_rotation_is_signed_by_the_key_before(keys: ServerKeys) -> None:
    old = keys.signer(1)
    statement = keys.rotate(1, START)
    verify(statement, old.public_key)
    fields = json.loads(statement.body)
    assert (fields["counter"], fields["server_id"], fields["at"]) == (2, keys.server_id, int(START * 1000))
    new = keys.signer(2)
    assert unb64(fields["request_signing_key"]) == new.public_key != old.public_key
    third = keys.rotate(2, START)
    verify(third, new.public_key)


def test_rotation_by_the_recovery_key(keys: ServerKeys) -> None:
    pem = (keys.folder / "recovery-KEEP-OFFLINE.pem").read_bytes()
    statement = keys.rotate(1, START, recovery_pem=pem)
    verify(statement, keys.recovery_public)
    assert unb64(json.loads(statement.body)["request_signing_key"]) == keys.signer(2).public_key


def test_a_lost_signing_key_is_replaced_by_the_recovery_key(keys: ServerKeys) -> None:
    """The recovery key is for the day on which the signing key is stolen, or gone."""
    pem = (keys.folder / "recovery-KEEP-OFFLINE.pem").read_bytes()
    (keys.folder / "request_signing_1.pem").write_bytes(b"gone")
    verify(keys.rotate(1, START, recovery_pem=pem), keys.recovery_public)


@pytest.mark.parametrize("what", ["another key", "no key"])
def test_another_recovery_key_rotates_nothing(keys: ServerKeys, what: str) -> None:
    pem = private_pem(Ed25519PrivateKey.generate()) if what == "another key" else b"no key at all"
    with pytest.raises(KeysUnusable):
        keys.rotate(1, START, recovery_pem=pem)
    with pytest.raises(KeysUnusable):
        keys.signer(2)


def test_a_rotation_that_died_before_its_commit_is_made_anew(keys: ServerKeys) -> None:
    """The file is there, the database knows nothing of it: the present key goes on, and the next rotation makes a fresh key."""
    dead = keys.rotate(1, START)
    left = keys.signer(2).public_key
    again = keys.rotate(1, START + 1)
    verify(again, keys.signer(1).public_key)
    assert keys.signer(2).public_key != left
    assert unb64(json.loads(again.body)["request_signing_key"]) == keys.signer(2).public_key
    assert dead.body != again.body


def test_the_database_says_which_key_signs(world: World) -> None:
    first = world.app.signer
    statement = world.app.keys.rotate(1, START)
    assert world.restarted().signer.fingerprint == first.fingerprint, "not before the commit"
    with world.app.store.write() as tx:
        tx.devices.add_rotation(2, statement, START)
        tx.settings.set(COUNTER_SETTING, "2")
    after = world.restarted()
    assert (after.signer.counter, after.signer.fingerprint != first.fingerprint) == (2, True)
    assert after.prove_device.rotations_after(1) == [statement]
    assert after.prove_device.rotations_after(2) == []


def test_a_rotation_is_told_once_its_key_signs(world: World) -> None:
    """Between ``keys rotate`` and the restart the old key signs on: a phone that followed already would take its word for a stranger's."""
    statement = world.app.keys.rotate(1, START)
    with world.app.store.write() as tx:
        tx.devices.add_rotation(2, statement, START)
        tx.settings.set(COUNTER_SETTING, "2")
    assert world.app.prove_device.rotations_after(1) == []
    assert world.restarted().prove_device.rotations_after(1) == [statement]


def test_sealed_secrets_open_only_where_they_belong() -> None:
    sealer = Sealer(bytes(32))
    sealed = sealer.seal(b"secret", "dev_1:vault_share")
    assert sealer.open(sealed, "dev_1:vault_share") == b"secret"
    assert sealer.seal(b"secret", "dev_1:vault_share") != sealed
    for key, context in ((bytes(32), "dev_2:vault_share"), (b"\x01" * 32, "dev_1:vault_share")):
        with pytest.raises(InvalidTag):
            Sealer(key).open(sealed, context)


def test_a_database_without_its_keys_does_not_start(tmp_path: Path) -> None:
    clock = HandClock()
    config = new_installation(tmp_path / "data", clock)
    open_app(config, clock).store.close()
    (tmp_path / "data" / "keys").rename(tmp_path / "elsewhere")
    with pytest.raises(ConfigError, match="no keys"):
        new_installation(tmp_path / "data", clock)


def test_recovery_pub_is_the_private_half_for_the_operator(keys: ServerKeys) -> None:
    key = load_pem_private_key((keys.folder / "recovery-KEEP-OFFLINE.pem").read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    assert raw_public(key) == keys.recovery_public
