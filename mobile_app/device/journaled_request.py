"""What the journal holds: a request's states with the one table of allowed moves, its row, a certificate's row, and
the tables behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mobile_app.errors import PhoneError

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS request (
  request_id TEXT PRIMARY KEY, envelope_sha256 TEXT NOT NULL, state TEXT NOT NULL,
  relying_party_name TEXT NOT NULL, requested_by TEXT NOT NULL,
  item_count INTEGER NOT NULL, total_pages INTEGER NOT NULL, total_bytes INTEGER NOT NULL,
  issued_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, received_at INTEGER NOT NULL,
  finished_at INTEGER, end_result TEXT NOT NULL DEFAULT '', final_state TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '', items_signed INTEGER NOT NULL DEFAULT 0,
  items_refused INTEGER NOT NULL DEFAULT 0, items_failed INTEGER NOT NULL DEFAULT 0,
  audit_sequence INTEGER, audit_head TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_by_state ON request (state, issued_at);
CREATE INDEX IF NOT EXISTS request_by_end ON request (finished_at) WHERE finished_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS statement (
  request_id TEXT NOT NULL, name TEXT NOT NULL, statement TEXT NOT NULL, PRIMARY KEY (request_id, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS items (request_id TEXT PRIMARY KEY, documents BLOB NOT NULL, dtbs BLOB);
CREATE TABLE IF NOT EXISTS chunk (
  request_id TEXT NOT NULL, first INTEGER NOT NULL, packed BLOB NOT NULL, receipt TEXT, PRIMARY KEY
  (request_id, first)
);
CREATE TABLE IF NOT EXISTS certificate (
  certificate_sha256 TEXT PRIMARY KEY, certificate BLOB NOT NULL, chain TEXT NOT NULL,
  subscriber_name TEXT NOT NULL, server_name TEXT NOT NULL, signature_algorithm TEXT NOT NULL,
  key_protection TEXT NOT NULL, paired_at INTEGER NOT NULL, ended_at INTEGER, end_reason TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
"""


class RequestState(StrEnum):
    """How far this phone has come with a request."""

    RECEIVED = "RECEIVED"
    CHOSEN = "CHOSEN"
    RIGHT = "RIGHT"
    APPROVED = "APPROVED"
    SIGNING = "SIGNING"
    SENT = "SENT"
    REFUSING = "REFUSING"
    FINISHED = "FINISHED"


_S = RequestState
MOVES: Final[Mapping[RequestState, frozenset[RequestState]]] = {
    _S.RECEIVED: frozenset((_S.CHOSEN, _S.REFUSING, _S.FINISHED)),
    _S.CHOSEN: frozenset((_S.RIGHT, _S.REFUSING, _S.FINISHED)),
    _S.RIGHT: frozenset((_S.APPROVED, _S.REFUSING, _S.FINISHED)),
    _S.APPROVED: frozenset((_S.SIGNING, _S.REFUSING, _S.FINISHED)),  # REFUSING: the server won't take the approval
    _S.SIGNING: frozenset((_S.SENT, _S.FINISHED)),
    _S.SENT: frozenset((_S.FINISHED,)),
    _S.REFUSING: frozenset((_S.FINISHED,)),
    _S.FINISHED: frozenset(),
}
WAITING_STATES: Final = (_S.RECEIVED, _S.CHOSEN, _S.RIGHT, _S.APPROVED, _S.SIGNING)


class IllegalMove(PhoneError):
    """The request is not where the caller thinks: another thread ended it meanwhile."""

    code = "request_moved_on"


@dataclass(frozen=True, slots=True)
class JournaledRequest:
    """One row. Times in milliseconds by the server's clock, ``received_at`` and ``finished_at`` by the
    phone's reckoning of it."""

    request_id: str
    envelope_sha256: str
    state: str
    relying_party_name: str
    requested_by: str
    item_count: int
    total_pages: int
    total_bytes: int
    issued_at: int
    expires_at: int
    received_at: int
    finished_at: int | None = None
    end_result: str = ""
    final_state: str = ""
    detail: str = ""
    items_signed: int = 0
    items_refused: int = 0
    items_failed: int = 0
    audit_sequence: int | None = None
    audit_head: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Signature values as packed for the wire; ``first`` is the first position in it."""

    first: int
    packed: bytes
    received: bool


@dataclass(frozen=True, slots=True)
class KeptCertificate:
    """One row: the public part of a certificate that this phone signs or signed with. DER; ``chain`` is base64url, from the
    issuer up, parted by blanks. Times in milliseconds; ``ended_at`` is None for the one in use."""

    certificate_sha256: str
    certificate: bytes
    chain: str
    subscriber_name: str
    server_name: str
    signature_algorithm: str
    key_protection: str
    paired_at: int
    ended_at: int | None = None
    end_reason: str = ""
