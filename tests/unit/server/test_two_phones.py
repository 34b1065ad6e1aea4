"""Two phones of one subscriber: each has its own envelope, the first answer wins, the other is told."""

import pytest

from tests.unit.server.builders import body_of, code_of
from tests.unit.server.world import World


def test_first_answer_wins(two_phones: World) -> None:
    world = two_phones
    first, second = world.phones
    request = world.offered()
    for phone in (first, second):
        world.choose(request, phone)
    world.approve(request, second)
    assert world.read(request).device_id == second.device_id
    final = world.app.push_request.final_statement(request.request_id, first.device_id)
    assert final is not None
    assert (final[0], body_of(final[1])["end_result"]) == ("withdrawn", "answered_elsewhere")
    assert world.messages("withdraw") == [("withdraw", request.request_id, {"device_id": first.device_id})]
    assert code_of(world.approve, request, first) == "request_over"
    assert code_of(world.refuse, request, first) == "request_over"
    assert world.app.push_request.waiting(first.device_id) == []
    [waiting] = world.app.push_request.waiting(second.device_id)
    assert waiting.acknowledgement is not None
    assert world.app.push_request.resume(request.request_id, first.device_id).missing == []
    world.send(request)
    world.work()
    told = world.app.push_request.final_statement(request.request_id, second.device_id)
    assert told is not None
    assert (told[0], body_of(told[1])["state"]) == ("outcome", "COMPLETED")
    assert world.app.push_request.final_statement(request.request_id, first.device_id) == final


@pytest.mark.parametrize("how", ["refuses", "wrong code"])
def test_the_other_phone_hears_of_an_end(two_phones: World, how: str) -> None:
    world = two_phones
    first, second = world.phones
    request = world.offered()
    if how == "refuses":
        world.refuse(request, first)
    else:
        world.choose(request, first, world.wrong_code(request))
    final = world.app.push_request.final_statement(request.request_id, second.device_id)
    assert final is not None
    assert (final[0], body_of(final[1])["end_result"]) == ("withdrawn", "answered_elsewhere")
    told = world.app.push_request.final_statement(request.request_id, first.device_id)
    assert told is not None
    assert told[0] == "outcome"
    assert code_of(world.choose, request, second) == "request_over"


def test_each_phone_gets_its_own_envelope(two_phones: World) -> None:
    world = two_phones
    request = world.offered()
    offers = [world.offer(request, phone) for phone in world.phones]
    assert offers[0].manifest_root != offers[1].manifest_root
    for offer, phone in zip(offers, world.phones, strict=True):
        fields = body_of(offer.envelope)
        assert (fields["device_id"], fields["credential_id"]) == (phone.device_id, phone.credential_id)
