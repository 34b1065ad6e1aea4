"""Step 5, in a worker: the signature values become signed files, each one validated before anybody hears of it.

Files are written and synced first; one short transaction under the job's lease epoch then says SIGNED and hands the document its new
bytes. The own check runs on every file, the full validation on the first of each group of a small request (so on every document that is
signed alone), and in a big one on one document, drawn by lot, of each hundred (at the default share of 1 %).
"""

import hashlib
import logging
from collections.abc import Callable

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.errors import PhoneSealError
from server.signing.credential import Credential
from server.signing.finish_request import complete_if_done
from server.signing.ports import Blobs, EmbeddedFile, SignatureEmbedder, SigningStore, SigningTransaction
from server.signing.sign_request import EndResult, Item, ItemState, SignRequest, State
from server.work import Job, Nudge, no_break

log = logging.getLogger(__name__)


class EmbedSignatures:
    def __init__(
        self,
        store: SigningStore,
        blobs: Blobs,
        embedder: SignatureEmbedder,
        clock: Clock,
        nudge: Nudge,
        full_validation_share: float,
        between: Callable[[], None] = no_break,
    ) -> None:
        """``between`` is called between two documents: others' work may be done there."""
        self._store = store
        self._blobs = blobs
        self._embedder = embedder
        self._clock = clock
        self._nudge = nudge
        self._share = full_validation_share
        self._between = between

    def __call__(self, job: Job) -> None:
        """Embeds the job's group. Raises ``LeaseLost`` when another worker has it by now."""
        with self._store.read() as tx:
            request = tx.requests.find(job.subject)
            items: list[Item] = []
            if request is not None and request.credential_id is not None:
                credential = tx.devices.credential(request.credential_id)
                items = tx.items.at(request.request_id, job.body["positions"])
        todo = [item for item in items if item.state is ItemState.ANSWERED]
        if request is not None and todo:
            self._embed_group(job, request, todo, credential)
        else:
            with self._store.write() as tx:
                tx.jobs.done(job)
                crash_point("skip.before_commit")
            crash_point("skip.after_commit")

    def _sampled(self, request: SignRequest, position: int, index: int) -> bool:
        """Whether this item, ``index`` in its group, is validated fully. The lot depends on the request alone: whichever workers have its
        groups, each run of positions gives exactly one."""
        run = round(1 / self._share) if self._share else request.items_total
        if request.items_total <= run:
            return index == 0
        first = position - position % run
        lot = int.from_bytes(hashlib.sha256(f"{request.request_id} {first}".encode()).digest()[:8], "big")
        return position - first == lot % min(run, request.items_total - first)

    def _embed_group(self, job: Job, request: SignRequest, todo: list[Item], credential: Credential) -> None:
        crash_point("embed.before_blobs")
        embedded: list[tuple[Item, EmbeddedFile]] = []
        failed: list[tuple[int, str]] = []
        for index, item in enumerate(todo):
            self._between()
            fully = self._sampled(request, item.position, index)
            try:
                embedded.append((item, self._embed_one(job.subject, item, credential, fully=fully)))
            except PhoneSealError as error:
                log.error("request %s item %d can't be embedded: %s", job.subject, item.position, error.code)  # noqa: TRY400
                failed.append((item.position, error.code))
        for _, file in embedded:
            if file.path is not None:
                self._blobs.adopt("documents", file.path, file.sha256)
        small = [(file.data, file.sha256) for _, file in embedded if file.data is not None]
        self._blobs.write_group("documents", [data for data, _ in small], [sha256 for _, sha256 in small])
        crash_point("embed.after_blobs")
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            self._store_results(tx, job.subject, embedded, failed, now)
            tx.jobs.done(job)
            crash_point("finish.before_commit")
        crash_point("finish.after_commit")
        self._nudge.web(job.subject)

    def _embed_one(self, request_id: str, item: Item, credential: Credential, *, fully: bool) -> EmbeddedFile:
        prepared, now = self._blobs.path(f"prepared/{request_id}", item.prepared_sha256 or ""), self._clock.now()
        return self._embedder.embed(prepared, self._blobs.incoming(), item, credential, fully=fully, now=now)

    @staticmethod
    def _store_results(
        tx: SigningTransaction,
        request_id: str,
        embedded: list[tuple[Item, EmbeddedFile]],
        failed: list[tuple[int, str]],
        now: float,
    ) -> None:
        positions = [*(item.position for item, _ in embedded), *(position for position, _ in failed)]
        still = tx.items.standing(request_id, ItemState.ANSWERED, positions)  # what ended meanwhile is nobody's any more
        embedded = [(item, file) for item, file in embedded if item.position in still]
        failed = [entry for entry in failed if entry[0] in still]
        if not still:
            return
        files = [(item.position, file.sha256, file.length) for item, file in embedded]
        tx.items.set_signed(request_id, files)
        for item, file in embedded:
            tx.documents.set_signed(item.document_id, request_id, file.sha256, file.length, now)
        for position, code in failed:
            tx.items.end(
                request_id,
                ItemState.FAILED,
                EndResult.SERVER_ERROR,
                old=(ItemState.ANSWERED,),
                positions=(position,),
                reason=code,
            )
        record(
            tx,
            "documents_signed",
            now=now,
            actor="server",
            subject=request_id,
            facts={
                "files": [[item.position, item.prepared_sha256, file.sha256] for item, file in embedded],
                "failed": [list(entry) for entry in failed],
            },
        )
        tx.outbox.add("request_changed", request_id, {}, now)
        request = tx.requests.get(request_id)
        if request.state is State.ANSWERED:
            complete_if_done(tx, request, now=now)
        else:
            tx.requests.touch(request_id)
