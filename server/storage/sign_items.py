"""The items of sign requests: one document each. Every step is a compare-and-set: the old state stands in the condition."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from server.documents.document import Document
from server.errors import NotFound
from server.signing.sign_request import Item, ItemCounts, ItemState, Placement
from server.storage.rows import Readers, dump, text_tuple, to_entity


@lru_cache(1024)
def _placement(stored: str) -> Placement:
    return Placement(*json.loads(stored))


_ITEM: Readers = {
    "state": ItemState,
    "findings": text_tuple,
    "placement": _placement,
    "stamp": _placement,
    "byte_range": text_tuple,
}


def box_text(placement: Placement | None) -> str | None:
    """As it is stored."""
    return dump([placement.page, placement.x0, placement.y0, placement.x1, placement.y1]) if placement else None


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

    def number_in(self, request_id: str, state: ItemState) -> int:
        """How many items stand in ``state``."""
        row = self._db.execute(
            "SELECT count(*) FROM sign_items INDEXED BY sign_items_by_state WHERE request_id = ? AND state = ?",
            (request_id, state),
        ).fetchone()
        return int(row[0])

    def any_in(self, request_id: str, states: Sequence[ItemState]) -> bool:
        """Does any item stand in one of ``states``? Costs the same for ten documents and ten thousand."""
        row = self._db.execute(
            "SELECT 1 FROM sign_items INDEXED BY sign_items_by_state"
            " WHERE request_id = ? AND state IN (SELECT value FROM json_each(?)) LIMIT 1",
            (request_id, json.dumps(list(states))),
        ).fetchone()
        return row is not None

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

    def signed_files(self, request_id: str, after: int, limit: int) -> list[tuple[int, str, str, int]]:
        """Position, title, SHA-256 and length of the signed files behind position ``after``, in order."""
        rows = self._db.execute(
            "SELECT position, title, signed_sha256, signed_length FROM sign_items INDEXED BY sign_items_by_state"
            " WHERE request_id = ? AND state = 'SIGNED' AND position > ? ORDER BY position LIMIT ?",
            (request_id, after, limit),
        )
        return [tuple(row) for row in rows]

    def standing(self, request_id: str, state: ItemState, positions: Sequence[int]) -> set[int]:
        """Those of ``positions`` whose item stands in ``state``. In a write transaction nobody can move them until it ends."""
        rows = self._db.execute(
            "SELECT position FROM sign_items WHERE request_id = ? AND position IN (SELECT value FROM json_each(?)) AND state = ?",
            (request_id, json.dumps(list(positions)), state),
        )
        return {row[0] for row in rows}

    def set_source(self, request_id: str, document: Document) -> None:
        """The document was judged anew before it was prepared: what the item says of it follows."""
        self._db.execute(
            "UPDATE sign_items SET pages = ?, earlier_signatures = ?, findings = ?, source_sha256 = ?, source_length = ?"
            " WHERE request_id = ? AND document_id = ? AND state = 'WAITING'",
            (
                document.pages,
                document.earlier_signatures,
                dump(document.findings),
                document.current_sha256,
                document.current_length,
                request_id,
                document.document_id,
            ),
        )

    def set_prepared(self, items: Iterable[Item]) -> int:
        """Stores what preparing made, for items that still wait for it. Returns how many."""
        done = self._db.executemany(
            "UPDATE sign_items SET state = 'PREPARED', prepared_sha256 = ?, prepared_length = ?, byte_range = ?, field_name = ?,"
            " digest_sha256 = ?, digest_sha384 = ?, stamp = ? WHERE request_id = ? AND position = ? AND state = 'WAITING'",
            [
                (
                    i.prepared_sha256,
                    i.prepared_length,
                    dump(i.byte_range),
                    i.field_name,
                    i.digest_sha256,
                    i.digest_sha384,
                    box_text(i.stamp),
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
        """``files``: position, SHA-256 and length of the one signed file. Its document is free for another request at once."""
        done = self._db.executemany(
            "UPDATE sign_items SET state = 'SIGNED', end_result = 'ok', live = 0, signed_sha256 = ?, signed_length = ?"
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
        """Did any request sign into, or begin with, these bytes?"""
        row = self._db.execute(
            "SELECT 1 FROM sign_items WHERE signed_sha256 = ? UNION ALL SELECT 1 FROM sign_items WHERE source_sha256 = ? LIMIT 1",
            (sha256, sha256),
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
