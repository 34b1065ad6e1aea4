"""Step 2: the code that the browser shows, one try, judged by the server before any PIN is asked for."""

from mobile_app.crash_points import crash_point
from mobile_app.device.interaction import Approve
from mobile_app.device.journaled_request import RequestState
from mobile_app.device.request_steps.decision import code_offered
from mobile_app.device.request_steps.look import CheckedRequest
from mobile_app.device.request_steps.server_word import check_verdict
from mobile_app.device.request_steps.walk_state import Walk
from mobile_app.device.statements import statement_digest
from mobile_app.link import wire
from mobile_app.link.phone_statements import CodeChoice


def choose(walk: Walk, view: CheckedRequest, decision: Approve) -> bool:
    """Have the code chosen and judged; False if the person left or it was wrong."""
    if walk.request.state == RequestState.RIGHT:
        return True
    code = decision.code
    if code is None:
        code = walk.interaction.choose_code(view, walk.attention)
        walk.attention.check()
        if code is None:
            return False
    choice = CodeChoice(
        walk.request.request_id,
        walk.request.envelope_sha256,
        walk.identity.device_id,
        code_offered(code, view.verification_codes),
        walk.session.server_now(),
    )
    statement = walk.sign_as_device("phoneseal.code_choice.v1", choice.body())
    crash_point("request.journal.choice.before")
    with walk.journal.commit():
        walk.keep("choice", statement)
        walk.move(RequestState.CHOSEN)
    crash_point("request.journal.choice.after")
    return send_choice(walk)


def send_choice(walk: Walk) -> bool:
    """The server's verdict on the stored choice. A wrong code ends the request; one try is all there
    is."""
    choice = walk.statement("choice")
    answer = walk.session.call("choose_code", {"choice": choice.message()}, walk.attention)
    crash_point("request.choice.sent")
    verdict = check_verdict(
        wire.read_one_statement(answer, "verdict"),
        walk.session.pinned,
        walk.request,
        statement_digest(choice),
    )
    right = verdict.body.verdict == "right"
    with walk.journal.commit():
        walk.keep("verdict", verdict.statement)
        if right and walk.request.state == RequestState.CHOSEN:
            walk.move(RequestState.RIGHT)
    crash_point("request.journal.verdict.after")
    if not right:
        walk.book.finish(walk.request.request_id, "wrong_verification_code")
    return right
