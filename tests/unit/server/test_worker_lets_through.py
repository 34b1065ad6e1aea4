"""A worker at a big batch does what a person waits for between two documents, not after the group."""

from typing import Any

import pytest

from server.pdf.adapters import StampingPreparer
from server.pdf.sandbox import Sandbox
from server.processes import job_limits
from server.processes.worker import Worker
from server.signing.prepare_documents import PrepareDocuments
from server.signing.sign_request import State
from server.work import GROUP
from tests.unit.server.builders import KnownDocuments
from tests.unit.server.world import World


class Watching:
    """A preparer during whose third document another request is made; notes what has become of that at each further one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._inner = StampingPreparer()
        self.asked: Any = None
        self.states: list[State] = []
        self.documents = 0

    def prepare(self, *arguments: Any) -> Any:
        self.documents += 1
        if self.asked is not None:
            self.states.append(self._world.state(self.asked))
        elif self.documents == 3:
            self.asked = self._world.queue()
        return self._inner.prepare(*arguments)


@pytest.fixture
def watching(world: World) -> Watching:
    return Watching(world)


def worker(world: World, watching: Watching) -> Worker:
    app = world.app
    one = Worker(app, "worker-0-1", Sandbox(), lambda: True)
    one._steps["prepare_items"] = PrepareDocuments(app.store, app.blobs, KnownDocuments(), watching, app.clock, app.nudge, one.let_through)
    return one


def test_another_request_is_offered_before_the_batch_goes_on(world: World, watching: Watching) -> None:
    batch = world.queue(GROUP + 1)
    assert worker(world, watching).run_one()
    assert watching.states[0] is State.PREPARING, "its own document"
    assert watching.states[1:] == [State.QUEUED] * (GROUP - 3), "offered before the batch's fourth document"
    assert world.item_states(batch).count("PREPARED") == GROUP


def test_small_work_is_not_interrupted(world: World, watching: Watching) -> None:
    world.queue(5)
    one = worker(world, watching)
    assert one.run_one()
    assert watching.states == [State.PREPARING] * 2
    while one.run_one():
        pass
    assert world.state(watching.asked) is State.QUEUED


def test_a_batch_whose_lease_grows_short_goes_on(
    world: World, watching: Watching, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.queue(GROUP + 1)
    one = worker(world, watching)

    def half_a_lease_passes() -> bool:
        if watching.documents == 3:
            world.clock.advance(world.config.lease_seconds / 2 + 1)
        return True

    monkeypatch.setattr(one, "_nudged", half_a_lease_passes)
    assert one.run_one()
    assert set(watching.states) == {State.PREPARING}


def test_a_job_inside_another_leaves_it_its_watchdog(monkeypatch: pytest.MonkeyPatch) -> None:
    armed: list[float | None] = []
    monkeypatch.setattr(job_limits.faulthandler, "dump_traceback_later", lambda seconds, **_: armed.append(seconds))
    monkeypatch.setattr(job_limits.faulthandler, "cancel_dump_traceback_later", lambda: armed.append(None))
    with job_limits.watchdog("prepare_items", 60), job_limits.watchdog("prepare_items", 10):
        pass
    assert armed == [65.0, 15.0, 65.0, None]
