"""Do the revocation data in the document cover a chain? Only then a signature is B-LT (EN 319 142-1, 6.3; RFC 5280, 5; RFC 6960).

A chain is followed by name and signature from its end to a certificate that signs itself or a trust root. Each certificate below needs an
answer that its issuer gave: a CRL that the issuer's key signed, or an OCSP response for this serial number, signed by the issuer or by a
responder that it certified. An answer that was out of date at the time of signing covers nothing.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

from asn1crypto import crl, ocsp, x509

from server.pdf.verifying.algorithms import AlgorithmUnsupported, scheme_of, value_holds
from server.pdf.verifying.cms_message import ASN1_ERRORS
from server.pdf.verifying.security_store import SecurityStore

_MAX_CHAIN = 12
_NO_CHECK = "1.3.6.1.5.5.7.48.1.5"


def chain_is_covered(
    certificate: x509.Certificate | None,
    others: Iterable[x509.Certificate],
    store: SecurityStore,
    roots: Sequence[bytes],
    at: datetime | None,
) -> bool:
    """``at``: the time that the answers must still be good for; None asks for none."""
    pool = {one.dump(): one for one in (*others, *store.certificates)}
    anchors = {bytes(root) for root in roots}
    current = certificate
    for _ in range(_MAX_CHAIN):
        if current is None:
            return False
        if current.dump() in anchors or _signs_itself(current):
            return True
        issuer = _issuer_of(current, (*pool.values(), *(x509.Certificate.load(root) for root in anchors)))
        if issuer is None or not _answered(current, issuer, store, at):
            return False
        current = issuer
    return False


def _issuer_of(certificate: x509.Certificate, pool: Iterable[x509.Certificate]) -> x509.Certificate | None:
    for candidate in pool:
        try:
            if candidate.subject.hashable != certificate.issuer.hashable:
                continue
            if _signed_by(candidate, certificate["signature_algorithm"], certificate["tbs_certificate"], certificate["signature_value"]):
                return candidate
        except ASN1_ERRORS:
            continue
    return None


def _signs_itself(certificate: x509.Certificate) -> bool:
    return _issuer_of(certificate, [certificate]) is not None


def _signed_by(signer: x509.Certificate, algorithm, signed, value) -> bool:  # type: ignore[no-untyped-def]
    try:
        return value_holds(signer.public_key.dump(), scheme_of(algorithm, ""), signed.dump(), value.native)
    except AlgorithmUnsupported:
        return False


def _answered(certificate: x509.Certificate, issuer: x509.Certificate, store: SecurityStore, at: datetime | None) -> bool:
    if any(extension["extn_id"].dotted == _NO_CHECK for extension in certificate["tbs_certificate"]["extensions"]):
        return True  # a responder whose issuer says that nobody needs to ask (RFC 6960, 4.2.2.2.1)
    return any(_by_crl(issuer, one, at) for one in store.crls) or any(
        _by_ocsp(certificate, issuer, one, store, at) for one in store.ocsps
    )


def _timely(next_update: datetime | None, at: datetime | None) -> bool:
    return at is None or next_update is None or next_update >= at


def _by_crl(issuer: x509.Certificate, revocations: crl.CertificateList, at: datetime | None) -> bool:
    try:
        listed = revocations["tbs_cert_list"]
        return (
            listed["issuer"].hashable == issuer.subject.hashable
            and _timely(listed["next_update"].native, at)
            and _signed_by(issuer, revocations["signature_algorithm"], listed, revocations["signature"])
        )
    except ASN1_ERRORS:
        return False


def _by_ocsp(
    certificate: x509.Certificate, issuer: x509.Certificate, response: ocsp.OCSPResponse, store: SecurityStore, at: datetime | None
) -> bool:
    try:
        if response["response_status"].native != "successful":
            return False
        basic = response["response_bytes"]["response"].parsed
        answers = basic["tbs_response_data"]["responses"]
        if not any(_is_about(one, certificate, issuer) and _timely(one["next_update"].native, at) for one in answers):
            return False
        given = [] if basic["certs"].native is None else list(basic["certs"])
        return any(
            _signed_by(one, basic["signature_algorithm"], basic["tbs_response_data"], basic["signature"])
            for one in (issuer, *given, *store.certificates)
            if one.dump() == issuer.dump() or _is_responder(one, issuer)
        )
    except ASN1_ERRORS:
        return False


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
        and _signed_by(issuer, candidate["signature_algorithm"], candidate["tbs_certificate"], candidate["signature_value"])
    )
