"""Offers: what one phone was asked, and what it answered before the approval."""

import json
import sqlite3
from dataclasses import asdict

from server.errors import Conflict, NotFound
from server.signing.offer import Offer
from server.statements import Statement, read_statement
from server.storage.rows import dump, insert, to_entity


def _statement(stored: str) -> Statement:
    return read_statement(json.loads(stored))


_OFFER = {"envelope": _statement}


class OfferTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, offer: Offer) -> None:
        """Raises ``Conflict(already_offered)`` when this phone has an offer of the request: the first envelope stands."""
        values = asdict(offer)
        values["envelope"] = dump(offer.envelope.to_json())
        try:
            insert(self._db, "offers", values)
        except sqlite3.IntegrityError as error:
            raise Conflict("this phone has an offer already", code="already_offered") from error

    def find(self, request_id: str, device_id: str) -> Offer | None:
        row = self._db.execute(
            "SELECT * FROM offers WHERE request_id = ? AND device_id = ?", (request_id, device_id)
        ).fetchone()
        return to_entity(Offer, row, _OFFER) if row else None

    def get(self, request_id: str, device_id: str) -> Offer:
        offer = self.find(request_id, device_id)
        if offer is None:
            raise NotFound("no such sign request for this phone", code="request_unknown")
        return offer

    def of_request(self, request_id: str) -> list[Offer]:
        rows = self._db.execute("SELECT * FROM offers WHERE request_id = ? ORDER BY device_id", (request_id,))
        return [to_entity(Offer, row, _OFFER) for row in rows]

    def set_pushed(self, request_id: str, device_id: str, at: float) -> bool:
        done = self._db.execute(
            "UPDATE offers SET pushed_at = ? WHERE request_id = ? AND device_id = ? AND pushed_at IS NULL",
            (at, request_id, device_id),
        )
        return done.rowcount == 1

    def set_told(self, request_id: str, device_id: str, at: float) -> bool:
        done = self._db.execute(
            "UPDATE offers SET told_at = ? WHERE request_id = ? AND device_id = ? AND told_at IS NULL",
            (at, request_id, device_id),
        )
        return done.rowcount == 1

    def set_opened(self, request_id: str, device_id: str, at: float) -> bool:
        done = self._db.execute(
            "UPDATE offers SET opened_at = ? WHERE request_id = ? AND device_id = ? AND opened_at IS NULL",
            (at, request_id, device_id),
        )
        return done.rowcount == 1

    def set_verdict(self, request_id: str, device_id: str, choice_sha256: str, verdict: str, at: float) -> None:
        """One try: raises ``Conflict(code_already_chosen)`` when a choice is stored."""
        done = self._db.execute(
            "UPDATE offers SET choice_sha256 = ?, verdict = ?, verdict_at = ? WHERE request_id = ? AND device_id = ?"
            " AND choice_sha256 IS NULL",
            (choice_sha256, verdict, at, request_id, device_id),
        )
        if done.rowcount != 1:
            raise Conflict("the code was chosen already", code="code_already_chosen")

    def set_approval(self, request_id: str, device_id: str, approval_sha256: str) -> None:
        self._db.execute(
            "UPDATE offers SET approval_sha256 = ? WHERE request_id = ? AND device_id = ?",
            (approval_sha256, request_id, device_id),
        )

    def withdraw(self, request_id: str, device_id: str, end_result: str) -> bool:
        done = self._db.execute(
            "UPDATE offers SET withdrawn = ? WHERE request_id = ? AND device_id = ? AND withdrawn IS NULL",
            (end_result, request_id, device_id),
        )
        return done.rowcount == 1
