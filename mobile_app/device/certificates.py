"""The certificates this phone signs with and has signed with: public parts only, kept in the journal.

Rules:
* A certificate is kept, with the chain that was checked, in the same commit as the identity; it ends in the same commit in which the
  identity is forgotten. At most one has not ended, and that is the identity's.
* It never leaves the journal: what was signed with it must stay explainable when its key is long gone.
* A pairing from before certificates were kept has no chain; it is kept like all others when it ends.
* How many documents were signed: by the server's outcomes, for requests whose approval by this phone the server acknowledged.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from mobile_app.device.certificate_facts import read_certificate
from mobile_app.device.identity import Identity, kept_identity
from mobile_app.device.journal import Journal
from mobile_app.device.journaled_request import KeptCertificate
from mobile_app.link import fields
from mobile_app.link.server_statements import read_envelope
from mobile_app.link.wire import read_statement


class CertificateEnd(StrEnum):
    """Why this phone signs with it no longer."""

    UNLINKED = "unlinked"
    """The person unlinked this phone, here."""
    UNLINKED_ELSEWHERE = "unlinked_elsewhere"
    """The server ended the pairing; the person then had this phone forget it."""
    EXPIRED = "expired"
    """It had run out when the pairing ended, whoever ended that."""
    REPLACED = "replaced"
    """Another certificate took its place."""


@dataclass(frozen=True, slots=True)
class PhoneCertificate:
    """DER; ``certificate_chain`` from the issuer to the root, empty where it was not kept. Times in milliseconds."""

    certificate: bytes
    certificate_chain: tuple[bytes, ...]
    certificate_sha256: str
    subscriber_name: str
    server_name: str
    signature_algorithm: str
    key_protection: str
    paired_at: int
    ended_at: int | None = None
    end: CertificateEnd | None = None


def keep_certificate(journal: Journal, identity: Identity, chain: Iterable[bytes]) -> None:
    """``identity`` has just been taken on: whatever has not ended yet ends as replaced."""
    with journal.commit():
        journal.end_certificates(identity.paired_at, CertificateEnd.REPLACED)
        journal.keep_certificate(_kept(identity, chain))


def end_certificate(journal: Journal, at: int, end: CertificateEnd) -> None:
    """Before the identity is forgotten. One that has run out by ``at`` ends as expired."""
    identity = kept_identity(journal)
    if identity is None:
        return
    if at > read_certificate(identity.certificate).ends_at:
        end = CertificateEnd.EXPIRED
    with journal.commit():
        journal.keep_certificate(_kept(identity, ()))
        journal.end_certificates(at, end)


def certificates(journal: Journal) -> list[PhoneCertificate]:
    """That of the identity first, then the others, the one that ended last before those that ended earlier."""
    identity = kept_identity(journal)
    found = [_read(row) for row in journal.certificates()]
    if identity is not None and identity.certificate_sha256 not in {one.certificate_sha256 for one in found}:
        found.insert(0, _read(_kept(identity, ())))
    return sorted(found, key=lambda one: (one.ended_at is not None, -(one.ended_at or 0)))


def signed_documents(journal: Journal, certificate_sha256: str) -> int:
    """Reads every envelope that led to a signature: not for the main thread."""
    return sum(
        count for count, envelope in journal.signed_envelopes() if _certificate_of(envelope) == certificate_sha256
    )


def certificate_for(journal: Journal, envelope: str) -> PhoneCertificate | None:
    """The certificate that a stored envelope asked for, which need not be the present one."""
    wanted = _certificate_of(envelope)
    return next((one for one in certificates(journal) if one.certificate_sha256 == wanted), None)


def _certificate_of(envelope: str) -> str:
    statement = read_statement(fields.parse_json(envelope), "envelope")
    return read_envelope(fields.parse_json(statement.body)).certificate_sha256


def _kept(identity: Identity, chain: Iterable[bytes]) -> KeptCertificate:
    return KeptCertificate(
        certificate_sha256=identity.certificate_sha256,
        certificate=identity.certificate,
        chain=" ".join(fields.encode_bytes(one) for one in chain),
        subscriber_name=identity.subscriber_name,
        server_name=identity.server_name,
        signature_algorithm=identity.signature_algorithm,
        key_protection=identity.key_protection,
        paired_at=identity.paired_at,
    )


def _read(row: KeptCertificate) -> PhoneCertificate:
    return PhoneCertificate(
        certificate=row.certificate,
        certificate_chain=tuple(fields.octets(one, "chain", 1, 1 << 16) for one in row.chain.split()),
        certificate_sha256=row.certificate_sha256,
        subscriber_name=row.subscriber_name,
        server_name=row.server_name,
        signature_algorithm=row.signature_algorithm,
        key_protection=row.key_protection,
        paired_at=row.paired_at,
        ended_at=row.ended_at,
        end=CertificateEnd(row.end_reason) if row.end_reason else None,
    )
