"""Sign requests. Every move is a compare-and-set: the old state stands in the condition.

What concerns all documents of a request is one statement, whatever their number: SQLite works through it without the interpreter, so
that ten thousand documents hold up nobody else in the process for long.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from server.errors import Conflict, NotFound
from server.signing.set_aside_request import SetAside
from server.signing.sign_request import FINAL, ChosenItem, SignRequest, State, check_move
from server.storage.rows import Readers, assignments, dump, insert, text_tuple, to_entity
from server.storage.sign_items import box_text

_REQUEST: Readers = {"state": State, "verification_codes": text_tuple}
_CHANGEABLE = frozenset(
    {
        "end_result",
        "reason",
        "device_id",
        "credential_id",
        "approval_sha256",
        "approved_at",
        "sign_by",
        "finished_at",
        "audit_sequence",
    }
)
_ADD_ITEMS = (
    "INSERT INTO sign_items (request_id, position, item_id, document_id, title, document_code, processing_right, pages,"
    " earlier_signatures, findings, placement, source_sha256, source_length, state, live, prepared_length, signed_length)"
    " SELECT ?, w.key, json_extract(w.value, '$[0]'), d.document_id, d.title, d.document_code, d.processing_right, d.pages,"
    " d.earlier_signatures, d.findings, json_extract(w.value, '$[2]'), d.current_sha256, d.current_length, 'WAITING', 1, 0, 0"
    " FROM json_each(?) AS w CROSS JOIN documents AS d ON d.document_id = json_extract(w.value, '$[1]')"
)
LIVE = "('PREPARING', 'QUEUED', 'PUSHED', 'OPENED', 'SIGNING', 'ANSWERED')"


class SignRequestTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, request: SignRequest, chosen: Sequence[ChosenItem]) -> None:
        """The request, and one item for each chosen document as it stands now, in this order. Raises ``Conflict(document_in_use)`` when a
        document is in another live request, ``NotFound(document_unknown)`` when one is not there."""
        values = asdict(request)
        values["verification_codes"] = dump(request.verification_codes)
        insert(self._db, "sign_requests", values)
        boxes = {placement: box_text(placement) for placement in {item.placement for item in chosen}}
        wanted = dump([(item.item_id, item.document_id, boxes[item.placement]) for item in chosen])
        try:
            done = self._db.execute(_ADD_ITEMS, (request.request_id, wanted))
        except sqlite3.IntegrityError as error:
            if "document_id" in str(error):
                raise Conflict("a document is in another open request", code="document_in_use") from error
            raise
        if done.rowcount != len(chosen):
            raise NotFound("no such document", code="document_unknown")
        self._db.execute(
            "UPDATE documents SET in_request = 1, last_request_id = ?1 WHERE document_id IN"
            " (SELECT document_id FROM sign_items WHERE request_id = ?1)",
            (request.request_id,),
        )

    def find(self, request_id: str) -> SignRequest | None:
        row = self._db.execute("SELECT * FROM sign_requests WHERE request_id = ?", (request_id,)).fetchone()
        return to_entity(SignRequest, row, _REQUEST) if row else None

    def get(self, request_id: str) -> SignRequest:
        request = self.find(request_id)
        if request is None:
            raise NotFound("no such sign request", code="request_unknown")
        return request

    def by_idempotency_key(self, relying_party_id: str, key: str) -> SignRequest | None:
        row = self._db.execute(
            "SELECT * FROM sign_requests WHERE relying_party_id = ? AND idempotency_key = ?", (relying_party_id, key)
        ).fetchone()
        return to_entity(SignRequest, row, _REQUEST) if row else None

    def move(self, request: SignRequest, new: State, **changes: Any) -> SignRequest:
        """Compare-and-set from ``request.state``. Raises ``IllegalMove`` (table) or ``Conflict(request_moved)`` (somebody was faster)."""
        check_move(request.state, new)
        if not _CHANGEABLE.issuperset(changes):
            raise ValueError(f"not changeable: {set(changes) - _CHANGEABLE}")
        done = self._db.execute(
            f"UPDATE sign_requests SET state = ?, version = version + 1{assignments(changes)}"  # noqa: S608
            " WHERE request_id = ? AND state = ?",
            (new, *changes.values(), request.request_id, request.state),
        )
        if done.rowcount != 1:
            raise Conflict("the request has moved on", code="request_moved")
        if new in FINAL:
            self._free_documents(request.request_id)
        return replace(request, state=new, version=request.version + 1, **changes)

    def _free_documents(self, request_id: str) -> None:
        """``in_request`` mirrors ``live``, so that lists and counts need no other table."""
        self._db.execute(
            "UPDATE documents SET in_request = 0 WHERE document_id IN"
            " (SELECT document_id FROM sign_items WHERE request_id = ? AND live = 1)",
            (request_id,),
        )
        self._db.execute("UPDATE sign_items SET live = 0 WHERE request_id = ? AND live = 1", (request_id,))

    def touch(self, request_id: str) -> None:
        """Raises the version: what watchers show has changed, the state has not."""
        self._db.execute("UPDATE sign_requests SET version = version + 1 WHERE request_id = ?", (request_id,))

    def set_audit_sequence(self, request_id: str, sequence: int) -> None:
        self._db.execute("UPDATE sign_requests SET audit_sequence = ? WHERE request_id = ?", (sequence, request_id))

    def set_continued(self, request_id: str, continued_by: str) -> None:
        self._db.execute(
            "UPDATE sign_requests SET continued_by = ?, version = version + 1 WHERE request_id = ?", (continued_by, request_id)
        )

    def live(self, subscriber_id: str, relying_party_id: str | None = None) -> list[SignRequest]:
        """Unfinished requests to a subscriber, oldest first."""
        rows = self._db.execute(
            f"SELECT * FROM sign_requests INDEXED BY sign_requests_live WHERE subscriber_id = ? AND state IN {LIVE}"  # noqa: S608
            " AND (? IS NULL OR relying_party_id = ?) ORDER BY request_id",
            (subscriber_id, relying_party_id, relying_party_id),
        )
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]

    def refused_since(self, subscriber_id: str, relying_party_id: str, since: float) -> list[float]:
        """When this person refused requests of this relying party (or chose a wrong code), newest first. What the phone's checks or the
        phone itself refused is nobody's word."""
        rows = self._db.execute(
            "SELECT finished_at FROM sign_requests INDEXED BY sign_requests_refused WHERE subscriber_id = ? AND relying_party_id = ?"
            " AND state = 'REFUSED' AND end_result IN ('user_refused', 'wrong_verification_code') AND finished_at > ?"
            " ORDER BY finished_at DESC",
            (subscriber_id, relying_party_id, since),
        )
        return [row[0] for row in rows]

    def overdue(self, now: float, limit: int = 100) -> list[SignRequest]:
        """Requests whose time to be approved is over, and those in SIGNING past their own deadline."""
        rows = self._db.execute(
            "SELECT * FROM sign_requests WHERE state IN ('PREPARING', 'QUEUED', 'PUSHED', 'OPENED') AND expires_at <= ?"
            " UNION ALL SELECT * FROM sign_requests WHERE state = 'SIGNING' AND sign_by <= ? LIMIT ?",
            (now, now, limit),
        ).fetchall()
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]

    def unfinished(self, now: float, *, stuck: bool, limit: int = 1000) -> list[SignRequest]:
        """Open requests, behind them failed ones, newest first: what can still be helped is not pushed off the list by what has ended.
        ``stuck``: only FAILED ones, and those that a worker has had for a minute. Without what was set aside."""
        rows = self._db.execute(  # the one thing put in is a constant of this file
            "SELECT * FROM (SELECT * FROM (SELECT * FROM sign_requests INDEXED BY sign_requests_to_look_at WHERE state = 'FAILED'"  # noqa: S608
            " AND set_aside_at IS NULL ORDER BY request_id DESC LIMIT ?)"
            f" UNION ALL SELECT * FROM sign_requests INDEXED BY sign_requests_open WHERE state IN {LIVE}"
            " AND (? OR (state IN ('PREPARING', 'ANSWERED') AND coalesce(approved_at, created_at) < ?)))"
            " ORDER BY state = 'FAILED', request_id DESC LIMIT ?",
            (limit, not stuck, now - 60, limit),
        )
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]

    def set_aside(self, request_id: str, aside: SetAside) -> bool:
        """Compare-and-set: only a FAILED request, once."""
        done = self._db.execute(
            "UPDATE sign_requests SET set_aside_at = ?, set_aside_by = ?, set_aside_note = ?"
            " WHERE request_id = ? AND state = 'FAILED' AND set_aside_at IS NULL",
            (aside.at, aside.actor, aside.note, request_id),
        )
        return done.rowcount == 1

    def set_aside_ones(self, limit: int) -> list[tuple[SignRequest, SetAside]]:
        """The last one first."""
        rows = self._db.execute(
            "SELECT * FROM sign_requests INDEXED BY sign_requests_set_aside WHERE set_aside_at IS NOT NULL"
            " ORDER BY set_aside_at DESC, request_id DESC LIMIT ?",
            (limit,),
        )
        return [
            (
                to_entity(SignRequest, row, _REQUEST),
                SetAside(row["set_aside_at"], row["set_aside_by"], row["set_aside_note"]),
            )
            for row in rows
        ]

    def page_of_party(self, relying_party_id: str, before: str | None, limit: int) -> list[SignRequest]:
        rows = self._db.execute(
            "SELECT * FROM sign_requests WHERE relying_party_id = ? AND request_id < ? ORDER BY request_id DESC LIMIT ?",
            (relying_party_id, before or "~", limit),
        )
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]
