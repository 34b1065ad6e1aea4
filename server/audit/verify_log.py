"""``python -m server audit verify``: does the log hold together, and does everything else agree with it?

Checked: the chain; every statement that an entry names is there and verifies with the key that it was taken with; personal texts fit
their salted digests; every signed file that the store claims was recorded once, and its bytes have that digest; no other row speaks of
an entry behind the head. A log that was cut off where nothing else speaks of what is gone looks whole: that is what the heads that phones
keep are for.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from server.audit.audit_log import Entry, verify_chain
from server.errors import VerificationFailed
from server.statements import Statement, pae, verify_p256


class ReadableAudit(Protocol):
    def entries(self) -> Iterator[Entry]: ...
    def evidence(self, statement_sha256: str) -> tuple[Statement, bytes] | None: ...
    def personal_texts(self) -> Iterator[tuple[str, bytes, str | None]]: ...
    def signed_files(self) -> Iterator[tuple[str, int, str]]: ...
    def last_named(self) -> int: ...
    def evidence_digests(self) -> Iterator[str]: ...


class LogTransaction(Protocol):
    @property
    def audit(self) -> ReadableAudit: ...


class LogStore(Protocol):
    def read(self) -> AbstractContextManager[LogTransaction]: ...


class LogBlobs(Protocol):
    def path(self, area: str, sha256: str) -> Path: ...


@dataclass
class LogReport:
    entries: int = 0
    statements: int = 0
    files: int = 0
    head: str = ""
    problems: list[str] = field(default_factory=list)


def verify_log(store: LogStore, blobs: LogBlobs) -> LogReport:
    """Reads everything, reports every problem; an empty list means that all agree. What stands behind a broken place of the chain is
    not compared: it proves nothing."""
    report, walk = LogReport(), _Walk()
    with store.read() as tx:
        try:
            head = verify_chain(walk.read(tx.audit, report))
        except VerificationFailed as error:
            report.problems.append(f"{error.code} at entry {error.details.get('sequence')}")
        else:
            report.head = head.hash.hex() if head else "none"
            if tx.audit.last_named() > (head.sequence if head else 0):
                report.problems.append(f"the log was cut off: other rows name entry {tx.audit.last_named()}")
            for digest in tx.audit.evidence_digests():
                if digest not in walk.evidence:
                    report.problems.append(f"the log was cut off: no entry names statement {digest}")
            walk.whole = True
        for digest, salt, text in tx.audit.personal_texts():
            if text is not None and _personal_digest(salt, text) != digest:
                report.problems.append(f"personal text {digest} was changed")
        files = list(tx.audit.signed_files())
    for request_id, position, sha256 in files:
        report.files += 1
        if walk.whole and walk.recorded.get((request_id, position)) != [sha256]:
            report.problems.append(f"{request_id} item {position}: signed file not recorded exactly once")
        _check_file(blobs.path("documents", sha256), sha256, f"{request_id} item {position}", report)
    for (request_id, position), digests in walk.recorded.items():
        if len(digests) > 1:
            report.problems.append(f"{request_id} item {position}: recorded {len(digests)} times")
    return report


def _personal_digest(salt: bytes, text: str) -> str:
    return hashlib.sha256(pae("phoneseal.personal.v1", salt + text.encode())).hexdigest()


class _Walk:
    """What the entries say, taken from each entry once the chain has passed over it."""

    def __init__(self) -> None:
        self.recorded: dict[tuple[str, int], list[str]] = {}
        self.evidence: set[str] = set()
        self.whole = False

    def read(self, audit: ReadableAudit, report: LogReport) -> Iterator[Entry]:
        for entry in audit.entries():
            report.entries += 1
            yield entry
            if entry.evidence_sha256:
                self.evidence.add(entry.evidence_sha256)
                _check_evidence(entry, audit, report)
            if entry.kind == "documents_signed":
                for position, _prepared, sha256 in json.loads(entry.facts)["files"]:
                    self.recorded.setdefault((entry.subject, position), []).append(sha256)


def _check_evidence(entry: Entry, audit: ReadableAudit, report: LogReport) -> None:
    report.statements += 1
    found = audit.evidence(entry.evidence_sha256)
    if found is None:
        report.problems.append(f"entry {entry.sequence}: its statement is missing")
        return
    statement, public_key = found
    if statement.digest.hex() != entry.evidence_sha256:
        report.problems.append(f"entry {entry.sequence}: its statement was changed")
        return
    try:
        verify_p256(statement, public_key, code="statement_signature_invalid")
    except (VerificationFailed, ValueError):
        report.problems.append(f"entry {entry.sequence}: its statement's signature does not verify")


def _check_file(path: Path, sha256: str, name: str, report: LogReport) -> None:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                digest.update(piece)
    except FileNotFoundError:
        report.problems.append(f"{name}: signed file is missing")
        return
    if digest.hexdigest() != sha256:
        report.problems.append(f"{name}: signed file was changed")
