"""The phone found documents that it may not sign: those fail with its reason, and the others are asked for at once in a request that
continues the first.

Rules: a check's verdict is nobody's refusal: the continuing request has a code and an approval of its own, and counts against no limit,
budget or back-off of whoever asks. It is not made when the phone named nothing that was asked, nor when the time of the first is over,
the person has blocked the requester or has no phone left. Each time at least one document is left out, so that the chain ends.
"""

import re
from collections.abc import Sequence

from server.audit.audit_log import record
from server.errors import PhoneSealError
from server.ids import new_id, new_ids
from server.signing.ports import SigningTransaction
from server.signing.queue_request import add_preparing, who_may_ask
from server.signing.sign_request import ChosenItem, EndResult, Item, ItemState, SignRequest, State
from server.signing.verification_code import draw_codes

_DETAIL = re.compile(r"([a-z][a-z0-9_]{0,63}) (\d{1,5}(?:,\d{1,5})*)")


def read_detail(detail: str) -> tuple[str, tuple[int, ...]]:
    """A refusal's ``detail``: the check's code, and the positions it names (docs/protocol.md, 4.4); none where it names none."""
    found = _DETAIL.fullmatch(detail)
    if found is None:
        return detail, ()
    return found[1], tuple(sorted({int(position) for position in found[2].split(",")}))


def leave_out(tx: SigningTransaction, request: SignRequest, code: str, positions: Sequence[int]) -> list[Item]:
    """Ends the named documents as failed by ``code``, and takes the others back, which are returned in their order. When nothing was named
    that the phone was asked about, nothing happens: nobody knows which of them may be signed."""
    asked = [item for item in tx.items.each(request.request_id) if item.state is ItemState.PREPARED]
    named = {item.position for item in asked} & set(positions)
    if not named:
        return []
    tx.items.end(
        request.request_id,
        ItemState.FAILED,
        EndResult.DOCUMENT_MISMATCH,
        old=(ItemState.PREPARED,),
        positions=sorted(named),
        reason=code,
    )
    tx.items.end(request.request_id, ItemState.CANCELLED, EndResult.DOCUMENT_MISMATCH, old=(ItemState.PREPARED,))
    return [item for item in asked if item.position not in named]


def ask_for_the_rest(tx: SigningTransaction, ended: SignRequest, rest: Sequence[Item], now: float) -> None:
    """Queues what continues ``ended``, in the caller's transaction: none where nothing is left to ask for, or nobody to be asked."""
    if not rest or not _may_ask(tx, ended, now):
        return
    code, codes = draw_codes()
    request = SignRequest(
        request_id=new_id("sr", now),
        relying_party_id=ended.relying_party_id,
        relying_party_name=ended.relying_party_name,
        requested_by=ended.requested_by,
        user_id=ended.user_id,
        subscriber_id=ended.subscriber_id,
        subscriber_name=ended.subscriber_name,
        state=State.PREPARING,
        version=1,
        verification_code=code,
        verification_codes=codes,
        items_total=len(rest),
        created_at=now,
        expires_at=now + (ended.expires_at - ended.created_at),
    )
    ids = zip(new_ids("it", now, len(rest)), rest, strict=True)
    tx.requests.add(request, [ChosenItem(item_id, item.document_id, item.placement) for item_id, item in ids])
    tx.requests.set_continued(ended.request_id, request.request_id)
    add_preparing(tx, request, now)
    record(
        tx,
        "request_queued",
        now=now,
        actor="server",
        subject=request.request_id,
        facts={
            "relying_party": request.relying_party_id,
            "subscriber": request.subscriber_id,
            "continues": ended.request_id,
            "documents": [[item.document_id, item.source_sha256] for item in rest],
        },
    )
    tx.outbox.add("request_changed", request.request_id, {}, now)


def _may_ask(tx: SigningTransaction, ended: SignRequest, now: float) -> bool:
    if now >= ended.expires_at:
        return False
    try:
        who_may_ask(tx, ended.relying_party_id, ended.user_id, ended.subscriber_id, now)
    except PhoneSealError:
        return False
    return True
