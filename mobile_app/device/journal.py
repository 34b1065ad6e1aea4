"""What must survive a kill at any moment: pairing, pinned keys, counter, and how far each request has come.
One SQLite file, WAL, FULL.

Rules:
* Record, commit, then act outward: a choice, approval, refusal or signature value is in here, fsynced, before
  the server can see it.
* A request's state moves by ``MOVES`` only, compare-and-set; an illegal move raises.
* The same request id with another envelope digest is never written: ``receive`` raises
  CheckFailed("envelope_changed").
* Signature values are kept in the chunks in which they are sent, one commit for each chunk; a chunk that was
  sent is sent again as it is.
* The counter only grows, in the same commit as the approval that uses it.
* A certificate once kept stays, and ends once.
"""

import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Final

from mobile_app.device.journaled_request import (
    MOVES,
    SCHEMA,
    Chunk,
    IllegalMove,
    JournaledRequest,
    KeptCertificate,
    RequestState,
)
from mobile_app.device.search_form import search_form, search_words
from mobile_app.errors import CheckFailed

_COLUMNS: Final = ", ".join(field.name for field in fields(JournaledRequest))
_CERTIFICATE: Final = ", ".join(field.name for field in fields(KeptCertificate))


class Journal:
    """Thread-safe. Raises sqlite3.Error when the disk fails: nothing outward may follow then."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._lock = threading.RLock()
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA secure_delete = ON")
        self._db.executescript(SCHEMA)
        self._db.create_function("search_form", 1, search_form, deterministic=True)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def commit(self) -> Iterator[None]:
        """All writes inside count together or not at all; on leaving they are on the disk."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    # -- facts ------------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        with self._lock:
            row = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_fact(self, name: str, value: str | None) -> None:
        with self.commit():
            if value is None:
                self._db.execute("DELETE FROM fact WHERE name = ?", (name,))
            else:
                self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def next_counter(self) -> int:
        """One more than ever before on this profile, whatever device it is paired as."""
        with self.commit():
            counter = int(self.fact("counter") or "0") + 1
            self.set_fact("counter", str(counter))
        return counter

    # -- certificates -----------------------------------------------------------------------------

    def keep_certificate(self, kept: KeptCertificate) -> None:
        """No effect if it is there already: what was written first, with its chain, stays."""
        values = [getattr(kept, field.name) for field in fields(kept)]
        marks = ", ".join("?" * len(values))
        with self.commit():
            self._db.execute(f"INSERT OR IGNORE INTO certificate ({_CERTIFICATE}) VALUES ({marks})", values)  # noqa: S608

    def end_certificates(self, at: int, reason: str) -> None:
        """Whichever has not ended yet."""
        with self.commit():
            self._db.execute("UPDATE certificate SET ended_at = ?, end_reason = ? WHERE ended_at IS NULL", (at, reason))

    def certificates(self) -> list[KeptCertificate]:
        with self._lock:
            rows = self._db.execute(f"SELECT {_CERTIFICATE} FROM certificate").fetchall()  # noqa: S608
        return [KeptCertificate(*row) for row in rows]

    def signed_envelopes(self) -> list[tuple[int, str]]:
        """(documents signed, envelope) of each request for which the server acknowledged this phone's approval."""
        with self._lock:
            rows = self._db.execute(
                "SELECT items_signed, envelope.statement FROM request"
                " JOIN statement AS envelope ON envelope.request_id = request.request_id AND envelope.name = 'envelope'"
                " WHERE items_signed > 0 AND EXISTS (SELECT 1 FROM statement AS receipt"
                " WHERE receipt.request_id = request.request_id AND receipt.name = 'acknowledgement')"
            ).fetchall()
        return [(int(count), str(envelope)) for count, envelope in rows]

    # -- requests ---------------------------------------------------------------------------------

    def receive(self, request: JournaledRequest, envelope: str) -> JournaledRequest:
        """Write a request whose envelope was checked, or find it. Raises CheckFailed("envelope_changed")."""
        with self.commit():
            known = self.request(request.request_id)
            if known is not None:
                if known.envelope_sha256 != request.envelope_sha256:
                    raise CheckFailed(
                        "envelope_changed",
                        {"known_sha256": known.envelope_sha256, "offered_sha256": request.envelope_sha256},
                    )
                return known
            values = [getattr(request, field.name) for field in fields(request)]
            marks = ", ".join("?" * len(values))
            self._db.execute(f"INSERT INTO request ({_COLUMNS}) VALUES ({marks})", values)  # noqa: S608
            self.keep_statement(request.request_id, "envelope", envelope)
        return request

    def request(self, request_id: str) -> JournaledRequest | None:
        return next(self._requests("WHERE request_id = ?", (request_id,)), None)

    def in_states(self, states: Sequence[RequestState]) -> list[JournaledRequest]:
        """Oldest first."""
        marks = ", ".join("?" * len(states))
        return list(self._requests(f"WHERE state IN ({marks}) ORDER BY issued_at, request_id", tuple(states)))

    def without_last_word(self, since: int) -> list[JournaledRequest]:
        """What this phone answered and ended by itself after ``since``, and of which the server has not yet
        told the outcome."""
        where = (
            "WHERE finished_at >= ? AND final_state = '' AND audit_sequence IS NULL AND EXISTS (SELECT 1 FROM statement"
            " WHERE statement.request_id = request.request_id AND name IN ('choice', 'approval', 'refusal'))"
            " AND NOT EXISTS (SELECT 1 FROM statement WHERE statement.request_id = request.request_id"
            " AND name = 'withdrawal')"
        )
        return list(self._requests(where, (since,)))

    def finished(self, limit: int, before: int | None, text: str) -> list[JournaledRequest]:
        """Newest first. ``text``: words that begin words of the two names, without regard to case and accents (``search_form``)."""
        clauses = ["finished_at IS NOT NULL"]
        values: list[object] = []
        if before is not None:
            clauses.append("finished_at < ?")
            values.append(before)
        for word in search_words(text):
            clauses.append("instr(search_form(relying_party_name || ' ' || requested_by), ?) > 0")
            values.append(word)
        where = f"WHERE {' AND '.join(clauses)} ORDER BY finished_at DESC LIMIT ?"
        return list(self._requests(where, (*values, limit)))

    def _requests(self, where: str, values: Sequence[object]) -> Iterator[JournaledRequest]:
        with self._lock:
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM request {where}", values).fetchall()  # noqa: S608
        return (JournaledRequest(*row) for row in rows)

    def move(self, request_id: str, new: RequestState) -> None:
        """Raises IllegalMove when the table does not allow it from where the request stands."""
        allowed = [old for old, targets in MOVES.items() if new in targets]
        marks = ", ".join("?" * len(allowed))
        with self.commit():
            moved = self._db.execute(
                f"UPDATE request SET state = ? WHERE request_id = ? AND state IN ({marks})",  # noqa: S608
                (new, request_id, *allowed),
            )
            if moved.rowcount != 1:
                raise IllegalMove(details={"request_id": request_id, "to": str(new)})

    def finish(self, request_id: str, at: int, end_result: str, *, detail: str = "", final_state: str = "") -> bool:
        """Move to FINISHED; False if it was there already (the first end stays). What the key needed is
        dropped."""
        with self.commit():
            try:
                self.move(request_id, RequestState.FINISHED)
            except IllegalMove:
                return False
            self._db.execute(
                "UPDATE request SET finished_at = ?, end_result = ?, detail = ?, final_state = ? WHERE request_id = ?",
                (at, end_result, detail, final_state, request_id),
            )
            self._db.execute("UPDATE items SET dtbs = NULL WHERE request_id = ?", (request_id,))
        return True

    def record_outcome(
        self, request_id: str, counts: tuple[int, int, int], final_state: str, sequence: int, head: str
    ) -> None:
        """What the server's final word says, beside how the request ended here."""
        with self.commit():
            self._db.execute(
                "UPDATE request SET items_signed = ?, items_refused = ?, items_failed = ?, final_state = ?,"
                " audit_sequence = ?, audit_head = ? WHERE request_id = ?",
                (*counts, final_state, sequence, head, request_id),
            )

    # -- statements and items of a request --------------------------------------------------------

    def keep_statement(self, request_id: str, name: str, statement: str) -> None:
        """Keep a statement as evidence; the first of each name stays."""
        with self.commit():
            self._db.execute("INSERT OR IGNORE INTO statement VALUES (?, ?, ?)", (request_id, name, statement))

    def statements(self, request_id: str) -> dict[str, str]:
        with self._lock:
            rows = self._db.execute(
                "SELECT name, statement FROM statement WHERE request_id = ?", (request_id,)
            ).fetchall()
        return {str(name): str(statement) for name, statement in rows}

    def keep_items(self, request_id: str, documents: str, dtbs: Iterable[tuple[int, bytes]]) -> None:
        """What was approved: a JSON list for the history, and (position, DTBS) of what is to be signed."""
        packed = b"".join(position.to_bytes(4, "big") + len(one).to_bytes(2, "big") + one for position, one in dtbs)
        with self.commit():
            self._db.execute(
                "INSERT OR REPLACE INTO items VALUES (?, ?, ?)",
                (request_id, zlib.compress(documents.encode(), 1), zlib.compress(packed, 1)),
            )

    def documents(self, request_id: str) -> str:
        """What was given to ``keep_items``; an empty list of documents if nothing was."""
        with self._lock:
            row = self._db.execute("SELECT documents FROM items WHERE request_id = ?", (request_id,)).fetchone()
        return '{"documents":[]}' if row is None else zlib.decompress(row[0]).decode()

    def to_sign(self, request_id: str) -> list[tuple[int, bytes]]:
        """(position, DTBS) of each approved item, ascending."""
        with self._lock:
            row = self._db.execute("SELECT dtbs FROM items WHERE request_id = ?", (request_id,)).fetchone()
        return [] if row is None or row[0] is None else list(unpack_positions(zlib.decompress(row[0])))

    # -- signature values -------------------------------------------------------------------------

    def keep_chunk(self, request_id: str, first: int, packed: bytes) -> None:
        with self.commit():
            self._db.execute("INSERT INTO chunk VALUES (?, ?, ?, NULL)", (request_id, first, packed))

    def keep_receipt(self, request_id: str, first: int, receipt: str) -> None:
        with self.commit():
            self._db.execute(
                "UPDATE chunk SET receipt = ? WHERE request_id = ? AND first = ?", (receipt, request_id, first)
            )

    def chunks(self, request_id: str) -> list[Chunk]:
        with self._lock:
            rows = self._db.execute(
                "SELECT first, packed, receipt IS NOT NULL FROM chunk WHERE request_id = ? ORDER BY first",
                (request_id,),
            ).fetchall()
        return [Chunk(int(first), bytes(packed), bool(received)) for first, packed, received in rows]

    def forget_values(self, before: int) -> None:
        """Drop the signature values of requests that ended before this time and whose outcome is known."""
        with self.commit():
            self._db.execute(
                "DELETE FROM chunk WHERE request_id IN"
                " (SELECT request_id FROM request WHERE finished_at < ? AND audit_sequence IS NOT NULL)",
                (before,),
            )


def unpack_positions(packed: bytes) -> Iterator[tuple[int, bytes]]:
    """u32be position ‖ u16be length ‖ bytes, repeated."""
    at = 0
    while at < len(packed):
        length = int.from_bytes(packed[at + 4 : at + 6], "big")
        yield int.from_bytes(packed[at : at + 4], "big"), packed[at + 6 : at + 6 + length]
        at += 6 + length
