"""How a request ends without its signatures: by clock, by its requester, by the loss of the phone."""

from collections.abc import Callable

import pytest

from server.signing.sign_request import State
from server.work import Job
from tests.unit.server.builders import body_of, code_of
from tests.unit.server.world import World

MAKERS: dict[str, Callable[[World], object]] = {
    "PREPARING": lambda world: world.queue(2),
    "QUEUED": lambda world: world.offered(2),
    "PUSHED": lambda world: pushed(world),
    "OPENED": lambda world: opened(world),
    "SIGNING": lambda world: world.signing(2),
}


def pushed(world: World) -> object:
    request = world.offered(2)
    world.app.push_request.record_pushed(request.request_id, world.phone.device_id)
    return world.read(request)


def opened(world: World) -> object:
    request = world.offered(2)
    push = world.app.push_request
    push.record_opened(request.request_id, world.phone.device_id, world.offer(request).envelope_sha256)
    return world.read(request)


def in_state(world: World, state: str):  # type: ignore[no-untyped-def]
    request = MAKERS[state](world)
    assert world.state(request) == state  # type: ignore[arg-type]
    return request


def ended(world: World, request, state: State, end_result: str) -> None:  # type: ignore[no-untyped-def]
    """The request is over, no item is open, no work is left but tidying, and its documents are free again."""
    after = world.read(request)
    assert (after.state, after.end_result) == (state, end_result)
    assert after.finished_at == world.clock.now()
    assert {"WAITING", "PREPARED", "ANSWERED"}.isdisjoint(world.item_states(request))
    documents = [item.document_id for item in world.items(request)]
    with world.app.store.read() as tx:
        assert [tx.items.live_of_document(document_id) for document_id in documents] == [None, None]
    jobs: list[Job] = []
    while job := world.take():
        jobs.append(job)
    assert {job.kind for job in jobs} == {"drop_prepared"}
    assert ("request_changed", request.request_id, {}) in world.messages()


# --- time --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PREPARING", "QUEUED", "PUSHED", "OPENED"])
def test_unanswered_requests_expire_by_the_servers_clock(world: World, state: str) -> None:
    request = in_state(world, state)
    world.clock.advance(request.expires_at - world.clock.now() - 0.001)
    assert world.app.expire_requests() == 0
    world.clock.advance(0.002)
    assert world.app.expire_requests() == 1
    ended(world, request, State.EXPIRED, "expired")
    assert world.item_states(request) == ["FAILED", "FAILED"]
    assert world.app.expire_requests() == 0


def test_an_expired_request_is_withdrawn_from_its_phone(world: World) -> None:
    request = world.offered()
    world.clock.advance(300)
    world.app.expire_requests()
    final = world.app.push_request.final_statement(request.request_id, world.phone.device_id)
    assert final is not None
    assert final[0] == "withdrawn"
    assert body_of(final[1])["end_result"] == "expired"
    assert body_of(final[1])["at"] == int(world.clock.now() * 1000)
    assert ("withdraw", request.request_id, {"device_id": world.phone.device_id}) in world.messages()


def test_a_phone_that_chose_the_code_hears_the_outcome_of_expiry(world: World) -> None:
    request = world.chosen()
    world.clock.advance(300)
    world.app.expire_requests()
    final = world.app.push_request.final_statement(request.request_id, world.phone.device_id)
    assert final is not None
    assert final[0] == "outcome"
    assert body_of(final[1])["state"] == "EXPIRED"


def test_signing_has_its_own_deadline(world: World) -> None:
    request = world.signing(2)
    world.clock.advance(3599.9)
    assert world.app.expire_requests() == 0
    world.clock.advance(0.2)
    assert world.app.expire_requests() == 1
    ended(world, request, State.CANCELLED, "timeout")
    assert [item.end_result for item in world.items(request)] == ["timeout", "timeout"]


def test_signing_past_its_deadline_keeps_what_was_answered(world: World) -> None:
    request = world.signing(3)
    world.send(request, [1])
    world.clock.advance(3600)
    assert world.app.expire_requests() == 1
    assert world.state(request) is State.ANSWERED
    world.work()
    after = world.read(request)
    assert (after.state, after.end_result) == (State.COMPLETED, "ok")
    assert world.item_states(request) == ["FAILED", "SIGNED", "FAILED"]
    assert [item.end_result for item in world.items(request)] == ["timeout", "ok", "timeout"]


def test_answered_and_final_requests_never_expire(world: World) -> None:
    refused = world.offered()
    world.refuse(refused)
    answered = world.answered()
    world.clock.advance(100_000)
    assert world.app.expire_requests() == 0
    assert (world.state(answered), world.state(refused)) == (State.ANSWERED, State.REFUSED)


# --- cancel ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(MAKERS))
def test_cancel_in_each_state_that_allows_it(world: World, state: str) -> None:
    request = in_state(world, state)
    cancelled = world.app.cancel_request(request.request_id, world.user.user_id)
    assert cancelled == world.read(request)
    ended(world, request, State.CANCELLED, "cancelled")
    assert world.item_states(request) == ["CANCELLED", "CANCELLED"]
    again = world.app.cancel_request(request.request_id, world.user.user_id)
    assert again == cancelled


