"""The account from the phone: PIN changes that die anywhere, freezing and unpairing by their effect, blocked requesters, log-out."""

import threading
from typing import NoReturn

import pytest

from mobile_app.device.account import Requester
from mobile_app.device.interaction import ConnectionState, Refuse
from mobile_app.device.pin_change import DECIDED
from mobile_app.errors import LinkError, Refused, ServerRefused, WeakPin, WrongPin
from tests.unit.device.fake_server import Refusal
from tests.unit.device.phone_kit import PIN, Kit, wait_for
from tests.unit.device.test_phone_resumes import Killed, come_back, kill_at

NEW_PIN = b"860497"
COUNTS_AFTER = {
    "pin.change.wrapped": PIN,
    "pin.change.prepared": PIN,
    "pin.change.decided": NEW_PIN,
    "pin.change.sent": NEW_PIN,
    "pin.change.finished": NEW_PIN,
}
"""Which PIN counts when the phone dies there and is started again."""


def vaults(kit: Kit) -> list[str]:
    return [path.name for path in kit.folder.glob("*.vault")]


def signs_with(kit: Kit, pin: bytes) -> None:
    """One request, signed with this PIN, at the first try."""
    kit.person.pins, kit.person.pin_problems = [pin], []
    request = kit.server.ask()
    kit.offer(request)
    assert kit.complete(request).end_result == "ok"
    assert kit.person.pin_problems == [None]


def test_changing_the_pin(kit: Kit):
    old, new = bytearray(PIN), bytearray(NEW_PIN)
    kit.phone.change_pin(old, new)
    assert (old, new) == (bytearray(6), bytearray(6))
    assert len(vaults(kit)) == 1
    signs_with(kit, NEW_PIN)
    with pytest.raises(WrongPin):
        kit.phone.change_pin(bytearray(PIN), bytearray(b"735846"))
    with pytest.raises(WeakPin):
        kit.phone.change_pin(bytearray(NEW_PIN), bytearray(b"111111"))
    with pytest.raises(Refused, match="pin_unchanged"):
        kit.phone.change_pin(bytearray(NEW_PIN), bytearray(NEW_PIN))
    assert kit.server.wrong_pins == 1, "what the phone refuses by itself is no try"
    signs_with(kit, NEW_PIN)


@pytest.mark.parametrize("event", ["pin_challenge", "release_share", "change_pin", "finish_pin_change"])
@pytest.mark.parametrize("when", ["drop_before", "drop_after"])
def test_no_lost_answer_stops_a_pin_change(kit: Kit, when: str, event: str):
    getattr(kit.links, when).append(event)
    kit.phone.change_pin(bytearray(PIN), bytearray(NEW_PIN))
    assert kit.server.wrong_pins == 0
    signs_with(kit, NEW_PIN)
    assert len(vaults(kit)) == 1


