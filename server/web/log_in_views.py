"""Logging in and out, and choosing the language.

Rules: a failed log-in says the same whether the name or the password was wrong; tries are counted in the store; a page to return to is
always one of our own.
"""

from typing import cast

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from server.errors import NotAuthenticated, PhoneSealError, TooManyTries
from server.users.passwords import check_password
from server.users.user import User
from server.web.known_browser import KnownBrowser
from server.web.languages import language
from server.web.messages import LANGUAGES, error_text
from server.web.own_path import own_path
from server.web.ports import Site
from server.web.problems import status_of
from server.web.sessions import current, end_session, session_name, start_session


def add_views(web: Blueprint, site: Site) -> None:
    app, lanes = site.app, site.lanes

    config = app.config
    known = KnownBrowser(app.session_key, secure=bool(config.tls_certificate) or config.behind_proxy)

    def authenticate(name: str, password: str) -> tuple[User, str]:
        address, browser = request.remote_addr or "unknown", known.name_for(request, name)
        user = lanes.database(app.log_in.begin, name, address, browser)
        try:
            lanes.slow(check_password, user, password)
        except NotAuthenticated:
            lanes.database(app.log_in.failed, user)
            raise
        if user is None:
            raise NotAuthenticated("no such user", code="log_in_failed")
        return user, lanes.database(app.log_in.succeeded, user, address, browser)

    @web.get("/login")
    def login() -> ResponseReturnValue:
        next_path = own_path(request.args.get("next"))
        if current_user.is_authenticated:
            return redirect(next_path or url_for("web.home"))
        return render_template("login.html", section="login", next_path=next_path)

    @web.post("/login")
    def log_in() -> ResponseReturnValue:
        name, next_path = request.form.get("login_name", "")[:600], own_path(request.form.get("next"))
        try:
            user, session_started = authenticate(name, request.form.get("password", ""))
        except (NotAuthenticated, TooManyTries) as error:
            return _again(error, name, next_path)
        start_session(app, user, session_started)
        response = cast(Response, redirect(next_path or url_for("web.home"), 303))
        known.remember(request, response, user.login)
        return response

    @web.post("/logout")
    def logout() -> ResponseReturnValue:
        if current_user.is_authenticated:
            lanes.database(app.log_in.log_out, session_name(), current().user_id)
        end_session()
        return redirect(url_for("web.login"), 303)

    @web.post("/account/language")
    def set_language() -> ResponseReturnValue:
        chosen = request.form.get("language", "")
        if chosen in LANGUAGES:
            session["language"] = chosen
            if current_user.is_authenticated:
                lanes.database(app.log_in.set_language, current().user_id, chosen)
        return redirect(own_path(request.form.get("next")) or url_for("web.home"), 303)

    @web.post("/account/sessions/end")
    def end_sessions() -> ResponseReturnValue:
        lanes.database(app.log_in.end_sessions, current().user_id)
        end_session()
        flash(gettext("You are logged out on every browser."), "success")
        return redirect(url_for("web.login"), 303)


def _again(error: PhoneSealError, name: str, next_path: str) -> ResponseReturnValue:
    page = render_template(
        "login.html", section="login", problem=error_text(error, language()), login_name=name, next_path=next_path
    )
    headers = {"Retry-After": str(error.details["retry_after"])} if "retry_after" in error.details else {}
    return page, status_of(error), headers
