"""What the phone's check finds in one document spoils no other: the rest is asked for at once, and nobody is made to wait for it."""

from itertools import pairwise

import pytest

from server.signing.continue_request import read_detail
from server.signing.sign_request import ItemState, SignRequest, State
from tests.unit.server.builders import body_of
from tests.unit.server.test_queue_request import ask_from, outside_party
from tests.unit.server.world import World


def mismatch(world: World, request: SignRequest, detail: str) -> SignRequest:
    world.refuse(request, end_result="document_mismatch", reason="", detail=detail)
    return world.read(request)


def fates(world: World, request: SignRequest) -> list[tuple[str, str | None, str | None]]:
    return [(item.state, item.end_result, item.reason) for item in world.items(request)]


def test_the_rest_is_asked_for_at_once(world: World) -> None:
    request = world.offered(4)
    ended = mismatch(world, request, "doc_grammar 1,2")
    assert (ended.state, ended.end_result, ended.reason) == (State.REFUSED, "document_mismatch", "doc_grammar")
    failed, moved = ("FAILED", "document_mismatch", "doc_grammar"), ("CANCELLED", "document_mismatch", None)
    assert fates(world, request) == [moved, failed, failed, moved]
    assert ended.continued_by is not None
    following = world.read(ended.continued_by)
    assert (following.state, following.items_total) == (State.PREPARING, 2)
    before = world.items(request)
    assert [i.document_id for i in world.items(following)] == [before[0].document_id, before[3].document_id]
    assert [i.placement for i in world.items(following)] == [before[0].placement, before[3].placement]
    assert following.expires_at - following.created_at == request.expires_at - request.created_at
    assert {following.verification_code, *following.verification_codes} != {request.verification_code, *request.verification_codes}
    world.work()
    world.choose(world.read(following.request_id))
    world.approve(following)
    world.send(following)
    world.work()
    assert world.state(following) is State.COMPLETED
    assert [state for state, _, _ in fates(world, following)] == ["SIGNED", "SIGNED"]


def test_the_phone_is_told_how_all_of_it_ended(world: World) -> None:
    request = world.offered(3)
    outcome = world.refuse(request, end_result="document_mismatch", reason="", detail="doc_content 2")
    fields = body_of(outcome)
    assert (fields["items_signed"], fields["items_refused"], fields["items_failed"]) == (0, 0, 3)


def test_the_same_refusal_again_asks_for_nothing_more(world: World) -> None:
    request = world.offered(3)
    refusal = world.phone.refusal(world.offer(request), "document_mismatch", reason="", detail="doc_content 0")
    first = world.app.accept_approval.refuse(world.phone.device_id, refusal)
    following = world.read(request).continued_by
    assert world.app.accept_approval.refuse(world.phone.device_id, refusal) == first
    assert world.read(request).continued_by == following
    with world.app.store.read() as tx:
        assert [live.request_id for live in tx.requests.live(request.subscriber_id)] == [following]


def test_each_round_leaves_one_out_until_nothing_is_left(world: World) -> None:
    chain = [world.offered(3)]
    while chain[-1].continued_by is None and world.state(chain[-1]) is not State.REFUSED:
        ended = mismatch(world, chain[-1], "doc_grammar 0")
        if ended.continued_by is None:
            break
        world.work()
        chain.append(world.read(ended.continued_by))
    assert [request.items_total for request in chain] == [3, 2, 1]
    assert all(earlier.request_id != later.request_id for earlier, later in pairwise(chain))
    assert fates(world, chain[-1]) == [("FAILED", "document_mismatch", "doc_grammar")]


@pytest.mark.parametrize("detail", ["doc_grammar", "doc_grammar 7", "doc_grammar 1,", "doc_grammar 1 2", "", "envelope_times_wrong"])
def test_nothing_is_asked_again_when_no_document_is_named(world: World, detail: str) -> None:
    """Then nobody knows which of them may be signed."""
    request = world.offered(3)
    ended = mismatch(world, request, detail)
    assert ended.continued_by is None
    assert {state for state, _, _ in fates(world, request)} == {ItemState.FAILED}


def test_a_person_who_refuses_is_not_asked_again(world: World) -> None:
    request = world.offered(3)
    world.refuse(request, end_result="user_refused", detail="doc_grammar 1")
    assert world.read(request).continued_by is None


def test_a_request_whose_time_is_over_is_not_continued(world: World) -> None:
    request = world.offered(3)
    world.clock.advance(request.expires_at - world.clock.now())
    assert mismatch(world, request, "doc_grammar 1").continued_by is None


def test_nobody_is_asked_who_may_not_be_asked(world: World) -> None:
    request = world.offered(3)
    with world.app.store.write() as tx:
        tx.relying_parties.set_state(request.relying_party_id, "SUSPENDED")
    assert mismatch(world, request, "doc_grammar 1").continued_by is None


def test_a_checks_verdict_makes_nobody_wait(world: World) -> None:
    """Neither back-off nor limits count it."""
    party = outside_party(world, live_limit=1)
    for _ in range(5):
        request = ask_from(world, party)
        world.work()
        mismatch(world, request, "doc_grammar 0")
    ask_from(world, party)


def test_what_the_phone_itself_could_not_do_makes_nobody_wait(world: World) -> None:
    party = outside_party(world)
    request = ask_from(world, party)
    world.work()
    world.refuse(request, end_result="device_error", reason="", detail="certificate_expired")
    ask_from(world, party)


def test_what_a_detail_says() -> None:
    assert read_detail("doc_grammar 3,1,2,3") == ("doc_grammar", (1, 2, 3))
    assert read_detail("doc_grammar") == ("doc_grammar", ())
    assert read_detail("doc_grammar 123456") == ("doc_grammar 123456", ())
