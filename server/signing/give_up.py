"""A job that keeps failing (or keeps killing its worker) is given up: what it stood for ends with a reason, and nothing waits for ever."""

import logging

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.errors import Conflict
from server.signing.finish_request import complete_if_done, end_request
from server.signing.ports import SigningStore
from server.signing.prepare_documents import PrepareDocuments
from server.signing.sign_request import EndResult, ItemState, State
from server.work import Job, Nudge

log = logging.getLogger(__name__)


class GiveUp:
    def __init__(self, store: SigningStore, clock: Clock, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._nudge = nudge

    def __call__(self, job: Job) -> None:
        """Ends the job's items (prepare, embed) or its request (offers); other kinds of work are dropped."""
        log.error("giving up job %d: %s %s", job.job_id, job.kind, job.subject)
        with self._store.write() as tx:
            now = self._clock.now()
            tx.jobs.hold(job, now)
            request = tx.requests.find(job.subject)
            record(tx, "job_given_up", now=now, actor="server", subject=job.subject, facts={"kind": job.kind})
            if request is not None and job.kind == "prepare_items" and request.state is State.PREPARING:
                positions = range(job.body["first"], job.body["first"] + job.body["count"])
                tx.items.end(
                    request.request_id,
                    ItemState.FAILED,
                    EndResult.DOCUMENT_REFUSED,
                    old=(ItemState.WAITING,),
                    positions=list(positions),
                    reason="pdf_too_complex",
                )
                PrepareDocuments.go_on(tx, request, job, now)
            elif request is not None and job.kind == "embed_items":
                tx.items.end(
                    request.request_id,
                    ItemState.FAILED,
                    EndResult.SERVER_ERROR,
                    old=(ItemState.ANSWERED,),
                    positions=job.body["positions"],
                    reason="embedding_failed",
                )
                tx.requests.touch(request.request_id)
                tx.outbox.add("request_changed", request.request_id, {}, now)
                complete_if_done(tx, request, now=now)
            elif request is not None and job.kind == "make_offers" and request.state is State.PREPARING:
                try:
                    end_request(tx, request, State.FAILED, EndResult.SERVER_ERROR, now=now, actor="server")
                except Conflict:
                    log.info("request %s moved on", job.subject)
            tx.jobs.done(job)
            crash_point("give_up.before_commit")
        crash_point("give_up.after_commit")
        self._nudge.web(job.subject)
