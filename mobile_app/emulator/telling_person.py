"""Tells what the phone shows and what the person answers, as events, whoever the person is.

A decorator around a UserInteraction. It tells only what the device core has verified: "verdict right" when
the PIN is asked for after a choice, "approved" when signing begins, never what a message merely claimed.
"""

import threading
from collections.abc import Mapping, Sequence

from mobile_app.device.interaction import (
    Approve,
    Attention,
    ConnectionState,
    Decision,
    Ignore,
    NewDevice,
    NewDeviceDecision,
    PendingRequest,
    PinProblem,
    PinPurpose,
    Progress,
    RequestResult,
    RequestView,
    SecurityWarning,
    Step,
    UserInteraction,
)
from mobile_app.emulator.events import Teller

_WITHDRAWN = ("cancelled", "expired", "answered_elsewhere", "no_device")
_REFUSED = ("user_refused", "document_mismatch", "device_error")


class TellingPerson:
    """Implements UserInteraction. One device asks one question at a time, so the little state here needs no
    lock.
    """

    def __init__(self, person: UserInteraction, teller: Teller) -> None:
        self._person = person
        self._tell = teller.tell
        self._connection = ConnectionState.OFFLINE
        self._seen: set[str] = set()
        self._chosen: set[str] = set()
        self._decisions: dict[str, Approve] = {}
        self._approved: set[str] = set()
        self.listed = threading.Event()
        """Set when what waits was shown over a connection."""

    def show_connection(self, state: ConnectionState, clock_skew_ms: int) -> None:
        before, self._connection = self._connection, state
        if state is not before:
            if state is ConnectionState.ONLINE:
                self._tell("connected", clock_skew_ms=clock_skew_ms)
            elif before is ConnectionState.ONLINE:
                self._tell("disconnected", state=str(state))
            if state is ConnectionState.FROZEN:
                self._tell("frozen")
            elif state is ConnectionState.REFUSED:
                self._tell("refused_by_server")
            elif state is ConnectionState.UNPAIRED:
                self._tell("unpaired")
        self._person.show_connection(state, clock_skew_ms)

    def show_pending(self, pending: Sequence[PendingRequest]) -> None:
        for request in pending:
            if request.request_id not in self._seen:
                self._seen.add(request.request_id)
                self._tell(
                    "request",
                    request_id=request.request_id,
                    requester=request.relying_party_name,
                    requested_by=request.requested_by,
                    item_count=request.item_count,
                    total_pages=request.total_pages,
                    expires_at=request.expires_at,
                    state=request.state,
                )
        if self._connection is ConnectionState.ONLINE:
            self.listed.set()
        self._person.show_pending(pending)

    def show_pairing(self, state: str, digits: str, expires_in: float) -> None:
        self._tell("pairing_digits", state=state, digits=digits, expires_in=round(expires_in, 1))
        self._person.show_pairing(state, digits, expires_in)

    def show_progress(self, progress: Progress) -> None:
        if progress.step is not Step.CHECKING and progress.request_id not in self._approved:
            self._approved.add(progress.request_id)
            decision = self._decisions.get(progress.request_id)
            refused = len(decision.refused) if decision else 0
            self._tell("approved", request_id=progress.request_id, approved=progress.total, refused=refused)
        name = "signed" if progress.step is not Step.CHECKING else "checking"
        self._tell(
            name,
            request_id=progress.request_id,
            stage=str(progress.step),
            done=progress.done,
            of=progress.total,
        )
        self._person.show_progress(progress)

    def show_result(self, result: RequestResult) -> None:
        shown = {"request_id": result.request_id, "end_result": result.end_result, "detail": result.detail}
        if result.end_result == "wrong_verification_code" and result.request_id in self._chosen:
            self._chosen.discard(result.request_id)
            self._tell("verdict", request_id=result.request_id, verdict="wrong")
        if result.end_result in _REFUSED:
            self._tell("refused", **shown)
        if result.end_result in _WITHDRAWN and not result.state:
            self._tell("withdrawn", **shown)
        self._tell(
            "outcome",
            state=result.state,
            items_signed=result.items_signed,
            items_refused=result.items_refused,
            items_failed=result.items_failed,
            **shown,
        )
        self._person.show_result(result)

    def show_problem(self, code: str, details: Mapping[str, object], request_id: str | None) -> None:
        self._tell("error", code=code, details=dict(details), request_id=request_id)
        self._person.show_problem(code, details, request_id)

    def decide(self, request: RequestView, attention: Attention) -> Decision:
        request_id = request.pending.request_id
        self._tell(
            "checked",
            request_id=request_id,
            items=len(request.documents),
            titles=[document.title for document in request.documents[:20]],
            findings=sorted({finding for document in request.documents for finding in document.findings}),
            codes=list(request.verification_codes),
            seconds_left=round(request.seconds_left(), 1),
        )
        decision = self._person.decide(request, attention)
        if isinstance(decision, Ignore):
            self._tell("ignored", request_id=request_id)
        elif isinstance(decision, Approve):
            self._decisions[request_id] = decision
            if decision.code is not None:
                self._choice(request_id, decision.code)
        return decision

    def choose_code(self, request: RequestView, attention: Attention) -> str | None:
        code = self._person.choose_code(request, attention)
        if code is not None:
            self._choice(request.pending.request_id, code)
        return code

    def _choice(self, request_id: str, code: str) -> None:
        self._chosen.add(request_id)
        self._tell("choice", request_id=request_id, code=code)

    def enter_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        attention: Attention,
    ) -> bytearray | None:
        request_id = request.request_id if request else None
        if request_id in self._chosen:
            self._chosen.discard(request_id or "")
            self._tell("verdict", request_id=request_id, verdict="right")
        if problem is not None:
            self._tell(
                "pin_refused",
                request_id=request_id,
                code=problem.code,
                tries_left=problem.tries_left,
                retry_after=problem.retry_after,
            )
        pin = self._person.enter_pin(purpose, request, problem, attention)
        if pin is not None:
            self._tell("pin", request_id=request_id, purpose=str(purpose))
        return pin

    def approve_new_device(self, new_device: NewDevice, attention: Attention) -> NewDeviceDecision:
        decision = self._person.approve_new_device(new_device, attention)
        self._tell(
            "new_device",
            pairing_id=new_device.pairing_id,
            device_name=new_device.device_name,
            digits=new_device.digits,
            decision=str(decision),
        )
        return decision

    def warn(self, warning: SecurityWarning, attention: Attention) -> None:
        self._tell(
            "security_warning",
            code=warning.code,
            details=dict(warning.details),
            request_id=warning.request_id,
        )
        self._person.warn(warning, attention)