def break_off(kit: Kit, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """The phone dies there while it changes the PIN; a new one stands over its files, not yet started."""
    kill_at(kit, monkeypatch, place)
    with pytest.raises(Killed):
        kit.phone.change_pin(bytearray(PIN), bytearray(NEW_PIN))
    come_back(kit, monkeypatch)


@pytest.mark.parametrize("place", COUNTS_AFTER)
def test_a_pin_change_that_dies_leaves_one_pin(kit: Kit, monkeypatch: pytest.MonkeyPatch, place: str):
    break_off(kit, monkeypatch, place)
    kit.online()
    wait_for(lambda: kit.phone._journal.fact(DECIDED) is None)
    signs_with(kit, COUNTS_AFTER[place])
    kit.phone.change_pin(bytearray(COUNTS_AFTER[place]), bytearray(b"735846"))
    signs_with(kit, b"735846")
    assert len(vaults(kit)) == 1


def test_a_decided_change_is_finished_before_any_pin_is_judged(kit: Kit, monkeypatch: pytest.MonkeyPatch):
    """Also on the connection that was there all along, where no new one finishes it."""

    def busy(_message: object) -> NoReturn:
        raise Refusal("unavailable")

    with monkeypatch.context() as while_busy:
        while_busy.setattr("mobile_app.device.account._ANSWER_SECONDS", 2.0)
        while_busy.setattr(kit.server, "on_finish_pin_change", busy)
        with pytest.raises(LinkError, match="pin_change_unfinished"):
            kit.phone.change_pin(bytearray(PIN), bytearray(NEW_PIN))
    signs_with(kit, NEW_PIN)
    assert kit.server.wrong_pins == 0
    assert len(kit.links.sockets) == 1


def test_a_late_yes_cannot_cost_the_keys(kit: Kit, monkeypatch: pytest.MonkeyPatch):
    """The server may take the decided change after this phone has used the old PIN once more: both boxes must still be there."""
    break_off(kit, monkeypatch, "pin.change.decided")
    name = kit.phone._journal.fact(DECIDED)
    kit.phone._journal.set_fact(DECIDED, None)  # as if its question were still under way
    kit.online()
    signs_with(kit, PIN)
    kit.server.on_finish_pin_change({"change_id": name})
    signs_with(kit, NEW_PIN)


def test_a_change_that_the_server_does_not_know_is_dropped(kit: Kit):
    kit.phone._journal.set_fact(DECIDED, "A" * 43)
    signs_with(kit, PIN)
    assert kit.phone._journal.fact(DECIDED) is None


def test_a_frozen_phone_says_so(kit: Kit):
    kit.phone.freeze()
    kit.links.sockets[-1].lose()
    wait_for(lambda: kit.phone.connection == ConnectionState.FROZEN)
    assert kit.person.problems.get(timeout=20)[0] == "device_frozen"
    assert kit.phone.account.refusal == "device_frozen"


def test_freezing_whose_answer_is_lost_is_known_by_its_effect(kit: Kit):
    kit.links.drop_after.append("freeze")
    kit.phone.freeze()
    wait_for(lambda: kit.phone.connection == ConnectionState.FROZEN)
    kit.phone.freeze()
    assert kit.server.seen.count("freeze") == 1


@pytest.mark.parametrize("when", ["drop_before", "drop_after"])
def test_unpairing_whose_answer_is_lost_is_known_by_its_effect(kit: Kit, when: str):
    getattr(kit.links, when).append("unpair")
    kit.phone.unpair()
    assert kit.phone.identity is None
    assert vaults(kit) == []


def test_a_phone_that_was_unpaired_elsewhere_needs_no_telling(kit: Kit):
    kit.server.unpaired_id = kit.server.device["device_id"]
    kit.links.sockets[-1].lose()
    wait_for(lambda: kit.phone.account.refusal == "device_unpaired")
    kit.phone.unpair()
    assert kit.phone.connection == ConnectionState.UNPAIRED
    assert "unpair" not in kit.server.seen


def test_a_frozen_phone_cannot_be_unpaired_from_itself(kit: Kit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mobile_app.device.account._ANSWER_SECONDS", 0.5)
    kit.phone.freeze()
    kit.links.sockets[-1].lose()
    wait_for(lambda: kit.phone.connection == ConnectionState.FROZEN)
    with pytest.raises(LinkError, match="no_answer"):
        kit.phone.unpair()
    assert kit.phone.identity is not None
    assert vaults(kit)


def test_the_phones_of_the_account(kit: Kit):
    this, other = kit.phone.account.phones()
    assert kit.phone.identity is not None
    assert this.device_id == kit.phone.identity.device_id
    assert (other.name, other.state, other.last_seen_at) == ("Máy bàn", "FROZEN", None)
    assert len(kit.phone.account.server_key_fingerprint) == 64


@pytest.mark.parametrize("person", ["", "Trần Văn Bình"])
def test_blocking_whoever_asked(kit: Kit, person: str):
    kit.person.decision = Refuse("không")
    request = kit.server.ask()
    kit.offer(request)
    kit.person.result()
    account, request_id = kit.phone.account, request.request_id
    if person:
        kit.server.by_person.append(account.requester_of(request_id).relying_party_id)
    requester = account.requester_of(request_id)
    assert (requester.relying_party_name, requester.person) == ("Công ty Cổ phần Ánh Dương", person)
    kit.links.drop_before.append("block")
    blocked = account.block(requester)
    assert [blocked] == account.blocked_requesters()
    assert blocked.person == person
    assert bool(account.requester_of(request_id).block_id) is not bool(person)
    account.unblock(blocked.block_id)
    assert account.blocked_requesters() == []
    with pytest.raises(ServerRefused, match="block_unknown"):
        account.unblock(blocked.block_id)


def test_blocking_needs_a_request_that_this_phone_knows(kit: Kit):
    with pytest.raises(KeyError):
        kit.phone.account.requester_of("sr_none")


def test_logged_out_until_the_pin_is_right(kit: Kit):
    account = kit.phone.account
    assert not account.logged_out
    account.log_out()
    kit.restart()
    account = kit.phone.account
    assert account.logged_out, "closing the app opens nothing"
    with pytest.raises(LinkError, match="not_running"):
        account.log_in(bytearray(PIN))
    kit.online()
    with pytest.raises(WrongPin) as caught:
        account.log_in(bytearray(NEW_PIN))
    assert caught.value.details == {"tries_left": 5, "retry_after": 0}
    assert account.logged_out
    pin = bytearray(PIN)
    account.log_in(pin)
    assert pin == bytearray(6)
    assert not account.logged_out


def test_a_new_pairing_begins_logged_in(kit: Kit):
    kit.phone.account.log_out()
    kit.phone.unpair()
    assert not kit.phone.account.logged_out


def test_what_needs_a_connection_says_so_in_time(kit: Kit, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mobile_app.device.account._ANSWER_SECONDS", 0.3)
    kit.phone.go_offline()
    account = kit.phone.account
    asked = [account.phones, account.blocked_requesters, account.freeze, lambda: account.unblock("blk_x")]
    asked += [lambda: account.log_in(bytearray(PIN)), lambda: account.change_pin(bytearray(PIN), bytearray(NEW_PIN))]
    asked += [lambda: account.block(Requester("sr_x", "rp_x", "A", "", ""))]
    failures: list[str] = []

    def run(ask):
        with pytest.raises(LinkError) as caught:
            ask()
        failures.append(caught.value.code)

    threads = [threading.Thread(target=run, args=(ask,)) for ask in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == ["no_answer"] * len(asked)
