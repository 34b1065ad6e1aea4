"""Once a phone stops, nothing that the server says reaches it any more, and nothing is left under way."""

import threading

import pytest

from mobile_app.device.hearing import Hearing
from tests.unit.device.phone_kit import Kit, wait_for


def test_the_end_waits_for_what_is_under_way_and_hears_nothing_more() -> None:
    began, may_go_on, heard = threading.Event(), threading.Event(), []

    def hear(event: str, _message: object) -> None:
        began.set()
        assert may_go_on.wait(60)
        heard.append(event)

    hearing = Hearing(hear)
    slow = threading.Thread(target=hearing, args=("outcome", {}))
    slow.start()
    assert began.wait(60)
    closed = threading.Thread(target=lambda: (hearing.end(), heard.append("closed")))
    closed.start()
    closed.join(0.05)
    assert closed.is_alive()
    may_go_on.set()
    closed.join(60)
    slow.join(60)
    assert heard == ["outcome", "closed"]
    assert hearing("outcome", {}) is None
    assert heard == ["outcome", "closed"]


def test_what_hears_may_end_it_itself() -> None:
    hearing: Hearing
    hearing = Hearing(lambda _event, _message: hearing.end())
    assert hearing("outcome", {}) is None


def test_an_answer_and_an_error_pass_through() -> None:
    assert Hearing(lambda _event, _message: {"received": True})("sign_request", {}) == {"received": True}

    def breaks(_event: str, _message: object) -> None:
        raise ValueError

    broken = Hearing(breaks)
    try:
        broken("outcome", {})
    except ValueError:
        broken.end()
    else:
        raise AssertionError


def test_a_phone_that_stops_waits_for_what_it_is_hearing(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its journal is closed next."""
    began, may_go_on = threading.Event(), threading.Event()
    assert kit.phone._run is not None

    def outcome(_statement: object) -> None:
        began.set()
        assert may_go_on.wait(60)

    monkeypatch.setattr(kit.phone._run.book, "outcome", outcome)
    request = kit.server.ask()
    kit.offer(request)
    wait_for(lambda: request.state == "SIGNING" and not kit.server.missing(request))
    ended = kit.server.finish(request, "COMPLETED", "ok")
    hearing = threading.Thread(target=kit.links.push, args=("outcome", ended))
    hearing.start()
    assert began.wait(60)
    stopping = threading.Thread(target=kit.phone.stop)
    stopping.start()
    stopping.join(1.0)
    assert stopping.is_alive(), "it did not wait"
    may_go_on.set()
    stopping.join(60)
    hearing.join(60)
    assert not stopping.is_alive()
