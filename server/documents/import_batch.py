"""An import batch (lô import): a name under which many documents arrive together, by single uploads or as one ZIP archive.

Rules: the archive is foreign (see ``archive_entries``); what is no PDF by name is passed over and reported; every document is inspected
like any other upload and fails alone; unpacking again after a crash does not double what is there already, and nothing goes unsaid.
"""

import hashlib
import time
import zipfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.documents.archive_entries import DAMAGED, Reading, path_of, plain_name, shown_path, wanted
from server.documents.receive_upload import ReceiveUpload
from server.errors import BadInput, NotFound, PhoneSealError, TooLarge, Unprocessable
from server.ids import new_id
from server.text import clean_text
from server.work import BULK, Job, Jobs, Nudge, Outbox

_OF_ONE_ENTRY = frozenset({"pdf_empty", "pdf_too_large", "archive_entry_broken", "archive_bomb"})


@dataclass(frozen=True, slots=True)
class ImportBatch:
    import_batch_id: str
    relying_party_id: str
    user_id: str | None
    name: str
    created_at: float


@dataclass(frozen=True, slots=True)
class ImportProgress:
    """How far an import is. ``ready`` counts the signed ones too; ``waiting`` are those that their owner can sign now;
    ``waiting_archives`` are those that a worker has not unpacked yet; ``not_taken``: files that never became a document."""

    batch: ImportBatch
    checking: int
    ready: int
    refused: int
    signed: int
    waiting: int
    waiting_archives: int
    not_taken: int

    @property
    def total(self) -> int:
        return self.checking + self.ready + self.refused


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file of an import that is no document, with the archive's folders; ``file_name`` is empty for the whole archive."""

    file_name: str
    code: str


@dataclass(frozen=True, slots=True)
class ArrivedArchive:
    path: Path
    sha256: str


class ImportBatches(Protocol):
    def add(self, batch: ImportBatch) -> None: ...
    def find(self, import_batch_id: str) -> ImportBatch | None: ...
    def of_user(self, user_id: str, before: str | None, limit: int) -> list[ImportBatch]: ...
    def progress(self, batch: ImportBatch) -> ImportProgress: ...
    def holds_upload(self, import_batch_id: str, sha256: str, file_name: str) -> bool: ...
    def add_not_taken(self, import_batch_id: str, files: list[NotTaken]) -> None: ...
    def not_taken(self, import_batch_id: str, limit: int) -> list[NotTaken]: ...


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
    def incoming(self) -> Path: ...
    def adopt(self, area: str, temporary: Path, sha256: str, *, keep: bool = ...) -> None: ...
    def delete(self, area: str, sha256: str) -> None: ...


