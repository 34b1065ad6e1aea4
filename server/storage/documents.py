"""Documents of the portal and of relying parties."""

import json
import sqlite3
from dataclasses import asdict
from functools import lru_cache

from server.documents.document import Document, DocumentState, SignableDocument
from server.documents.list_documents import search_form
from server.errors import Conflict, NotFound
from server.storage.rows import Readers, dump, insert, text_tuple, to_entity


@lru_cache(1024)
def _boxes(text: str) -> tuple[tuple[float, float], ...]:
    """Documents of a batch mostly share their pages' sizes."""
    return tuple((width, height) for width, height in json.loads(text))


def _places(text: str) -> tuple[tuple[int, float, float, float, float], ...]:
    return tuple((page, x0, y0, x1, y1) for page, x0, y0, x1, y1 in json.loads(text))


DOCUMENT: Readers = {
    "state": DocumentState,
    "findings": text_tuple,
    "repairs": text_tuple,
    "in_request": bool,
    "page_boxes": _boxes,
    "refusal_details": json.loads,
    "stamp_places": _places,
}


class DocumentTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, document: Document) -> None:
        text = search_form(" ".join((document.title, document.document_code, document.file_name)))
        insert(self._db, "documents", {**self._values(document), "search_text": text})

    @staticmethod
    def _values(document: Document) -> dict[str, object]:
        values = asdict(document)
        for name in ("findings", "repairs", "page_boxes", "refusal_details"):
            values[name] = dump(values[name])
        if values["stamp_places"] is not None:
            values["stamp_places"] = dump(values["stamp_places"])
        return values

    def find(self, document_id: str) -> Document | None:
        row = self._db.execute("SELECT * FROM documents WHERE document_id = ?", (document_id,)).fetchone()
        return to_entity(Document, row, DOCUMENT) if row else None

    def get(self, document_id: str) -> Document:
        document = self.find(document_id)
        if document is None:
            raise NotFound("no such document", code="document_unknown")
        return document

    def many(self, document_ids: list[str]) -> list[Document]:
        rows = self._db.execute(
            "SELECT * FROM documents WHERE document_id IN (SELECT value FROM json_each(?))", (json.dumps(document_ids),)
        )
        return [to_entity(Document, row, DOCUMENT) for row in rows]

    def signable(
        self, document_ids: list[str], relying_party_id: str, user_id: str | None, import_batch_id: str | None
    ) -> list[SignableDocument]:
        """Those of the documents that may go into a request of this asker now, in any order. They come as one value: to fetch row by row
        would hand the interpreter to and fro ten thousand times."""
        (found,) = self._db.execute(
            "SELECT json_group_array(json_array(document_id, title, pages, page_boxes, current_sha256, current_length, signed_at))"
            " FROM documents WHERE document_id IN (SELECT value FROM json_each(?)) AND relying_party_id = ? AND user_id IS ?"
            " AND state = 'READY' AND processing_right = 'sign' AND in_request = 0 AND (? IS NULL OR import_batch_id = ?)",
            (json.dumps(document_ids), relying_party_id, user_id, import_batch_id, import_batch_id),
        ).fetchone()
        return [
            SignableDocument(document_id, title, pages, _boxes(boxes), sha256, length, signed_at)
            for document_id, title, pages, boxes, sha256, length, signed_at in json.loads(found)
        ]

    def set_inspected(self, document: Document) -> None:
        """CHECKING → READY or REFUSED, with what the inspection found."""
        values = self._values(document)
        names = (
            "state",
            "current_sha256",
            "current_length",
            "pages",
            "page_boxes",
            "earlier_signatures",
            "findings",
            "repairs",
            "refusal_code",
            "refusal_details",
            "checked_by",
            "stamp_places",
        )
        done = self._db.execute(
            f"UPDATE documents SET {', '.join(f'{name} = ?' for name in names)} WHERE document_id = ? AND state = 'CHECKING'",  # noqa: S608
            (*(values[name] for name in names), document.document_id),
        )
        if done.rowcount != 1:
            raise Conflict("the document was inspected already", code="document_moved")

    def judged_otherwise(self, document_ids: list[str], checker: str) -> list[Document]:
        """Those of the documents that another checker judged."""
        rows = self._db.execute(
            "SELECT * FROM documents WHERE document_id IN (SELECT value FROM json_each(?)) AND checked_by != ?",
            (json.dumps(document_ids), checker),
        )
        return [to_entity(Document, row, DOCUMENT) for row in rows]

    def set_judged(self, document: Document, before_sha256: str) -> bool:
        """What a new look at the bytes of digest ``before_sha256`` found. False when the document has other bytes by now."""
        values = self._values(document)
        names = (
            "current_sha256",
            "current_length",
            "pages",
            "page_boxes",
            "earlier_signatures",
            "findings",
            "repairs",
            "checked_by",
            "stamp_places",
        )
        done = self._db.execute(
            f"UPDATE documents SET {', '.join(f'{name} = ?' for name in names)}"  # noqa: S608
            " WHERE document_id = ? AND state = 'READY' AND current_sha256 = ?",
            (*(values[name] for name in names), document.document_id, before_sha256),
        )
        return done.rowcount == 1

    def set_signed(self, document_id: str, request_id: str, sha256: str, length: int, now: float) -> None:
        """The document's new bytes. The field that this signature took is no place for another one."""
        self._db.execute(
            "UPDATE documents SET current_sha256 = ?1, current_length = ?2, earlier_signatures = earlier_signatures + 1, signed_at = ?3,"
            " last_request_id = ?4, in_request = 0, stamp_places = CASE WHEN stamp_places IS NULL THEN NULL ELSE"
            " (SELECT json_group_array(json(p.value)) FROM json_each(stamp_places) AS p WHERE p.value IS NOT"
            " (SELECT json(i.stamp) FROM sign_items AS i WHERE i.request_id = ?4 AND i.document_id = ?5)) END"
            " WHERE document_id = ?5",
            (sha256, length, now, request_id, document_id),
        )

    def delete(self, document_id: str) -> None:
        self._db.execute("DELETE FROM documents WHERE document_id = ?", (document_id,))

    def page_of_user(
        self, user_id: str, before: str | None, limit: int, import_batch_id: str | None = None
    ) -> list[Document]:
        """Newest first; ``before`` is the last document id of the page before; of one import batch only, when it is named."""
        if import_batch_id is not None:
            rows = self._db.execute(
                "SELECT * FROM documents INDEXED BY documents_by_batch WHERE import_batch_id = ? AND document_id < ?"
                " AND user_id = ? ORDER BY document_id DESC LIMIT ?",
                (import_batch_id, before or "~", user_id, limit),
            )
            return [to_entity(Document, row, DOCUMENT) for row in rows]
        rows = self._db.execute(
            "SELECT * FROM documents WHERE user_id = ? AND document_id < ? ORDER BY document_id DESC LIMIT ?",
            (user_id, before or "~", limit),
        )
        return [to_entity(Document, row, DOCUMENT) for row in rows]

    def holds(self, sha256: str) -> bool:
        """Does any document still refer to these bytes?"""
        row = self._db.execute(
            "SELECT 1 FROM documents WHERE uploaded_sha256 = ? AND state != 'REFUSED'"
            " UNION ALL SELECT 1 FROM documents WHERE current_sha256 = ? AND state != 'REFUSED' LIMIT 1",
            (sha256, sha256),
        ).fetchone()
        return row is not None

    def refused_before(self, created_before: float) -> list[str]:
        rows = self._db.execute(
            "SELECT document_id FROM documents WHERE state = 'REFUSED' AND created_at < ? LIMIT 500", (created_before,)
        )
        return [row[0] for row in rows]
