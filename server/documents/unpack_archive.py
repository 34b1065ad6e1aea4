"""The worker's part of an import: each PDF of an archive becomes an upload of the batch.

Rules: the archive is foreign (see ``archive_entries``); what is no PDF by name is passed over and reported; unpacking again after a crash
does not double what is there already; what the batch held before the archive came is skipped and counted; nothing goes unsaid.
"""

import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from server.audit.audit_log import record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.documents.archive_entries import DAMAGED, Reading, path_of, plain_name, shown_path, wanted
from server.documents.import_batch import ArchiveBlobs, ImportBatch, ImportStore, NotTaken
from server.documents.receive_upload import ReceiveUpload
from server.errors import PhoneSealError, TooLarge
from server.work import Job, Nudge

_OF_ONE_ENTRY = frozenset({"pdf_empty", "pdf_too_large", "archive_entry_broken", "archive_bomb"})


class UnpackArchive:

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
                if not error.code.startswith(("archive_", "import_batch_")):
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
            tx.import_batches.add_skipped(job.subject, outcome.skipped)
            code = next((entry.code for entry in outcome.not_taken if not entry.file_name), None)
            facts = {
                "documents": len(outcome.taken) - outcome.skipped,
                "skipped": outcome.skipped,
                "passed_over": len(outcome.not_taken),
                "code": code,
            }
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
                code = self._take(batch, reading, entry, job, outcome)
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

    def _take(
        self, batch: ImportBatch, reading: Reading, entry: zipfile.ZipInfo, job: Job, outcome: "_Outcome"
    ) -> str | None:
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
            since = tx.import_batches.arrived_at(batch.import_batch_id, arrived.sha256, name)
        again = (arrived.sha256, name) in outcome.taken
        outcome.taken.add((arrived.sha256, name))
        if since is not None:
            # it was there before this archive came; or a worker died while it unpacked this archive; or it is in here twice
            arrived.path.unlink(missing_ok=True)
            outcome.skipped += not again and since < job.body.get("at", 0.0)
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
    """``taken``: digest and name of each document; ``skipped``: how many of them the batch held before the archive came."""

    not_taken: list[NotTaken]
    skipped: int = 0
    taken: set[tuple[str, str]] = field(default_factory=set)
