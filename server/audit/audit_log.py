"""The audit log: every security-relevant move, each entry chained to the one before it.

Rules: an entry is written in the transaction of the move that it records; facts are ids, numbers and digests; personal text stands in
the facts as a salted digest and beside the chain in clear, where it can be erased; statements of phones are kept whole as evidence.
hash = SHA-256(PAE("phoneseal.audit.v1", lp(previous) lp(sequence) lp(at) lp(kind) lp(actor) lp(subject) lp(facts) lp(evidence))).
"""

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from server.errors import VerificationFailed
from server.statements import Statement, lp, pae

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """``at`` in milliseconds since the epoch; ``facts`` the JSON text that was hashed."""

    sequence: int
    at: int
    kind: str
    actor: str
    subject: str
    facts: str
    evidence_sha256: str
    previous_hash: bytes
    hash: bytes


class AuditStore(Protocol):
    def head(self) -> Entry | None: ...

    def add(self, entry: Entry) -> None: ...

    def add_personal_text(self, digest: str, salt: bytes, text: str, sequence: int) -> None: ...

    def add_evidence(self, statement: Statement, public_key: bytes, received_at: float) -> None: ...

    def entries(self) -> Iterator[Entry]: ...


class AuditTransaction(Protocol):
    @property
    def audit(self) -> AuditStore: ...


def entry_hash(entry: Entry) -> bytes:
    fields = (
        entry.previous_hash,
        entry.sequence,
        entry.at,
        entry.kind,
        entry.actor,
        entry.subject,
        entry.facts,
        entry.evidence_sha256,
    )
    return hashlib.sha256(pae("phoneseal.audit.v1", b"".join(lp(field) for field in fields))).digest()


def record(
    tx: AuditTransaction,
    kind: str,
    *,
    now: float,
    actor: str,
    subject: str,
    facts: Mapping[str, object] | None = None,
    personal: Mapping[str, str] | None = None,
    evidence: tuple[Statement, bytes] | None = None,
) -> Entry:
    """Appends one entry in the caller's transaction. ``personal`` maps a fact's name to text that may have to be erased one day;
    ``evidence`` is a phone's statement with the public key (SPKI) that it was verified with."""
    last = tx.audit.head()
    sequence = last.sequence + 1 if last else 1
    known = dict(facts or {})
    for name, text in (personal or {}).items():
        salt = secrets.token_bytes(16)
        digest = hashlib.sha256(pae("phoneseal.personal.v1", salt + text.encode())).hexdigest()
        known[name] = {"salted_sha256": digest}
        tx.audit.add_personal_text(digest, salt, text, sequence)
    evidence_sha256 = ""
    if evidence is not None:
        evidence_sha256 = evidence[0].digest.hex()
        tx.audit.add_evidence(evidence[0], evidence[1], now)
    text = json.dumps(known, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    previous = last.hash if last else GENESIS
    bare = Entry(sequence, int(now * 1000), kind, actor, subject, text, evidence_sha256, previous, b"")
    entry = Entry(sequence, bare.at, kind, actor, subject, text, evidence_sha256, previous, entry_hash(bare))
    tx.audit.add(entry)
    return entry


def verify_chain(entries: Iterator[Entry]) -> Entry | None:
    """Walks the whole chain and returns its head. Raises ``VerificationFailed`` naming the first entry that does not fit."""
    last: Entry | None = None
    for entry in entries:
        if entry.sequence != (last.sequence + 1 if last else 1):
            raise VerificationFailed("an entry is missing", code="audit_gap", details={"sequence": entry.sequence})
        if entry.previous_hash != (last.hash if last else GENESIS):
            raise VerificationFailed(
                "the chain is broken", code="audit_chain_broken", details={"sequence": entry.sequence}
            )
        if entry.hash != entry_hash(entry):
            raise VerificationFailed(
                "an entry was changed", code="audit_entry_changed", details={"sequence": entry.sequence}
            )
        last = entry
    return last
