"""Who is logged in. A session is a row in the store and a signed cookie that names it, the user, their session epoch and the log-in's time.

Rules: a new session at each log-in; it ends at log-out, for every copy of the cookie; after ``session_lifetime`` however busy it is; or
when the user's epoch is raised (log out everywhere, new password). The cookie is set at log-in and log-out alone: an answer that comes late
neither logs in again nor takes the place of a newer session. Nothing of it lives in the server's memory.
"""

from datetime import timedelta
from typing import cast

from flask import Flask, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from server.errors import NotAuthenticated
from server.lanes import Lanes
from server.users.user import User
from server.web.ports import Site, WebUseCases

_SESSION, _EPOCH, _SINCE, _USER = "session", "epoch", "since", "_user_id"  # the last is Flask-Login's own name


class SessionUser(UserMixin):  # type: ignore[misc]
    """What templates and Flask-Login see of a user."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.display_name = user.name
        self.login_name = user.login
        self.language = user.language
        self.operator = user.role == "operator"

    def get_id(self) -> str:
        return self.user.user_id


def session_user(lanes: Lanes, app: WebUseCases) -> User | None:
    """The user of the Flask session in the current request context, or None. Also for the socket's connect handler."""
    user_id, epoch, since = session.get(_USER), session.get(_EPOCH), session.get(_SINCE)
    name = session.get(_SESSION)
    if not isinstance(user_id, str) or not isinstance(since, int | float) or not isinstance(name, str):
        return None
    age = app.clock.now() - since
    if not -300 <= age < app.config.session_lifetime:
        return None
    user = lanes.database(app.log_in.of_session, name, user_id)
    if user is None or user.state != "ACTIVE" or user.session_epoch != epoch:
        return None
    return user


def seconds_left(app: WebUseCases) -> float:
    """How long the session of the current request context lasts, whatever happens."""
    since = session.get(_SINCE)
    left = since + app.config.session_lifetime - app.clock.now() if isinstance(since, int | float) else 0.0
    return max(0.0, left)


def session_name() -> str:
    """The name of the session of the current request context, "" without one."""
    name = session.get(_SESSION)
    return name if isinstance(name, str) else ""


def start_session(app: WebUseCases, user: User, name: str) -> None:
    """Renews the session: nothing that stood in it before the log-in is kept but the language. ``name``: as the store knows it."""
    language = session.get("language")
    session.clear()
    session.permanent = True
    session[_SESSION] = name
    session[_EPOCH] = user.session_epoch
    session[_SINCE] = int(app.clock.now())
    if language:
        session["language"] = language
    login_user(SessionUser(user))


def end_session() -> None:
    language = session.get("language")
    logout_user()
    session.clear()
    if language:
        session["language"] = language


def current() -> User:
    """The logged-in user. Raises ``NotAuthenticated``."""
    if not current_user.is_authenticated:
        raise NotAuthenticated("no session")
    return cast(SessionUser, current_user).user


def set_up_sessions(flask_app: Flask, site: Site) -> None:
    config = site.app.config
    secure = bool(config.tls_certificate) or config.behind_proxy
    flask_app.config.update(
        SECRET_KEY=site.app.session_key,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=config.session_lifetime),
        SESSION_COOKIE_NAME="__Host-phoneseal" if secure else "phoneseal",  # no neighbouring host can set it
        SESSION_REFRESH_EACH_REQUEST=False,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
    )
    manager = LoginManager(flask_app)
    manager.session_protection = None  # phones change their address between two pages

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _load(_user_id: str) -> SessionUser | None:
        user = session_user(site.lanes, site.app)
        return SessionUser(user) if user else None
