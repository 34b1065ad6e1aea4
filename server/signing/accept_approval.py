"""Step 3: the person's word. Code judged before; approval statement → SIGNING, or a signed refusal → REFUSED.

Each check refuses by raising, in the order of docs/protocol.md §4.4. The server's clock at the commit decides about expiry. The first
accepted approval fixes the phone for the whole request.
"""

import hmac
from typing import Any

from server.audit.audit_log import record
from server.clock import Clock
from server.config import Config
from server.crash_points import crash_point
from server.devices.device import Device, DeviceState, check_active
from server.errors import BadInput, Conflict, Forbidden
from server.signing.continue_request import ask_for_the_rest, leave_out, read_detail
from server.signing.finish_request import end_request, outcome_of, withdraw_others
from server.signing.offer import Offer
from server.signing.ports import SigningStore, SigningTransaction
from server.signing.sign_request import (
    WAITS_FOR_APPROVAL,
    EndResult,
    ItemState,
    SignRequest,
    State,
)
from server.signing.verification_code import check_names_offer
from server.statements import RequestSigner, Statement, read_body, verify_phone
from server.text import clean_text
from server.work import Nudge

APPROVAL_FIELDS = frozenset(
    {
        "version",
        "server_id",
        "request_id",
        "envelope_sha256",
        "device_id",
        "credential_id",
        "certificate_sha256",
        "manifest_root",
        "item_count",
        "approved_count",
        "refused",
        "verification_code",
        "approved_at",
        "counter",
    }
)
REFUSAL_FIELDS = frozenset(
    {"version", "request_id", "envelope_sha256", "device_id", "end_result", "reason", "detail", "refused_at"}
)
REASON_LIMIT = 500
PHONE_END_RESULTS = (EndResult.USER_REFUSED, EndResult.DOCUMENT_MISMATCH, EndResult.DEVICE_ERROR)


def acknowledgement_of(request: SignRequest, offer: Offer, signer: RequestSigner) -> Statement | None:
    """The signed word that this phone's approval was committed, or None when it was not."""
    if offer.approval_sha256 is None or request.approved_at is None or request.sign_by is None:
        return None
    return signer.sign(
        "phoneseal.acknowledgement.v1",
        {
            "version": 1,
            "request_id": request.request_id,
            "envelope_sha256": offer.envelope_sha256,
            "statement_sha256": offer.approval_sha256,
            "state": State.SIGNING,
            "sign_by": int(request.sign_by * 1000),
            "at": int(request.approved_at * 1000),
        },
    )


