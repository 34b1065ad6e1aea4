"""For operators: requests that did not finish, why, another try at once, and setting aside what failed for good. The same lists as
``python -m server requests --stuck`` and ``--show-set-aside``."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from server.errors import Forbidden
from server.signing.set_aside_request import NOTE_LIMIT, SetAside
from server.signing.sign_request import ItemState
from server.signing.unstick_request import UnfinishedRequest
from server.users.user import User
from server.web.languages import language
from server.web.messages import code_text, text_of_code
from server.web.panel_words import STATE_WORDS
from server.web.ports import Site
from server.web.sessions import current

SHOWN = ("", "all", "set-aside")


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
        show = request.args.get("show", "")
        show = show if show in SHOWN else ""
        if show == "set-aside":
            found = lanes.database(app.unstick.set_aside_ones)
        else:
            found = lanes.database(app.unstick.listed, stuck=show != "all")
        actors = {line.aside.actor for line in found if line.aside is not None}
        names = {actor: lanes.database(_name, site, actor) for actor in actors}
        now = app.clock.now()
        lines = [_facts(line, now) | _aside(line.aside, names) for line in found]
        return render_template(
            "operations.html", section="operations", requests=lines, show=show, note_limit=NOTE_LIMIT
        )

    @web.post("/operations/requests/<request_id>/retry")
    def retry_stuck(request_id: str) -> ResponseReturnValue:
        actor = operator().user_id
        jobs = lanes.database(app.unstick.retry, request_id, actor)
        flash(ngettext("%(num)s job waits for the workers now.", "%(num)s jobs wait for the workers now.", jobs))
        return redirect(url_for("web.unfinished_requests"), 303)

    @web.post("/operations/requests/<request_id>/set-aside")
    def set_aside(request_id: str) -> ResponseReturnValue:
        actor = operator().user_id
        first = lanes.database(app.set_aside, request_id, actor, request.form.get("note", ""))
        flash(gettext("The request was set aside.") if first else gettext("The request had been set aside before."))
        return redirect(url_for("web.unfinished_requests"), 303)


def _name(site: Site, actor: str) -> str:
    """Of the operator; empty for whoever used the command line."""
    user = site.app.log_in.find(actor)
    return user.name if user is not None else ""


def _aside(aside: SetAside | None, names: dict[str, str]) -> dict[str, Any]:
    if aside is None:
        return {"aside": None}
    return {"aside": {"at": aside.at, "who": names[aside.actor], "note": aside.note}}


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
        "can_set_aside": line.can_set_aside,
    }
