"""For operators: requests that did not finish, why, and another try at once. The same list as ``python -m server requests --stuck``."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.errors import Forbidden
from server.signing.sign_request import ItemState
from server.signing.unstick_request import UnfinishedRequest
from server.users.user import User
from server.web.languages import language
from server.web.messages import code_text, text_of_code
from server.web.panel_words import STATE_WORDS
from server.web.ports import Site
from server.web.sessions import current


def operator() -> User:
    """The logged-in operator. Raises ``Forbidden(operators_only)``."""
    user = current()
    if user.role != "operator":
        raise Forbidden("operators only", code="operators_only")
    return user


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    @web.get("/operations/requests")
    def unfinished_requests() -> str:
        operator()
        every = request.args.get("show") == "all"
        found = lanes.database(app.unstick.listed, stuck=not every)
        now = app.clock.now()
        return render_template(
            "operations.html", section="operations", requests=[_facts(line, now) for line in found], every=every
        )

    @web.post("/operations/requests/<request_id>/retry")
    def retry_stuck(request_id: str) -> ResponseReturnValue:
        actor = operator().user_id
        jobs = lanes.database(app.unstick.retry, request_id, actor)
        flash(ngettext("%(num)s job waits for the workers now.", "%(num)s jobs wait for the workers now.", jobs))
        return redirect(url_for("web.unfinished_requests"), 303)


def _facts(line: UnfinishedRequest, now: float) -> dict[str, Any]:
    words = STATE_WORDS[line.request.state]
    return {
        "request_id": line.request.request_id,
        "requested_by": line.request.requested_by,
        "relying_party": line.request.relying_party_name,
        "subscriber": line.request.subscriber_name,
        "created_at": line.request.created_at,
        "total": line.request.items_total,
        "signed": line.counts[ItemState.SIGNED],
        "failed": line.counts[ItemState.FAILED],
        "state_words": gettext(words.words),
        "state_tone": words.tone,
        "why": [
            {"code": code, "count": count, "words": code_text(code, language()) if text_of_code(code) else None}
            for code, count in line.reasons.items()
        ],
        "error": line.work.last_error,
        "jobs": line.work.jobs,
        "attempts": line.work.attempts,
        "pause": max(0, round(line.work.not_before - now)),
        "can_retry": line.can_retry,
    }
