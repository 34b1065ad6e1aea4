"""Errors at the HTTP edge: one translation from the error tree to a status, a problem (RFC 9457) or a page.

Rules: a group decides the status, the code decides the sentence; what is not a ``PhoneSealError`` is "internal" with an incident number
that also stands in the program's log, and nothing else. A browser that lost its session is sent to the log-in page and back.
"""

import logging
import secrets
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Flask, Response, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from server import errors
from server.web.languages import language
from server.web.messages import error_text
from server.web.own_path import page_of_form

log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[errors.PhoneSealError], int], ...] = (
    (errors.BadInput, 400),
    (errors.NotAuthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.Unprocessable, 422),
    (errors.TooManyTries, 429),
    (errors.Unavailable, 503),
)
_FROM_HTTP: dict[int, type[errors.PhoneSealError]] = {
    400: errors.BadInput,
    401: errors.NotAuthenticated,
    403: errors.Forbidden,
    404: errors.NotFound,
    409: errors.Conflict,
    413: errors.TooLarge,
    429: errors.TooManyTries,
    503: errors.Unavailable,
}


def status_of(error: errors.PhoneSealError) -> int:
    """The HTTP status of an error's group."""
    return next((status for group, status in _STATUS if isinstance(error, group)), 500)


def problem_json(error: errors.PhoneSealError, language: str) -> dict[str, Any]:
    """RFC 9457 members, with the stable ``code`` and the error's public details under ``errors``."""
    status = status_of(error)
    code = error.code if status != 500 else "internal"
    problem: dict[str, Any] = {
        "type": f"urn:phoneseal:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": error_text(error if status != 500 else errors.PhoneSealError(), language),
    }
    if error.details and status != 500:
        problem["errors"] = error.details
    return problem


def problem_response(problem: dict[str, Any]) -> Response:
    response = jsonify(problem)
    response.status_code = problem["status"]
    response.mimetype = "application/problem+json"
    retry_after = problem.get("errors", {}).get("retry_after")
    if isinstance(retry_after, int):
        response.headers["Retry-After"] = str(retry_after)
    return response


def wants_json() -> bool:
    if request.path.endswith(".json") or request.path.startswith(("/api/", "/device")):
        return True
    kinds = ["text/html", "application/json", "application/problem+json"]
    return request.accept_mimetypes.best_match(kinds) not in (None, "text/html")


def answer_error(error: errors.PhoneSealError, incident: str | None = None) -> ResponseReturnValue:
    """The response to an error, as the asker reads it best."""
    problem = problem_json(error, language())
    if wants_json():
        if incident:
            problem["incident"] = incident
        return problem_response(problem)
    if problem["status"] == 401:
        if request.method == "GET":
            return redirect(f"/login?next={quote(request.full_path.rstrip('?'))}")
        back = page_of_form()  # a form is not sent twice by itself: the person sees its page again, and decides
        return redirect(f"/login?next={quote(back)}" if back else "/login", 303)
    page = make_response(render_template("error.html", **_page_facts(problem), reference=incident), problem["status"])
    if retry_after := problem.get("errors", {}).get("retry_after"):
        page.headers["Retry-After"] = str(retry_after)
    return page


def _page_facts(problem: dict[str, Any]) -> dict[str, Any]:
    titles = {
        400: gettext("That did not work"),
        401: gettext("Please log in"),
        403: gettext("Not allowed"),
        404: gettext("Page not found"),
        409: gettext("Something has changed"),
        413: gettext("Too large"),
        422: gettext("Not accepted"),
        429: gettext("Too many tries"),
        503: gettext("Please wait a moment"),
    }
    return {
        "status": problem["status"],
        "title": titles.get(problem["status"], gettext("The server met an error")),
        "what": problem["detail"],
        "retry_after": problem.get("errors", {}).get("retry_after"),
    }


def from_http(error: HTTPException) -> errors.PhoneSealError:
    """What Flask or Werkzeug refused, as one of ours."""
    if isinstance(error, CSRFError):
        return errors.Forbidden("anti-forgery value missing or old", code="csrf_failed")
    kind = _FROM_HTTP.get(error.code or 500)
    if kind is None:
        kind = errors.BadInput if (error.code or 500) < 500 else errors.PhoneSealError
    return kind(error.name)


def set_up_problems(app: Flask, blueprint: Blueprint) -> None:
    """Our own pages answer every error; other edges on the same app keep theirs, and addresses that nobody has are ours too."""

    def ours(error: errors.PhoneSealError) -> ResponseReturnValue:
        return answer_error(error) if status_of(error) != 500 else unknown(error)

    def http(error: HTTPException) -> ResponseReturnValue:
        if error.response is not None or (error.code is not None and error.code < 400):
            return error
        if isinstance(error, CSRFError) and request.endpoint != "web.log_in" and not current_user.is_authenticated:
            # the anti-forgery value went with the session: that one is over, not the page
            return answer_error(errors.NotAuthenticated("the session is over"))
        return answer_error(from_http(error))

    def unknown(error: Exception) -> ResponseReturnValue:
        incident = secrets.token_hex(4)
        log.error("incident %s at %s %s", incident, request.method, request.endpoint, exc_info=error)
        return answer_error(errors.PhoneSealError(), incident)

    blueprint.register_error_handler(errors.PhoneSealError, ours)
    blueprint.register_error_handler(Exception, unknown)
    blueprint.register_error_handler(HTTPException, http)
    app.register_error_handler(HTTPException, http)
