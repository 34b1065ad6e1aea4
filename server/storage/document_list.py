"""The document list's queries: each walks one index, newest first, from a key on."""

import json
import sqlite3
from typing import Any

from server.documents.document import Document
from server.documents.list_documents import (
    LOOKED_AT,
    DocumentFilter,
    DocumentPage,
    ListedDocument,
    search_form,
)
from server.storage.documents import DOCUMENT
from server.storage.rows import to_entity

_LINE = (
    "SELECT d.*, b.name AS batch_name, r.state AS request_state, r.end_result AS request_end"
    " FROM documents AS d LEFT JOIN import_batches AS b ON b.import_batch_id = d.import_batch_id"
    " LEFT JOIN sign_requests AS r ON r.request_id = d.last_request_id"
    " WHERE d.document_id IN (SELECT value FROM json_each(?)) ORDER BY d.document_id DESC"
)


class DocumentListTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def page(self, user_id: str, wanted: DocumentFilter, before: str | None, limit: int) -> DocumentPage:
        """Keys first, from the index alone; then the rows of the page. With words or a right to look for, ``LOOKED_AT`` keys at most."""
        source, values = _walk(user_id, wanted, before)
        tests, tested = _tests(wanted)
        if not tests:
            keys = self._keys(f"SELECT document_id {source} LIMIT ?", (*values, limit + 1))
            more = keys[limit - 1] if len(keys) > limit else None
            return DocumentPage(self.many(keys[:limit]), more)
        inner = f"SELECT document_id, search_text, processing_right {source} LIMIT ?"
        keys = self._keys(
            f"SELECT document_id FROM ({inner}) WHERE {tests} LIMIT ?",  # noqa: S608
            (*values, LOOKED_AT, *tested, limit + 1),
        )
        if len(keys) > limit:
            return DocumentPage(self.many(keys[:limit]), keys[limit - 1])
        last = self._keys(f"SELECT document_id {source} LIMIT 1 OFFSET ?", (*values, LOOKED_AT - 1))
        return DocumentPage(self.many(keys), last[0] if last else None)

    def _keys(self, query: str, values: tuple[Any, ...]) -> list[str]:
        return [row[0] for row in self._db.execute(query, values)]

    def many(self, document_ids: list[str]) -> list[ListedDocument]:
        """Newest first, whoever owns them."""
        rows = self._db.execute(_LINE, (json.dumps(document_ids),))
        return [
            ListedDocument(
                to_entity(Document, row, DOCUMENT),
                row["shown"],
                row["batch_name"],
                row["request_state"],
                row["request_end"],
            )
            for row in rows
        ]

    def counts(self, user_id: str, import_batch_id: str | None = None) -> dict[str, int]:
        if import_batch_id is not None:
            rows = self._db.execute(
                "SELECT shown, count(*) FROM documents INDEXED BY documents_shown_of_batch WHERE import_batch_id = ? GROUP BY shown",
                (import_batch_id,),
            )
        else:
            rows = self._db.execute(
                "SELECT shown, count(*) FROM documents INDEXED BY documents_shown WHERE user_id = ? GROUP BY shown",
                (user_id,),
            )
        return {row[0]: row[1] for row in rows}

    def titles(self, user_id: str, import_batch_id: str | None, shown: str, limit: int) -> list[tuple[str, str]]:
        """Document id and title, oldest first; of one import batch, when it is named. They may be ten thousand: so they come as one value,
        not row by row."""
        source, values = _walk(user_id, DocumentFilter(shown, import_batch_id), None, order="")
        (found,) = self._db.execute(
            f"SELECT json_group_array(json_array(document_id, title)) FROM (SELECT document_id, title {source} LIMIT ?)",  # noqa: S608
            (*values, limit),
        ).fetchone()
        return [(document_id, title) for document_id, title in json.loads(found)]


def _walk(
    user_id: str, wanted: DocumentFilter, before: str | None, order: str = "DESC"
) -> tuple[str, tuple[Any, ...]]:
    """Which index is walked, from where, and which way."""
    key = before or "~"
    values: tuple[str, ...]
    if wanted.import_batch_id is not None and wanted.shown is not None:
        place, values = (
            "import_batch_id = ? AND shown = ? AND user_id = ?",
            (wanted.import_batch_id, wanted.shown, user_id),
        )
        index = "documents_shown_of_batch"
    elif wanted.import_batch_id is not None:
        place, values, index = (
            "import_batch_id = ? AND user_id = ?",
            (wanted.import_batch_id, user_id),
            "documents_by_batch",
        )
    elif wanted.shown is not None:
        place, values, index = "user_id = ? AND shown = ?", (user_id, wanted.shown), "documents_shown"
    else:
        place, values, index = "user_id = ?", (user_id,), "documents_by_user"
    source = f"FROM documents INDEXED BY {index} WHERE {place} AND document_id < ? ORDER BY document_id {order}"
    return source, (*values, key)


def _tests(wanted: DocumentFilter) -> tuple[str, tuple[Any, ...]]:
    """What no index knows."""
    words = search_form(wanted.words).split()
    tests = ["instr(search_text, ?) > 0"] * len(words)
    values = [f" {word}" for word in words]
    if wanted.processing_right is not None:
        tests.append("processing_right = ?")
        values.append(wanted.processing_right)
    return " AND ".join(tests), tuple(values)
