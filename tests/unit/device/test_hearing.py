"""Once a phone stops, nothing that the server says reaches it any more, and nothing is left under way."""

import threading

from mobile_app.device.hearing import Hearing


def test_the_end_waits_for_what_is_under_way_and_hears_nothing_more() -> None:
    began, may_go_on, heard = threading.Event(), threading.Event(), []

    def hear(event: str, _message: object) -> None:
        began.set()
        assert may_go_on.wait(10)
        heard.append(event)

    hearing = Hearing(hear)
    slow = threading.Thread(target=hearing, args=("outcome", {}))
    slow.start()
    assert began.wait(10)
    closed = threading.Thread(target=lambda: (hearing.end(), heard.append("closed")))
    closed.start()
    closed.join(0.05)
    assert closed.is_alive()
    may_go_on.set()
    closed.join(10)
    slow.join(10)
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
