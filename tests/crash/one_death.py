"""One commit, made by a process of its own that is killed just before or just after it; and short ways to where it is made."""

import os
import signal
import traceback
from collections.abc import Callable, Generator
from pathlib import Path

from server import crash_points
from server.app import UseCases
from server.documents.document import DocumentState
from server.documents.ports import InspectedFile
from server.documents.read_document import Asker
from server.documents.receive_upload import InspectUpload
from server.errors import Unprocessable
from server.pdf.checker_version import CHECKER_VERSION
from server.pdf.sandbox import Sandbox
from server.processes.housekeeping import Housekeeping
from server.processes.worker import Worker
from server.signing.queue_request import NewRequest, WantedSignature
from server.signing.sign_request import SignRequest, State
from server.work import Job
from tests.crash.store_world import StoreWorld
from tests.unit.server.builders import Nudges, open_app

Act = Callable[[UseCases], object]
Scenario = Callable[[StoreWorld], Generator[Act, None, None]]
"""Yields the act once, then checks what came of it."""
SCENARIOS: dict[str, Scenario] = {}
SIDES = ("before_commit", "after_commit")
DAY = 86_400.0
LEASE = 60.0
AFTER_LEASE = 130.0
"""Until the lease of whoever died has run out."""


def scenario(*names: str) -> Callable[[Scenario], Scenario]:
    """Registers a scenario for the commits of these names."""

    def keep(function: Scenario) -> Scenario:
        SCENARIOS.update(dict.fromkeys(names, function))
        return function

    return keep


def die_at(place: str, act: Callable[[], object]) -> None:
    """``act`` in a process of its own, which must be killed at ``place``."""
    pid = os.fork()
    if pid == 0:
        try:
            crash_points._wanted, crash_points._left = place, 1
            act()
        except BaseException:  # noqa: BLE001 (nothing may come back into the test's process)
            traceback.print_exc()
        finally:
            os._exit(0)
    status = os.waitpid(pid, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"nobody died at {place}"


def die_over(world: StoreWorld, place: str, act: Act) -> None:
    """``act`` on the world's data, opened as another process would."""
    die_at(place, lambda: act(open_app(world.config, world.clock, Nudges())))
    world.clock.advance(AFTER_LEASE)


class StandInInspector:
    """``DocumentInspector`` that likes everything, or nothing."""

    version = CHECKER_VERSION

    def __init__(self, refuse: bool = False) -> None:
        self._refuse = refuse

    def inspect(self, source: Path, repaired_target: Path) -> InspectedFile:
        if self._refuse:
            raise Unprocessable("no", code="pdf_broken")
        return InspectedFile(1, ((595.0, 842.0),), 0, (), None, ())

    def render(self, source: Path, page: int, width: int) -> bytes:
        return b"picture"


def take(app: UseCases, world: StoreWorld) -> Job | None:
    """The next job; earlier leases have run out."""
    world.clock.advance(LEASE + 1)
    with app.store.write() as tx:
        return tx.jobs.take("worker-0-1", world.clock.now(), LEASE)


def work(world: StoreWorld) -> None:
    """Everything that waits."""
    while (job := take(world.app, world)) is not None:
        world.steps[job.kind](job)


def housekeeping(app: UseCases) -> Housekeeping:
    return Housekeeping(app.store, app.blobs, app.clock, app.pair_device, app.expire_requests, 3600)


def worker_of(app: UseCases) -> Worker:
    return Worker(app, "worker-0-1", Sandbox())


def inspect(app: UseCases, world: StoreWorld, *, refuse: bool = False) -> None:
    job = take(app, world)
    if job is not None:
        InspectUpload(app.store, app.blobs, StandInInspector(refuse), app.clock, app.nudge)(job)


def uploaded(world: StoreWorld, content: bytes) -> str:
    """A document in CHECKING; returns the digest of its bytes."""
    app = world.app
    arrived = app.receive_upload.keep_file(app.receive_upload.write_file([content]))
    app.receive_upload.record_file(
        arrived, relying_party_id=app.portal.relying_party_id, user_id=world.user.user_id, file_name="x.pdf"
    )
    return arrived.sha256


def a_ready_document(world: StoreWorld) -> tuple[Asker, str]:
    uploaded(world, b"document")
    job = take(world.app, world)
    assert job is not None
    InspectUpload(world.app.store, world.app.blobs, StandInInspector(), world.clock, Nudges())(job)
    asker = Asker(world.app.portal.relying_party_id, world.user.user_id)
    assert world.app.read_document.get(asker, job.subject).state is DocumentState.READY
    return asker, job.subject


def queued(world: StoreWorld) -> SignRequest:
    asker, document_id = a_ready_document(world)
    new = NewRequest(
        relying_party_id=asker.relying_party_id,
        user_id=asker.user_id,
        requested_by="Trần Văn Bình",
        subscriber_id=world.subscriber_id,
        documents=[WantedSignature(document_id, None)],
        lifetime=86_000,
    )
    return world.app.queue_request(new)


def state_of(world: StoreWorld, request: SignRequest) -> State:
    with world.app.store.read() as tx:
        return tx.requests.get(request.request_id).state
