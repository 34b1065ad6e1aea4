"""A second phone wants to join: this phone is asked first (protocol §3, point 3).

Rules: only what the pinned server key says of our own subscriber is shown, and only while it is valid. The
answer is signed by the approval key, under the PIN, and carries the counter like any approval.
"""

from mobile_app.device.interaction import Attention, NewDevice, NewDeviceDecision, PinPurpose
from mobile_app.device.request_steps.walk_state import WalkParts
from mobile_app.device.statements import sign_statement
from mobile_app.errors import CheckFailed
from mobile_app.link import wire
from mobile_app.link.phone_statements import DeviceApproval
from mobile_app.link.server_statements import NewDeviceRequest, read_new_device


def check_new_device(statement: wire.Statement, parts: WalkParts) -> NewDeviceRequest | None:
    """None when it has run out. Raises CheckFailed."""
    found = parts.session.pinned.verify(statement, "phoneseal.new_device.v1", read_new_device).body
    if found.server_id != parts.identity.server_id or found.subscriber_id != parts.identity.subscriber_id:
        raise CheckFailed("new_device_not_ours")
    return found if found.expires_at > parts.session.server_now() else None


def answer_new_device(found: NewDeviceRequest, parts: WalkParts, attention: Attention) -> None:
    """Ask the person, then sign and send the answer. Raises ServerRefused, VaultError, AttentionLost."""
    shown = NewDevice(found.pairing_id, found.device_name, found.platform, found.digits, found.expires_at)
    decision = parts.interaction.approve_new_device(shown, attention)
    attention.check()
    if decision == NewDeviceDecision.LATER:
        return
    keys = parts.pin_exchange.unlock(PinPurpose.APPROVE_DEVICE, None, attention)
    if keys is None:
        return
    with keys:
        approval = DeviceApproval(
            found.pairing_id,
            parts.identity.device_id,
            found.transcript_sha256,
            found.digits,
            str(decision),
            parts.session.server_now(),
            parts.journal.next_counter(),
        )
        statement = sign_statement(
            "phoneseal.device_approval.v1", approval.body(), parts.identity.device_id, keys.sign_approval
        )
    answer = parts.session.call("approve_device", {"statement": statement.message()}, attention)
    wire.read_approve_device_answer(answer)
