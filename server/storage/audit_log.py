"""The audit log's rows, the personal texts beside it, and the statements kept as evidence."""

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict

from server.audit.audit_log import Entry
from server.statements import Statement
from server.storage.rows import insert, to_entity


class AuditTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def head(self) -> Entry | None:
        row = self._db.execute("SELECT * FROM audit_log ORDER BY sequence DESC LIMIT 1").fetchone()
        return to_entity(Entry, row, {}) if row else None

    def at(self, sequence: int) -> Entry | None:
        row = self._db.execute("SELECT * FROM audit_log WHERE sequence = ?", (sequence,)).fetchone()
        return to_entity(Entry, row, {}) if row else None

    def add(self, entry: Entry) -> None:
        insert(self._db, "audit_log", asdict(entry))

    def add_personal_text(self, digest: str, salt: bytes, text: str, sequence: int) -> None:
        insert(self._db, "personal_texts", {"digest": digest, "salt": salt, "text": text, "sequence": sequence})

    def add_evidence(self, statement: Statement, public_key: bytes, received_at: float) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO evidence (statement_sha256, purpose, key_id, body, signature, public_key, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                statement.digest.hex(),
                statement.purpose,
                statement.key_id,
                statement.body,
                statement.signature,
                public_key,
                received_at,
            ),
        )

    def entries(self) -> Iterator[Entry]:
        for row in self._db.execute("SELECT * FROM audit_log ORDER BY sequence"):
            yield to_entity(Entry, row, {})

    def of_subject(self, subject: str) -> list[Entry]:
        rows = self._db.execute("SELECT * FROM audit_log WHERE subject = ? ORDER BY sequence", (subject,))
        return [to_entity(Entry, row, {}) for row in rows]

    def personal_texts(self) -> Iterator[tuple[str, bytes, str | None]]:
        """Digest, salt and text (None once erased) of each."""
        for row in self._db.execute("SELECT digest, salt, text FROM personal_texts"):
            yield row[0], row[1], row[2]

    def evidence(self, statement_sha256: str) -> tuple[Statement, bytes] | None:
        """The statement and the public key (SPKI) it was verified with."""
        row = self._db.execute("SELECT * FROM evidence WHERE statement_sha256 = ?", (statement_sha256,)).fetchone()
        if row is None:
            return None
        return Statement(row["purpose"], row["key_id"], row["body"], row["signature"]), row["public_key"]

    def signed_files(self) -> Iterator[tuple[str, int, str]]:
        """Request, position and digest of every signed file the store claims to have."""
        for row in self._db.execute(
            "SELECT request_id, position, signed_sha256 FROM sign_items WHERE state = 'SIGNED'"
        ):
            yield row[0], row[1], row[2]

    def last_named(self) -> int:
        """The highest entry that other rows speak of; 0 when none do."""
        row = self._db.execute(
            "SELECT max(coalesce((SELECT max(sequence) FROM personal_texts), 0),"
            " coalesce((SELECT max(audit_sequence) FROM sign_requests), 0))"
        ).fetchone()
        return int(row[0])

    def evidence_digests(self) -> Iterator[str]:
        for row in self._db.execute("SELECT statement_sha256 FROM evidence"):
            yield row[0]
