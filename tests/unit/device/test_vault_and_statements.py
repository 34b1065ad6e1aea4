"""The file vault, PIN rules, statements and the tree, each by itself."""

import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mobile_app.device.file_vault import FileVault
from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import JournaledRequest, RequestState
from mobile_app.device.key_vault import KeyChoice
from mobile_app.device.pin_rules import require_strong_pin
from mobile_app.device.profile import Profile
from mobile_app.device.request_checks.merkle import MerkleTree
from mobile_app.device.server_keys import key_id
from mobile_app.device.statements import pae, sign_statement, verify_statement
from mobile_app.errors import CheckFailed, PhoneError, VaultError, WeakPin
from mobile_app.link.fields import Malformed, parse_json
from mobile_app.link.wire import Statement
from tests.unit.device.fake_server import root_of

PIN = b"274951"


@pytest.fixture
def vault(tmp_path: Path):
    profile = Profile(tmp_path / "p")
    yield FileVault(profile), profile, os.urandom(32)
    profile.close()


def kept(vault: FileVault, share: bytes, algorithm: str = "ecdsa_p256_sha256"):
    new = vault.make(KeyChoice(algorithm), "PhoneSeal")
    new.keep("pa", bytearray(PIN), share)
    keys = new.public_keys
    new.close()
    return keys


def test_the_vault_signs_with_pin_and_share(vault):
    files, _profile, share = vault
    public = kept(files, share)
    pin = bytearray(PIN)
    attempt = files.attempt("pa", pin)
    assert pin == bytearray(6)
    with attempt.unlock(share) as keys:
        values = keys.sign([b"one", b"two"])
        approval = keys.sign_approval(b"three")
    key = serialization.load_der_public_key(public.signing)
    for value, message in zip(values, (b"one", b"two"), strict=True):
        key.verify(value, message, ec.ECDSA(hashes.SHA256()))
    serialization.load_der_public_key(public.approval).verify(approval, b"three", ec.ECDSA(hashes.SHA256()))
    serialization.load_der_public_key(public.device).verify(
        files.sign_as_device("pa", b"four"), b"four", ec.ECDSA(hashes.SHA256())
    )
    for use in (lambda: keys.sign([b"x"]), lambda: keys.sign_approval(b"x")):
        with pytest.raises(VaultError, match="vault_closed"):
            use()


def test_without_the_right_pin_or_the_share_nothing_opens(vault):
    files, _profile, share = vault
    kept(files, share)
    with pytest.raises(VaultError, match="vault_tampered"):
        files.attempt("pa", bytearray(b"111222")).unlock(share)
    with pytest.raises(VaultError, match="vault_tampered"):
        files.attempt("pa", bytearray(PIN)).unlock(os.urandom(32))
    with pytest.raises(VaultError, match="vault_missing"):
        files.attempt("other", bytearray(PIN))


@pytest.mark.parametrize("name", ["wrapped", "gcm_nonce", "salt", "version", "device_key"])
def test_a_changed_file_is_noticed(vault, name: str):
    files, profile, share = vault
    kept(files, share)
    stored = json.loads(profile.read("pa.vault"))
    if name == "version":
        stored[name] = 2
    else:
        stored[name] = ("A" if stored[name][0] != "A" else "B") + stored[name][1:]
    profile.write("pa.vault", json.dumps(stored).encode())

    def use():
        files.attempt("pa", bytearray(PIN)).unlock(share)
        files.sign_as_device("pa", b"x")

    with pytest.raises((VaultError, ValueError)):
        use()


def test_a_restored_file_from_before_a_pin_change_opens_nothing(vault):
    files, profile, share = vault
    kept(files, share)
    before = profile.read("pa.vault")
    new_share = os.urandom(32)
    files.begin_pin_change(files.attempt("pa", bytearray(PIN)), share, bytearray(b"860497"), new_share)
    files.finish_pin_change("pa")
    profile.write("pa.vault", before)
    for pin in (PIN, b"860497"):
        with pytest.raises(VaultError, match="vault_tampered"):
            files.attempt("pa", bytearray(pin)).unlock(new_share)


def test_no_key_is_readable_in_the_file(vault):
    files, profile, share = vault
    kept(files, share)
    stored = json.loads(profile.read("pa.vault"))
    assert set(stored) == {"version", "device_key", "signature_algorithm", "salt", "gcm_nonce", "wrapped"}
    assert profile.folder.stat().st_mode & 0o777 == 0o700
    assert (profile.folder / "pa.vault").stat().st_mode & 0o777 == 0o600
    files.erase("pa")
    assert files.names() == []


def test_a_torn_write_leaves_the_old_file(tmp_path: Path):
    profile = Profile(tmp_path / "p")
    profile.write("a.vault", b"old")
    (profile.folder / "a.vault.1234.partial").write_bytes(b"ne")
    profile.close()
    again = Profile(tmp_path / "p")
    assert again.read("a.vault") == b"old"
    assert list(again.folder.glob("*.partial")) == []
    again.close()


def weakness(pin: bytes) -> object:
    try:
        require_strong_pin(pin)
    except WeakPin as error:
        return error.details["why"]
    return None


@given(st.integers(0, 999_999))
def test_pins_are_judged_without_an_error(number: int):
    assert weakness(b"%06d" % number) in (None, "few_digits", "run", "repeated", "pairs", "mirrored", "date")


