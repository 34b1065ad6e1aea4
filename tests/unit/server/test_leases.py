"""A worker that slept past its lease changes nothing, and a job that keeps failing is given up with a reason."""

from collections.abc import Callable

import pytest

from server.errors import LeaseLost
from server.processes.worker import MAX_ATTEMPTS
from server.signing.give_up import GiveUp
from server.signing.sign_request import State
from tests.unit.server.world import World

# --- leases ------------------------------------------------------------------------------------------------------------------


def slept(world: World, kind: str) -> tuple[Callable[[], object], Callable[[], object]]:
    """A worker that took the job and slept past its lease, and the other worker that has it now."""
    late = world.work(until=kind)
    assert late is not None
    world.clock.advance(61)
    now_theirs = world.take("w2")
    assert now_theirs is not None
    assert (now_theirs.job_id, now_theirs.lease_epoch) == (late.job_id, late.lease_epoch + 1)
    return lambda: world.steps[kind](late), lambda: world.steps[kind](now_theirs)


def test_a_lease_that_ran_out_prepares_nothing(world: World) -> None:
    request = world.queue()
    late, on_time = slept(world, "prepare_items")
    with pytest.raises(LeaseLost):
        late()
    assert world.item_states(request) == ["WAITING"]
    on_time()
    assert world.item_states(request) == ["PREPARED"]
    before = world.items(request)
    with pytest.raises(LeaseLost):
        late()
    assert world.items(request) == before


def test_a_lease_that_ran_out_without_another_taker_prepares_nothing(world: World) -> None:
    request = world.queue()
    job = world.take()
    assert job is not None
    world.clock.advance(60)
    with pytest.raises(LeaseLost):
        world.steps["prepare_items"](job)
    assert world.item_states(request) == ["WAITING"]


def test_a_lease_that_ran_out_offers_nothing(world: World) -> None:
    request = world.queue()
    late, on_time = slept(world, "make_offers")
    with pytest.raises(LeaseLost):
        late()
    assert world.state(request) is State.PREPARING
    on_time()
    assert world.state(request) is State.QUEUED
    envelope = world.offer(request).envelope
    with pytest.raises(LeaseLost):
        late()
    assert world.offer(request).envelope == envelope, "the first envelope stands"


def test_a_lease_that_ran_out_embeds_nothing(world: World) -> None:
    request = world.answered()
    late, on_time = slept(world, "embed_items")
    with pytest.raises(LeaseLost):
        late()
    assert (world.state(request), world.item_states(request)) == (State.ANSWERED, ["ANSWERED"])
    on_time()
    after = world.items(request)
    late()
    assert (world.state(request), world.items(request)) == (State.COMPLETED, after)
    assert world.audit_kinds(request.request_id).count("documents_signed") == 1
    assert world.read_document(after[0].document_id).earlier_signatures == 1


def test_work_for_a_request_that_ended_meanwhile_changes_nothing(world: World) -> None:
    request = world.queue()
    job = world.take()
    assert job is not None
    world.app.cancel_request(request.request_id, "test")
    world.steps["prepare_items"](job)
    assert world.item_states(request) == ["CANCELLED"]
    assert world.state(request) is State.CANCELLED


def test_an_offer_for_a_request_that_ended_meanwhile_is_lost(world: World) -> None:
    request = world.queue()
    job = world.work(until="make_offers")
    assert job is not None
    world.app.cancel_request(request.request_id, "test")
    with pytest.raises(LeaseLost):
        world.steps["make_offers"](job)
    assert world.state(request) is State.CANCELLED
    assert world.messages("push") == []


def test_prepared_bytes_go_when_the_request_ends(world: World) -> None:
    request = world.offered()
    folder = world.app.blobs.path(f"prepared/{request.request_id}", "x").parent
    assert any(folder.iterdir())
    world.refuse(request)
    world.work()
    assert not folder.exists()


# --- giving up ---------------------------------------------------------------------------------------------------------------


def give_up(world: World, kind: str) -> None:
    job = world.work(until=kind)
    assert job is not None
    GiveUp(world.app.store, world.clock, world.nudge)(job)


def test_giving_up_preparing_ends_the_group_only(world: World) -> None:
    request = world.queue(2)
    give_up(world, "prepare_items")
    after = world.read(request)
    assert (after.state, after.end_result) == (State.FAILED, "document_refused")
    assert [item.reason for item in world.items(request)] == ["pdf_too_complex"] * 2


def test_giving_up_offers_fails_the_request(world: World) -> None:
    request = world.queue()
    give_up(world, "make_offers")
    assert world.state(request) is State.FAILED


def test_giving_up_embedding_fails_the_request_for_an_operator(world: World) -> None:
    request = world.answered()
    give_up(world, "embed_items")
    assert (world.state(request), world.item_states(request)) == (State.FAILED, ["FAILED"])
    with world.app.store.read() as tx:
        assert [r.request_id for r in tx.requests.unfinished(world.clock.now(), stuck=True)] == [request.request_id]


def test_giving_up_needs_the_lease_too(world: World) -> None:
    request = world.queue()
    job = world.take()
    assert job is not None
    world.clock.advance(61)
    with pytest.raises(LeaseLost):
        GiveUp(world.app.store, world.clock, world.nudge)(job)
    assert world.state(request) is State.PREPARING


def test_attempts_are_counted_over_put_backs(world: World) -> None:
    world.queue()
    for attempt in range(1, MAX_ATTEMPTS + 2):
        job = world.take()
        assert job is not None
        assert job.attempts == attempt
        with world.app.store.write() as tx:
            tx.jobs.put_back(job, "Broken: x", world.clock.now() + 10)
        assert world.take() is None, "not before its pause is over"
        world.clock.advance(10)
    with world.app.store.read() as tx:
        assert tx.jobs.last_error(job.subject) == "Broken: x"