class ImportDocuments:
    """Making a batch, adding an archive to it, and reading how far it is."""

    def __init__(self, store: ImportStore, blobs: ArchiveBlobs, clock: Clock, config: Config, nudge: Nudge) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._config = config
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

    def names(self, user_id: str, limit: int) -> list[ImportBatch]:
        """The newest batches, without a look at how far they are."""
        with self._store.read() as tx:
            return tx.import_batches.of_user(user_id, None, limit)

    def holds(self, batch: ImportBatch, sha256: str, file_name: str) -> bool:
        """Did this very file arrive in the batch already? Then an upload whose answer got lost is not doubled."""
        with self._store.read() as tx:
            return tx.import_batches.holds_upload(batch.import_batch_id, sha256, plain_name(file_name))

    def not_taken(self, batch: ImportBatch, limit: int = 200) -> list[NotTaken]:
        with self._store.read() as tx:
            return tx.import_batches.not_taken(batch.import_batch_id, limit)

    def write_archive(self, chunks: Iterable[bytes]) -> ArrivedArchive:
        """Streams a ZIP to disk. Raises ``TooLarge(archive_too_large)``, ``Unavailable(disk_full)``."""
        path, digest, length = self._blobs.incoming(), hashlib.sha256(), 0
        limit = self._config.max_request_bytes
        try:
            with path.open("xb") as target:
                for chunk in chunks:
                    length += len(chunk)
                    if length > limit:
                        raise TooLarge("the archive is too large", code="archive_too_large", details={"limit": limit})
                    digest.update(chunk)
                    target.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return ArrivedArchive(path, digest.hexdigest())

    def keep_archive(self, archive: ArrivedArchive) -> ArrivedArchive:
        """Makes it durable: for the lane of slow things. Raises ``Unprocessable(archive_broken)`` when it is no ZIP."""
        if not zipfile.is_zipfile(archive.path):
            archive.path.unlink(missing_ok=True)
            raise Unprocessable("not a ZIP archive", code="archive_broken")
        self._blobs.adopt("archives", archive.path, archive.sha256, keep=True)
        return archive

    def add_archive(self, batch: ImportBatch, archive: ArrivedArchive) -> None:
        """Queues the unpacking of a kept archive; one that waits already is not unpacked twice."""
        with self._store.write() as tx:
            now = self._clock.now()
            body = {"sha256": archive.sha256}
            key = f"unpack:{batch.import_batch_id}:{archive.sha256}"
            tx.jobs.add("unpack_archive", batch.import_batch_id, body, now=now, priority=BULK, unique_key=key)
            if not self._blobs.path("archives", archive.sha256).exists():
                # the same archive, sent before, was done with and dropped since this one was kept
                self._blobs.adopt("archives", archive.path, archive.sha256, keep=True)
            actor = batch.user_id or batch.relying_party_id
            record(tx, "archive_received", now=now, actor=actor, subject=batch.import_batch_id, facts=body)
            crash_point("archive.before_commit")
        crash_point("archive.after_commit")
        archive.path.unlink(missing_ok=True)
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
        self._renew_at = 0.0  # by the monotonic clock

    def __call__(self, job: Job) -> None:
        """Raises ``LeaseLost`` when another worker has it by now."""
        self._renew_at = 0.0
        with self._store.read() as tx:
            batch = tx.import_batches.find(job.subject)
        path = self._blobs.path("archives", job.body["sha256"])
        outcome = _Outcome([])
        if batch is not None and not path.exists():
            outcome.not_taken.append(NotTaken("", "archive_broken"))
        elif batch is not None:
            try:
                self._unpack(batch, path, job, outcome)
            except DAMAGED:
                outcome.not_taken.append(NotTaken("", "archive_broken"))
            except PhoneSealError as error:
                if not error.code.startswith("archive_"):
                    raise
                outcome.not_taken.append(NotTaken("", error.code))
        self._end(job, outcome)

    def give_up(self, job: Job) -> None:
        """Unpacking failed too often, or ended workers: what was not unpacked yet is not taken. Raises ``LeaseLost``."""
        self._end(job, _Outcome([NotTaken("", "archive_broken")]))

    def _end(self, job: Job, outcome: "_Outcome") -> None:
        self._store_outcome(job, outcome)
        with self._store.write() as tx:  # inside the write lock nobody can ask for it meanwhile
            if not tx.jobs.names("unpack_archive", job.body["sha256"]):
                self._blobs.delete("archives", job.body["sha256"])
            crash_point("drop_archive.before_commit")
        crash_point("drop_archive.after_commit")
        self._nudge.web(job.subject)

    def _store_outcome(self, job: Job, outcome: "_Outcome") -> None:
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            tx.jobs.done(job)
            tx.import_batches.add_not_taken(job.subject, outcome.not_taken)
            code = next((entry.code for entry in outcome.not_taken if not entry.file_name), None)
            facts = {"documents": len(outcome.taken), "passed_over": len(outcome.not_taken), "code": code}
            record(tx, "archive_unpacked", now=now, actor="server", subject=job.subject, facts=facts)
            tx.outbox.add("import_changed", job.subject, {}, now)
            crash_point("unpack.before_commit")
        crash_point("unpack.after_commit")

    def _unpack(self, batch: ImportBatch, path: Path, job: Job, outcome: "_Outcome") -> None:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if wanted(entry)]
            if len(entries) > self._config.max_request_items:
                limit = self._config.max_request_items
                raise TooLarge("too many files", code="archive_too_many_files", details={"limit": limit})
            reading = Reading(archive, self._config.max_request_bytes)
            for entry in entries:
                code = self._take(batch, reading, entry, outcome)
                if code is not None:
                    outcome.not_taken.append(NotTaken(shown_path(entry), code))
                self._keep_lease(job)

    def _keep_lease(self, job: Job) -> None:
        """A long archive outlives one lease: renewed under its epoch, so that nobody else starts on it meanwhile."""
        if time.monotonic() < self._renew_at:
            return
        self._renew_at = time.monotonic() + self._config.lease_seconds / 4
        with self._store.write() as tx:
            tx.jobs.extend(job, self._clock.now(), self._config.lease_seconds)
            crash_point("keep_lease.before_commit")
        crash_point("keep_lease.after_commit")

    def _take(self, batch: ImportBatch, reading: Reading, entry: zipfile.ZipInfo, outcome: "_Outcome") -> str | None:
        """Why the entry did not become a document, or None."""
        path = path_of(entry)
        if not path.lower().endswith(".pdf"):
            return "pdf_not_pdf"
        if entry.flag_bits & 1:
            return "archive_entry_locked"
        name = plain_name(path)
        try:
            arrived = self._receive.write_file(reading.pieces(entry))
        except PhoneSealError as error:
            if error.code in _OF_ONE_ENTRY:
                return error.code
            raise
        with self._store.read() as tx:
            known = tx.import_batches.holds_upload(batch.import_batch_id, arrived.sha256, name)
        again = (arrived.sha256, name) in outcome.taken
        outcome.taken.add((arrived.sha256, name))
        if known:  # a worker died while it unpacked this archive; or the file was sent by itself too; or it is in here twice
            arrived.path.unlink(missing_ok=True)
            return "archive_entry_twice" if again else None
        self._receive.record_file(
            self._receive.keep_file(arrived),
            relying_party_id=batch.relying_party_id,
            user_id=batch.user_id,
            file_name=name,
            import_batch_id=batch.import_batch_id,
        )
        return None


@dataclass
class _Outcome:
    """``taken``: digest and name of each document."""

    not_taken: list[NotTaken]
    taken: set[tuple[str, str]] = field(default_factory=set)
