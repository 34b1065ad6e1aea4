"""What pairing asks of a certificate authority; the registration flow will stand behind the same port."""

from dataclasses import dataclass
from typing import Protocol

from server.errors import Unavailable
from server.subscribers.subscriber import Subscriber


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """DER; ``chain`` from the issuer upwards. Times are seconds since the epoch."""

    certificate: bytes
    chain: tuple[bytes, ...]
    not_before: float
    not_after: float


class CertificateIssuer(Protocol):
    def check_can_issue(self, subscriber: Subscriber, now: float) -> None:
        """Asked before a pairing begins, so that nobody compares digits for nothing. Raises ``Unavailable(issuer_unavailable)``,
        ``Conflict(certificate_name_unfit)``."""
        ...

    def issue(self, csr_der: bytes, subscriber: Subscriber, now: float) -> IssuedCertificate:
        """Only the public key is taken from the CSR. Raises ``VerificationFailed(csr_invalid | key_not_allowed)``."""
        ...

    def trust_roots(self) -> tuple[bytes, ...]:
        """DER certificates that signatures by this issuer's subscribers chain to."""
        ...


class NoIssuer:
    """Where no issuer is configured, pairing says so before anything is made."""

    def check_can_issue(self, subscriber: Subscriber, now: float) -> None:
        raise Unavailable("no certificate issuer is configured", code="issuer_unavailable")

    def issue(self, csr_der: bytes, subscriber: Subscriber, now: float) -> IssuedCertificate:
        raise Unavailable("no certificate issuer is configured", code="issuer_unavailable")

    def trust_roots(self) -> tuple[bytes, ...]:
        return ()
