"""What a document's CRLs and OCSP responses say of one certificate, as far as its issuer vouches for it (RFC 5280, 5; RFC 6960).

A CRL counts when the issuer's key signed it, an OCSP response when it is about this serial number and signed by the issuer or by a
responder that it certified. Everything else says nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import crl, ocsp, x509

from server.pdf.verifying.algorithms import AlgorithmUnsupported, scheme_of, value_holds
from server.pdf.verifying.cms_message import ASN1_ERRORS
from server.pdf.verifying.security_store import SecurityStore


@dataclass(frozen=True)
class Answer:
    """``revoked``: since when the certificate is, or None. ``next_update``: until when the answer is good, None for no end."""

    revoked: datetime | None
    next_update: datetime | None

    def timely(self, at: datetime | None) -> bool:
        """Good at that time; None asks for none."""
        return at is None or self.next_update is None or self.next_update >= at


def answers(certificate: x509.Certificate, issuer: x509.Certificate, store: SecurityStore) -> Iterator[Answer]:
    """Of every CRL and response that counts."""
    for revocations in store.crls:
        try:
            yield from _by_crl(certificate, issuer, revocations)
        except ASN1_ERRORS:
            continue
    for response in store.ocsps:
        try:
            yield from _by_ocsp(certificate, issuer, response, store)
        except ASN1_ERRORS:
            continue


def _by_crl(certificate: x509.Certificate, issuer: x509.Certificate, revocations: crl.CertificateList) -> Iterator[Answer]:
    listed = revocations["tbs_cert_list"]
    if listed["issuer"].hashable != issuer.subject.hashable:
        return
    if not signed_by(issuer, revocations["signature_algorithm"], listed, revocations["signature"]):
        return
    entries = (one for one in listed["revoked_certificates"] if one["user_certificate"].native == certificate.serial_number)
    found = next(entries, None)
    yield Answer(None if found is None else found["revocation_date"].native, listed["next_update"].native)


def _by_ocsp(
    certificate: x509.Certificate, issuer: x509.Certificate, response: ocsp.OCSPResponse, store: SecurityStore
) -> Iterator[Answer]:
    if response["response_status"].native != "successful":
        return
    basic = response["response_bytes"]["response"].parsed
    about = [one for one in basic["tbs_response_data"]["responses"] if _is_about(one, certificate, issuer)]
    given = [] if basic["certs"].native is None else list(basic["certs"])
    if about and any(
        signed_by(one, basic["signature_algorithm"], basic["tbs_response_data"], basic["signature"])
        for one in (issuer, *given, *store.certificates)
        if one.dump() == issuer.dump() or _is_responder(one, issuer)
    ):
        for one in about:
            status = one["cert_status"]
            if status.name in ("good", "revoked"):
                revoked = status.chosen["revocation_time"].native if status.name == "revoked" else None
                yield Answer(revoked, one["next_update"].native)


def _is_about(single: ocsp.SingleResponse, certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    told = single["cert_id"]
    algorithm = told["hash_algorithm"]["algorithm"].native
    if algorithm not in ("sha1", "sha256", "sha384", "sha512") or told["serial_number"].native != certificate.serial_number:
        return False
    key = bytes(issuer.public_key["public_key"])
    wanted = (hashlib.new(algorithm, issuer.subject.dump()).digest(), hashlib.new(algorithm, key).digest())
    return bool(wanted == (told["issuer_name_hash"].native, told["issuer_key_hash"].native))


def _is_responder(candidate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Certified by the issuer itself for this purpose (RFC 6960, 4.2.2.2)."""
    usage = candidate.extended_key_usage_value
    return (
        usage is not None
        and "ocsp_signing" in usage.native
        and candidate.issuer.hashable == issuer.subject.hashable
        and signed_by(issuer, candidate["signature_algorithm"], candidate["tbs_certificate"], candidate["signature_value"])
    )


def issuer_of(certificate: x509.Certificate, pool: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """The certificate in ``pool`` whose key signed this one."""
    for candidate in pool:
        try:
            if candidate.subject.hashable != certificate.issuer.hashable:
                continue
            if signed_by(candidate, certificate["signature_algorithm"], certificate["tbs_certificate"], certificate["signature_value"]):
                return candidate
        except ASN1_ERRORS:
            continue
    return None


def signed_by(signer: x509.Certificate, algorithm, signed, value) -> bool:  # type: ignore[no-untyped-def]
    try:
        return value_holds(signer.public_key.dump(), scheme_of(algorithm, ""), signed.dump(), value.native)
    except AlgorithmUnsupported:
        return False
