"""What the server says about one request, checked against what this phone knows of it (protocol §4.4 to
§4.6).

Each function believes one kind of statement: signed by the pinned key, and about this request, this envelope
and what the phone itself sent. Anything else raises CheckFailed("…_wrong").
"""

import hashlib

from mobile_app.device.journaled_request import JournaledRequest
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.device.statements import Verified
from mobile_app.errors import CheckFailed
from mobile_app.link.server_statements import (
    Acknowledgement,
    Outcome,
    Receipt,
    Verdict,
    Withdrawal,
    read_acknowledgement,
    read_outcome,
    read_receipt,
    read_verdict,
    read_withdrawal,
)
from mobile_app.link.wire import Statement


def _require_ours(body: Verdict | Acknowledgement | Outcome | Withdrawal, request: JournaledRequest, code: str) -> None:
    if body.request_id != request.request_id:
        raise CheckFailed(code, {"what": "request_id"})
    if body.envelope_sha256 != request.envelope_sha256:
        raise CheckFailed(code, {"what": "envelope_sha256"})


def check_verdict(
    statement: Statement, pinned: PinnedKeys, request: JournaledRequest, choice_sha256: str
) -> Verified[Verdict]:
    verified = pinned.verify(statement, "phoneseal.verdict.v1", read_verdict)
    _require_ours(verified.body, request, "verdict_wrong")
    if verified.body.choice_sha256 != choice_sha256:
        raise CheckFailed("verdict_wrong", {"what": "choice_sha256"})
    return verified


def check_acknowledgement(
    statement: Statement, pinned: PinnedKeys, request: JournaledRequest, approval_sha256: str
) -> Verified[Acknowledgement]:
    verified = pinned.verify(statement, "phoneseal.acknowledgement.v1", read_acknowledgement)
    _require_ours(verified.body, request, "acknowledgement_wrong")
    if verified.body.statement_sha256 != approval_sha256:
        raise CheckFailed("acknowledgement_wrong", {"what": "statement_sha256"})
    return verified


def check_receipt(
    statement: Statement, pinned: PinnedKeys, request: JournaledRequest, approval_sha256: str, packed: bytes
) -> Verified[Receipt]:
    verified = pinned.verify(statement, "phoneseal.receipt.v1", read_receipt)
    body = verified.body
    if body.request_id != request.request_id:
        raise CheckFailed("receipt_wrong", {"what": "request_id"})
    if body.approval_sha256 != approval_sha256:
        raise CheckFailed("receipt_wrong", {"what": "approval_sha256"})
    if body.values_sha256 != hashlib.sha256(packed).hexdigest():
        raise CheckFailed("receipt_wrong", {"what": "values_sha256"})
    return verified


def check_outcome(statement: Statement, pinned: PinnedKeys, request: JournaledRequest) -> Verified[Outcome]:
    verified = pinned.verify(statement, "phoneseal.outcome.v1", read_outcome)
    body = verified.body
    _require_ours(body, request, "outcome_wrong")
    if body.server_id != pinned.server_id:
        raise CheckFailed("outcome_wrong", {"what": "server_id"})
    if body.items_signed + body.items_refused + body.items_failed > request.item_count:
        raise CheckFailed("outcome_wrong", {"what": "items"})
    return verified


def check_withdrawal(statement: Statement, pinned: PinnedKeys, request: JournaledRequest) -> Verified[Withdrawal]:
    verified = pinned.verify(statement, "phoneseal.withdrawal.v1", read_withdrawal)
    _require_ours(verified.body, request, "withdrawal_wrong")
    return verified
