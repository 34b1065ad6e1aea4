"""What is kept of finished requests, for the person and for whoever must be shown it later."""

from collections.abc import Mapping
from dataclasses import dataclass

from mobile_app.device.certificates import PhoneCertificate, certificate_for
from mobile_app.device.interaction import RequestResult
from mobile_app.device.journal import Journal
from mobile_app.device.request_book import result_of
from mobile_app.link.fields import parse_json


@dataclass(frozen=True, slots=True)
class FinishedRequest:
    """One entry of the history. Times in milliseconds by the server's clock."""

    result: RequestResult
    relying_party_name: str
    requested_by: str
    item_count: int
    issued_at: int
    finished_at: int
    audit_sequence: int | None
    audit_head: str | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the phone keeps about a request: each signed statement as received or sent (JSON text), by
    name: ``envelope``, ``choice``, ``verdict``, ``approval``, ``acknowledgement``, ``refusal``,
    ``withdrawal``, ``outcome``."""

    request_id: str
    certificate: PhoneCertificate | None
    """The one that the envelope asked for; None when an app from before certificates were kept has forgotten it."""
    statements: Mapping[str, str]
    documents: tuple[Mapping[str, object], ...]
    """Per item, once decided: position, title, document_code, prepared_sha256, decision (``approve`` or
    ``refuse``), reason."""


def finished_requests(journal: Journal, limit: int, before: int | None, text: str) -> list[FinishedRequest]:
    return [
        FinishedRequest(
            result=result_of(row),
            relying_party_name=row.relying_party_name,
            requested_by=row.requested_by,
            item_count=row.item_count,
            issued_at=row.issued_at,
            finished_at=row.finished_at or 0,
            audit_sequence=row.audit_sequence,
            audit_head=row.audit_head,
        )
        for row in journal.finished(limit, before, text)
    ]


def evidence_of(journal: Journal, request_id: str) -> Evidence:
    """Raises KeyError."""
    if journal.request(request_id) is None:
        raise KeyError(request_id)
    kept = parse_json(journal.documents(request_id))
    assert isinstance(kept, dict)
    statements = journal.statements(request_id)
    certificate = certificate_for(journal, statements["envelope"]) if "envelope" in statements else None
    return Evidence(request_id, certificate, statements, tuple(kept["documents"]))
