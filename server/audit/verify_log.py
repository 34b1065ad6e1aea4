"""``python -m server audit verify``: does the log hold together, and does everything else agree with it?

Checked: the chain; every statement that an entry names is there and verifies with the key that it was taken with; personal texts fit
their salted digests; every signed file that the store claims was recorded once, and its bytes have that digest.
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
    """Reads everything, reports every problem; an empty list means that all agree."""
    report = LogReport()
    recorded: dict[tuple[str, int], list[str]] = {}
    with store.read() as tx:
        try:
            head = verify_chain(_counted(tx.audit.entries(), report, recorded, tx.audit))
            report.head = head.hash.hex() if head else "none"
        except VerificationFailed as error:
            report.problems.append(f"{error.code} at entry {error.details.get('sequence')}")
        for digest, salt, text in tx.audit.personal_texts():
            if (
                text is not None
                and hashlib.sha256(pae("phoneseal.personal.v1", salt + text.encode())).hexdigest() != digest
            ):
                report.problems.append(f"personal text {digest} was changed")
        files = list(tx.audit.signed_files())
    for request_id, position, sha256 in files:
        report.files += 1
        if recorded.get((request_id, position)) != [sha256]:
            report.problems.append(f"{request_id} item {position}: signed file not recorded exactly once")
        _check_file(blobs.path("documents", sha256), sha256, f"{request_id} item {position}", report)
    for (request_id, position), digests in recorded.items():
        if len(digests) > 1:
            report.problems.append(f"{request_id} item {position}: recorded {len(digests)} times")
    return report


def _counted(
    entries: Iterator[Entry],
    report: LogReport,
    recorded: dict[tuple[str, int], list[str]],
    audit: ReadableAudit,
) -> Iterator[Entry]:
    for entry in entries:
        report.entries += 1
        if entry.evidence_sha256:
            _check_evidence(entry, audit, report)
        if entry.kind == "documents_signed":
            for position, _prepared, sha256 in json.loads(entry.facts)["files"]:
                recorded.setdefault((entry.subject, position), []).append(sha256)
        yield entry


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
    except VerificationFailed:
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
