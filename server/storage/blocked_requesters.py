"""Blocked requesters. A row outlives its block, so that the word which made it is never taken for a new one."""

import sqlite3
from dataclasses import asdict

from server.devices.blocked_requester import BlockedRequester
from server.errors import NotFound
from server.storage.rows import insert, to_entity


class BlockedRequesterTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, block: BlockedRequester) -> None:
        insert(self._db, "blocked_requesters", asdict(block))

    def find(self, subscriber_id: str, relying_party_id: str, user_id: str) -> BlockedRequester | None:
        """The block that holds now; ``user_id`` is empty for a relying party as a whole."""
        row = self._db.execute(
            "SELECT * FROM blocked_requesters INDEXED BY blocked_requesters_now WHERE subscriber_id = ? AND relying_party_id = ?"
            " AND user_id = ? AND unblocked_at IS NULL",
            (subscriber_id, relying_party_id, user_id),
        ).fetchone()
        return to_entity(BlockedRequester, row, {}) if row else None

    def get(self, block_id: str) -> BlockedRequester:
        row = self._db.execute("SELECT * FROM blocked_requesters WHERE block_id = ?", (block_id,)).fetchone()
        if row is None:
            raise NotFound("no such block", code="block_unknown")
        return to_entity(BlockedRequester, row, {})

    def by_statement(self, statement_sha256: str) -> BlockedRequester | None:
        """The block that this word made, lifted or not."""
        row = self._db.execute(
            "SELECT * FROM blocked_requesters WHERE statement_sha256 = ?", (statement_sha256,)
        ).fetchone()
        return to_entity(BlockedRequester, row, {}) if row else None

    def of_subscriber(self, subscriber_id: str) -> list[BlockedRequester]:
        rows = self._db.execute(
            "SELECT * FROM blocked_requesters INDEXED BY blocked_requesters_now WHERE subscriber_id = ?"
            " AND unblocked_at IS NULL ORDER BY block_id",
            (subscriber_id,),
        )
        return [to_entity(BlockedRequester, row, {}) for row in rows]

    def lift(self, block_id: str, at: float) -> bool:
        done = self._db.execute(
            "UPDATE blocked_requesters SET unblocked_at = ? WHERE block_id = ? AND unblocked_at IS NULL", (at, block_id)
        )
        return done.rowcount == 1
