"""An import batch (lô import): a name under which many documents arrive together, by single uploads or as one ZIP archive.

Rules: the archive is foreign: entries are read one by one with limits on their count and size, names are only names, folders and
what is no PDF by name are passed over and reported; every document is inspected like any other upload and fails alone; unpacking
again after a crash does not double what is there already.
"""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.documents.receive_upload import ReceiveUpload
from server.errors import BadInput, NotFound, PhoneSealError, TooLarge, Unprocessable
from server.ids import new_id
from server.text import clean_text, short_text
from server.work import BULK, Job, Jobs, Nudge, Outbox

PIECE = 1 << 20
RATIO_LIMIT = 200
"""A PDF that shrinks more than this in an archive is a bomb."""


@dataclass(frozen=True, slots=True)
class ImportBatch:
    import_batch_id: str
    relying_party_id: str
    user_id: str | None
    name: str
    created_at: float


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is; ``waiting_archives`` are those that a worker has not unpacked yet."""

    batch: ImportBatch
    checking: int
    ready: int
    refused: int
    signed: int
    waiting_archives: int

    @property
    def total(self) -> int:
        return self.checking + self.ready + self.refused


class ImportBatches(Protocol):
    def add(self, batch: ImportBatch) -> None: ...
    def find(self, import_batch_id: str) -> ImportBatch | None: ...
    def of_user(self, user_id: str, before: str | None, limit: int) -> list[ImportBatch]: ...
    def progress(self, batch: ImportBatch) -> ImportProgress: ...
    def holds_upload(self, import_batch_id: str, sha256: str, file_name: str) -> bool: ...


class ImportTransaction(Protocol):
    @property
    def import_batches(self) -> ImportBatches: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> AuditStore: ...


class ImportStore(Protocol):
    def read(self) -> AbstractContextManager[ImportTransaction]: ...
    def write(self) -> AbstractContextManager[ImportTransaction]: ...


class ArchiveBlobs(Protocol):
    def path(self, area: str, sha256: str) -> Path: ...
    def adopt(self, area: str, temporary: Path, sha256: str, *, keep: bool = ...) -> None: ...
    def delete(self, area: str, sha256: str) -> None: ...


class ImportDocuments:
    """Making a batch, adding an archive to it, and reading how far it is."""

    def __init__(self, store: ImportStore, blobs: ArchiveBlobs, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._nudge = nudge

    def start(self, relying_party_id: str, user_id: str | None, name: str) -> ImportBatch:
        """Raises ``BadInput(import_name_missing)``."""
        name = clean_text(name, 120)
        if not name:
            raise BadInput("an import batch needs a name", code="import_name_missing")
        with self._store.write() as tx:
            now = self._clock.now()
            batch = ImportBatch(new_id("ib", now), relying_party_id, user_id, name, now)
            tx.import_batches.add(batch)
            actor = user_id or relying_party_id
            record(tx, "import_started", now=now, actor=actor, subject=batch.import_batch_id, personal={"name": name})
            crash_point("import_start.before_commit")
        crash_point("import_start.after_commit")
        return batch

    def get(self, import_batch_id: str, relying_party_id: str, user_id: str | None) -> ImportBatch:
        """The batch, if it is the asker's. Raises ``NotFound(import_unknown)`` in both other cases."""
        with self._store.read() as tx:
            batch = tx.import_batches.find(import_batch_id)
        if batch is None or (batch.relying_party_id, batch.user_id) != (relying_party_id, user_id):
            raise NotFound("no such import batch", code="import_unknown")
        return batch

    def progress(self, batch: ImportBatch) -> ImportProgress:
        with self._store.read() as tx:
            return tx.import_batches.progress(batch)

    def of_user(self, user_id: str, before: str | None, limit: int) -> list[ImportProgress]:
        """Newest first, by key."""
        with self._store.read() as tx:
            found = tx.import_batches.of_user(user_id, before, min(limit, 100))
            return [tx.import_batches.progress(batch) for batch in found]

    def add_archive(self, batch: ImportBatch, path: Path, sha256: str) -> None:
        """Takes an arrived ZIP over and queues its unpacking. Raises ``Unprocessable(archive_broken)`` when it is none."""
        if not zipfile.is_zipfile(path):
            path.unlink(missing_ok=True)
            raise Unprocessable("not a ZIP archive", code="archive_broken")
        self._blobs.adopt("archives", path, sha256)
        with self._store.write() as tx:
            now = self._clock.now()
            body = {"sha256": sha256}
            tx.jobs.add("unpack_archive", batch.import_batch_id, body, now=now, priority=BULK)
            actor = batch.user_id or batch.relying_party_id
            record(tx, "archive_received", now=now, actor=actor, subject=batch.import_batch_id, facts=body)
            crash_point("archive.before_commit")
        crash_point("archive.after_commit")
        self._nudge.workers()


