"""A signing worker: takes jobs by lease, prepares and embeds PDFs, sweeps what is overdue.

Rules: nothing is kept in memory that a restart would miss; losing the lease is no error, it means that another one is at it. A job that
fails is put back with a growing pause, and a group of documents is parted then; after five attempts, or two deaths of a worker over it,
what it stood for is ended with a reason, so that nothing waits for ever. No document and no job holds a worker longer than a lease.
"""

import gc
import logging
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from server.app import UseCases, build
from server.config import Config
from server.crash_points import crash_point
from server.documents.judge_document import JudgeDocument
from server.documents.read_document import RenderPage
from server.documents.receive_upload import InspectUpload
from server.documents.unpack_archive import UnpackArchive
from server.errors import Conflict, LeaseLost, Unavailable
from server.pdf.adapters import CmsEmbedder, SandboxedInspector, StampingPreparer
from server.pdf.bounded import BoundedEmbedder, BoundedPreparer
from server.pdf.sandbox import Sandbox
from server.pdf.sandbox_walls import EVERY_WALL
from server.processes.heartbeat import Heart
from server.processes.housekeeping import Housekeeping
from server.processes.job_limits import SHARE_FOR_ONE, limit_memory, tell_limits, watchdog
from server.processes.nudge import NudgeListener, SocketNudge
from server.processes.with_supervisor import supervisor_is_gone
from server.signing.embed_signatures import EmbedSignatures
from server.signing.give_up import GiveUp
from server.signing.prepare_documents import PrepareDocuments
from server.signing.single_out import single_out
from server.work import HOUSEKEEPING, INTERACTIVE, MAX_ATTEMPTS, Job

log = logging.getLogger(__name__)
LOOK_EVERY = 1.0
OUT_OF_ORDER_PAUSE = 5.0