@pytest.mark.parametrize(
    ("pin", "why"),
    [
        (b"000000", "few_digits"),
        (b"123456", "run"),
        (b"890123", "run"),
        (b"654321", "run"),
        (b"147147", "repeated"),
        (b"112233", "pairs"),
        (b"372273", "mirrored"),
        (b"020988", "date"),
        (b"881231", "date"),
        (b"199047", "date"),
        (b"1234567", "length"),
        ("１２３４５６".encode()[:6], "digits"),
    ],
)
def test_each_weak_kind(pin: bytes, why: str):
    assert weakness(pin) == why


@given(st.lists(st.binary(max_size=40), min_size=1, max_size=70))
def test_the_tree_is_that_of_the_recursive_definition(records: list[bytes]):
    tree = MerkleTree()
    for record in records:
        tree.append(record)
    assert tree.root() == root_of(records)


def test_an_empty_tree_has_no_root():
    with pytest.raises(ValueError, match="no record"):
        MerkleTree().root()


KEY = Ed25519PrivateKey.generate()
RAW = KEY.public_key().public_bytes_raw()


def read_any(value: object) -> object:
    return value


def verify(statement: Statement) -> object:
    return verify_statement(statement, purpose="phoneseal.test.v1", key_id=key_id(RAW), key=RAW, read=read_any).body


def signed(body: str) -> Statement:
    return Statement("phoneseal.test.v1", key_id(RAW), body, KEY.sign(pae("phoneseal.test.v1", body.encode())))


scalars = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
bodies = st.dictionaries(st.text(max_size=8), values, max_size=4)


@given(bodies)
def test_what_is_signed_is_what_is_read(body):
    made = sign_statement("phoneseal.test.v1", body, key_id(RAW), KEY.sign)
    assert verify(made) == body


@given(bodies, st.integers(0, 10_000), st.characters(exclude_categories=["Cs"]))
def test_a_changed_letter_is_noticed(body, place: int, letter: str):
    made = sign_statement("phoneseal.test.v1", body, key_id(RAW), KEY.sign)
    at = place % len(made.body)
    changed = made.body[:at] + letter + made.body[at + 1 :]
    if changed != made.body:
        with pytest.raises(CheckFailed, match="statement_signature_invalid"):
            verify(Statement(made.purpose, made.key_id, changed, made.signature))


@settings(max_examples=300)
@given(
    st.text(max_size=60)
    | st.sampled_from(["{" * 5000, '{"a":' * 3000, '{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', '{"a":1e2}'])
)
def test_no_text_is_read_as_anything_but_one_object_or_an_error(text: str):
    try:
        value = parse_json(text)
    except Malformed:
        return
    assert isinstance(value, dict)
    assert json.loads(text) == value


def test_a_surrogate_in_a_body_is_malformed_not_a_crash():
    with pytest.raises(CheckFailed, match="statement_malformed"):
        verify(Statement("phoneseal.test.v1", key_id(RAW), '{"a":"\ud800"}', bytes(64)))


def row(request_id: str = "sr_1", digest: str = "d") -> JournaledRequest:
    return JournaledRequest(request_id, digest, "RECEIVED", "rp", "who", 1, 1, 1, 1, 2, 1)


def test_the_journal_moves_by_its_table_only(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite3")
    journal.receive(row(), "{}")
    for wrong in (RequestState.RIGHT, RequestState.APPROVED, RequestState.SIGNING, RequestState.SENT):
        with pytest.raises(PhoneError, match="request_moved_on"):
            journal.move("sr_1", wrong)
    for right in (
        RequestState.CHOSEN,
        RequestState.RIGHT,
        RequestState.APPROVED,
        RequestState.SIGNING,
        RequestState.SENT,
    ):
        journal.move("sr_1", right)
    assert journal.finish("sr_1", 5, "ok")
    assert not journal.finish("sr_1", 6, "cancelled")
    assert journal.request("sr_1").end_result == "ok"
    with pytest.raises(CheckFailed, match="envelope_changed"):
        journal.receive(row(digest="other"), "{}")
    journal.close()


def test_the_journal_rolls_back_whole_commits_and_counts_upwards(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite3")
    journal.receive(row(), "{}")

    def fail_inside():
        with journal.commit():
            assert journal.next_counter() == 1
            journal.keep_items("sr_1", '{"documents":[]}', [(0, b"dtbs")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_inside()
    assert journal.to_sign("sr_1") == []
    assert [journal.next_counter() for _ in range(3)] == [1, 2, 3]
    journal.close()
    again = Journal(tmp_path / "journal.sqlite3")
    assert again.next_counter() == 4
    assert (tmp_path / "journal.sqlite3").stat().st_mode & 0o077 == 0
    assert again._db.execute("PRAGMA synchronous").fetchone() == (2,)
    again.close()


def test_the_history_pages_and_searches(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite3")
    for number in range(5):
        journal.receive(row(f"sr_{number}"), "{}")
        journal.finish(f"sr_{number}", 10 + number, "ok")
    first = journal.finished(2, None, "")
    assert [one.request_id for one in first] == ["sr_4", "sr_3"]
    assert [one.request_id for one in journal.finished(9, first[-1].finished_at, "")] == ["sr_2", "sr_1", "sr_0"]
    assert len(journal.finished(9, None, "RP")) == 5
    assert journal.finished(9, None, "100%") == []
    plan = journal._db.execute(
        "EXPLAIN QUERY PLAN SELECT * FROM request WHERE finished_at IS NOT NULL AND finished_at < 5 ORDER BY finished_at DESC"
    ).fetchall()
    assert "request_by_end" in str(plan)
    journal.close()
