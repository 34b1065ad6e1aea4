"""A document that takes its worker down, or for itself, ends with a reason; the others of its group are not drawn in."""

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest

from server.documents.document import DocumentState
from server.errors import Unprocessable
from server.pdf.adapters import StampingPreparer
from server.pdf.bounded import BoundedPreparer, within
from server.pdf.sandbox import Sandbox
from server.processes.worker import Worker
from server.signing.prepare_documents import PrepareDocuments
from tests.unit.server.builders import KnownDocuments, a_pdf
from tests.unit.server.world import World

ROOT = Path(__file__).parents[3]


class Death(BaseException):
    """Nobody catches it: as the end of a process, it leaves a job under its lease."""


class Poison:
    """A preparer that meets its end over one document."""

    def __init__(self, end: type[BaseException]) -> None:
        self._inner = StampingPreparer()
        self._end = end
        self._bad = hashlib.sha256(a_pdf("poison")).hexdigest()

    def prepare(self, source: Path, *others: Any) -> Any:
        if source.name == self._bad:
            raise self._end
        return self._inner.prepare(source, *others)


def worker(world: World, preparer: Any) -> Worker:
    """As the supervisor starts it after the last one died."""
    app = world.app
    one = Worker(app, "worker-0-1", Sandbox())
    one._steps["prepare_items"] = PrepareDocuments(app.store, app.blobs, KnownDocuments(), preparer, app.clock, app.nudge)
    one.take_over("worker-0-")
    return one


def work_over_deaths(world: World, preparer: Any) -> int:
    """Until nothing waits; how many workers died."""
    deaths, one = 0, worker(world, preparer)
    while True:
        try:
            if not one.run_one():
                return deaths
        except Death:
            deaths += 1
            assert deaths < 20
            one = worker(world, preparer)


def queue(world: World, texts: list[str]) -> Any:
    documents = [world.document(a_pdf(text)) for text in texts]
    return world.app.queue_request(world.wanted(documents))


def test_one_document_that_kills_its_worker_twice_is_given_up(world: World) -> None:
    request = queue(world, ["poison"])
    assert work_over_deaths(world, Poison(Death)) == 2
    [item] = world.items(request)
    assert (item.state.name, item.reason) == ("FAILED", "pdf_too_complex")
    assert world.read(request).state.name == "FAILED"


def test_the_rest_of_its_group_is_prepared(world: World) -> None:
    request = queue(world, ["one", "poison", "three"])
    deaths = work_over_deaths(world, Poison(Death))
    assert deaths == 3, "once as a group, twice alone"
    assert sorted(world.item_states(request)) == ["FAILED", "PREPARED", "PREPARED"]
    assert world.read(request).state.name == "QUEUED"


def test_an_error_that_nobody_knows_fails_one_document(world: World) -> None:
    request = queue(world, ["one", "poison", "three"])
    one = worker(world, Poison(ZeroDivisionError))
    for _ in range(40):
        one.run_one()
        world.clock.advance(300)
        if sorted(world.item_states(request)) == ["FAILED", "PREPARED", "PREPARED"]:
            return
    pytest.fail(str(world.item_states(request)))


def test_a_killed_worker_is_no_verdict_on_the_others_work(world: World) -> None:
    """One death says nothing yet: the next worker does the job."""
    request = queue(world, ["innocent"])
    world.take("worker-0-9")
    assert work_over_deaths(world, Poison(Death)) == 0
    assert world.item_states(request) == ["PREPARED"]


def test_looking_that_ends_workers_refuses_the_upload(world: World) -> None:
    app = world.app
    document = world.document(a_pdf(), state=DocumentState.CHECKING)
    with app.store.write() as tx:
        tx.jobs.add("inspect_upload", document.document_id, {}, now=world.clock.now())
    one = Worker(app, "worker-0-1", Sandbox())
    for _ in range(2):
        assert world.take("worker-0-9") is not None
        one.take_over("worker-0-")
    assert one.run_one()
    with app.store.read() as tx:
        after = tx.documents.find(document.document_id)
    assert after is not None
    assert (after.state, after.refusal_code) == (DocumentState.REFUSED, "pdf_too_complex")


def test_progress_forgives_attempts(world: World) -> None:
    """An archive whose unpacking outlived two restarts of the server is not given up for that."""
    world.queue()
    job = world.take()
    assert job is not None
    with world.app.store.write() as tx:
        tx.jobs.release("w1")
        tx.jobs.release("w1")
    job = world.take()
    assert job is not None and job.attempts == 4
    with world.app.store.write() as tx:
        tx.jobs.extend(job, world.clock.now(), 60)
        tx.jobs.release("w1")
    job = world.take()
    assert job is not None and job.attempts == 4


# --- limits inside one worker ------------------------------------------------------------------------------------------------


class Slow:
    def prepare(self, *_: Any) -> Any:
        while True:
            try:
                time.sleep(0.01)
            except Unprocessable:
                if self.swallowed:
                    raise
                self.swallowed = True

    swallowed = False


def test_a_document_that_takes_too_long_fails_alone(world: World) -> None:
    request = queue(world, ["endless"])
    slow = Slow()
    one = worker(world, BoundedPreparer(slow, 0.05))
    assert one.run_one(), "it would never end by itself"
    assert slow.swallowed, "a library that swallows the first exception meets another"
    assert [item.reason for item in world.items(request)] == ["pdf_too_complex"]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_running_out_of_memory_is_the_documents_fault() -> None:
    with pytest.raises(Unprocessable) as refused, within(60):
        raise MemoryError
    assert refused.value.code == "pdf_too_complex"


def script(text: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", text],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_worker_has_a_bound_of_memory() -> None:
    done = script(
        "from server.processes.job_limits import MEMORY, limit_memory\n"
        "limit_memory()\n"
        "keep = bytearray(1 << 20)\n"
        "try: bytearray(MEMORY)\n"
        "except MemoryError: print('bounded')"
    )
    assert done.stdout == "bounded\n", done.stderr


def test_a_worker_that_hangs_outside_python_is_ended() -> None:
    """The expression below keeps the interpreter to itself: no signal handler and no thread gets a turn."""
    done = script(
        "import server.processes.job_limits as limits\n"
        "limits._AFTER_THE_LEASE = 0.0\n"
        "with limits.watchdog('prepare_items', 0.3):\n"
        "    pow(3, 1 << 26) % 7"
    )
    assert done.returncode == 1
    assert "Timeout" in done.stderr


def test_an_archive_that_ends_workers_is_told_as_broken(world: World) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.pdf", a_pdf())
    imports = world.app.import_documents
    batch = imports.start(world.app.portal.relying_party_id, world.user.user_id, "Lô")
    imports.add_archive(batch, imports.keep_archive(imports.write_archive([packed.getvalue()])))
    one = Worker(world.app, "worker-0-1", Sandbox())
    for _ in range(2):
        assert world.take("worker-0-9") is not None
        one.take_over("worker-0-")
    assert one.run_one()
    with world.app.store.read() as tx:
        assert [entry.code for entry in tx.import_batches.not_taken(batch.import_batch_id, 10)] == ["archive_broken"]
        assert tx.jobs.waiting(world.clock.now()) == 0
