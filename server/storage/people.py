"""Subscribers, portal users and their sessions, relying parties and their API keys."""

import sqlite3
from dataclasses import asdict

from server.errors import Conflict, NotFound
from server.relying_parties.relying_party import ApiKey, RelyingParty
from server.storage.rows import dump, insert, text_tuple, to_entity
from server.subscribers.subscriber import Subscriber
from server.users.user import User


class SubscriberTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, subscriber: Subscriber) -> None:
        try:
            insert(self._db, "subscribers", asdict(subscriber))
        except sqlite3.IntegrityError as error:
            raise Conflict("the handle is taken", code="handle_taken") from error

    def get(self, subscriber_id: str) -> Subscriber:
        row = self._db.execute("SELECT * FROM subscribers WHERE subscriber_id = ?", (subscriber_id,)).fetchone()
        if row is None:
            raise NotFound("no such subscriber", code="subscriber_unknown")
        return to_entity(Subscriber, row, {})

    def by_handle(self, handle: str) -> Subscriber | None:
        row = self._db.execute("SELECT * FROM subscribers WHERE handle = ?", (handle,)).fetchone()
        return to_entity(Subscriber, row, {}) if row else None


class UserTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, user: User) -> None:
        try:
            insert(self._db, "users", asdict(user))
        except sqlite3.IntegrityError as error:
            raise Conflict("the log-in name is taken", code="login_taken") from error

    def find(self, user_id: str) -> User | None:
        row = self._db.execute("SELECT * FROM users WHERE user_id = ?", (user_id,)).fetchone()
        return to_entity(User, row, {}) if row else None

    def by_login(self, login: str) -> User | None:
        row = self._db.execute("SELECT * FROM users WHERE login = ?", (login,)).fetchone()
        return to_entity(User, row, {}) if row else None

    def set_language(self, user_id: str, language: str) -> None:
        self._db.execute("UPDATE users SET language = ? WHERE user_id = ?", (language, user_id))

    def set_password(self, user_id: str, password_hash: str) -> None:
        """Ends every session of the user too."""
        self._db.execute(
            "UPDATE users SET password_hash = ?, session_epoch = session_epoch + 1 WHERE user_id = ?",
            (password_hash, user_id),
        )

    def end_sessions(self, user_id: str) -> None:
        self._db.execute("UPDATE users SET session_epoch = session_epoch + 1 WHERE user_id = ?", (user_id,))


class SessionTable:
    """Kept as SHA-256: who reads the table can't take over a session."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, session_sha256: str, user_id: str, started_at: float) -> None:
        insert(
            self._db, "sessions", {"session_sha256": session_sha256, "user_id": user_id, "started_at": started_at}
        )

    def holds(self, session_sha256: str, user_id: str) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM sessions WHERE session_sha256 = ? AND user_id = ?", (session_sha256, user_id)
        ).fetchone()
        return row is not None

    def end(self, session_sha256: str) -> bool:
        """Says whether there was one."""
        return self._db.execute("DELETE FROM sessions WHERE session_sha256 = ?", (session_sha256,)).rowcount == 1

    def forget_before(self, started_before: float) -> None:
        self._db.execute("DELETE FROM sessions WHERE started_at < ?", (started_before,))


class KnownNetworkTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def seen(self, user_id: str, network_sha256: str, at: float) -> None:
        self._db.execute(
            "INSERT INTO known_networks (user_id, network_sha256, seen_at) VALUES (?, ?, ?)"
            " ON CONFLICT (user_id, network_sha256) DO UPDATE SET seen_at = excluded.seen_at",
            (user_id, network_sha256, at),
        )

    def knows(self, user_id: str, network_sha256: str, since: float) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM known_networks WHERE user_id = ? AND network_sha256 = ? AND seen_at >= ?",
            (user_id, network_sha256, since),
        ).fetchone()
        return row is not None

    def forget_before(self, seen_before: float) -> None:
        self._db.execute("DELETE FROM known_networks WHERE seen_at < ?", (seen_before,))


class RelyingPartyTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, party: RelyingParty) -> None:
        insert(self._db, "relying_parties", asdict(party))

    def get(self, relying_party_id: str) -> RelyingParty:
        row = self._db.execute(
            "SELECT * FROM relying_parties WHERE relying_party_id = ?", (relying_party_id,)
        ).fetchone()
        if row is None:
            raise NotFound("no such relying party", code="relying_party_unknown")
        return to_entity(RelyingParty, row, {})

    def all(self) -> list[RelyingParty]:
        rows = self._db.execute("SELECT * FROM relying_parties ORDER BY relying_party_id")
        return [to_entity(RelyingParty, row, {}) for row in rows]

    def set_state(self, relying_party_id: str, state: str) -> None:
        self._db.execute("UPDATE relying_parties SET state = ? WHERE relying_party_id = ?", (state, relying_party_id))

    def add_key(self, key: ApiKey) -> None:
        values = asdict(key)
        values["scopes"] = dump(key.scopes)
        insert(self._db, "api_keys", values)

    def key(self, key_id: str) -> ApiKey | None:
        row = self._db.execute("SELECT * FROM api_keys WHERE key_id = ?", (key_id,)).fetchone()
        return to_entity(ApiKey, row, {"scopes": text_tuple}) if row else None

    def keys_of(self, relying_party_id: str) -> list[ApiKey]:
        rows = self._db.execute(
            "SELECT * FROM api_keys WHERE relying_party_id = ? ORDER BY key_id", (relying_party_id,)
        )
        return [to_entity(ApiKey, row, {"scopes": text_tuple}) for row in rows]

    def revoke_key(self, key_id: str, now: float) -> bool:
        done = self._db.execute(
            "UPDATE api_keys SET revoked_at = ? WHERE key_id = ? AND revoked_at IS NULL", (now, key_id)
        )
        return done.rowcount == 1