class Worker:
    def __init__(
        self, app: UseCases, name: str, sandbox: Sandbox, nudged: Callable[[], bool] = lambda: False
    ) -> None:
        """``nudged``: may there be new work since it was asked last?"""
        self._app = app
        self._name = name
        self._nudged = nudged
        self._doing: Job | None = None
        inspector = SandboxedInspector(sandbox, app.config)
        store, blobs, clock, nudge = app.store, app.blobs, app.clock, app.nudge
        self._housekeeping = Housekeeping(
            store, blobs, clock, app.pair_device, app.expire_requests, app.config.session_lifetime
        )
        for_one = app.config.lease_seconds * SHARE_FOR_ONE
        preparer, embedder = BoundedPreparer(StampingPreparer(), for_one), BoundedEmbedder(CmsEmbedder(), for_one)
        inspect = InspectUpload(store, blobs, inspector, clock, nudge)
        unpack = UnpackArchive(store, blobs, app.receive_upload, clock, app.config, nudge)
        self._steps: dict[str, Callable[[Job], None]] = {
            "prepare_items": PrepareDocuments(store, blobs, JudgeDocument(blobs, inspector), preparer, clock, nudge, self.let_through),
            "make_offers": app.make_offers,
            "embed_items": EmbedSignatures(
                store, blobs, embedder, clock, nudge, app.config.full_validation_share, self.let_through
            ),
            "inspect_upload": inspect,
            "unpack_archive": unpack,
            "render_page": RenderPage(store, blobs, inspector, nudge),
            "drop_prepared": self._housekeeping.drop_prepared,
            "drop_blob": self._housekeeping.drop_blob,
        }
        self._give_up: dict[str, Callable[[Job], None]] = dict.fromkeys(self._steps, GiveUp(store, clock, nudge))
        self._give_up |= {"inspect_upload": inspect.give_up, "unpack_archive": unpack.give_up}

    def take_over(self, name: str) -> None:
        """Frees what died with the process that had this place before, so that nobody waits for its lease to run out. If it lives after
        all (its supervisor was killed, and it is at its last job), its lease epoch stops it."""
        with self._app.store.write() as tx:
            released = tx.jobs.release(name)
            crash_point("take_over.before_commit")
        crash_point("take_over.after_commit")
        if released:
            log.warning("%d jobs of a process that died are free again", released)

    def let_through(self) -> None:
        """Between two documents of a big batch: what a person waits for is done first, unless the batch's own lease grows short."""
        big = self._doing
        if big is None or big.priority <= INTERACTIVE or not self._nudged():
            return
        try:
            while self._app.clock.now() < big.lease_until - self._app.config.lease_seconds / 2:
                if not self.run_one(INTERACTIVE):
                    return
        finally:
            self._doing = big

    def run_one(self, up_to: int = HOUSEKEEPING) -> bool:
        """Takes and does one job of a priority ``up_to`` this. Returns False when there was none."""
        with self._app.store.read() as tx:
            if not tx.jobs.any_to_take(self._app.clock.now(), up_to):
                return False
        job, parted = self._take(up_to)
        if job is None or parted:
            return job is not None
        self._doing = job
        try:
            steps = self._steps if job.attempts <= MAX_ATTEMPTS else self._give_up
            with watchdog(job.kind, self._app.config.lease_seconds):
                steps[job.kind](job)
        except LeaseLost:
            log.info("job %d went to another worker", job.job_id)
        except Conflict as error:
            self._put_back(job, error)
        except Exception as error:
            if self._put_back(job, error):
                log.exception("job %d (%s %s) failed", job.job_id, job.kind, job.subject)
            else:
                log.info("job %d went to another worker, and its files with it", job.job_id)
        return True

    def _take(self, up_to: int) -> tuple[Job | None, bool]:
        """A job under lease; or one that is gone, because its documents have a job each now."""
        with self._app.store.write() as tx:
            now = self._app.clock.now()
            job = tx.jobs.take(self._name, now, self._app.config.lease_seconds, up_to)
            parts = single_out(job) if job is not None else []
            if job is not None and parts:
                for body in parts:
                    tx.jobs.add(job.kind, job.subject, body, now=now, priority=job.priority)
                tx.jobs.done(job)
            crash_point("take.before_commit")
        crash_point("take.after_commit")
        return job, bool(parts)

    def _put_back(self, job: Job, error: Exception) -> bool:
        with self._app.store.write() as tx:
            now = self._app.clock.now()
            passing = isinstance(
                error, Unavailable
            )  # a full disk says nothing against the job: it waits and is not counted
            pause = OUT_OF_ORDER_PAUSE if passing else 0.2 * 4**job.attempts
            mine = tx.jobs.put_back(job, f"{type(error).__name__}: {error}"[:200], now + pause, counted=not passing)
            crash_point("put_back.before_commit")
        crash_point("put_back.after_commit")
        return mine

    def sweep(self) -> None:
        """Once a second: what is overdue ends, whoever notices first."""
        self._housekeeping.sweep()


def run_worker(config: Config, run_folder: Path, number: int) -> None:
    """The worker process's main. Returns on SIGTERM, between two jobs."""
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener = NudgeListener(run_folder, f"worker-{number}.sock")
    app = build(config, SocketNudge(run_folder))
    documents, incoming = app.blobs.area("documents"), app.blobs.area("incoming")
    with Sandbox(readable=[documents], writable=[incoming], max_bytes=config.max_document_bytes) as sandbox:
        worker = Worker(app, f"worker-{number}-{os.getpid()}", sandbox, listener.drain)
        worker.take_over(f"worker-{number}-")
        sandbox.warm_up()
        if missing := [wall for wall in EVERY_WALL if wall not in sandbox.walls]:
            log.warning("this kernel gives the PDF sandbox no wall against: %s", ", ".join(missing))
        limit_memory()
        heart = Heart(run_folder, f"worker-{number}")
        tell_limits(lambda seconds: heart.beat(seconds + config.hang_seconds))
        gc.freeze()  # modules and fonts stay: no collection need look at them again
        swept = 0.0
        while not stopping and not supervisor_is_gone():
            heart.beat(config.hang_seconds)
            worked = worker.run_one()
            if time.monotonic() - swept >= LOOK_EVERY:
                worker.sweep()
                swept = time.monotonic()
            if not worked:
                listener.wait(LOOK_EVERY)
                listener.drain()
    sys.exit(0)
