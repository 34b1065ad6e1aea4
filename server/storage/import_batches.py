"""Import batches, and how far each one is."""

import sqlite3
from dataclasses import asdict

from server.documents.import_batch import ImportBatch, ImportProgress, NotTaken
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
        )

    def _count(self, query: str, import_batch_id: str) -> int:
        return int(self._db.execute(query, (import_batch_id,)).fetchone()[0])

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

    def holds_upload(self, import_batch_id: str, sha256: str, file_name: str) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM documents WHERE import_batch_id = ? AND uploaded_sha256 = ? AND file_name = ? LIMIT 1",
            (import_batch_id, sha256, file_name),
        ).fetchone()
        return row is not None