class UnpackArchive:
    """The worker's part: each PDF of the archive becomes an upload of the batch."""

    def __init__(
        self,
        store: ImportStore,
        blobs: ArchiveBlobs,
        receive: ReceiveUpload,
        clock: Clock,
        config: Config,
        nudge: Nudge,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._receive = receive
        self._clock = clock
        self._config = config
        self._nudge = nudge

    def __call__(self, job: Job) -> None:
        """Raises ``LeaseLost`` when another worker has it by now."""
        with self._store.read() as tx:
            batch = tx.import_batches.find(job.subject)
        path = self._blobs.path("archives", job.body["sha256"])
        passed_over: list[str] = []
        code = None
        if batch is not None and path.exists():
            try:
                passed_over = self._unpack(batch, path, job)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError):
                code = "archive_broken"
            except PhoneSealError as error:
                if not error.code.startswith("archive_"):
                    raise
                code = error.code
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            tx.jobs.done(job)
            facts = {"passed_over": len(passed_over), "code": code}
            record(tx, "archive_unpacked", now=now, actor="server", subject=job.subject, facts=facts)
            tx.outbox.add("import_changed", job.subject, {}, now)
            crash_point("unpack.before_commit")
        crash_point("unpack.after_commit")
        self._blobs.delete("archives", job.body["sha256"])
        self._nudge.web(job.subject)

    def _unpack(self, batch: ImportBatch, path: Path, job: Job) -> list[str]:
        passed_over: list[str] = []
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > self._config.max_request_items:
                limit = self._config.max_request_items
                raise TooLarge("too many files", code="archive_too_many_files", details={"limit": limit})
            for entry in entries:
                if entry.is_dir():
                    continue
                if not entry.filename.lower().endswith(".pdf") or entry.flag_bits & 1:
                    passed_over.append(entry.filename)
                    continue
                self._take(batch, archive, entry)
                self._keep_lease(job)
        return passed_over

    def _keep_lease(self, job: Job) -> None:
        """A long archive outlives one lease: renewed under its epoch, so that nobody else starts on it meanwhile."""
        with self._store.write() as tx:
            tx.jobs.extend(job, self._clock.now(), self._config.lease_seconds)
            crash_point("keep_lease.before_commit")
        crash_point("keep_lease.after_commit")

    def _take(self, batch: ImportBatch, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        try:
            arrived = self._receive.write_file(_pieces(archive, entry))
        except PhoneSealError as error:
            if error.code in ("pdf_empty", "pdf_too_large"):
                return
            raise
        with self._store.read() as tx:
            known = tx.import_batches.holds_upload(batch.import_batch_id, arrived.sha256, _name(entry))
        if known:  # this archive was being unpacked when a worker died
            arrived.path.unlink(missing_ok=True)
            return
        self._receive.record_file(
            self._receive.keep_file(arrived),
            relying_party_id=batch.relying_party_id,
            user_id=batch.user_id,
            file_name=_name(entry),
            import_batch_id=batch.import_batch_id,
        )


def _name(entry: zipfile.ZipInfo) -> str:
    """The file's name without folders, as a document keeps it."""
    return short_text(entry.filename.replace("\\", "/").rsplit("/", 1)[-1], 200) or "document.pdf"


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    limit = max(entry.compress_size, 1024) * RATIO_LIMIT
    size = 0
    with archive.open(entry) as source:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > limit:
                raise Unprocessable("an entry inflates too much", code="archive_bomb")
            yield piece
