"""A file arrives: stored, recorded as CHECKING, inspected by a worker, and then READY or gone.

Rules: the bytes are durable before the row; a refused file leaves no bytes behind, only its row for a day (so that the uploader can read
why) and an entry in the audit log; nobody can tell from an upload whether the same content was here before.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from server.audit.audit_log import record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.documents.archive_entries import plain_name
from server.documents.document import Document, DocumentState
from server.documents.import_batch import ExpectedFile
from server.documents.judge_document import JudgeDocument
from server.documents.ports import DocumentBlobs, DocumentInspector, DocumentStore
from server.errors import PhoneSealError, TooLarge, Unprocessable
from server.ids import base32, new_id
from server.text import clean_text
from server.work import BULK, INTERACTIVE, Job, Nudge


@dataclass(frozen=True, slots=True)
class ArrivedFile:
    path: Path
    sha256: str
    length: int


class ReceiveUpload:
    def __init__(self, store: DocumentStore, blobs: DocumentBlobs, clock: Clock, config: Config, nudge: Nudge) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._config = config
        self._nudge = nudge

    def write_file(self, chunks: Iterable[bytes]) -> ArrivedFile:
        """Streams the bytes to disk. Raises ``TooLarge(pdf_too_large)``, ``Unprocessable(pdf_empty)``, ``Unavailable(disk_full)``."""
        path = self._blobs.incoming()
        digest, length = hashlib.sha256(), 0
        try:
            with path.open("xb") as target:
                for chunk in chunks:
                    length += len(chunk)
                    if length > self._config.max_document_bytes:
                        limit = self._config.max_document_bytes
                        raise TooLarge("the file is too large", code="pdf_too_large", details={"limit": limit})
                    digest.update(chunk)
                    target.write(chunk)
            if length == 0:
                raise Unprocessable("the file is empty", code="pdf_empty")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return ArrivedFile(path, digest.hexdigest(), length)

    def keep_file(self, file: ArrivedFile) -> ArrivedFile:
        """Makes the arrived bytes durable in their place. For the lane of slow things: hundreds of megabytes take seconds to sync."""
        self._blobs.adopt("documents", file.path, file.sha256, keep=True)
        return file

    def record_file(
        self,
        file: ArrivedFile,
        *,
        relying_party_id: str,
        user_id: str | None,
        file_name: str,
        title: str | None = None,
        document_code: str | None = None,
        import_batch_id: str | None = None,
    ) -> Document:
        """Records a kept file and queues its inspection. ``title`` defaults to the file's name without its ending. Raises ``TooLarge``
        (import_batch_full, import_batch_too_large): the bytes that nobody speaks of are tidied away later."""
        now = self._clock.now()
        name = plain_name(file_name)
        stem = name[:-4] if name.lower().endswith(".pdf") else name
        document_id = new_id("doc", now)
        code = base32(int.from_bytes(hashlib.sha256(document_id.encode()).digest()[:4], "big"), 7)[-6:].upper()
        document = Document(
            document_id=document_id,
            relying_party_id=relying_party_id,
            user_id=user_id,
            title=clean_text(title, 200) if title else stem or name,
            document_code=clean_text(document_code, 60) if document_code else code,
            file_name=name,
            state=DocumentState.CHECKING,
            uploaded_sha256=file.sha256,
            current_sha256=file.sha256,
            current_length=file.length,
            created_at=now,
            import_batch_id=import_batch_id,
        )
        try:
            self._store_row(document)
        except TooLarge:
            file.path.unlink()
            raise
        if not self._blobs.path("documents", file.sha256).exists():
            # the same content was refused and dropped between the two lines above
            self._blobs.adopt("documents", file.path, file.sha256, keep=True)
        file.path.unlink()
        self._nudge.workers()
        return document

    def _store_row(self, document: Document) -> None:
        batch_id = document.import_batch_id
        with self._store.write() as tx:
            if batch_id is not None:
                most_files, most_bytes = self._config.max_request_items, self._config.max_request_bytes
                length = document.current_length
                tx.import_batches.take_room(batch_id, length, most_files=most_files, most_bytes=most_bytes)
                tx.import_batches.expect_no_more(batch_id, ExpectedFile(document.file_name, length))
            now = document.created_at
            tx.documents.add(document)
            priority = INTERACTIVE if batch_id is None else BULK
            tx.jobs.add("inspect_upload", document.document_id, {}, now=now, priority=priority)
            record(
                tx,
                "document_uploaded",
                now=now,
                actor=document.user_id or document.relying_party_id,
                subject=document.document_id,
                facts={"sha256": document.uploaded_sha256, "length": document.current_length},
                personal={"title": document.title},
            )
            crash_point("upload.before_commit")
        crash_point("upload.after_commit")


class InspectUpload:
    """The worker's part."""

    def __init__(
        self, store: DocumentStore, blobs: DocumentBlobs, inspector: DocumentInspector, clock: Clock, nudge: Nudge
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._judge = JudgeDocument(blobs, inspector)
        self._clock = clock
        self._nudge = nudge

    def __call__(self, job: Job) -> None:
        """Raises ``LeaseLost`` when another worker has it by now."""
        with self._store.read() as tx:
            document = tx.documents.find(job.subject)
        if document is None or document.state is not DocumentState.CHECKING:
            with self._store.write() as tx:
                tx.jobs.done(job)
                crash_point("skip.before_commit")
            crash_point("skip.after_commit")
            return
        try:
            inspected = self._judge(document)
        except PhoneSealError as error:
            if not error.code.startswith("pdf_"):
                raise
            inspected = replace(
                document,
                state=DocumentState.REFUSED,
                refusal_code=error.code,
                refusal_details=_plain_details(error.details),
            )
        self._store_result(job, document, inspected)

    def give_up(self, job: Job) -> None:
        """Looking at the file failed too often, or ended workers: it is refused. Raises ``LeaseLost``."""
        with self._store.read() as tx:
            document = tx.documents.find(job.subject)
        if document is None or document.state is not DocumentState.CHECKING:
            self(job)
            return
        self._store_result(
            job, document, replace(document, state=DocumentState.REFUSED, refusal_code="pdf_too_complex")
        )

    def _store_result(self, job: Job, document: Document, inspected: Document) -> None:
        refused = inspected.state is DocumentState.REFUSED
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            tx.documents.set_inspected(inspected)
            if refused and document.import_batch_id is not None:
                tx.import_batches.give_room_back(document.import_batch_id, document.current_length)
            record(
                tx,
                "document_refused" if refused else "document_inspected",
                now=now,
                actor="server",
                subject=document.document_id,
                facts={
                    "code": inspected.refusal_code,
                    "details": dict(inspected.refusal_details),
                    "rewritten": inspected.rewritten,
                    "repairs": list(inspected.repairs),
                    "findings": list(inspected.findings),
                    "uploaded_sha256": inspected.uploaded_sha256,
                    "sha256": inspected.current_sha256,
                },
            )
            tx.jobs.done(job)
            tx.jobs.add("drop_blob", document.uploaded_sha256, {}, now=now) if refused else None
            tx.outbox.add("document_changed", document.document_id, {}, now)
            crash_point("inspect.before_commit")
        crash_point("inspect.after_commit")
        self._nudge.web(document.document_id)
        self._nudge.workers()


def _plain_details(details: Mapping[str, object]) -> dict[str, object]:
    """What a sentence can name: short words and numbers."""
    return {name: value for name, value in details.items() if isinstance(value, int) or (isinstance(value, str) and len(value) <= 100)}

