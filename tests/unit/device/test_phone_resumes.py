"""Lost connections and kills anywhere: the request ends as it would have, signed once, and nothing is asked or sent that was settled."""

import threading

import pytest

from mobile_app import crash_points
from mobile_app.crash_points import CRASH_POINTS
from mobile_app.device.interaction import Approve, ConnectionState, Ignore, PinPurpose, Refuse
from tests.unit.device.fake_server import body_of
from tests.unit.device.phone_kit import Kit, wait_for

EVENTS = ("opened", "manifest", "documents", "choose_code", "pin_challenge", "release_share", "approve", "signatures")


@pytest.mark.parametrize("when", ["drop_before", "drop_after"])
@pytest.mark.parametrize("event", EVENTS)
def test_a_lost_connection_at_any_event(kit: Kit, event: str, when: str):
    getattr(kit.links, when).append(event)
    request = kit.server.ask(3)
    kit.offer(request)
    result = kit.complete(request)
    assert (result.end_result, result.items_signed) == ("ok", 3)
    assert len(kit.person.views) == 1, "the person is asked once"
    assert kit.person.purposes == [PinPurpose.SIGN]


@pytest.mark.parametrize("when", ["drop_before", "drop_after"])
def test_a_lost_connection_at_the_refusal(kit: Kit, when: str):
    getattr(kit.links, when).append("refuse")
    kit.person.decision = Refuse("không")
    request = kit.server.ask()
    kit.offer(request)
    assert kit.person.result().end_result == "user_refused"


def test_an_outcome_that_was_missed_is_asked_for(kit: Kit):
    request = kit.server.ask()
    kit.offer(request)
    wait_for(lambda: request.state == "SIGNING" and not kit.server.missing(request))
    kit.links.down = True
    kit.links.sockets[-1].lose()
    kit.server.finish(request, "COMPLETED", "ok")
    kit.links.down = False
    assert kit.person.result().end_result == "ok"


def test_requests_made_while_the_phone_was_away_arrive(kit: Kit):
    kit.phone.go_offline()
    wait_for(lambda: kit.phone.connection == ConnectionState.OFFLINE)
    request = kit.server.ask()
    kit.phone.go_online()
    assert kit.complete(request).end_result == "ok"


def test_requests_that_ended_while_the_phone_was_away_are_closed(kit: Kit):
    kit.person.decision = Ignore()
    request = kit.server.ask()
    kit.offer(request)
    wait_for(lambda: bool(kit.person.views))
    kit.phone.go_offline()
    wait_for(lambda: kit.phone.connection == ConnectionState.OFFLINE)
    kit.server.finish(request, "CANCELLED", "cancelled")
    kit.phone.go_online()
    assert kit.person.result().end_result == "cancelled"
    assert kit.phone.pending() == []


def test_an_open_question_is_void_when_the_request_is_withdrawn(kit: Kit):
    lost = threading.Event()

    def think(request, attention):
        attention.on_lost(lost.set)
        attention.wait(60)

    kit.person.on_decide = think
    request = kit.server.ask()
    kit.offer(request)
    wait_for(kit.person.asked.is_set)
    kit.server.finish(request, "COMPLETED", "ok")
    kit.links.push("withdrawn", kit.server.withdrawal(request, "answered_elsewhere"))
    assert kit.person.result().end_result == "answered_elsewhere"
    assert lost.wait(60)
    assert "choose_code" not in kit.server.seen


def test_a_request_runs_out_by_the_servers_clock(kit: Kit):
    kit.person.on_decide = lambda request, attention: attention.wait(60)
    kit.offer(kit.server.ask())
    wait_for(kit.person.asked.is_set)
    kit.clock.offset += 310
    assert kit.person.result().end_result == "expired"
    assert kit.phone.pending() == []


def test_a_finished_request_offered_again_gets_its_stored_answer(kit: Kit):
    refused = kit.server.ask()
    kit.person.decision = Refuse("không")
    kit.offer(refused)
    kit.person.result()
    kit.person.decision = Approve(code="0042")
    signed = kit.server.ask(2)
    kit.offer(signed)
    kit.complete(signed)
    stored = (refused.refusal, signed.approval, dict(signed.values))
    for request in (refused, signed):  # the server was put back to yesterday's backup
        request.outcome = request.refusal = request.approval = request.acknowledgement = None
        request.choice = request.verdict = None
        request.state, request.values = "PUSHED", {}
    kit.server.device["counter"] = 0
    kit.offer(refused)
    kit.offer(signed)
    wait_for(lambda: len(signed.values) == 2 and refused.refusal is not None)
    assert (refused.refusal, signed.approval, signed.values) == stored
    assert len(kit.person.views) == 2


