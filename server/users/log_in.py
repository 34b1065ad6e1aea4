"""Log-in to the portal: argon2id, throttled in the database, so that a restart resets nothing.

Rules: a try is counted and committed before its password is looked at; a right one takes its count back. Tries count per network, per name
and network, and per name over a day. Nobody locks the owner out: over the day's limit the networks and browsers from which this person
logged in within ``KNOWN_FOR`` still get tries, each from a bucket of its own; everybody else is told the way round. A wrong name costs as
much time as a wrong password, and is counted alike. Hashing takes tens of milliseconds: edges run it off the event loop.
"""

import hashlib
import secrets
from contextlib import AbstractContextManager
from typing import Protocol

from server.audit.audit_log import AuditStore, record
from server.clock import Clock
from server.errors import BadInput, TooManyTries
from server.ids import new_id
from server.networks import network_of
from server.subscribers.subscriber import Subscriber
from server.text import clean_text, plain_login
from server.users.passwords import hash_password
from server.users.user import User
from server.work import Outbox

KNOWN_FOR = 90 * 86_400.0
QUARTER, DAY = 900.0, 86_400.0
FROM_A_NETWORK, FOR_A_NAME_THERE, FOR_A_NAME_A_DAY = 60.0, 8.0, 100.0
NAME_LIMIT = 64  # characters of a certificate's commonName (RFC 5280, ub-common-name)


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


class KnownNetworks(Protocol):
    def seen(self, user_id: str, network_sha256: str, at: float) -> None: ...
    def knows(self, user_id: str, network_sha256: str, since: float) -> bool: ...


class LoginThrottles(Protocol):
    def pour(
        self, bucket: str, now: float, *, capacity: float, leak_per_second: float, amount: float = ...
    ) -> float: ...
    def take_back(self, bucket: str, amount: float = ...) -> None: ...
    def empty(self, bucket: str) -> None: ...


class NewSubscribers(Protocol):
    def add(self, subscriber: Subscriber) -> None: ...


class UserTransaction(Protocol):
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def known_networks(self) -> KnownNetworks: ...
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


def _pour(tx: UserTransaction, bucket: str, now: float, tries: float, seconds: float) -> float:
    """0 when the bucket took one more; otherwise the seconds until it would."""
    return tx.throttles.pour(bucket, now, capacity=tries, leak_per_second=tries / seconds)


def _network_digest(network: str) -> str:
    return hashlib.sha256(f"network:{network}".encode()).hexdigest()


def session_digest(session: str) -> str:
    """What is kept of a session's name."""
    return hashlib.sha256(session.encode()).hexdigest()


class LogIn:
    def __init__(self, store: UserStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def begin(self, login: str, address: str, browser: str = "") -> User | None:
        """Counts the try and finds the user. ``browser``: the name of one that this person logged in with, "" for others. Raises
        ``TooManyTries`` (log_in_throttled, log_in_guarded)."""
        login = plain_login(login)
        network = network_of(address)
        with self._store.write() as tx:
            now = self._clock.now()
            # a network over its own limit can neither shut out more names nor fill the table with them
            wait = _pour(tx, f"login-from:{network}", now, FROM_A_NETWORK, QUARTER)
            wait = wait or _pour(tx, f"login:{login}:{network}", now, FOR_A_NAME_THERE, QUARTER)
            user = None if wait else tx.users.by_login(login)
            guarded = not wait and _pour(tx, f"login-day:{login}", now, FOR_A_NAME_A_DAY, DAY) > 0
            if guarded and self._is_known(tx, user, network, browser, now):
                guarded, wait = False, _pour(tx, f"login-known:{login}:{browser or network}", now, FOR_A_NAME_THERE, QUARTER)
        if wait:
            raise TooManyTries("too many tries", code="log_in_throttled", details={"retry_after": int(wait) + 1})
        if guarded:
            raise TooManyTries("too many wrong tries for this name today", code="log_in_guarded")
        return user

    @staticmethod
    def _is_known(tx: UserTransaction, user: User | None, network: str, browser: str, now: float) -> bool:
        known = tx.known_networks.knows(user.user_id if user else "", _network_digest(network), now - KNOWN_FOR)
        return user is not None and (known or bool(browser))

    def succeeded(self, user: User, address: str, browser: str = "") -> str:
        """A session begins; returns its secret name, of which only a digest is kept."""
        session = secrets.token_urlsafe(24)
        network = network_of(address)
        with self._store.write() as tx:
            now = self._clock.now()
            tx.throttles.empty(f"login:{user.login}:{network}")
            tx.throttles.empty(f"login-known:{user.login}:{browser or network}")
            tx.throttles.take_back(f"login-day:{user.login}")
            tx.known_networks.seen(user.user_id, _network_digest(network), now)
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
        login = plain_login(clean_text(login, 100))
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
            user = tx.users.by_login(plain_login(login))
            if user is None:
                raise BadInput("no such user", code="user_unknown")
            tx.users.set_password(user.user_id, password_hash)
            tx.throttles.empty(f"login-day:{user.login}")  # the way round: whoever has the new password is the owner
            now = self._clock.now()
            record(tx, "password_set", now=now, actor="operator", subject=user.user_id)
            tx.outbox.add("sessions_ended", user.user_id, {}, now)
