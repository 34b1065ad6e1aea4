"""An import batch (lô import): a name under which many documents arrive together, by single uploads or as one ZIP archive.

Rules: every document is inspected like any other upload and fails alone; only the batch's owner adds to it, at any time; a file that is
there already, by name and content, is skipped and said so; the browser names what it is about to send, so that what never arrived can be
told by name whenever somebody comes back; the limits hold for the batch as a whole, whatever it arrived in.
"""

import hashlib
import zipfile
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.documents.archive_entries import plain_name
from server.errors import BadInput, NotFound, TooLarge, Unprocessable
from server.ids import new_id
from server.text import clean_text
from server.work import BULK, Jobs, Nudge, Outbox


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
    ``waiting_archives`` are those that a worker has not unpacked yet; ``not_taken``: files that never became a document; ``missing``:
    files that somebody was about to send and that have not arrived; ``skipped``: files of archives that were there already."""

    batch: ImportBatch
    checking: int
    ready: int
    refused: int
    signed: int
    waiting: int
    waiting_archives: int
    not_taken: int
    missing: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.checking + self.ready + self.refused


@dataclass(frozen=True, slots=True)
class NotTaken:
    """A file of an import that is no document, with the archive's folders; ``file_name`` is empty for the whole archive."""

    file_name: str
    code: str


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """A file that is about to be sent. Two of one name and length count as one; ``length`` in bytes."""

    file_name: str
    length: int


@dataclass(frozen=True, slots=True)
class ArrivedArchive:
    path: Path
    sha256: str
    length: int


class ImportBatches(Protocol):
    def add(self, batch: ImportBatch) -> None: ...
    def find(self, import_batch_id: str) -> ImportBatch | None: ...
    def of_user(self, user_id: str, before: str | None, limit: int) -> list[ImportBatch]: ...
    def progress(self, batch: ImportBatch) -> ImportProgress: ...
    def arrived_at(self, import_batch_id: str, sha256: str, file_name: str) -> float | None: ...
    def expect(self, import_batch_id: str, files: list[ExpectedFile], most: int) -> None: ...
    def expects(self, import_batch_id: str, file: ExpectedFile) -> bool: ...
    def expect_no_more(self, import_batch_id: str, file: ExpectedFile | None = ...) -> int: ...
    def missing(self, import_batch_id: str, limit: int) -> list[str]: ...
    def add_skipped(self, import_batch_id: str, count: int) -> None: ...
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

    def expect(self, batch: ImportBatch, files: list[ExpectedFile]) -> None:
        """Notes what is about to be sent, in as many parts as the sender likes. Raises ``TooLarge(import_batch_full)``."""
        named = [ExpectedFile(plain_name(file.file_name), file.length) for file in files]
        with self._store.write() as tx:
            tx.import_batches.expect(batch.import_batch_id, named, self._config.max_request_items)
            crash_point("expect_files.before_commit")
        crash_point("expect_files.after_commit")

    def not_coming(self, batch: ImportBatch, file_name: str, length: int) -> None:
        """The file was looked at and refused before it became a document: it is not missing."""
        self._expect_no_more(batch, ExpectedFile(plain_name(file_name), length))

    def leave_out_missing(self, batch: ImportBatch) -> int:
        """The owner does without what has not arrived. Returns how many files that were."""
        return self._expect_no_more(batch, None)

    def _expect_no_more(self, batch: ImportBatch, file: ExpectedFile | None) -> int:
        with self._store.write() as tx:
            count = tx.import_batches.expect_no_more(batch.import_batch_id, file)
            crash_point("expect_no_more.before_commit")
        crash_point("expect_no_more.after_commit")
        return count

    def missing(self, batch: ImportBatch, limit: int = 200) -> list[str]:
        """Names of files that were about to be sent and have not arrived."""
        with self._store.read() as tx:
            return tx.import_batches.missing(batch.import_batch_id, limit)

    def holds(self, batch: ImportBatch, sha256: str, file_name: str, length: int) -> bool:
        """Did this very file arrive in the batch already? Then one that is sent again is not doubled, and not missing any more."""
        file = ExpectedFile(plain_name(file_name), length)
        with self._store.read() as tx:
            known = tx.import_batches.arrived_at(batch.import_batch_id, sha256, file.file_name) is not None
            expected = known and tx.import_batches.expects(batch.import_batch_id, file)
        if expected:
            self._expect_no_more(batch, file)
        return known

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
        return ArrivedArchive(path, digest.hexdigest(), length)

    def keep_archive(self, archive: ArrivedArchive) -> ArrivedArchive:
        """Makes it durable: for the lane of slow things. Raises ``Unprocessable(archive_broken)`` when it is no ZIP."""
        if not zipfile.is_zipfile(archive.path):
            archive.path.unlink(missing_ok=True)
            raise Unprocessable("not a ZIP archive", code="archive_broken")
        self._blobs.adopt("archives", archive.path, archive.sha256, keep=True)
        return archive

    def add_archive(self, batch: ImportBatch, archive: ArrivedArchive, file_name: str = "") -> None:
        """Queues the unpacking of a kept archive; one that waits already is not unpacked twice."""
        with self._store.write() as tx:
            now = self._clock.now()
            body = {"sha256": archive.sha256, "at": now}
            expected = ExpectedFile(plain_name(file_name), archive.length)
            tx.import_batches.expect_no_more(batch.import_batch_id, expected)
            key = f"unpack:{batch.import_batch_id}:{archive.sha256}"
            tx.jobs.add("unpack_archive", batch.import_batch_id, body, now=now, priority=BULK, unique_key=key)
            if not self._blobs.path("archives", archive.sha256).exists():
                # the same archive, sent before, was done with and dropped since this one was kept
                self._blobs.adopt("archives", archive.path, archive.sha256, keep=True)
            actor = batch.user_id or batch.relying_party_id
            record(tx, "archive_received", now=now, actor=actor, subject=batch.import_batch_id, facts={"sha256": archive.sha256})
            crash_point("archive.before_commit")
        crash_point("archive.after_commit")
        archive.path.unlink(missing_ok=True)
        self._nudge.workers()