class Killed(BaseException):
    """Stands for SIGKILL: no handler of the phone's catches it."""


def kill_at(kit: Kit, monkeypatch, name: str) -> threading.Event:
    """From ``name`` on nothing of this phone reaches the server any more."""
    dead = threading.Event()

    def kill(_pid: int, _signal: int) -> None:
        kit.links.down = True
        for socket in kit.links.sockets:
            socket.dead = True
        dead.set()
        raise Killed(name)

    monkeypatch.setattr(crash_points, "_wanted", name)
    monkeypatch.setattr(crash_points, "_left", 1)
    monkeypatch.setattr(crash_points.os, "kill", kill)
    return dead


def come_back(kit: Kit, monkeypatch) -> None:
    monkeypatch.undo()
    kit.links.down = True
    kit.phone.close()
    kit.links.down = False
    kit.phone = kit._new_phone()


REQUEST_POINTS = [p for p in CRASH_POINTS if p.startswith("request.") and "refusal" not in p]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("point", REQUEST_POINTS)
def test_killed_while_signing(kit: Kit, monkeypatch, point: str):
    request = kit.server.ask(450)
    dead = kill_at(kit, monkeypatch, point)
    try:
        kit.offer(request)
        if "outcome" in point:
            wait_for(lambda: request.state == "SIGNING" and not kit.server.missing(request))
            kit.links.push("outcome", kit.server.finish(request, "COMPLETED", "ok"))
    except Killed:
        pass
    assert dead.wait(60)
    before = (request.approval, dict(request.values))
    come_back(kit, monkeypatch)
    kit.online()
    if request.outcome is None:
        kit.complete(request)
    wait_for(lambda: [one.result.end_result for one in kit.phone.history()] == ["ok"])
    assert len(request.values) == 450
    if before[0] is not None:
        assert before[0] == request.approval
    for position, value in before[1].items():
        assert request.values[position] == value
    assert kit.phone.pending() == []
    assert body_of(request.approval)["counter"] >= 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_has_a_receipt_is_not_sent_again(kit: Kit, monkeypatch):
    request = kit.server.ask(450)
    dead = kill_at(kit, monkeypatch, "request.journal.receipt.after")
    kit.offer(request)
    assert dead.wait(60)
    come_back(kit, monkeypatch)
    kit.online()
    kit.complete(request)
    first_positions = [int.from_bytes(chunk[:4], "big") for chunk in request.chunks]
    assert first_positions.count(0) == 1, "it goes on behind its last receipt"
    assert set(first_positions) == {0, 200, 400}
    assert len(request.values) == 450


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("point", [p for p in CRASH_POINTS if "refusal" in p])
def test_killed_while_refusing(kit: Kit, monkeypatch, point: str):
    kit.person.decision = Refuse("không")
    request = kit.server.ask()
    dead = kill_at(kit, monkeypatch, point)
    kit.offer(request)
    assert dead.wait(60)
    come_back(kit, monkeypatch)
    kit.online()
    wait_for(lambda: [one.result.end_result for one in kit.phone.history()] == ["user_refused"])
    assert body_of(request.refusal)["reason"] == "không"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_after_a_kill_the_pin_is_asked_for_only_if_values_are_missing(kit: Kit, monkeypatch):
    request = kit.server.ask()
    dead = kill_at(kit, monkeypatch, "request.journal.values.after")
    kit.offer(request)
    assert dead.wait(60)
    come_back(kit, monkeypatch)
    kit.online()
    kit.complete(request)
    assert kit.person.purposes == [PinPurpose.SIGN]
    second = kit.server.ask()
    dead = kill_at(kit, monkeypatch, "request.journal.values.before")
    kit.offer(second)
    assert dead.wait(60)
    come_back(kit, monkeypatch)
    kit.online()
    kit.complete(second)
    assert kit.person.purposes == [PinPurpose.SIGN, PinPurpose.SIGN, PinPurpose.RESUME]


def test_the_counter_survives_a_restart_and_a_new_pairing(kit: Kit):
    first = kit.server.ask()
    kit.offer(first)
    kit.complete(first)
    kit.restart()
    kit.online()
    second = kit.server.ask()
    kit.offer(second)
    kit.complete(second)
    assert body_of(second.approval)["counter"] > body_of(first.approval)["counter"]


def test_every_crash_point_is_in_the_code():
    from pathlib import Path

    source = "".join(p.read_text("utf-8") for p in Path("mobile_app").rglob("*.py") if p.name != "crash_points.py")
    called = {name for name in CRASH_POINTS if f'crash_point("{name}")' in source}
    assert called == set(CRASH_POINTS)
