"""A subscriber blocks who asks: the phone's signed word, what waits, what is asked next, and taking it back."""

from collections.abc import Callable
from typing import Any

import pytest

from server.devices.device import DeviceState
from server.errors import Forbidden
from server.ids import new_id
from server.signing.sign_request import SignRequest, State
from server.statements import Statement
from server.users.user import User
from tests.unit.server.builders import START, Phone, code_of
from tests.unit.server.pairing_kit import NewPhone, p256, pair
from tests.unit.server.phone_line import Line
from tests.unit.server.world import World


def word(world: World, request: SignRequest, *, phone: Phone | None = None, by: Any = None, **changes: Any) -> Statement:
    phone = phone or world.phone
    fields = {
        "version": 1,
        "device_id": phone.device_id,
        "request_id": request.request_id,
        "relying_party_id": request.relying_party_id,
        "scope": "person" if request.user_id else "relying_party",
        "at": int(START * 1000),
    }
    return phone.say("phoneseal.block.v1", fields | changes, by=by)


def block(world: World, request: SignRequest, phone: Phone | None = None) -> str:
    device_id = (phone or world.phone).device_id
    return world.app.block_requesters.block(device_id, word(world, request, phone=phone)).block_id


def unblock(world: World, block_id: str, phone: Phone | None = None) -> None:
    phone = phone or world.phone
    fields = {"version": 1, "device_id": phone.device_id, "block_id": block_id, "at": int(START * 1000)}
    world.app.block_requesters.unblock(phone.device_id, phone.say("phoneseal.unblock.v1", fields))


def outside(world: World, name: str = "Công ty Minh Tú") -> Callable[[], SignRequest]:
    """A relying party of its own; each call asks for one signature."""
    party = world.app.parties.add(name)

    def ask() -> SignRequest:
        document = world.document(relying_party_id=party.relying_party_id, user_id=None)
        values = {"relying_party_id": party.relying_party_id, "user_id": None, "requested_by": "Trần Thị B"}
        return world.app.queue_request(world.wanted([document], **values))

    return ask


def colleague(world: World) -> tuple[User, Callable[[], SignRequest]]:
    """Another user of the portal who asks this subscriber."""
    user = world.app.log_in.add_user("binh", "mật khẩu khá dài", "Phạm Văn Bình", "")

    def ask() -> SignRequest:
        document = world.document(user_id=user.user_id)
        new = world.wanted([document], user_id=user.user_id, requested_by=user.name)
        return world.app.queue_request(new)

    return user, ask


def refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except Forbidden as error:
        return error.code == "requester_blocked"
    return False


def test_an_outside_party_is_blocked_as_a_whole(world: World) -> None:
    ask, other = outside(world), outside(world, "Phòng Kế toán")
    preparing, waiting = ask(), ask()
    world.work()
    early = ask()
    kept = other()
    block_id = block(world, waiting)
    for request in (preparing, waiting, early):
        ended = world.read(request)
        assert (ended.state, ended.end_result) == (State.REFUSED, "user_refused")
    assert refused(ask)
    assert world.state(kept) is not State.REFUSED
    assert not refused(other)
    assert not refused(world.queue), "the portal is another one"
    [line] = world.app.block_requesters.of_phone(world.phone.device_id)
    assert (line.block_id, line.person, line.scope) == (block_id, "", "relying_party")


def test_one_user_of_the_portal_is_blocked_not_the_portal(world: World) -> None:
    user, ask = colleague(world)
    request, own = ask(), world.queue()
    world.work()
    block(world, request)
    assert refused(ask)
    assert world.state(request) is State.REFUSED
    assert world.state(own) is State.QUEUED
    assert not refused(world.queue)
    [line] = world.app.block_requesters.of_phone(world.phone.device_id)
    assert (line.user_id, line.person, line.scope) == (user.user_id, "Phạm Văn Bình", "person")


def test_the_phone_that_blocks_gets_the_outcome_the_others_a_withdrawal(two_phones: World) -> None:
    world = two_phones
    request = world.offered()
    block(world, request)
    first, second = (world.offer(request, phone) for phone in world.phones)
    assert (first.withdrawn, second.withdrawn) == (None, "answered_elsewhere")
    told = {(topic, body.get("device_id")) for topic, subject, body in world.messages() if subject == request.request_id}
    assert {("outcome", world.phone.device_id), ("withdraw", world.phones[1].device_id)} <= told


def test_what_is_being_signed_goes_on(world: World) -> None:
    request = world.signing()
    block(world, request)
    assert world.state(request) is State.SIGNING
    world.send(request)
    world.work()
    assert world.state(request) is State.COMPLETED


def test_a_block_from_the_history_ends_nothing_but_counts(world: World) -> None:
    request = world.completed()
    block(world, request)
    assert world.state(request) is State.COMPLETED
    assert refused(world.queue)


