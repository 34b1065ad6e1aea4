"""Who may ask for what: every check before a request exists, and what one leaves behind."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from server.documents.document import DocumentState
from server.errors import BadInput, NotFound, PhoneSealError, TooManyTries
from server.ids import new_id
from server.signing import queue_request
from server.signing.queue_request import REFUSAL_BACK_OFF, WantedSignature
from server.signing.sign_request import Placement, SignRequest, State
from tests.unit.server.builders import START, code_of
from tests.unit.server.world import World

BOX = Placement(0, 100, 100, 300, 180)


def refused(world: World, **changes: Any) -> str:
    documents = [world.document()]
    return code_of(world.app.queue_request, world.wanted(documents, **changes))


def outside_party(world: World, **options: Any) -> str:
    return world.app.parties.add("Công ty Ngoài", **options).relying_party_id


def ask_from(world: World, party: str, **changes: Any) -> SignRequest:
    document = world.document(relying_party_id=party, user_id=None)
    return world.app.queue_request(world.wanted([document], relying_party_id=party, user_id=None, **changes))


def test_a_request_is_recorded_with_items_work_audit_and_message(world: World) -> None:
    request = world.queue(3)
    assert world.read(request) == request
    assert (request.state, request.items_total, request.version) == (State.PREPARING, 3, 1)
    assert request.expires_at == request.created_at + 300
    assert request.verification_code in request.verification_codes
    assert len(set(request.verification_codes)) == 3
    assert world.item_states(request) == ["WAITING"] * 3
    assert [item.position for item in world.items(request)] == [0, 1, 2]
    assert world.audit_kinds(request.request_id) == ["request_queued"]
    assert ("request_changed", request.request_id, {}) in world.messages()
    job = world.take()
    assert job is not None
    assert (job.kind, job.body) == ("prepare_items", {"first": 0, "count": 3})
    assert world.nudge.to_workers == 1
    assert world.read_document(world.items(request)[0].document_id).last_request_id == request.request_id


def test_a_batch_is_cut_into_groups_of_fifty(world: World) -> None:
    document = world.document()
    with world.app.store.write() as tx:
        copies = [replace(document, document_id=new_id("doc", START)) for _ in range(101)]
        for copy in copies:
            tx.documents.add(copy)
    request = world.app.queue_request(world.wanted(copies))
    bodies = []
    while job := world.take():
        bodies.append(job.body)
    assert bodies == [{"first": 0, "count": 50}, {"first": 50, "count": 50}, {"first": 100, "count": 1}]
    assert len(world.items(request)) == 101


def test_no_documents(world: World) -> None:
    assert code_of(world.app.queue_request, world.wanted([])) == "no_documents"


def test_a_document_twice(world: World) -> None:
    document = world.document()
    assert code_of(world.app.queue_request, world.wanted([document, document])) == "document_twice"


@pytest.mark.parametrize("lifetime", [29, 86_401, 0, -1])
def test_lifetime_out_of_bounds(world: World, lifetime: int) -> None:
    assert refused(world, lifetime=lifetime) == "lifetime_invalid"


@pytest.mark.parametrize("lifetime", [30, 86_400])
def test_lifetime_at_its_bounds(world: World, lifetime: int) -> None:
    request = world.queue(lifetime=lifetime)
    assert request.expires_at == request.created_at + lifetime


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"max_request_items": 1}, "too_many_items"),
        ({"max_request_pages": 3}, "too_many_pages"),
        ({"max_request_bytes": 2000}, "too_many_bytes"),
    ],
)
def test_counts_over_the_limits(make_world: Callable[..., World], limit: dict[str, int], code: str) -> None:
    world = make_world(1, **limit)
    documents = [world.document(pages=2), world.document(pages=2)]
    with pytest.raises(PhoneSealError) as caught:
        world.app.queue_request(world.wanted(documents))
    assert caught.value.code == code
    assert caught.value.details == {"limit": next(iter(limit.values()))}


def test_what_preparing_adds_counts_too(make_world: Callable[..., World]) -> None:
    """Else a request near the limit would be prepared whole, and then refused by the phone."""
    world = make_world(1, max_request_bytes=200_000)
    assert world.queue(2).items_total == 2
    documents = [world.document() for _ in range(4)]
    assert code_of(world.app.queue_request, world.wanted(documents)) == "too_many_bytes"


def test_suspended_party(world: World) -> None:
    party = outside_party(world)
    world.app.parties.set_state(party, "SUSPENDED")
    assert code_of(ask_from, world, party) == "relying_party_suspended"


def test_unknown_subscriber_and_party(world: World) -> None:
    assert refused(world, subscriber_id=new_id("sub", START)) == "subscriber_unknown"
    assert refused(world, relying_party_id=new_id("rp", START)) == "relying_party_unknown"


def test_another_users_document(world: World) -> None:
    other = world.app.log_in.add_user("binh", "mật khẩu khá dài", "Bình", "")
    document = world.document(user_id=other.user_id)
    assert code_of(world.app.queue_request, world.wanted([document])) == "document_unknown"


def test_another_partys_document(world: World) -> None:
    document = world.document(relying_party_id=outside_party(world), user_id=None)
    assert code_of(world.app.queue_request, world.wanted([document])) == "document_unknown"
    assert code_of(world.app.queue_request, world.wanted([document], user_id=None)) == "document_unknown"


def test_missing_document(world: World) -> None:
    wanted = [WantedSignature(new_id("doc", START), None)]
    assert code_of(world.app.queue_request, replace(world.wanted([]), documents=wanted)) == "document_unknown"


def test_unknown_documents_are_all_named(world: World) -> None:
    unknown = [new_id("doc", START) for _ in range(2)]
    wanted = [WantedSignature(document_id, None) for document_id in (world.document().document_id, *unknown)]
    with pytest.raises(NotFound) as caught:
        world.app.queue_request(replace(world.wanted([]), documents=wanted))
    assert caught.value.details == {"documents": unknown, "document_id": unknown[0], "count": 2}


@pytest.mark.parametrize("state", [DocumentState.CHECKING, DocumentState.REFUSED])
def test_document_not_ready(world: World, state: DocumentState) -> None:
    assert code_of(world.app.queue_request, world.wanted([world.document(state=state)])) == "document_not_ready"


def test_document_in_another_open_request(world: World) -> None:
    document = world.document()
    first = world.app.queue_request(world.wanted([document]))
    assert code_of(world.app.queue_request, world.wanted([document])) == "document_in_use"
    world.app.cancel_request(first.request_id, "test")
    world.app.queue_request(world.wanted([document]))


@pytest.mark.parametrize(
    "box",
    [
        replace(BOX, page=1),
        replace(BOX, page=-1),
        replace(BOX, x0=-1.5),
        replace(BOX, x1=600),
        replace(BOX, y1=850),
        replace(BOX, y0=-1.5),
        replace(BOX, x0=0, y0=0, x1=595, y1=842),
        replace(BOX, x0=0, y0=0, x1=595, y1=422),
        replace(BOX, x1=139),
        replace(BOX, y1=115),
        replace(BOX, x0=300, x1=100),
    ],
)
def test_box_off_the_page_or_too_small(world: World, box: Placement) -> None:
    assert code_of(world.app.queue_request, world.wanted([world.document()], box)) == "placement_invalid"


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        (replace(BOX, page=1), "no_page"),
        (replace(BOX, x1=600), "outside"),
        (replace(BOX, x1=139), "too_small"),
        (replace(BOX, x0=0, y0=0, x1=595, y1=422), "covers_page"),
    ],
)
def test_why_a_box_is_refused_is_told(world: World, box: Placement, reason: str) -> None:
    document = world.document()
    with pytest.raises(BadInput) as refused:
        world.app.queue_request(world.wanted([document], box))
    assert refused.value.details == {"document_id": document.document_id, "reason": reason}


def test_box_of_half_the_page_is_kept(world: World) -> None:
    half = replace(BOX, x0=0, y0=0, x1=595, y1=421)
    request = world.app.queue_request(world.wanted([world.document()], half))
    assert world.items(request)[0].placement == half


def test_box_on_the_page_is_kept(world: World) -> None:
    request = world.app.queue_request(world.wanted([world.document()], BOX))
    assert world.items(request)[0].placement == BOX


def test_no_phone(make_world: Callable[..., World]) -> None:
    assert refused(make_world(0)) == "no_device"


def test_a_frozen_phone_is_none(world: World) -> None:
    world.app.end_device.freeze(world.phone.device_id, "test")
    assert refused(world) == "no_device"
    world.app.end_device.thaw(world.phone.device_id, "test")
    world.queue()


def test_a_phone_whose_certificate_ended_is_none(world: World) -> None:
    world.clock.advance(366 * 86_400)
    assert refused(world) == "no_device"


def test_idempotency_key_gets_the_first_answer(world: World) -> None:
    wanted = world.wanted([world.document()], idempotency_key="k1")
    first = world.app.queue_request(wanted)
    world.app.cancel_request(first.request_id, "test")
    again = world.app.queue_request(wanted)
    assert (again.request_id, again.state) == (first.request_id, State.CANCELLED)


@pytest.mark.parametrize("change", [{"lifetime": 60}, {"requested_by": "Ai khác"}, {"import_batch_id": "ib_00000000000000000000000000"}])
def test_idempotency_key_for_something_else(world: World, change: dict[str, Any]) -> None:
    document = world.document()
    world.app.queue_request(world.wanted([document], idempotency_key="k1"))
    other = world.wanted([document], idempotency_key="k1", **change)
    assert code_of(world.app.queue_request, other) == "idempotency_key_reused"


def test_idempotency_keys_belong_to_one_party(world: World) -> None:
    ours, theirs = outside_party(world), outside_party(world)
    assert (
        ask_from(world, ours, idempotency_key="k").request_id != ask_from(world, theirs, idempotency_key="k").request_id
    )


def test_live_limit_per_party_and_subscriber(world: World) -> None:
    party = outside_party(world, live_limit=2)
    first, _ = ask_from(world, party), ask_from(world, party)
    assert code_of(ask_from, world, party) == "too_many_open_requests"
    world.queue()  # another party's budget is untouched
    world.app.cancel_request(first.request_id, "test")
    ask_from(world, party)


def refuse_from(world: World, party: str) -> None:
    request = ask_from(world, party)
    world.work()
    world.refuse(request)


def test_refusals_make_a_party_wait_longer_and_longer(world: World) -> None:
    party = outside_party(world)
    for wait in REFUSAL_BACK_OFF[:3]:
        refuse_from(world, party)
        with pytest.raises(TooManyTries) as caught:
            ask_from(world, party)
        assert caught.value.code == "refused_recently"
        assert wait <= caught.value.details["retry_after"] <= wait + 1
        world.clock.advance(wait - 1)
        assert code_of(ask_from, world, party) == "refused_recently"
        world.clock.advance(1)
    ask_from(world, party)
    ask_from(world, outside_party(world))


def test_refusals_are_forgotten_after_an_hour(world: World) -> None:
    party = outside_party(world)
    refuse_from(world, party)
    world.clock.advance(3601)
    refuse_from(world, party)
    with pytest.raises(TooManyTries) as caught:
        ask_from(world, party)
    assert caught.value.details["retry_after"] <= REFUSAL_BACK_OFF[0] + 1


def test_the_portal_does_not_wait_after_a_refusal(world: World) -> None:
    world.refuse(world.offered())
    world.queue()


def test_a_request_that_is_refused_leaves_nothing(world: World) -> None:
    document = world.document()
    with world.app.store.read() as tx:
        before = tx.audit.head()
    code_of(world.app.queue_request, world.wanted([document], lifetime=1))
    code_of(world.app.queue_request, world.wanted([document, world.document(state=DocumentState.CHECKING)]))
    with world.app.store.read() as tx:
        assert tx.audit.head() == before
    assert world.take() is None
    world.app.queue_request(world.wanted([document]))


def test_requests_that_are_taken_back_win_no_new_ones(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has rung the phone: asking and taking back at will would be a flood."""
    monkeypatch.setattr(queue_request, "BUDGET_OF_PORTAL", (3.0, 0.5))
    for _ in range(3):
        world.app.cancel_request(world.queue(1).request_id, "test")
    with pytest.raises(TooManyTries) as caught:
        world.queue(1)
    assert (caught.value.code, caught.value.details["retry_after"]) == ("too_many_requests", 3)
    world.clock.advance(3)
    world.queue(1)
