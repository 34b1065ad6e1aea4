"""What the store must hold after each step, whoever did what in which order."""

import json
from dataclasses import replace
from typing import Any

from server.signing.sign_request import FINAL, MOVES, Item, ItemState, SignRequest, State

Seen = tuple[SignRequest, list[Item]]


def reachable(old: State) -> set[State]:
    """Where one step may lead: along the table, over any number of moves."""
    found, open_ = {old}, [old]
    while open_:
        for new in MOVES[open_.pop()] - found:
            found.add(new)
            open_.append(new)
    return found


REACHABLE = {state: reachable(state) for state in State}


def jobs_of(tx: Any, subject: str) -> dict[str, list[int]]:
    """Kinds of jobs about ``subject``, with the positions that each kind names."""
    found: dict[str, list[int]] = {}
    for row in tx.database.query("SELECT kind, body FROM jobs WHERE subject = ?", (subject,)):
        found.setdefault(row["kind"], []).extend(json.loads(row["body"]).get("positions", ()))
    return found


def check_move(request: SignRequest, items: list[Item], before: Seen) -> None:
    """States move along the table, final ones never; a value or a signed file that is there stays the only one."""
    was, had = before
    assert request.state in REACHABLE[was.state], f"{was.state} -> {request.state}"
    if was.state in FINAL:
        assert replace(request, version=was.version) == was, "a final request changed"
        assert items == had, "an item of a final request changed"
    if was.state is State.PREPARING:
        return  # items may be renumbered until the request is offered
    for item, old in zip(items, had, strict=True):
        if old.signature_value is not None:
            assert item.signature_value == old.signature_value, "a second value was accepted"
        if old.signed_sha256 is not None:
            assert item.signed_sha256 == old.signed_sha256, "a second file was signed"


def check_counts(request: SignRequest, items: list[Item]) -> None:
    assert len(items) == request.items_total
    states = [item.state for item in items]
    if request.state in FINAL:
        assert set(states) <= {"SIGNED", "REFUSED", "FAILED", "CANCELLED"}, states
        assert all(item.end_result for item in items)
        assert (request.state is State.COMPLETED) == ("SIGNED" in states), (request.state, states)
    for item in items:
        assert (item.state is ItemState.SIGNED) == (item.signed_sha256 is not None)
        assert item.state is not ItemState.SIGNED or item.signature_value is not None
    assert request.approved_at is None or request.approved_at < request.expires_at, "approved after its time"
    if request.approval_sha256 is None:
        assert all(item.signature_value is None for item in items), "a value without an approval"


def check_moved_on(request: SignRequest, items: list[Item], jobs: dict[str, list[int]]) -> None:
    """Somebody or something will move every open request: a worker's job, or a person and a deadline."""
    if request.state is State.PREPARING:
        assert "prepare_items" in jobs or "make_offers" in jobs, "nobody prepares it"
    if request.state is State.SIGNING:
        assert request.sign_by is not None
        assert any(item.state is ItemState.PREPARED for item in items), "nothing is missing, yet it waits for the phone"
    if request.state in (State.SIGNING, State.ANSWERED):
        answered = {item.position for item in items if item.state is ItemState.ANSWERED}
        embedding = jobs.get("embed_items", [])
        assert answered <= set(embedding), "nobody embeds what was answered"
        assert len(embedding) == len(set(embedding)), "two workers would embed the same item"
    if request.state is State.ANSWERED:
        assert any(item.state is ItemState.ANSWERED for item in items), "nothing is left to embed, yet it is not over"
    if request.state in FINAL:
        assert not jobs.keys() - {"drop_prepared"}, jobs
