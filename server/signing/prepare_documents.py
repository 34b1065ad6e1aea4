"""Step 1, in a worker: each document gets its ``/Contents`` gap and visible stamp. A bad document fails alone.

A document that another checker judged (it lies in the store since an older version) is judged anew first: taken, rewritten, or failed
with its reason, before a phone is offered anything. Files are written and synced first, then one short transaction says so, under the
lease epoch of the job. The worker whose group was the last one queues the making of the offers in that same transaction.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import DeviceState
from server.documents.document import Document
from server.errors import LeaseLost, PhoneSealError
from server.signing.dtbs import find_signature_algorithm
from server.signing.finish_request import end_request
from server.signing.place_signature import check_placement
from server.signing.ports import Blobs, DocumentJudge, DocumentPreparer, PreparedFile, SigningStore, SigningTransaction
from server.signing.sign_request import FINAL, EndResult, Item, ItemState, SignRequest, State
from server.work import Job, Nudge, no_break

log = logging.getLogger(__name__)


class PrepareDocuments:
    def __init__(
        self,
        store: SigningStore,
        blobs: Blobs,
        judge: DocumentJudge,
        preparer: DocumentPreparer,
        clock: Clock,
        nudge: Nudge,
        between: Callable[[], None] = no_break,
    ) -> None:
        """``between`` is called between two documents: others' work may be done there."""
        self._store = store
        self._blobs = blobs
        self._judge = judge
        self._preparer = preparer
        self._clock = clock
        self._nudge = nudge
        self._between = between

    def __call__(self, job: Job) -> None:
        """Prepares the job's group of items. Raises ``LeaseLost`` when another worker has it by now."""
        with self._store.read() as tx:
            request = tx.requests.find(job.subject)
            if request is None or request.state is not State.PREPARING:
                request = None
            else:
                items = tx.items.page(request.request_id, job.body["first"], job.body["count"])
                digests = self._digests(tx, request)
                ids = [item.document_id for item in items if item.state is ItemState.WAITING]
                stale = {d.document_id: d for d in tx.documents.judged_otherwise(ids, self._judge.version)}
        if request is None:
            self._drop(job)
            return
        waiting = [item for item in items if item.state is ItemState.WAITING]
        judged, waiting, refused = self._judged(request, waiting, stale)
        prepared, failed = self._prepare(request, waiting, digests)
        try:
            self._store_results(job, request, judged, prepared, [*refused, *failed])
        except LeaseLost:
            self._drop_late_files(request.request_id)
            raise
        self._nudge.web(request.request_id)
        self._nudge.workers()

    def _judged(
        self, request: SignRequest, items: list[Item], stale: dict[str, Document]
    ) -> tuple[list[tuple[Document, str]], list[Item], list[tuple[int, str]]]:
        """The documents that were judged anew, with the digests they had; the items as they are now; those that can't be signed."""
        judged: list[tuple[Document, str]] = []
        kept: list[Item] = []
        refused: list[tuple[int, str]] = []
        for item in items:
            before = stale.get(item.document_id)
            if before is None:
                kept.append(item)
                continue
            self._between()
            try:
                document = self._judge(before)
                if item.placement is not None:
                    check_placement(document, item.placement)
            except PhoneSealError as error:
                log.warning("request %s item %d is not taken any more: %s", request.request_id, item.position, error.code)
                refused.append((item.position, error.code))
                continue
            judged.append((document, before.current_sha256))
            kept.append(replace(item, source_sha256=document.current_sha256, source_length=document.current_length))
        return judged, kept, refused

    def _digests(self, tx: SigningTransaction, request: SignRequest) -> frozenset[str]:
        """Which digests the subscriber's phones will sign over."""
        now = self._clock.now()
        active = {d.device_id for d in tx.devices.of_subscriber(request.subscriber_id) if d.state is DeviceState.ACTIVE}
        credentials = [
            c for c in tx.devices.credentials_of(request.subscriber_id) if c.device_id in active and c.usable(now)
        ]
        names = {find_signature_algorithm(c.signature_algorithm).digest_name for c in credentials}
        return frozenset(names or {"sha256"})

    def _prepare(
        self, request: SignRequest, items: list[Item], digests: frozenset[str]
    ) -> tuple[list[Item], list[tuple[int, str]]]:
        area = f"prepared/{request.request_id}"
        files: list[tuple[Item, PreparedFile]] = []
        failed: list[tuple[int, str]] = []
        crash_point("prepare.before_blobs")
        for item in items:
            self._between()
            try:
                file = self._prepare_one(request, item, digests)
            except PhoneSealError as error:
                log.warning("request %s item %d can't be prepared: %s", request.request_id, item.position, error.code)
                failed.append((item.position, error.code))
                continue
            if file.path is not None:
                self._blobs.adopt(area, file.path, file.sha256)
            files.append((item, file))
        small = [(file.data, file.sha256) for _, file in files if file.data is not None]
        self._blobs.write_group(area, [data for data, _ in small], [sha256 for _, sha256 in small])
        crash_point("prepare.after_blobs")
        prepared = [
            replace(
                item,
                prepared_sha256=file.sha256,
                prepared_length=file.length,
                byte_range=file.byte_range,
                field_name=file.field_name,
                digest_sha256=file.digest_sha256,
                digest_sha384=file.digest_sha384,
                stamp=file.stamp,
            )
            for item, file in files
        ]
        return prepared, failed

    def _prepare_one(self, request: SignRequest, item: Item, digests: frozenset[str]) -> PreparedFile:
        source: Path = self._blobs.path("documents", item.source_sha256)
        return self._preparer.prepare(
            source, self._blobs.incoming(), item.placement, request.subscriber_name, request.created_at, digests
        )

    def _store_results(
        self,
        job: Job,
        request: SignRequest,
        judged: list[tuple[Document, str]],
        prepared: list[Item],
        failed: list[tuple[int, str]],
    ) -> None:
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            current = tx.requests.get(request.request_id)
            if current.state is State.PREPARING:
                for document, before_sha256 in judged:
                    self._store_judged(tx, request.request_id, document, before_sha256, now)
                tx.items.set_prepared(prepared)
                for position, code in failed:
                    tx.items.end(
                        request.request_id,
                        ItemState.FAILED,
                        EndResult.DOCUMENT_REFUSED,
                        old=(ItemState.WAITING,),
                        positions=(position,),
                        reason=code,
                    )
                self.go_on(tx, current, job, now)
            tx.jobs.done(job)
            crash_point("prepare.before_commit")
        crash_point("prepare.after_commit")

    @staticmethod
    def _store_judged(tx: SigningTransaction, request_id: str, document: Document, before_sha256: str, now: float) -> None:
        if not tx.documents.set_judged(document, before_sha256):
            raise LeaseLost("the document has other bytes by now")  # in an open request only its own signature can do that
        tx.items.set_source(request_id, document)
        if document.current_sha256 != before_sha256:
            facts = {"before_sha256": before_sha256, "sha256": document.current_sha256, "repairs": list(document.repairs)}
            record(tx, "document_rewritten", now=now, actor="server", subject=document.document_id, facts=facts)
            tx.outbox.add("document_changed", document.document_id, {}, now)

    @staticmethod
    def go_on(tx: SigningTransaction, request: SignRequest, job: Job, now: float) -> None:
        tx.requests.touch(request.request_id)
        tx.outbox.add("request_changed", request.request_id, {}, now)
        if tx.items.any_in(request.request_id, (ItemState.WAITING,)):
            return
        counts = tx.items.counts(request.request_id)
        if counts[ItemState.PREPARED]:
            if counts[ItemState.PREPARED] < counts.total:
                tx.items.put_prepared_first(request.request_id)  # a phone's manifest has no gaps
            key = f"make_offers:{request.request_id}"
            tx.jobs.add("make_offers", request.request_id, {}, now=now, priority=job.priority, unique_key=key)
        else:
            end_request(tx, request, State.FAILED, EndResult.DOCUMENT_REFUSED, now=now, actor="server")

    def _drop_late_files(self, request_id: str) -> None:
        """Written after the request had ended and its prepared bytes had gone: nobody else would drop these."""
        with self._store.read() as tx:
            request = tx.requests.find(request_id)
        if request is None or request.state in FINAL:
            self._blobs.drop_area(f"prepared/{request_id}")

    def _drop(self, job: Job) -> None:
        with self._store.write() as tx:
            tx.jobs.done(job)
            crash_point("skip.before_commit")
        crash_point("skip.after_commit")
