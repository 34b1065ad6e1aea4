"""All requests this phone knows of: what comes in, what is pending, how each ends. Rules about a single
request's walk are in ``request_walk``.

Rules:
* A request enters the journal only after its envelope was verified; the same id and digest is the same
  request, another digest under the id is a security warning and changes nothing.
* A request ends once; who waits for the person meanwhile loses attention. The first end is shown; the
  server's outcome is kept with it.
* What ran out by the server's clock is no longer offered, unless its approval is under way.
"""

import threading
from collections.abc import Callable
from typing import Final

from mobile_app.crash_points import crash_point
from mobile_app.device.identity import Identity
from mobile_app.device.interaction import (
    Attention,
    PendingRequest,
    RequestResult,
    SecurityWarning,
    UserInteraction,
)
from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import WAITING_STATES, JournaledRequest, RequestState
from mobile_app.device.request_checks.envelope import check_terms, verify_envelope
from mobile_app.device.request_steps.server_word import check_outcome, check_withdrawal
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.device.statements import statement_digest
from mobile_app.errors import CheckFailed, Refused
from mobile_app.link.fields import Malformed, parse_json, write_json
from mobile_app.link.server_statements import Outcome, read_envelope, read_outcome, read_withdrawal
from mobile_app.link.wire import Statement

EXPIRY_GRACE_MS: Final = 2_000
"""Left to the server's own word, which says more, before this phone ends a request by itself."""
_NOT_APPROVED: Final = (RequestState.RECEIVED, RequestState.CHOSEN, RequestState.RIGHT)
END_OF_STATE: Final = {
    "COMPLETED": "answered_elsewhere",
    "REFUSED": "answered_elsewhere",
    "EXPIRED": "expired",
    "CANCELLED": "cancelled",
    "FAILED": "server_error",
}


def pending_request(row: JournaledRequest) -> PendingRequest:
    return PendingRequest(
        request_id=row.request_id,
        relying_party_name=row.relying_party_name,
        requested_by=row.requested_by,
        item_count=row.item_count,
        total_pages=row.total_pages,
        total_bytes=row.total_bytes,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        state=row.state,
    )


def result_of(row: JournaledRequest) -> RequestResult:
    return RequestResult(
        request_id=row.request_id,
        end_result=row.end_result,
        state=row.final_state,
        items_signed=row.items_signed,
        items_refused=row.items_refused,
        items_failed=row.items_failed,
        detail=row.detail,
    )


