"""The steps in order, and what happens when one of them fails.

Rules:
* The journal's state says where to go on; after a kill before the approval the documents are checked and
  shown anew, the chosen code stays.
* With a certificate that is not valid now (by the server's clock) nothing is shown and nothing signed.
* A check that fails before the approval ends the request with a signed refusal and a warning; after it, with
  a warning, and nothing is signed.
* An error that the server answers is looked into with ``resume``: the server's outcome counts.
"""

from mobile_app.device.certificate_check import check_validity
from mobile_app.device.interaction import Approve, Ignore, Mismatch, PinPurpose, Refuse
from mobile_app.device.journaled_request import IllegalMove, RequestState
from mobile_app.device.key_vault import UnlockedKeys
from mobile_app.device.request_book import END_OF_STATE, pending_request
from mobile_app.device.request_checks.document_store import DocumentStore, NoSpace
from mobile_app.device.request_steps.approve import approve, send_approval
from mobile_app.device.request_steps.choose_code import choose, send_choice
from mobile_app.device.request_steps.decision import check_decision, clean_reason, documents_json
from mobile_app.device.request_steps.look import look, tell_opened
from mobile_app.device.request_steps.refuse import refuse, send_refusal
from mobile_app.device.request_steps.sign import Signing
from mobile_app.device.request_steps.walk_state import Walk
from mobile_app.device.statements import statement_digest
from mobile_app.errors import CheckFailed, Refused, ServerRefused, VaultError
from mobile_app.link.fields import Malformed, parse_json
from mobile_app.link.phone_statements import MAX_REASON
from mobile_app.link.server_statements import FINAL_STATES, read_envelope

_BEFORE_APPROVAL = (RequestState.RECEIVED, RequestState.CHOSEN, RequestState.RIGHT)
_ROOM_PER_ITEM = 4096


def walk_through(walk: Walk) -> bool:
    """Go as far as person and server let us. True when the server had rotated its key meanwhile: the new one
    is pinned, and the walk is to be begun again from the journal. Raises AttentionLost only."""
    try:
        _go_on(walk)
    except CheckFailed as error:
        if error.code == "server_key_unknown" and walk.session.rotated(walk.attention):
            return True
        _check_failed(walk, error, "device_error")
    except ServerRefused as error:
        _look_into(walk, error)
    except (VaultError, NoSpace, Refused, Malformed) as error:
        walk.interaction.show_problem(error.code, error.details, walk.request.request_id)
    except IllegalMove:
        pass  # ended meanwhile; whoever ended it has shown it
    return False


def refuse_envelope(walk: Walk, error: CheckFailed) -> None:
    """An envelope that is the server's and for us, but that no phone may answer."""
    _check_failed(walk, error, "document_mismatch")


def answer_again(walk: Walk) -> None:
    """The request ended here, but the server offers it still: give the stored answer once more."""
    try:
        if "refusal" in walk.statements:
            send_refusal(walk)
        elif "approval" in walk.statements:
            send_choice(walk)
            send_approval(walk)
            _signing(walk).send(walk.journal.chunks(walk.request.request_id))
    except CheckFailed as error:
        walk.book.warn(error.code, error.details, walk.request.request_id)
    except (ServerRefused, Malformed) as error:
        walk.interaction.show_problem(error.code, error.details, walk.request.request_id)


def _go_on(walk: Walk) -> None:
    state = walk.request.state
    if state == RequestState.REFUSING:
        send_refusal(walk)
    elif state == RequestState.APPROVED:
        send_approval(walk)
        _sign(walk, None)
    elif state == RequestState.SIGNING:
        _sign_what_is_missing(walk)
    elif state in _BEFORE_APPROVAL and (state != RequestState.CHOSEN or send_choice(walk)):
        _look_and_decide(walk)


def _look_and_decide(walk: Walk) -> None:
    request = walk.request
    try:
        check_validity(walk.identity.certificate, walk.session.server_now())
    except Refused as error:
        _end_there_too(walk, error)
        return
    tell_opened(walk)
    envelope = read_envelope(parse_json(walk.statement("envelope").body))
    store = DocumentStore(walk.parts.cache, request.total_bytes + request.item_count * _ROOM_PER_ITEM)
    try:
        try:
            items, view = look(walk, envelope, store)
        except CheckFailed as error:
            _check_failed(walk, error, "document_mismatch")
            return
        decision = walk.interaction.decide(view, walk.attention)
        walk.attention.check()
        if isinstance(decision, Ignore):
            return
        if isinstance(decision, Mismatch):
            _check_failed(walk, CheckFailed(decision.code, dict(decision.details)), "document_mismatch")
            return
        if isinstance(decision, Approve):
            decision = check_decision(decision, len(items))
        if isinstance(decision, Refuse):
            walk.journal.keep_items(request.request_id, documents_json(items, decision), ())
            refuse(walk, "user_refused", reason=clean_reason(decision.reason))
            return
        if not choose(walk, view, decision):
            return
        keys = walk.parts.pin_exchange.unlock(PinPurpose.SIGN, pending_request(walk.request), walk.attention)
        if keys is not None:
            with keys:
                approve(walk, envelope, items, decision, keys)
                send_approval(walk)
                _sign(walk, keys)
    finally:
        store.close()


