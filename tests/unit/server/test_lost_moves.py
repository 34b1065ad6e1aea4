"""Who comes too late changes nothing: by the clock, or because another connection was faster."""

from collections.abc import Callable
from typing import Any

import pytest

from server.errors import Conflict
from server.signing.cancel_request import stop_signing
from server.signing.finish_request import end_request
from server.signing.sign_request import EndResult, SignRequest, State
from tests.unit.server.builders import body_of
from tests.unit.server.world import World

ROWS = ("sign_requests", "sign_items", "offers", "outbox", "jobs", "audit_log", "documents")


def rows(world: World) -> dict[str, list[tuple[Any, ...]]]:
    with world.app.store.read() as tx:
        return {name: [tuple(row) for row in tx.audit._db.execute(f"SELECT * FROM {name}")] for name in ROWS}


# --- the phone's own deadline ------------------------------------------------------------------------------------------------


def test_values_after_the_deadline_are_too_late_before_any_sweep(world: World) -> None:
    request = world.signing(2)
    values = world.values(request)
    world.clock.advance((request.sign_by or 0) - world.clock.now())
    receipt = body_of(world.send_values(request, values))
    assert (receipt["accepted"], receipt["missing"]) == (0, 0)
    after = world.read(request)
    assert (after.state, after.end_result) == (State.CANCELLED, "timeout")
    assert world.item_states(request) == ["FAILED", "FAILED"]
    assert [item.signature_value for item in world.items(request)] == [None, None]
    assert world.app.expire_requests() == 0


def test_what_came_in_time_stays_signed(world: World) -> None:
    request = world.signing(2)
    first, second = world.values(request)
    world.clock.advance((request.sign_by or 0) - world.clock.now() - 1)
    world.send_values(request, [first])
    world.clock.advance(1)
    world.send_values(request, [second])
    world.work()
    assert world.item_states(request) == ["SIGNED", "FAILED"]
    assert (world.read(request).state, world.read(request).end_result) == (State.COMPLETED, "ok")


# --- two connections ---------------------------------------------------------------------------------------------------------

Late = Callable[[Any, SignRequest, float], object]


def expire(tx: Any, request: SignRequest, now: float) -> object:
    return end_request(tx, request, State.EXPIRED, EndResult.EXPIRED, now=now, actor="server")


def time_out(tx: Any, request: SignRequest, now: float) -> object:
    return stop_signing(tx, request, EndResult.TIMEOUT, now=now, actor="server")


@pytest.mark.parametrize(("make", "late"), [("offered", expire), ("signing", time_out)])
def test_a_lost_move_changes_no_row(world: World, make: str, late: Late) -> None:
    """One connection has read the request; another cancels it; the first ends it in a transaction that goes on to commit."""
    stale = getattr(world, make)(2)
    other = world.restarted()
    other.cancel_request(stale.request_id, "user:other")
    before = rows(world)
    with world.app.store.write() as tx, pytest.raises(Conflict):
        late(tx, stale, world.clock.now())
    assert rows(world) == before
    assert world.read(stale).end_result == "cancelled"


def test_a_late_stop_leaves_accepted_values_alone(world: World) -> None:
    request = world.signing(2)
    values = world.values(request)
    world.send_values(request, values[:1])
    stale = world.read(request)
    world.restarted().accept_signatures(
        world.phone.device_id, request.request_id, world.offer(request).approval_sha256 or "", framed_of(values[1:])
    )
    before = rows(world)
    with world.app.store.write() as tx, pytest.raises(Conflict):
        time_out(tx, stale, world.clock.now())
    assert rows(world) == before
    assert world.state(request) is State.ANSWERED


def framed_of(values: list[tuple[int, bytes]]) -> bytes:
    return b"".join(at.to_bytes(4, "big") + len(value).to_bytes(2, "big") + value for at, value in values)
