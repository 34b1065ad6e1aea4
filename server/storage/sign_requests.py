"""Sign requests and their items. Every move is a compare-and-set: the old state stands in the condition."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Any

from server.errors import Conflict, NotFound
from server.signing.sign_request import (
    FINAL,
    Item,
    ItemCounts,
    ItemState,
    Placement,
    SignRequest,
    State,
    check_move,
)
from server.storage.rows import Readers, assignments, dump, insert, text_tuple, to_entity


@lru_cache(1024)
def _placement(stored: str) -> Placement:
    return Placement(*json.loads(stored))


_REQUEST: Readers = {"state": State, "verification_codes": text_tuple}
_ITEM: Readers = {
    "state": ItemState,
    "findings": text_tuple,
    "placement": _placement,
    "byte_range": text_tuple,
}
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
LIVE = "('PREPARING', 'QUEUED', 'PUSHED', 'OPENED', 'SIGNING', 'ANSWERED')"


class SignRequestTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, request: SignRequest, items: Sequence[Item]) -> None:
        """Raises ``Conflict(document_in_use)`` when a document is in another live request."""
        values = asdict(request)
        values["verification_codes"] = dump(request.verification_codes)
        insert(self._db, "sign_requests", values)
        names = list(Item.__dataclass_fields__)
        marks = ", ".join("?" * (len(names) + 1))
        try:
            self._db.executemany(
                f"INSERT INTO sign_items ({', '.join(names)}, live) VALUES ({marks})",  # noqa: S608
                (self._item_values(item, names) for item in items),
            )
        except sqlite3.IntegrityError as error:
            if "document_id" in str(error):
                raise Conflict("a document is in another open request", code="document_in_use") from error
            raise
        self._mark_documents(request.request_id, in_request=True)

    def _mark_documents(self, request_id: str, *, in_request: bool) -> None:
        """The documents of the request's live items: mirrored there, so that lists and counts need no other table."""
        self._db.execute(
            "UPDATE documents SET in_request = ? WHERE document_id IN"
            " (SELECT document_id FROM sign_items WHERE request_id = ? AND live = 1)",
            (in_request, request_id),
        )

    @staticmethod
    def _item_values(item: Item, names: list[str]) -> tuple[Any, ...]:
        values = {name: getattr(item, name) for name in names}
        values["findings"] = dump(item.findings)
        box = item.placement
        values["placement"] = dump([box.page, box.x0, box.y0, box.x1, box.y1]) if box else None
        values["byte_range"] = dump(item.byte_range) if item.byte_range else None
        return (*values.values(), 1)

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
            self._mark_documents(request.request_id, in_request=False)
            self._db.execute("UPDATE sign_items SET live = 0 WHERE request_id = ? AND live = 1", (request.request_id,))
        return replace(request, state=new, version=request.version + 1, **changes)

    def touch(self, request_id: str) -> None:
        """Raises the version: what watchers show has changed, the state has not."""
        self._db.execute("UPDATE sign_requests SET version = version + 1 WHERE request_id = ?", (request_id,))

    def set_audit_sequence(self, request_id: str, sequence: int) -> None:
        self._db.execute("UPDATE sign_requests SET audit_sequence = ? WHERE request_id = ?", (sequence, request_id))

    def live(self, subscriber_id: str, relying_party_id: str | None = None) -> list[SignRequest]:
        """Unfinished requests to a subscriber, oldest first."""
        rows = self._db.execute(
            f"SELECT * FROM sign_requests INDEXED BY sign_requests_live WHERE subscriber_id = ? AND state IN {LIVE}"  # noqa: S608
            " AND (? IS NULL OR relying_party_id = ?) ORDER BY request_id",
            (subscriber_id, relying_party_id, relying_party_id),
        )
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]

    def refused_since(self, subscriber_id: str, relying_party_id: str, since: float) -> list[float]:
        """When this subscriber refused requests of this relying party, newest first."""
        rows = self._db.execute(
            "SELECT finished_at FROM sign_requests INDEXED BY sign_requests_refused WHERE subscriber_id = ? AND relying_party_id = ?"
            " AND state = 'REFUSED' AND finished_at > ? ORDER BY finished_at DESC",
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
        """Open requests and failed ones, newest first; ``stuck``: only FAILED ones, and those that a worker has had for a minute."""
        rows = self._db.execute(  # the one thing put in is a constant of this file
            "SELECT * FROM (SELECT * FROM sign_requests INDEXED BY sign_requests_failed WHERE state = 'FAILED'"  # noqa: S608
            " ORDER BY request_id DESC LIMIT ?)"
            f" UNION ALL SELECT * FROM sign_requests INDEXED BY sign_requests_open WHERE state IN {LIVE}"
            " AND (? OR (state IN ('PREPARING', 'ANSWERED') AND coalesce(approved_at, created_at) < ?))"
            " ORDER BY request_id DESC LIMIT ?",
            (limit, not stuck, now - 60, limit),
        )
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]

    def page_of_party(self, relying_party_id: str, before: str | None, limit: int) -> list[SignRequest]:
        rows = self._db.execute(
            "SELECT * FROM sign_requests WHERE relying_party_id = ? AND request_id < ? ORDER BY request_id DESC LIMIT ?",
            (relying_party_id, before or "~", limit),
        )
        return [to_entity(SignRequest, row, _REQUEST) for row in rows]


class SignItemTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def page(self, request_id: str, first: int, count: int) -> list[Item]:
        rows = self._db.execute(
            "SELECT * FROM sign_items WHERE request_id = ? AND position >= ? ORDER BY position LIMIT ?",
            (request_id, first, count),
        )
        return [to_entity(Item, row, _ITEM) for row in rows]

    def each(self, request_id: str) -> Iterator[Item]:
        for row in self._db.execute("SELECT * FROM sign_items WHERE request_id = ? ORDER BY position", (request_id,)):
            yield to_entity(Item, row, _ITEM)

    def at(self, request_id: str, positions: Sequence[int]) -> list[Item]:
        rows = self._db.execute(
            "SELECT * FROM sign_items WHERE request_id = ? AND position IN (SELECT value FROM json_each(?)) ORDER BY position",
            (request_id, json.dumps(list(positions))),
        )
        return [to_entity(Item, row, _ITEM) for row in rows]

    def by_id(self, request_id: str, item_id: str) -> Item:
        row = self._db.execute(
            "SELECT * FROM sign_items WHERE item_id = ? AND request_id = ?", (item_id, request_id)
        ).fetchone()
        if row is None:
            raise NotFound("no such item", code="item_unknown")
        return to_entity(Item, row, _ITEM)

    def live_of_document(self, document_id: str) -> Item | None:
        row = self._db.execute("SELECT * FROM sign_items WHERE document_id = ? AND live = 1", (document_id,)).fetchone()
        return to_entity(Item, row, _ITEM) if row else None

    def prepared_positions(self, request_id: str) -> set[int]:
        """Positions of the items that the manifest holds."""
        rows = self._db.execute(
            "SELECT position FROM sign_items WHERE request_id = ? AND prepared_sha256 IS NOT NULL", (request_id,)
        )
        return {row[0] for row in rows}

    def counts(self, request_id: str) -> ItemCounts:
        rows = self._db.execute(
            "SELECT state, count(*) FROM sign_items WHERE request_id = ? GROUP BY state", (request_id,)
        )
        return ItemCounts({ItemState(row[0]): row[1] for row in rows})

    def never_prepared(self, request_id: str) -> int:
        """Items that ended before they were prepared, so that no phone was ever asked about them."""
        row = self._db.execute(
            "SELECT count(*) FROM sign_items INDEXED BY sign_items_by_state"
            " WHERE request_id = ? AND state IN ('FAILED', 'CANCELLED') AND prepared_sha256 IS NULL",
            (request_id,),
        ).fetchone()
        return int(row[0])

    def failures(self, request_id: str) -> dict[str, int]:
        """Why items failed (their reason, or else their end result), and how many of each."""
        rows = self._db.execute(
            "SELECT coalesce(reason, end_result, ''), count(*) FROM sign_items INDEXED BY sign_items_by_state"
            " WHERE request_id = ? AND state = 'FAILED' GROUP BY 1 LIMIT 20",
            (request_id,),
        )
        return {row[0]: row[1] for row in rows}

    def page_in(self, request_id: str, states: Sequence[ItemState], after: int, limit: int) -> list[Item]:
        """Items in one of ``states`` behind position ``after``, in order: a short walk along the index for each state."""
        found: list[int] = []
        for state in states:
            rows = self._db.execute(
                "SELECT position FROM sign_items INDEXED BY sign_items_by_state WHERE request_id = ? AND state = ? AND position > ?"
                " ORDER BY position LIMIT ?",
                (request_id, state, after, limit),
            )
            found += [row[0] for row in rows]
        return self.at(request_id, sorted(found)[:limit])

    def set_prepared(self, items: Iterable[Item]) -> int:
        """Stores what preparing made, for items that still wait for it. Returns how many."""
        done = self._db.executemany(
            "UPDATE sign_items SET state = 'PREPARED', prepared_sha256 = ?, prepared_length = ?, byte_range = ?, field_name = ?,"
            " digest_sha256 = ?, digest_sha384 = ? WHERE request_id = ? AND position = ? AND state = 'WAITING'",
            [
                (
                    i.prepared_sha256,
                    i.prepared_length,
                    dump(i.byte_range),
                    i.field_name,
                    i.digest_sha256,
                    i.digest_sha384,
                    i.request_id,
                    i.position,
                )
                for i in items
            ],
        )
        return done.rowcount

    def put_prepared_first(self, request_id: str) -> None:
        """Renumbers the items: prepared ones from 0 without a gap, the others behind them, each group in its old order."""
        rows = self._db.execute(
            "SELECT position FROM sign_items WHERE request_id = ? ORDER BY state != 'PREPARED', position", (request_id,)
        ).fetchall()
        moved = [(new, row[0]) for new, row in enumerate(rows) if new != row[0]]
        renumber = "UPDATE sign_items SET position = ? WHERE request_id = ? AND position = ?"
        self._db.executemany(renumber, [(-1 - new, request_id, old) for new, old in moved])  # out of each other's way
        self._db.executemany(renumber, [(new, request_id, -1 - new) for new, _ in moved])

    def set_answered(self, request_id: str, values: Iterable[tuple[int, bytes]]) -> int:
        """The first signature value of an item is kept; another one changes nothing."""
        done = self._db.executemany(
            "UPDATE sign_items SET state = 'ANSWERED', signature_value = ? WHERE request_id = ? AND position = ?"
            " AND state = 'PREPARED' AND signature_value IS NULL",
            [(value, request_id, position) for position, value in values],
        )
        return done.rowcount

    def set_signed(self, request_id: str, files: Iterable[tuple[int, str, int]]) -> int:
        """``files``: position, SHA-256 and length of the one signed file."""
        done = self._db.executemany(
            "UPDATE sign_items SET state = 'SIGNED', end_result = 'ok', signed_sha256 = ?, signed_length = ?"
            " WHERE request_id = ? AND position = ? AND state = 'ANSWERED'",
            [(sha256, length, request_id, position) for position, sha256, length in files],
        )
        return done.rowcount

    def end(
        self,
        request_id: str,
        state: ItemState,
        end_result: str,
        *,
        old: Sequence[ItemState],
        positions: Sequence[int] | None = None,
        reason: str | None = None,
    ) -> int:
        """Ends items that stand in one of ``old`` (all of the request, or only ``positions``). Returns how many."""
        done = self._db.execute(
            "UPDATE sign_items SET state = ?, end_result = ?, reason = coalesce(?, reason) WHERE request_id = ?"
            " AND state IN (SELECT value FROM json_each(?)) AND (? IS NULL OR position IN (SELECT value FROM json_each(?)))",
            (
                state,
                end_result,
                reason,
                request_id,
                json.dumps(list(old)),
                None if positions is None else 1,
                json.dumps(list(positions or ())),
            ),
        )
        return done.rowcount

    def holds(self, sha256: str) -> bool:
        """Did any request sign into, or begin with, these bytes? Reads the whole table: for tidying only."""
        row = self._db.execute(
            "SELECT 1 FROM sign_items WHERE signed_sha256 = ? OR source_sha256 = ? LIMIT 1", (sha256, sha256)
        ).fetchone()
        return row is not None

    def missing(self, request_id: str) -> list[tuple[int, int]]:
        """Ranges (inclusive) of approved items that have no signature value yet."""
        rows = self._db.execute(
            "SELECT position FROM sign_items WHERE request_id = ? AND state = 'PREPARED' ORDER BY position",
            (request_id,),
        )
        ranges: list[tuple[int, int]] = []
        for (position,) in rows:
            if ranges and ranges[-1][1] == position - 1:
                ranges[-1] = (ranges[-1][0], position)
            else:
                ranges.append((position, position))
        return ranges
