"""What a batch's page is told: each new state at once, progress a few times a second, the last of it always."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from server.lanes import InPlace
from server.sockets import browser
from server.sockets.browser import PROGRESS_EVERY, Browsers


class Stage:
    """A clock, timers and a request; ``told`` holds what went out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, items: int) -> None:
        self.now, self.state, self.signed, self.items = 100.0, "SIGNING", 0, items
        self.told: list[tuple[float, str, int]] = []
        self.timers: list[tuple[float, Callable[[], None]]] = []
        monkeypatch.setattr(browser, "time", SimpleNamespace(monotonic=lambda: self.now))
        later = lambda wait, call, *rest: self.timers.append((self.now + wait, lambda: call(*rest)))  # noqa: E731
        monkeypatch.setattr(browser, "gevent", SimpleNamespace(spawn_later=later))
        monkeypatch.setattr(browser, "request_snapshot", lambda _app, _id: self.snapshot())
        self.browsers = Browsers(cast(Any, SimpleNamespace(emit=self.emit)), cast(Any, None), InPlace())
        monkeypatch.setattr(self.browsers, "_state", lambda _id: self.state)
        self.browsers._watched["sr_1"] = 1

    def snapshot(self) -> dict[str, Any]:
        return {"state": self.state, "items_total": self.items, "items_signed": self.signed}

    def emit(self, _event: str, snapshot: dict[str, Any], **_: object) -> None:
        self.told.append((round(self.now, 3), snapshot["state"], snapshot["items_signed"]))

    def change(self, seconds: float, signed: int, state: str = "SIGNING") -> None:
        self.pass_time(seconds)
        self.signed, self.state = signed, state
        self.browsers.request_changed("sr_1")

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        due, self.timers = [t for t in self.timers if t[0] <= self.now], [t for t in self.timers if t[0] > self.now]
        for _, call in due:
            call()


def test_progress_is_gathered_and_its_last_word_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, 1000)
    for signed in range(10):
        stage.change(0.01, signed)
    assert len(stage.told) == 1
    stage.pass_time(PROGRESS_EVERY)
    assert [signed for _, _, signed in stage.told] == [0, 9]
    assert not stage.timers


def test_a_new_state_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, 1000)
    stage.change(0.01, 1)
    stage.change(0.01, 2)
    stage.change(0.01, 3, "COMPLETED")
    assert stage.told[-1] == (100.03, "COMPLETED", 3)


def test_a_small_request_is_told_at_every_change(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, 3)
    for signed in range(3):
        stage.change(0.01, signed)
    assert [signed for _, _, signed in stage.told] == [0, 1, 2]


def test_nobody_watches_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Stage(monkeypatch, 1000)
    stage.browsers._watched.clear()
    stage.change(0.01, 1)
    assert not stage.told
    assert not stage.timers


def test_a_full_socket_leaves_the_oldest_subject(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[str] = []
    left: list[str] = []
    monkeypatch.setattr(browser, "join_room", entered.append)
    monkeypatch.setattr(browser, "leave_room", left.append)
    browsers = Browsers(cast(Any, None), cast(Any, None), InPlace())
    browsers._enter("gone", "sr_x")  # the page went while its question was looked into
    assert not entered
    assert not browsers._watched
    browsers._users["sid"] = cast(Any, "somebody")
    names = [f"sr_{number}" for number in range(browser.ROOMS_A_SOCKET + 2)]
    for name in [*names, names[-1]]:
        browsers._enter("sid", name)
    assert entered == names
    assert left == names[:2]
    assert set(browsers._watched) == set(names[2:])