def test_blocking_and_unblocking_twice_is_once(two_phones: World) -> None:
    world = two_phones
    _, ask = colleague(world)
    request = ask()
    world.work()
    said = word(world, request)
    made = world.app.block_requesters.block(world.phone.device_id, said)
    assert world.app.block_requesters.block(world.phone.device_id, said) == made
    assert block(world, request, world.phones[1]) == made.block_id, "it is the subscriber's"
    unblock(world, made.block_id, world.phones[1])
    unblock(world, made.block_id)
    assert world.app.block_requesters.of_phone(world.phone.device_id) == []
    assert not refused(ask)
    assert world.app.block_requesters.block(world.phone.device_id, said).unblocked_at is not None
    assert not refused(ask), "a word that comes late again blocks nobody"
    new_word = word(world, request, at=int(START * 1000) + 1)
    assert world.app.block_requesters.block(world.phone.device_id, new_word).block_id != made.block_id
    assert refused(ask)
    kinds = world.audit_kinds(world.subscriber_id)
    assert (kinds.count("requester_blocked"), kinds.count("requester_unblocked")) == (2, 1)
    with world.app.store.read() as tx:
        assert tx.audit.evidence(said.digest.hex()) is not None
        assert not any("Bình" in entry.facts for entry in tx.audit.of_subject(world.subscriber_id))


def test_other_words_block_nobody(two_phones: World) -> None:
    world = two_phones
    request, phone = world.offered(), world.phone
    said = {
        "statement_signature_invalid": [word(world, request, by=p256()), word(world, request, by=phone.approval_key)],
        "statement_mismatch": [
            word(world, request, device_id=world.phones[1].device_id),
            word(world, request, relying_party_id=new_id("rp", START)),
            word(world, request, scope="relying_party"),
            word(world, request, scope=None),
        ],
        "request_unknown": [word(world, request, request_id=new_id("sr", START)), word(world, request, request_id=7)],
        "bad_message": [word(world, request, more=1), word(world, request, at=-1)],
    }
    for code, statements in said.items():
        for statement in statements:
            assert code_of(world.app.block_requesters.block, phone.device_id, statement) == code
    assert world.app.block_requesters.of_phone(phone.device_id) == []
    assert not refused(world.queue)
    assert world.state(request) is State.QUEUED


def test_nobody_blocks_or_unblocks_for_another_subscriber(world: World) -> None:
    request = world.offered()
    block_id = block(world, request)
    stranger = world.app.log_in.add_user("chi", "mật khẩu khá dài", "Chi", "")
    phone = pair(world.app, str(stranger.subscriber_id), NewPhone())
    said = word(world, request, phone=phone)
    assert code_of(world.app.block_requesters.block, phone.device_id, said) == "request_unknown"
    with pytest.raises(Exception, match="no such block"):
        unblock(world, block_id, phone)
    with pytest.raises(Exception, match="no such block"):
        unblock(world, new_id("blk", START))
    assert world.app.block_requesters.of_phone(phone.device_id) == []
    assert refused(world.queue)


@pytest.mark.parametrize(("end", "code"), [("freeze", "device_frozen"), ("unpair", "device_unpaired")])
def test_an_ended_phone_blocks_nobody(world: World, end: str, code: str) -> None:
    request = world.offered()
    getattr(world.app.end_device, end)(world.phone.device_id, "test")
    assert code_of(world.app.block_requesters.block, world.phone.device_id, word(world, request)) == code


def test_a_block_outlives_the_phone_that_made_it(two_phones: World) -> None:
    world = two_phones
    block_id = block(world, world.offered())
    world.app.end_device.unpair(world.phone.device_id, "owner")
    assert refused(world.queue)
    unblock(world, block_id, world.phones[1])
    assert not refused(world.queue)


def test_a_blocked_one_is_told_before_anything_about_phones(world: World) -> None:
    """Whether the subscriber has a phone is not for the blocked to learn."""
    block(world, world.offered())
    world.app.end_device.unpair(world.phone.device_id, "owner")
    assert refused(world.queue)


def test_a_repeated_call_gets_its_answer_though_it_is_blocked_since(world: World) -> None:
    new = world.wanted([world.document()], idempotency_key="k")
    request = world.app.queue_request(new)
    world.work()
    block(world, request)
    assert world.app.queue_request(new).request_id == request.request_id


def test_the_phones_of_the_account(two_phones: World) -> None:
    world = two_phones
    beside = world.app.read_devices.beside
    first, second = world.phones
    assert [device.device_id for device in beside(first.device_id)] == [first.device_id, second.device_id]
    world.app.end_device.freeze(second.device_id, "x")
    assert [device.state for device in beside(first.device_id)] == [DeviceState.ACTIVE, DeviceState.FROZEN]
    world.app.end_device.unpair(second.device_id, "x")
    assert [device.device_id for device in beside(first.device_id)] == [first.device_id]


def test_blocking_over_events(world: World) -> None:
    line = Line(world).prove()
    request = world.offered()
    [device] = line.ok("devices", {})["devices"]
    assert (device["device_id"], device["state"]) == (world.phone.device_id, "ACTIVE")
    assert device["last_seen_at"] == int(world.clock.now() * 1000)
    assert line.ok("blocked", {}) == {"requesters": [], "by_person": [world.app.portal.relying_party_id]}
    assert line.error("block", {"statement": word(world, request, scope="relying_party").to_json()}) == "statement_mismatch"
    made = line.ok("block", {"statement": word(world, request).to_json()})["blocked"]
    assert (made["scope"], made["person"], made["relying_party"]["name"]) == (
        "person",
        request.requested_by,
        request.relying_party_name,
    )
    assert line.ok("blocked", {})["requesters"] == [made]
    fields = {"version": 1, "device_id": world.phone.device_id, "block_id": made["block_id"], "at": 1}
    lifted = {"statement": world.phone.say("phoneseal.unblock.v1", fields).to_json()}
    assert line.ok("unblock", lifted) == {"unblocked": True}
    assert line.error("unblock", {"statement": word(world, request).to_json()}) == "bad_message"
