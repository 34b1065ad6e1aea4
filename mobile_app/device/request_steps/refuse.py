"""The other way out: a refusal signed by the device key, and the server's outcome for it."""

from mobile_app.crash_points import crash_point
from mobile_app.device.journaled_request import RequestState
from mobile_app.device.request_steps.walk_state import Walk
from mobile_app.link import wire
from mobile_app.link.phone_statements import Refusal


def refuse(walk: Walk, end_result: str, *, reason: str = "", detail: str = "") -> None:
    refusal = Refusal(
        walk.request.request_id,
        walk.request.envelope_sha256,
        walk.identity.device_id,
        end_result,
        reason,
        detail,
        walk.session.server_now(),
    )
    statement = walk.sign_as_device("phoneseal.refusal.v1", refusal.body())
    crash_point("request.journal.refusal.before")
    with walk.journal.commit():
        walk.keep("refusal", statement)
        walk.move(RequestState.REFUSING)
    crash_point("request.journal.refusal.after")
    walk.book.show_pending()
    send_refusal(walk)


def send_refusal(walk: Walk) -> None:
    message = {"refusal": walk.statement("refusal").message()}
    answer = walk.session.call("refuse", message, walk.attention)
    crash_point("request.refusal.sent")
    walk.book.outcome(wire.read_one_statement(answer, "outcome"))
