"""``audit verify``: what was changed, lost or cut off is found, and what was erased on purpose is not."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from server.audit.audit_log import GENESIS, entry_hash
from server.audit.verify_log import LogReport, verify_log
from server.signing.sign_request import SignRequest
from tests.unit.server.builders import body_of
from tests.unit.server.world import World


def verify(world: World) -> LogReport:
    return verify_log(world.app.store, world.app.blobs)


def sql(world: World, statement: str, *values: object) -> int:
    """What somebody with the database file in hands can do."""
    with world.app.store.write() as tx:
        done: int = tx.database.conn.execute(statement, values).rowcount
    assert done, "nothing was changed"
    return done


@pytest.fixture
def signed(world: World) -> SignRequest:
    """A log with a completed request and a refused one."""
    request = world.completed(2)
    world.refuse(world.offered())
    world.work()
    return request


def test_a_whole_log_is_whole(world: World, signed: SignRequest) -> None:
    report = verify(world)
    assert report.problems == []
    with world.app.store.read() as tx:
        entries = list(tx.audit.entries())
        head = tx.audit.head()
    assert (report.entries, report.files) == (len(entries), 2)
    assert report.statements == sum(1 for entry in entries if entry.evidence_sha256)
    assert head is not None
    assert report.head == head.hash.hex()
    assert entries[0].previous_hash == GENESIS
    assert all(after.previous_hash == before.hash for before, after in pairwise(entries))


def test_every_move_of_the_way_is_recorded_with_its_evidence(world: World, signed: SignRequest) -> None:
    with world.app.store.read() as tx:
        entries = {entry.kind: entry for entry in tx.audit.of_subject(signed.request_id)}
        purposes = {}
        for kind, entry in entries.items():
            if entry.evidence_sha256:
                found = tx.audit.evidence(entry.evidence_sha256)
                assert found is not None
                purposes[kind] = found[0].purpose
    assert purposes == {"code_chosen": "phoneseal.code_choice.v1", "request_approved": "phoneseal.approval.v1"}
    files = json.loads(entries["documents_signed"].facts)["files"]
    assert [[item.position, item.prepared_sha256, item.signed_sha256] for item in world.items(signed)] == files


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", 5),
        ("kind", "nothing"),
        ("actor", "nobody"),
        ("subject", "x"),
        ("facts", "{}"),
        ("evidence_sha256", "0" * 64),
    ],
)
def test_a_changed_entry_is_found(world: World, signed: SignRequest, column: str, value: object) -> None:
    with world.app.store.read() as tx:
        sequence = tx.audit.of_subject(signed.request_id)[-2].sequence
    sql(world, f"UPDATE audit_log SET {column} = ? WHERE sequence = ?", value, sequence)
    problems = verify(world).problems
    assert f"audit_entry_changed at entry {sequence}" in problems


@pytest.mark.parametrize("facts", ["not JSON", "[]", '{"files": 3}', '{"files": [[1]]}'])
def test_facts_that_nobody_can_read_are_a_problem_and_no_crash(world: World, signed: SignRequest, facts: str) -> None:
    sql(world, "UPDATE audit_log SET facts = ? WHERE kind = 'documents_signed'", facts)
    assert any("audit_entry_changed" in problem for problem in verify(world).problems)


def test_a_forged_entry_that_hashes_right_breaks_the_chain(world: World, signed: SignRequest) -> None:
    with world.app.store.read() as tx:
        entry = tx.audit.at(5)
    assert entry is not None
    forged = replace(entry, actor="somebody else")
    sql(world, "UPDATE audit_log SET actor = ?, hash = ? WHERE sequence = 5", forged.actor, entry_hash(forged))
    assert "audit_chain_broken at entry 6" in verify(world).problems


def test_a_missing_entry_is_found(world: World, signed: SignRequest) -> None:
    sql(world, "DELETE FROM audit_log WHERE sequence = 3")
    assert "audit_gap at entry 4" in verify(world).problems


def test_a_missing_first_entry_is_found(world: World, signed: SignRequest) -> None:
    sql(world, "DELETE FROM audit_log WHERE sequence = 1")
    assert "audit_gap at entry 2" in verify(world).problems


def cut_off(world: World, last: int) -> None:
    sql(world, "DELETE FROM audit_log WHERE sequence > ?", last)


def test_a_log_that_was_cut_off_is_found(world: World, signed: SignRequest) -> None:
    with world.app.store.read() as tx:
        head = tx.audit.head()
    assert head is not None
    for last in range(head.sequence - 1, head.sequence - 8, -1):
        cut_off(world, last)
        assert verify(world).problems, f"cut off after {last}"


def test_a_log_cut_off_behind_a_personal_text_is_found(world: World) -> None:
    with world.app.store.read() as tx:
        before = tx.audit.head()
    assert before is not None
    world.app.end_device.rename(world.phone.device_id, "Máy mới", "x")
    cut_off(world, before.sequence)
    assert any("cut off" in problem for problem in verify(world).problems)


def test_an_empty_log_beside_requests_is_found(world: World, signed: SignRequest) -> None:
    cut_off(world, 0)
    assert verify(world).problems


@pytest.mark.parametrize("column", ["body", "purpose", "signature", "public_key", "key_id"])
def test_changed_evidence_is_found(world: World, signed: SignRequest, column: str) -> None:
    digest = world.offer(signed).approval_sha256
    value: object = b"\x30\x00" if column in ("signature", "public_key") else "x"
    sql(world, f"UPDATE evidence SET {column} = ? WHERE statement_sha256 = ?", value, digest)
    problems = verify(world).problems
    if column == "key_id":  # names the signer for people; what counts is the public key beside it
        return
    assert any("its statement" in problem for problem in problems)


def test_evidence_under_another_key_is_found(world: World, signed: SignRequest) -> None:
    with world.app.store.read() as tx:
        device = tx.devices.get(world.phone.device_id)
    sql(
        world,
        "UPDATE evidence SET public_key = ? WHERE statement_sha256 = ?",
        device.device_key,
        world.offer(signed).approval_sha256,
    )
    assert any("signature does not verify" in problem for problem in verify(world).problems)


def test_missing_evidence_is_found(world: World, signed: SignRequest) -> None:
    sql(world, "DELETE FROM evidence WHERE statement_sha256 = ?", world.offer(signed).approval_sha256)
    assert any("its statement is missing" in problem for problem in verify(world).problems)


def test_changed_personal_text_is_found(world: World, signed: SignRequest) -> None:
    sql(world, "UPDATE personal_texts SET text = 'Đồng ý' WHERE text = 'Sai số tiền'")
    assert any("personal text" in problem for problem in verify(world).problems)


def test_erased_personal_text_is_fine(world: World, signed: SignRequest) -> None:
    sql(world, "UPDATE personal_texts SET text = NULL")
    assert verify(world).problems == []


def signed_path(world: World, request: SignRequest) -> Path:
    return world.app.blobs.path("documents", world.items(request)[0].signed_sha256 or "")


def test_a_missing_signed_file_is_found(world: World, signed: SignRequest) -> None:
    signed_path(world, signed).unlink()
    assert verify(world).problems == [f"{signed.request_id} item 0: signed file is missing"]


def test_a_changed_signed_file_is_found(world: World, signed: SignRequest) -> None:
    path = signed_path(world, signed)
    path.write_bytes(path.read_bytes() + b"\n")
    assert verify(world).problems == [f"{signed.request_id} item 0: signed file was changed"]


def test_a_file_that_was_never_recorded_is_found(world: World, signed: SignRequest) -> None:
    [other] = world.app.blobs.write_group("documents", [b"something else"])
    sql(
        world, "UPDATE sign_items SET signed_sha256 = ? WHERE request_id = ? AND position = 0", other, signed.request_id
    )
    assert verify(world).problems == [f"{signed.request_id} item 0: signed file not recorded exactly once"]


def test_outcomes_carry_the_head_that_phones_keep(world: World, signed: SignRequest) -> None:
    final = world.app.push_request.final_statement(signed.request_id, world.phone.device_id)
    assert final is not None
    told = body_of(final[1])
    with world.app.store.read() as tx:
        entry = tx.audit.at(told["audit_sequence"])
    assert entry is not None
    assert (entry.hash.hex(), entry.kind) == (told["audit_head"], "request_completed")


def test_an_entry_belongs_to_the_move_that_it_records(world: World) -> None:
    """Rolled back together: a move that fails leaves no entry."""
    request = world.chosen()
    with world.app.store.read() as tx:
        before = tx.audit.head()
    approval = world.phone.approval(world.offer(request), request.verification_code, counter=0)
    with pytest.raises(Exception, match="counter"):
        world.app.accept_approval.approve(world.phone.device_id, approval)
    with world.app.store.read() as tx:
        assert tx.audit.head() == before
        assert tx.audit.evidence(approval.digest.hex()) is None
