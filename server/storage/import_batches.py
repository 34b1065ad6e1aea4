"""Import batches, how far each one is, what it has room for and what has not arrived.

``held`` and ``held_bytes`` count what was not refused: kept as numbers, so that the ten thousandth file asks no more than the first.
"""

import sqlite3
from dataclasses import asdict

from server.documents.import_batch import ExpectedFile, ImportBatch, ImportProgress, NotTaken
from server.errors import TooLarge
from server.storage.rows import insert, to_entity


class ImportBatchTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, batch: ImportBatch) -> None:
        insert(self._db, "import_batches", asdict(batch))

    def find(self, import_batch_id: str) -> ImportBatch | None:
        row = self._db.execute("SELECT * FROM import_batches WHERE import_batch_id = ?", (import_batch_id,)).fetchone()
        return to_entity(ImportBatch, row, {}) if row else None

    def of_user(self, user_id: str, before: str | None, limit: int) -> list[ImportBatch]:
        rows = self._db.execute(
            "SELECT * FROM import_batches WHERE user_id = ? AND import_batch_id < ? ORDER BY import_batch_id DESC LIMIT ?",
            (user_id, before or "~", limit),
        )
        return [to_entity(ImportBatch, row, {}) for row in rows]

    def progress(self, batch: ImportBatch) -> ImportProgress:
        rows = self._db.execute(
            "SELECT shown, count(*) FROM documents INDEXED BY documents_shown_of_batch WHERE import_batch_id = ? GROUP BY shown",
            (batch.import_batch_id,),
        ).fetchall()
        counts = {row[0]: row[1] for row in rows}
        checking, refused = counts.get("checking", 0), counts.get("refused", 0)
        return ImportProgress(
            batch,
            checking=checking,
            ready=sum(counts.values()) - checking - refused,
            refused=refused,
            signed=counts.get("completed", 0),
            waiting=counts.get("waiting", 0),
            waiting_archives=self._count(
                "SELECT count(*) FROM jobs WHERE subject = ? AND kind = 'unpack_archive'", batch.import_batch_id
            ),
            not_taken=self._count(
                "SELECT count(*) FROM import_refusals WHERE import_batch_id = ?", batch.import_batch_id
            ),
            missing=self._count(
                "SELECT count(*) FROM import_expected WHERE import_batch_id = ?", batch.import_batch_id
            ),
            skipped=self._count("SELECT skipped FROM import_batches WHERE import_batch_id = ?", batch.import_batch_id),
        )

    def _count(self, query: str, import_batch_id: str) -> int:
        row = self._db.execute(query, (import_batch_id,)).fetchone()
        return int(row[0]) if row else 0

    def add_not_taken(self, import_batch_id: str, files: list[NotTaken]) -> None:
        self._db.executemany(
            "INSERT INTO import_refusals (import_batch_id, file_name, code) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(import_batch_id, file.file_name, file.code) for file in files],
        )

    def not_taken(self, import_batch_id: str, limit: int) -> list[NotTaken]:
        rows = self._db.execute(
            "SELECT file_name, code FROM import_refusals WHERE import_batch_id = ? ORDER BY file_name LIMIT ?",
            (import_batch_id, limit),
        )
        return [NotTaken(row[0], row[1]) for row in rows]

    def arrived_at(self, import_batch_id: str, sha256: str, file_name: str) -> float | None:
        """When this very file first came into the batch; None when it is not there."""
        row = self._db.execute(
            "SELECT created_at FROM documents WHERE import_batch_id = ? AND uploaded_sha256 = ? AND file_name = ?"
            " ORDER BY created_at LIMIT 1",
            (import_batch_id, sha256, file_name),
        ).fetchone()
        return row[0] if row else None

    def add_skipped(self, import_batch_id: str, count: int) -> None:
        self._db.execute(
            "UPDATE import_batches SET skipped = skipped + ? WHERE import_batch_id = ?", (count, import_batch_id)
        )

    # -- room --------------------------------------------------------------------------------------
    def take_room(self, import_batch_id: str, length: int, *, most_files: int, most_bytes: int) -> None:
        """Compare-and-set. Raises ``TooLarge`` (import_batch_full, import_batch_too_large)."""
        done = self._db.execute(
            "UPDATE import_batches SET held = held + 1, held_bytes = held_bytes + ?1 WHERE import_batch_id = ?2 AND held < ?3"
            " AND held_bytes + ?1 <= ?4",
            (length, import_batch_id, most_files, most_bytes),
        )
        if done.rowcount == 1:
            return
        if self.held(import_batch_id) >= most_files:
            raise TooLarge("the batch is full", code="import_batch_full", details={"limit": most_files})
        raise TooLarge("the batch is too large", code="import_batch_too_large", details={"limit": most_bytes})

    def held(self, import_batch_id: str) -> int:
        return self._count("SELECT held FROM import_batches WHERE import_batch_id = ?", import_batch_id)

    def give_room_back(self, import_batch_id: str, length: int) -> None:
        self._db.execute(
            "UPDATE import_batches SET held = max(held - 1, 0), held_bytes = max(held_bytes - ?, 0) WHERE import_batch_id = ?",
            (length, import_batch_id),
        )

    # -- what has not arrived ----------------------------------------------------------------------
    def expect(self, import_batch_id: str, files: list[ExpectedFile], most: int) -> None:
        """Raises ``TooLarge(import_batch_full)`` when more than ``most`` are on their way."""
        self._db.executemany(
            "INSERT INTO import_expected (import_batch_id, file_name, length) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            [(import_batch_id, file.file_name, file.length) for file in files],
        )
        if self._count("SELECT count(*) FROM import_expected WHERE import_batch_id = ?", import_batch_id) > most:
            raise TooLarge("too many files are on their way", code="import_batch_full", details={"limit": most})

    def expects(self, import_batch_id: str, file: ExpectedFile) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM import_expected WHERE import_batch_id = ? AND file_name = ? AND length = ?",
            (import_batch_id, file.file_name, file.length),
        ).fetchone()
        return row is not None

    def expect_no_more(self, import_batch_id: str, file: ExpectedFile | None = None) -> int:
        """One file, or all of them. Returns how many were expected until now."""
        if file is None:
            return self._db.execute(
                "DELETE FROM import_expected WHERE import_batch_id = ?", (import_batch_id,)
            ).rowcount
        return self._db.execute(
            "DELETE FROM import_expected WHERE import_batch_id = ? AND file_name = ? AND length = ?",
            (import_batch_id, file.file_name, file.length),
        ).rowcount

    def missing(self, import_batch_id: str, limit: int) -> list[str]:
        rows = self._db.execute(
            "SELECT file_name FROM import_expected WHERE import_batch_id = ? ORDER BY file_name LIMIT ?",
            (import_batch_id, limit),
        )
        return [row[0] for row in rows]