class RequestBook:
    """Thread-safe. ``server_now`` gives milliseconds by the server's clock."""

    def __init__(
        self,
        *,
        journal: Journal,
        interaction: UserInteraction,
        identity: Identity,
        pinned: Callable[[], PinnedKeys],
        server_now: Callable[[], int],
        on_warning: Callable[[SecurityWarning], None],
    ) -> None:
        self._journal = journal
        self._interaction = interaction
        self._identity = identity
        self._pinned = pinned
        self._server_now = server_now
        self._on_warning = on_warning
        self._lock = threading.RLock()
        self._attentions: dict[str, Attention] = {}

    # -- what comes in ----------------------------------------------------------------------------

    def receive(self, statement: Statement) -> JournaledRequest | None:
        """Take in an envelope. Gives the request as it stands now, or None if it was refused or had run out.
        Raises CheckFailed."""
        known = self._known(statement)
        if known is not None:
            return known
        verified = verify_envelope(statement, self._identity, self._pinned())
        envelope = verified.body
        row = JournaledRequest(
            request_id=envelope.request_id,
            envelope_sha256=verified.digest,
            state=RequestState.RECEIVED,
            relying_party_name=envelope.relying_party_name,
            requested_by=envelope.requested_by,
            item_count=envelope.item_count,
            total_pages=envelope.total_pages,
            total_bytes=envelope.total_bytes,
            issued_at=envelope.issued_at,
            expires_at=envelope.expires_at,
            received_at=self._server_now(),
        )
        failure: CheckFailed | None = None
        try:
            check_terms(envelope, self._server_now())
        except Refused:
            return None
        except CheckFailed as error:
            failure = error
        crash_point("request.journal.received.before")
        row = self._journal.receive(row, write_json(statement.message()))
        crash_point("request.journal.received.after")
        if failure is not None:
            raise CheckFailed(failure.code, {**failure.details, "request_id": row.request_id})
        self.show_pending()
        return row

    def _known(self, statement: Statement) -> JournaledRequest | None:
        """A request whose envelope was verified before: its digest says so, whatever key signed it then."""
        try:
            row = self._journal.request(read_envelope(parse_json(statement.body)).request_id)
        except Malformed:
            return None
        if row is not None and row.envelope_sha256 == statement_digest(statement):
            return row
        return None

    def withdrawn(self, statement: Statement) -> None:
        """Raises CheckFailed. A withdrawal of what this phone does not know, or has answered, changes
        nothing."""
        row = self._row_of(statement, read_withdrawal)
        if row is None:
            return
        found = check_withdrawal(statement, self._pinned(), row)
        self._journal.keep_statement(row.request_id, "withdrawal", write_json(statement.message()))
        self.finish(row.request_id, found.body.end_result)

    def outcome(self, statement: Statement) -> None:
        """Raises CheckFailed. Ends the request if nothing else did, and keeps the server's numbers and audit
        head."""
        row = self._row_of(statement, read_outcome)
        if row is None:
            return
        found = check_outcome(statement, self._pinned(), row).body
        crash_point("request.journal.outcome.before")
        with self._journal.commit():
            ended = self._journal.finish(row.request_id, self._server_now(), found.end_result, final_state=found.state)
            self._journal.record_outcome(
                row.request_id,
                (found.items_signed, found.items_refused, found.items_failed),
                found.state,
                found.audit_sequence,
                found.audit_head,
            )
            self._journal.keep_statement(row.request_id, "outcome", write_json(statement.message()))
            self._keep_audit_head(found)
        crash_point("request.journal.outcome.after")
        if ended:
            self._ended(row.request_id, found.end_result)

    def _keep_audit_head(self, found: Outcome) -> None:
        """The latest head this phone was shown; an earlier number with another head is for auditors to find
        in the evidence."""
        kept = self._journal.fact("audit_head")
        if kept is None or int(kept.split(" ")[0]) < found.audit_sequence:
            self._journal.set_fact("audit_head", f"{found.audit_sequence} {found.audit_head}")

    def _row_of(self, statement: Statement, read: Callable[[object], object]) -> JournaledRequest | None:
        """The row that an unverified statement speaks of; the caller verifies before it acts."""
        try:
            request_id = getattr(read(parse_json(statement.body)), "request_id", "")
        except Malformed as error:
            raise CheckFailed("statement_malformed", error.details) from error
        return self._journal.request(str(request_id))

    # -- how it ends ------------------------------------------------------------------------------

    def finish(self, request_id: str, end_result: str, *, detail: str = "", final_state: str = "") -> None:
        """End a request here, without or before the server's outcome. No effect if it has ended."""
        crash_point("request.journal.outcome.before")
        ended = self._journal.finish(request_id, self._server_now(), end_result, detail=detail, final_state=final_state)
        crash_point("request.journal.outcome.after")
        if ended:
            self._ended(request_id, end_result)

    def _ended(self, request_id: str, end_result: str) -> None:
        with self._lock:
            attention = self._attentions.pop(request_id, None)
        if attention is not None:
            attention.cancel(end_result)
        row = self._journal.request(request_id)
        if row is not None:
            self._interaction.show_result(result_of(row))
        self.show_pending()

    def expire(self) -> None:
        """End what ran out by the server's clock."""
        limit = self._server_now() - EXPIRY_GRACE_MS
        for row in self._journal.in_states(_NOT_APPROVED):
            if row.expires_at < limit:
                self.finish(row.request_id, "expired")

    # -- what is there ----------------------------------------------------------------------------

    def pending(self) -> list[PendingRequest]:
        return [pending_request(row) for row in self._journal.in_states(WAITING_STATES)]

    def show_pending(self) -> None:
        self._interaction.show_pending(self.pending())

    def attend(self, request_id: str) -> Attention:
        """A fresh attention for walking through this request; lost when it ends."""
        attention = Attention()
        with self._lock:
            self._attentions[request_id] = attention
        row = self._journal.request(request_id)
        if row is None or row.state == RequestState.FINISHED:
            attention.cancel(row.end_result if row else "cancelled")
        return attention

    def leave(self, request_id: str) -> None:
        with self._lock:
            self._attentions.pop(request_id, None)

    def interrupt(self, reason: str) -> None:
        """The device stops: every open question is void."""
        with self._lock:
            attentions = list(self._attentions.values())
        for attention in attentions:
            attention.cancel(reason)

    def warn(self, code: str, details: dict[str, object], request_id: str | None) -> None:
        self._on_warning(SecurityWarning(code, details, request_id))