# -- signing ----------------------------------------------------------------------------------------


def _signing(walk: Walk) -> Signing:
    return Signing(
        session=walk.session,
        journal=walk.journal,
        request=walk.request,
        approval_sha256=statement_digest(walk.statement("approval")),
        attention=walk.attention,
        show_progress=walk.interaction.show_progress,
    )


def _sign_what_is_missing(walk: Walk) -> None:
    """After a restart or a lost connection: the server says what it has."""
    answer = walk.resume()
    if answer.outcome is not None:
        walk.book.outcome(answer.outcome)
        return
    if answer.state in FINAL_STATES:
        walk.book.finish(walk.request.request_id, END_OF_STATE[answer.state], final_state=answer.state)
        return
    if answer.state == "SIGNING":
        signing = _signing(walk)
        signing.send(signing.unsent(answer.missing))
    _sign(walk, None)


def _sign(walk: Walk, keys: UnlockedKeys | None) -> None:
    signing = _signing(walk)
    unsigned = signing.unsigned()
    if unsigned:
        check_validity(walk.identity.certificate, walk.session.server_now())
    if unsigned and keys is None:
        keys = walk.parts.pin_exchange.unlock(PinPurpose.RESUME, pending_request(walk.request), walk.attention)
        if keys is None:
            return
    if unsigned and keys is not None:
        with keys:
            signing.sign_and_send(keys, unsigned)
    walk.move(RequestState.SENT)
    walk.book.show_pending()


# -- when it does not go on -------------------------------------------------------------------------


def _check_failed(walk: Walk, error: CheckFailed, end_result: str) -> None:
    """Refuse what can still be refused, then warn. The refusal comes first: the person may leave the warning
    unread."""
    request_id = walk.request.request_id
    try:
        if walk.request.state in _BEFORE_APPROVAL:
            refuse(walk, end_result, detail=_detail_of(error))
    except (CheckFailed, ServerRefused, Malformed, IllegalMove) as second:
        walk.interaction.show_problem(second.code, second.details, request_id)
    finally:
        walk.book.warn(error.code, error.details, request_id)


def _detail_of(error: CheckFailed) -> str:
    """The check's code; where it failed on certain documents a space and their positions, as many as the field holds."""
    positions = error.details.get("positions")
    if not isinstance(positions, list):
        return error.code
    named = ",".join(str(position) for position in positions)
    room = MAX_REASON - len(error.code) - 1
    if len(named) > room:
        named = named[: room + 1].rpartition(",")[0]
    return f"{error.code} {named}"


def _end_there_too(walk: Walk, error: Refused) -> None:
    """The server won't take our choice or approval and never will, or we can't give one: nobody should wait for the request to expire.
    Nothing was signed."""
    try:
        refuse(walk, "device_error", detail=error.code)
    except (CheckFailed, ServerRefused, Malformed, IllegalMove):
        walk.book.finish(walk.request.request_id, "device_error", detail=error.code)
    walk.interaction.show_problem(error.code, error.details, walk.request.request_id)


def _look_into(walk: Walk, error: ServerRefused) -> None:
    """The server said no: has the request ended there?"""
    book, request_id = walk.book, walk.request.request_id
    try:
        answer = walk.resume()
        if answer.outcome is not None:
            book.outcome(answer.outcome)
        elif answer.state in FINAL_STATES:
            book.finish(request_id, END_OF_STATE[answer.state], final_state=answer.state)
        elif error.code == "request_expired":  # the server will find it too, within a second
            book.finish(request_id, "expired")
        elif walk.request.state in (RequestState.CHOSEN, RequestState.APPROVED) and answer.state != "SIGNING":
            _end_there_too(walk, error)
        else:
            walk.interaction.show_problem(error.code, error.details, request_id)
    except ServerRefused as second:
        if second.code == "request_unknown":
            book.finish(request_id, "server_error", detail=second.code)
        else:
            walk.interaction.show_problem(error.code, error.details, request_id)
    except CheckFailed as wrong:
        book.warn(wrong.code, wrong.details, request_id)
    except Malformed as malformed:
        walk.interaction.show_problem(malformed.code, malformed.details, request_id)