def test_cancel_at_an_item_boundary(world: World) -> None:
    request = world.signing(3)
    world.send(request, [0])
    world.work()
    world.send(request, [2])
    world.app.cancel_request(request.request_id, world.user.user_id)
    assert world.state(request) is State.ANSWERED
    assert world.item_states(request) == ["SIGNED", "CANCELLED", "ANSWERED"]
    world.work()
    after = world.read(request)
    assert (after.state, after.end_result) == (State.COMPLETED, "ok")
    final = world.app.push_request.final_statement(request.request_id, world.phone.device_id)
    assert final is not None
    told = body_of(final[1])
    assert (told["items_signed"], told["items_failed"]) == (2, 1)
    assert world.audit_kinds(request.request_id).count("signing_stopped") == 1


def test_cancel_during_signing_when_all_accepted_is_embedded_already(world: World) -> None:
    request = world.signing(2)
    world.send(request, [0])
    world.work()
    world.app.cancel_request(request.request_id, world.user.user_id)
    after = world.read(request)
    assert (after.state, after.end_result) == (State.COMPLETED, "ok")
    assert world.item_states(request) == ["SIGNED", "CANCELLED"]


@pytest.mark.parametrize("end", ["answered", "completed"])
def test_cancel_comes_too_late(world: World, end: str) -> None:
    request = getattr(world, end)()
    assert code_of(world.app.cancel_request, request.request_id, "test") == "request_over"
    assert world.state(request) is (State.ANSWERED if end == "answered" else State.COMPLETED)


def test_cancel_after_refusal_or_expiry(world: World) -> None:
    refused, expired = world.offered(), world.offered()
    world.refuse(refused)
    world.clock.advance(300)
    world.app.expire_requests()
    for request in (refused, expired):
        assert code_of(world.app.cancel_request, request.request_id, "test") == "request_over"


def test_cancelled_before_the_push(world: World) -> None:
    request = world.offered()
    world.app.cancel_request(request.request_id, "test")
    push = world.app.push_request
    assert push.envelope_for(request.request_id, world.phone.device_id) is None
    assert push.waiting(world.phone.device_id) == []
    assert code_of(push.record_opened, request.request_id, world.phone.device_id, "0" * 64) == "statement_mismatch"
    sha256 = world.offer(request).envelope_sha256
    assert code_of(push.record_opened, request.request_id, world.phone.device_id, sha256) == "request_over"


# --- the phone is gone -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["PREPARING", "QUEUED", "PUSHED", "OPENED"])
def test_unpairing_the_last_phone_ends_open_requests(world: World, state: str) -> None:
    request = in_state(world, state)
    world.app.end_device.unpair(world.phone.device_id, "test")
    ended(world, request, State.CANCELLED, "no_device")


@pytest.mark.parametrize("state", ["PREPARING", "QUEUED", "PUSHED", "OPENED"])
def test_freezing_the_last_phone_lets_open_requests_wait(world: World, state: str) -> None:
    request = in_state(world, state)
    world.app.end_device.freeze(world.phone.device_id, "test")
    assert world.state(request) == state
    world.app.end_device.thaw(world.phone.device_id, "test")
    world.work()
    world.choose(request)
    world.approve(request)
    assert world.state(request) is State.SIGNING


@pytest.mark.parametrize("end", ["freeze", "unpair"])
def test_a_phone_lost_while_signing_stops_at_an_item_boundary(world: World, end: str) -> None:
    nothing, part = world.signing(2), world.signing(2)
    world.send(part, [1])
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    after = world.read(nothing)
    assert (after.state, after.end_result) == (State.CANCELLED, "no_device")
    assert [item.end_result for item in world.items(nothing)] == ["no_device", "no_device"]
    assert world.state(part) is State.ANSWERED
    world.work()
    assert (world.state(part), world.item_states(part)) == (State.COMPLETED, ["FAILED", "SIGNED"])


def test_with_another_phone_open_requests_go_on(two_phones: World) -> None:
    world = two_phones
    request = world.offered()
    first, second = world.phones
    world.app.end_device.unpair(first.device_id, "test")
    assert world.state(request) is State.QUEUED
    assert world.offer(request, first).withdrawn == "no_device", "what it was only offered is withdrawn from it"
    world.choose(request, second)
    world.approve(request, second)
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED


def test_freezing_one_of_two_phones_withdraws_nothing(two_phones: World) -> None:
    world = two_phones
    request = world.offered()
    first = world.phone
    world.app.end_device.freeze(first.device_id, "test")
    assert world.offer(request, first).withdrawn is None
    world.app.end_device.thaw(first.device_id, "test")
    world.choose(request, first)
    world.approve(request, first)
    assert world.state(request) is State.SIGNING


def test_another_phones_signing_is_not_stopped(two_phones: World) -> None:
    world = two_phones
    request = world.signing(1, world.phones[0])
    world.app.end_device.unpair(world.phones[1].device_id, "test")
    assert world.state(request) is State.SIGNING
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED
