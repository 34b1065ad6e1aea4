"""Import batches, and how far each one is."""

import sqlite3
from dataclasses import asdict

from server.documents.import_batch import ImportBatch, ImportProgress
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
            "SELECT state, count(*), count(signed_at) FROM documents WHERE import_batch_id = ? GROUP BY state",
            (batch.import_batch_id,),
        ).fetchall()
        counts = {row[0]: row[1] for row in rows}
        archives = self._db.execute(
            "SELECT count(*) FROM jobs WHERE subject = ? AND kind = 'unpack_archive'", (batch.import_batch_id,)
        ).fetchone()[0]
        return ImportProgress(
            batch,
            checking=counts.get("CHECKING", 0),
            ready=counts.get("READY", 0),
            refused=counts.get("REFUSED", 0),
            signed=sum(row[2] for row in rows),
            waiting_archives=archives,
        )

    def holds_upload(self, import_batch_id: str, sha256: str, file_name: str) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM documents WHERE import_batch_id = ? AND uploaded_sha256 = ? AND file_name = ? LIMIT 1",
            (import_batch_id, sha256, file_name),
        ).fetchone()
        return row is not None
