"""What has to go in time: prepared bytes of finished requests, bytes that nothing refers to, old uploads that were refused."""

import contextlib
import time
from pathlib import Path

from server.clock import Clock
from server.crash_points import crash_point
from server.devices.pairing import PairDevice
from server.errors import Conflict
from server.signing.expire_requests import ExpireRequests
from server.signing.sign_request import FINAL
from server.storage.blobs import BlobStore
from server.storage.store import Store, Tables
from server.users.log_in import KNOWN_FOR
from server.work import Job

REFUSED_KEPT = 24 * 3600.0
INCOMING_KEPT = 24 * 3600.0
TIDY_EVERY = 600.0
FIRST_TIDY = 60.0
FOLDERS = 256


class Housekeeping:
    def __init__(
        self, store: Store, blobs: BlobStore, clock: Clock, pair_device: PairDevice, expire: ExpireRequests, session_lifetime: float
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._pair_device = pair_device
        self._expire = expire
        self._session_lifetime = session_lifetime
        self._tidied = time.monotonic() - TIDY_EVERY + FIRST_TIDY

    def drop_prepared(self, job: Job) -> None:
        """The prepared bytes of a finished request."""
        with self._store.read() as tx:
            request = tx.requests.find(job.subject)
        if request is None or request.state in FINAL:
            crash_point("drop_prepared.before_files")
            self._blobs.drop_area(f"prepared/{job.subject}")
            crash_point("drop_prepared.after_files")
        with self._store.write() as tx:
            tx.jobs.done(job)
            crash_point("drop_prepared.before_commit")
        crash_point("drop_prepared.after_commit")

    def drop_blob(self, job: Job) -> None:
        """Bytes of a refused upload, unless any row speaks of the same. Inside the write lock, so that none can appear meanwhile."""
        with self._store.write() as tx:
            if not _held(tx, job.subject):
                self._blobs.delete("documents", job.subject)
            tx.jobs.done(job)
            crash_point("drop_blob.before_commit")
        crash_point("drop_blob.after_commit")

    def sweep(self) -> None:
        with contextlib.suppress(Conflict):
            self._expire()
        now = self._clock.now()
        with self._store.read() as tx:
            overdue = bool(tx.pairings.overdue(now))
        if overdue:
            with contextlib.suppress(Conflict):
                self._pair_device.expire()
        if time.monotonic() - self._tidied > TIDY_EVERY:
            self._tidied = time.monotonic()
            self.tidy()

    def tidy(self) -> None:
        """What processes that died have left lying about, and what has been kept long enough."""
        now = self._clock.now()
        with self._store.write() as tx:
            for document_id in tx.documents.refused_before(now - REFUSED_KEPT):
                tx.documents.delete(document_id)
            tx.throttles.forget_before(now - 86_400)
            tx.sessions.forget_before(now - self._session_lifetime)
            tx.known_networks.forget_before(now - KNOWN_FOR)
            crash_point("tidy.before_commit")
        crash_point("tidy.after_commit")
        for path in self._blobs.leftovers():
            if _age(path) > INCOMING_KEPT:
                path.unlink(missing_ok=True)
        self._tidy_prepared()
        self._tidy_archives()
        self.tidy_documents(f"{int(now / TIDY_EVERY) % FOLDERS:02x}")

    def _tidy_prepared(self) -> None:
        """Prepared bytes that a worker wrote while their request ended under it, or whose dropping was given up."""
        names = self._blobs.prepared()
        with self._store.read() as tx:
            known = {name: tx.requests.find(name) for name in names}
        for name, request in known.items():
            if request is None or request.state in FINAL:
                self._blobs.drop_area(f"prepared/{name}")

    def _tidy_archives(self) -> None:
        for path in self._blobs.archives():
            with self._store.read() as tx:
                wanted = tx.jobs.names("unpack_archive", path.name)
            if not wanted and _age(path) > INCOMING_KEPT:
                path.unlink(missing_ok=True)

    def tidy_documents(self, prefix: str) -> None:
        """Bytes of uploads that died before their row was committed: one folder of 256 each time, so that all are seen in two days."""
        old = [path.name for path in self._blobs.documents(prefix) if _age(path) > INCOMING_KEPT]
        with self._store.read() as tx:
            stray = [sha256 for sha256 in old if not _held(tx, sha256)]
        for sha256 in stray:
            with self._store.write() as tx:  # inside the write lock no row can appear meanwhile
                if not _held(tx, sha256):
                    self._blobs.delete("documents", sha256)
                crash_point("tidy_document.before_commit")
            crash_point("tidy_document.after_commit")


def _held(tx: Tables, sha256: str) -> bool:
    """A document's bytes, or what a request began with or signed into: a signature is never deleted while a row points to it."""
    return tx.documents.holds(sha256) or tx.items.holds(sha256)


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