class AcceptApproval:
    def __init__(self, store: SigningStore, clock: Clock, config: Config, signer: RequestSigner, nudge: Nudge) -> None:
        self._store = store
        self._clock = clock
        self._config = config
        self._signer = signer
        self._nudge = nudge

    def approve(self, device_id: str, approval: Statement) -> Statement:
        """Commits SIGNING and returns the signed acknowledgement; the same statement again gets it again.

        Raises ``VerificationFailed(statement_signature_invalid)``, ``BadInput(statement_mismatch)``, ``Conflict`` (request_over,
        request_expired, code_not_chosen, counter_replayed), ``Forbidden(device_frozen)``.
        """
        digest = approval.digest.hex()
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
        verify_phone(approval, device_id, device.approval_key)
        fields = read_body(approval, "phoneseal.approval.v1", APPROVAL_FIELDS)
        request_id = str(fields["request_id"])
        with self._store.write() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            if offer.approval_sha256 != digest:
                now = self._clock.now()
                refused = self._check(tx, fields, offer, request, now)
                request = self._commit(tx, request, offer, approval, device, fields, refused, now)
                offer = tx.offers.get(request_id, device_id)
            crash_point("approve.before_commit")
        crash_point("approve.after_commit")
        self._nudge.web(request_id)
        acknowledgement = acknowledgement_of(request, offer, self._signer)
        if acknowledgement is None:
            raise Conflict("the request is over", code="request_over")
        return acknowledgement

    def _check(
        self, tx: SigningTransaction, fields: dict[str, Any], offer: Offer, request: SignRequest, now: float
    ) -> list[tuple[int, str]]:
        check_names_offer(fields, offer)
        if offer.withdrawn or request.state not in WAITS_FOR_APPROVAL:
            raise Conflict("the request is over", code="request_over")
        if now >= request.expires_at:
            raise Conflict("the request has expired", code="request_expired")
        if tx.devices.get(offer.device_id).state is not DeviceState.ACTIVE:
            raise Forbidden("the phone is frozen or unpaired", code="device_frozen")
        credential = tx.devices.credential(offer.credential_id)
        if not credential.usable(now):
            raise Conflict("the certificate is not valid now", code="credential_not_usable")
        if offer.verdict != "right":
            raise Conflict("the code was not chosen", code="code_not_chosen")
        known = tx.items.prepared_positions(offer.request_id)
        expected: dict[str, object] = {
            "server_id": self._signer.server_id,
            "credential_id": offer.credential_id,
            "certificate_sha256": credential.certificate_sha256,
            "manifest_root": offer.manifest_root,
            "item_count": len(known),
        }
        for name, value in expected.items():
            if fields[name] != value or isinstance(fields[name], bool):
                raise BadInput(f"the approval names another {name}", code="statement_mismatch", details={"field": name})
        code = fields["verification_code"]
        if not isinstance(code, str) or not hmac.compare_digest(code.encode(), request.verification_code.encode()):
            raise BadInput("another code", code="statement_mismatch", details={"field": "verification_code"})
        refused = _read_refused(fields["refused"])
        if not known.issuperset(position for position, _ in refused) or len(refused) >= len(known):
            raise BadInput(
                "refused items are not of this request", code="statement_mismatch", details={"field": "refused"}
            )
        if fields["approved_count"] != len(known) - len(refused) or isinstance(fields["approved_count"], bool):
            raise BadInput("the counts do not add up", code="statement_mismatch", details={"field": "approved_count"})
        return refused

    def _commit(
        self,
        tx: SigningTransaction,
        request: SignRequest,
        offer: Offer,
        approval: Statement,
        device: Device,
        fields: dict[str, Any],
        refused: list[tuple[int, str]],
        now: float,
    ) -> SignRequest:
        counter = fields["counter"]
        if not isinstance(counter, int) or isinstance(counter, bool) or not 0 < counter < 2**53:
            raise BadInput("counter", code="statement_mismatch", details={"field": "counter"})
        tx.devices.use_counter(offer.device_id, counter)
        moved = tx.requests.move(
            request,
            State.SIGNING,
            device_id=offer.device_id,
            credential_id=offer.credential_id,
            approval_sha256=approval.digest.hex(),
            approved_at=now,
            sign_by=now + self._config.signing_deadline,
        )
        tx.offers.set_approval(request.request_id, offer.device_id, approval.digest.hex())
        for position, reason in refused:
            tx.items.end(
                request.request_id,
                ItemState.REFUSED,
                EndResult.USER_REFUSED,
                old=(ItemState.PREPARED,),
                positions=(position,),
                reason=reason or None,
            )
        withdraw_others(tx, moved, offer.device_id, now=now)
        record(
            tx,
            "request_approved",
            now=now,
            actor=offer.device_id,
            subject=request.request_id,
            facts={"approved": fields["approved_count"], "refused": len(refused), "manifest_root": offer.manifest_root},
            evidence=(approval, device.approval_key),
        )
        tx.outbox.add("request_changed", request.request_id, {}, now)
        return moved

    def refuse(self, device_id: str, refusal: Statement) -> Statement:
        """Ends the request as the phone says and returns the signed outcome; the same again gets the same.

        A mismatch may be reported at any time before the approval, even of a request whose time is over; a refusal needs no code. Raises
        like ``approve``.
        """
        with self._store.read() as tx:
            device = tx.devices.get(device_id)
        verify_phone(refusal, device_id, device.device_key)
        fields = read_body(refusal, "phoneseal.refusal.v1", REFUSAL_FIELDS)
        if fields["end_result"] not in PHONE_END_RESULTS:
            raise BadInput("unknown end result", code="statement_mismatch", details={"field": "end_result"})
        end_result = EndResult(fields["end_result"])
        reason = clean_text(fields["reason"], REASON_LIMIT)
        detail = clean_text(fields["detail"], REASON_LIMIT)
        request_id = str(fields["request_id"])
        with self._store.write() as tx:
            offer = tx.offers.get(request_id, device_id)
            request = tx.requests.get(request_id)
            check_names_offer(fields, offer)
            outcome = outcome_of(tx, request, offer, self._signer)
            if outcome is not None and not offer.withdrawn:
                return outcome
            if offer.withdrawn or request.state not in WAITS_FOR_APPROVAL:
                raise Conflict("the request is over", code="request_over")
            check_active(tx.devices.get(device_id))
            now = self._clock.now()
            if now >= request.expires_at and end_result is not EndResult.DOCUMENT_MISMATCH:
                raise Conflict("the request has expired", code="request_expired")
            record(
                tx,
                "request_refused_by_phone",
                now=now,
                actor=device_id,
                subject=request_id,
                facts={"end_result": end_result, "detail": detail},
                evidence=(refusal, device.device_key),
            )
            ended = _end_refused(tx, request, end_result, device_id, reason=reason, detail=detail, now=now)
            outcome = outcome_of(tx, ended, offer, self._signer)
            crash_point("refuse.before_commit")
        crash_point("refuse.after_commit")
        self._nudge.web(request_id)
        self._nudge.workers()
        if outcome is None:
            raise Conflict("the request is over", code="request_over")
        return outcome


def _end_refused(
    tx: SigningTransaction, request: SignRequest, end_result: EndResult, device_id: str, *, reason: str, detail: str, now: float
) -> SignRequest:
    """Ends the request as its phone says. What the phone's check of one document found leaves the others to be asked for again."""
    code, rest = detail, []
    if end_result is EndResult.DOCUMENT_MISMATCH:
        code, positions = read_detail(detail)
        rest = leave_out(tx, request, code, positions)
    ended = end_request(
        tx,
        request,
        State.REFUSED,
        end_result,
        now=now,
        actor=device_id,
        reason=reason or code or None,
        answered_by=device_id,
        items=None if end_result is EndResult.USER_REFUSED else ItemState.FAILED,
    )
    ask_for_the_rest(tx, ended, rest, now)
    return ended


def _read_refused(value: object) -> list[tuple[int, str]]:
    """``[{position, reason}]`` in rising order. Raises ``BadInput``."""
    if not isinstance(value, list):
        raise BadInput("refused is a list", code="bad_message")
    refused: list[tuple[int, str]] = []
    for entry in value:
        if not isinstance(entry, dict) or set(entry) != {"position", "reason"}:
            raise BadInput("refused holds position and reason", code="bad_message")
        position = entry["position"]
        if not isinstance(position, int) or isinstance(position, bool) or (refused and position <= refused[-1][0]):
            raise BadInput("refused positions rise", code="bad_message")
        refused.append((position, clean_text(entry["reason"], REASON_LIMIT)))
    return refused
