"""Log-in to the portal: argon2id, throttled per name and per address in the database, so that a restart resets nothing.

A wrong name costs as much time as a wrong password. Hashing takes tens of milliseconds: edges run it off the event loop.
"""

import hashlib
import secrets
from contextlib import AbstractContextManager
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.errors import BadInput, NotAuthenticated, TooManyTries
from server.ids import new_id
from server.subscribers.subscriber import Subscriber
from server.text import clean_text
from server.users.user import User
from server.work import Outbox

MINIMUM_PASSWORD = 10
NAME_LIMIT = 64  # characters of a certificate's commonName (RFC 5280, ub-common-name)
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's minimum for argon2id
_NOBODY = _hasher.hash("nobody has this password")


class Users(Protocol):
    def add(self, user: User) -> None: ...
    def find(self, user_id: str) -> User | None: ...
    def by_login(self, login: str) -> User | None: ...
    def set_language(self, user_id: str, language: str) -> None: ...
    def set_password(self, user_id: str, password_hash: str) -> None: ...
    def end_sessions(self, user_id: str) -> None: ...


class Sessions(Protocol):
    def add(self, session_sha256: str, user_id: str, started_at: float) -> None: ...
    def holds(self, session_sha256: str, user_id: str) -> bool: ...
    def end(self, session_sha256: str) -> bool: ...


class LoginThrottles(Protocol):
    def pour(
        self, bucket: str, now: float, *, capacity: float, leak_per_second: float, amount: float = ...
    ) -> float: ...
    def empty(self, bucket: str) -> None: ...


class NewSubscribers(Protocol):
    def add(self, subscriber: Subscriber) -> None: ...


class UserTransaction(Protocol):
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def subscribers(self) -> NewSubscribers: ...
    @property
    def throttles(self) -> LoginThrottles: ...
    @property
    def audit(self) -> AuditStore: ...
    @property
    def outbox(self) -> Outbox: ...


class UserStore(Protocol):
    def read(self) -> AbstractContextManager[UserTransaction]: ...
    def write(self) -> AbstractContextManager[UserTransaction]: ...


def session_digest(session: str) -> str:
    """What is kept of a session's name."""
    return hashlib.sha256(session.encode()).hexdigest()


def hash_password(password: str) -> str:
    """argon2id hash. Raises ``BadInput(password_too_short)``."""
    if len(password) < MINIMUM_PASSWORD:
        raise BadInput("password too short", code="password_too_short", details={"minimum": MINIMUM_PASSWORD})
    return _hasher.hash(password)


def check_password(user: User | None, password: str) -> None:
    """Slow on purpose. Raises ``NotAuthenticated(log_in_failed)``."""
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password[:1024])
    except (VerificationError, InvalidHashError) as error:
        raise NotAuthenticated("wrong name or password", code="log_in_failed") from error
    if user is None or user.state != "ACTIVE":
        raise NotAuthenticated("wrong name or password", code="log_in_failed")


class LogIn:
    def __init__(self, store: UserStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def begin(self, login: str, address: str) -> User | None:
        """Counts the try and finds the user. Raises ``TooManyTries(log_in_throttled)``."""
        login = login.strip().lower()[:200]
        with self._store.write() as tx:
            now = self._clock.now()
            # an address over its own limit can neither shut out more names nor fill the table with them
            wait = tx.throttles.pour(f"login-from:{address}", now, capacity=60, leak_per_second=60 / 900)
            # a name is limited for each address, and more loosely in all: nobody locks somebody else out from one place
            wait = wait or tx.throttles.pour(f"login:{login}:{address}", now, capacity=8, leak_per_second=8 / 900)
            wait = wait or tx.throttles.pour(f"login:{login}", now, capacity=100, leak_per_second=100 / 900)
            user = None if wait else tx.users.by_login(login)
        if wait:
            raise TooManyTries("too many tries", code="log_in_throttled", details={"retry_after": int(wait) + 1})
        return user

    def succeeded(self, user: User, address: str) -> str:
        """A session begins; returns its secret name, of which only a digest is kept."""
        session = secrets.token_urlsafe(24)
        with self._store.write() as tx:
            now = self._clock.now()
            tx.throttles.empty(f"login:{user.login}")
            tx.throttles.empty(f"login:{user.login}:{address}")
            tx.sessions.add(session_digest(session), user.user_id, now)
            record(tx, "logged_in", now=now, actor=user.user_id, subject=user.user_id)
        return session

    def failed(self, user: User | None) -> None:
        """One commit for a name that nobody has too: whoever measures the answer learns nothing."""
        with self._store.write() as tx:
            now = self._clock.now()
            if user is not None:
                record(tx, "log_in_failed", now=now, actor=user.user_id, subject=user.user_id)
            else:
                tx.throttles.pour("login-of-nobody", now, capacity=1e9, leak_per_second=1.0)

    def find(self, user_id: str) -> User | None:
        with self._store.read() as tx:
            return tx.users.find(user_id)

    def of_session(self, session: str, user_id: str) -> User | None:
        """The user, as long as the session has not ended."""
        with self._store.read() as tx:
            return tx.users.find(user_id) if tx.sessions.holds(session_digest(session), user_id) else None

    def log_out(self, session: str, user_id: str) -> None:
        """Ends this session: on the server, for good, and on the pages that are open. Again changes nothing."""
        digest = session_digest(session)
        with self._store.write() as tx:
            if tx.sessions.holds(digest, user_id) and tx.sessions.end(digest):
                now = self._clock.now()
                record(tx, "logged_out", now=now, actor=user_id, subject=user_id)
                tx.outbox.add("session_ended", digest, {}, now)

    def set_language(self, user_id: str, language: str) -> None:
        with self._store.write() as tx:
            tx.users.set_language(user_id, language)

    def end_sessions(self, user_id: str) -> None:
        """Log out everywhere."""
        with self._store.write() as tx:
            tx.users.end_sessions(user_id)
            now = self._clock.now()
            record(tx, "sessions_ended", now=now, actor=user_id, subject=user_id)
            tx.outbox.add("sessions_ended", user_id, {}, now)

    def add_user(
        self, login: str, password: str, name: str, email: str, language: str = "vi", *, role: str = "user"
    ) -> User:
        """A portal user with a subscriber of their own, linked. Raises ``BadInput``, ``Conflict(login_taken)``."""
        password_hash = hash_password(password)
        login = clean_text(login, 100).lower()
        name = clean_text(name, NAME_LIMIT)
        if not login or not name:
            raise BadInput("log-in name and name are needed", code="bad_input")
        with self._store.write() as tx:
            now = self._clock.now()
            subscriber = Subscriber(new_id("sub", now), name, login, now)
            tx.subscribers.add(subscriber)
            user = User(
                user_id=new_id("usr", now),
                login=login,
                password_hash=password_hash,
                name=name,
                email=clean_text(email, 200),
                language=language,
                subscriber_id=subscriber.subscriber_id,
                state="ACTIVE",
                session_epoch=1,
                signing_method="phone",
                created_at=now,
                role=role,
            )
            tx.users.add(user)
            record(tx, "user_added", now=now, actor="operator", subject=user.user_id, facts={"role": role})
        return user

    def set_password(self, login: str, password: str) -> None:
        password_hash = hash_password(password)
        with self._store.write() as tx:
            user = tx.users.by_login(login.lower())
            if user is None:
                raise BadInput("no such user", code="user_unknown")
            tx.users.set_password(user.user_id, password_hash)
            now = self._clock.now()
            record(tx, "password_set", now=now, actor="operator", subject=user.user_id)
            tx.outbox.add("sessions_ended", user.user_id, {}, now)
