"""Step 3: the approval statement, under the PIN, kept with what it lets us sign, and the server's
acknowledgement of it."""

from collections.abc import Sequence

from mobile_app.crash_points import crash_point
from mobile_app.device.interaction import Approve
from mobile_app.device.journaled_request import RequestState
from mobile_app.device.key_vault import UnlockedKeys
from mobile_app.device.request_steps.decision import approved_positions, documents_json
from mobile_app.device.request_steps.server_word import check_acknowledgement
from mobile_app.device.request_steps.walk_state import Walk
from mobile_app.device.statements import sign_statement, statement_digest
from mobile_app.link import wire
from mobile_app.link.fields import parse_json
from mobile_app.link.manifest_wire import ManifestItem
from mobile_app.link.phone_statements import Approval, RefusedItem
from mobile_app.link.server_statements import Envelope


def approve(
    walk: Walk, envelope: Envelope, items: Sequence[ManifestItem], decision: Approve, keys: UnlockedKeys
) -> None:
    """Write and sign the approval statement and keep it with what it lets us sign, in one commit."""
    walk.attention.check()
    approved = approved_positions(decision, len(items))
    crash_point("request.journal.approval.before")
    with walk.journal.commit():
        approval = Approval(
            server_id=envelope.server_id,
            request_id=envelope.request_id,
            envelope_sha256=walk.request.envelope_sha256,
            device_id=walk.identity.device_id,
            credential_id=walk.identity.credential_id,
            certificate_sha256=walk.identity.certificate_sha256,
            manifest_root=envelope.manifest_root,
            item_count=envelope.item_count,
            approved_count=len(approved),
            refused=tuple(RefusedItem(at, why) for at, why in sorted(decision.refused.items())),
            verification_code=str(_chosen_code(walk)),
            approved_at=walk.session.server_now(),
            counter=walk.journal.next_counter(),
        )
        statement = sign_statement(
            "phoneseal.approval.v1", approval.body(), walk.identity.device_id, keys.sign_approval
        )
        walk.keep("approval", statement)
        walk.journal.keep_items(
            walk.request.request_id,
            documents_json(items, decision),
            ((position, items[position].signed_attributes) for position in approved),
        )
        walk.move(RequestState.APPROVED)
    crash_point("request.journal.approval.after")


def _chosen_code(walk: Walk) -> object:
    body = parse_json(walk.statement("choice").body)
    assert isinstance(body, dict)
    return body["code"]


def send_approval(walk: Walk) -> None:
    approval = walk.statement("approval")
    answer = walk.session.call("approve", {"approval": approval.message()}, walk.attention)
    crash_point("request.approval.sent")
    acknowledgement = check_acknowledgement(
        wire.read_one_statement(answer, "acknowledgement"),
        walk.session.pinned,
        walk.request,
        statement_digest(approval),
    )
    with walk.journal.commit():
        walk.keep("acknowledgement", acknowledgement.statement)
        if walk.request.state == RequestState.APPROVED:
            walk.move(RequestState.SIGNING)
    crash_point("request.journal.acknowledgement.after")
