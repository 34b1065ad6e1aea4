"""Whether a certificate leads to a trust root, at a given time (RFC 5280, 6; by pyHanko's path validation).

Nothing is fetched. Revocation data of the document count where they are there; their absence is no fault (the trust root's owner answers
for that), a revocation before the time in question is. Signers and time-stamp authorities have roots of their own.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

from asn1crypto import x509
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation.generic_cms import validate_cert_usage
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from server.pdf.verifying.revocation import answers
from server.pdf.verifying.security_store import SecurityStore

SIGNING = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)
TIME_STAMPING = KeyUsageConstraints(extd_key_usage={"time_stamping"})
_REVOKED = {AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE}
_EXPIRED = {AdESIndeterminate.OUT_OF_BOUNDS_NO_POE}


@dataclass(frozen=True)
class TrustVerdict:
    """``code``: ``certificate_expired`` or ``certificate_revoked`` where that is the reason."""

    trust: Literal["trusted", "untrusted", "unknown"]
    code: str = ""


@dataclass(frozen=True)
class TrustJudge:
    """``roots`` and ``timestamp_roots`` hold DER certificates; ``moment`` None is now."""

    roots: Sequence[bytes]
    timestamp_roots: Sequence[bytes]
    store: SecurityStore
    moment: datetime | None = None

    def signer(self, certificate: x509.Certificate | None, others: Sequence[x509.Certificate], at: datetime | None) -> TrustVerdict:
        """At the proven time ``at``, or now."""
        return self._judge(certificate, others, at, self.roots, SIGNING)

    def authority(self, certificate: x509.Certificate | None, others: Sequence[x509.Certificate], at: datetime | None) -> TrustVerdict:
        """A time-stamp authority's certificate (RFC 3161, 2.3)."""
        return self._judge(certificate, others, at, self.timestamp_roots, TIME_STAMPING)

    def _judge(
        self,
        certificate: x509.Certificate | None,
        others: Sequence[x509.Certificate],
        at: datetime | None,
        roots: Sequence[bytes],
        usage: KeyUsageConstraints,
    ) -> TrustVerdict:
        if certificate is None:
            return TrustVerdict("unknown")
        if not roots:
            return TrustVerdict("untrusted")
        loop = asyncio.new_event_loop()
        try:
            context = ValidationContext(
                trust_roots=[x509.Certificate.load(root) for root in roots],
                other_certs=[*others, *self.store.certificates],
                crls=list(self.store.crls),
                ocsps=list(self.store.ocsps),
                allow_fetching=False,
                moment=at or self.moment,
                retroactive_revinfo=True,
            )
            result = loop.run_until_complete(
                validate_cert_usage(
                    certificate, context, usage, context.path_builder.async_build_paths_lazy(certificate)
                )
            )
        except Exception:  # noqa: BLE001 pyHanko's errors of reading certificates and building paths share no base
            return TrustVerdict("unknown")
        finally:
            loop.close()
        if result.error_subindic is None:
            return self._unless_revoked(result.success_result, at or self.moment)
        if result.error_subindic in _REVOKED:
            return TrustVerdict("untrusted", "certificate_revoked")
        return TrustVerdict("untrusted", "certificate_expired" if result.error_subindic in _EXPIRED else "")

    def _unless_revoked(self, path: ValidationPath | None, at: datetime | None) -> TrustVerdict:
        """pyHanko asks only for certificates that name where to ask; what the document holds counts for all of them."""
        chain = [] if path is None else list(path.iter_certs(include_root=True))
        moment = at or datetime.now(UTC)
        for issuer, certificate in pairwise(chain):
            if any(one.revoked is not None and one.revoked <= moment for one in answers(certificate, issuer, self.store)):
                return TrustVerdict("untrusted", "certificate_revoked")
        return TrustVerdict("trusted")
