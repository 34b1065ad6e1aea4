"""Do the revocation data in the document cover a chain? Only then a signature is B-LT (EN 319 142-1, 6.3; RFC 5280, 5; RFC 6960).

A chain is followed by name and signature from its end to a certificate that signs itself or a trust root. Each certificate below needs an
answer that its issuer gave (``revocation``). An answer that was out of date at the time of signing covers nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from asn1crypto import x509

from server.pdf.verifying.cms_message import ASN1_ERRORS
from server.pdf.verifying.revocation import answers, issuer_of
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
    """``at``: the time that the answers must still be good for; None asks for none. What can't be read covers nothing."""
    try:
        return _is_covered(certificate, others, store, roots, at)
    except ASN1_ERRORS:
        return False


def _is_covered(
    certificate: x509.Certificate | None,
    others: Iterable[x509.Certificate],
    store: SecurityStore,
    roots: Sequence[bytes],
    at: datetime | None,
) -> bool:
    pool = {one.dump(): one for one in (*others, *store.certificates)}
    anchors = {bytes(root) for root in roots}
    current = certificate
    for _ in range(_MAX_CHAIN):
        if current is None:
            return False
        if current.dump() in anchors or _signs_itself(current):
            return True
        issuer = issuer_of(current, (*pool.values(), *(x509.Certificate.load(root) for root in anchors)))
        if issuer is None or not _answered(current, issuer, store, at):
            return False
        current = issuer
    return False


def _signs_itself(certificate: x509.Certificate) -> bool:
    return issuer_of(certificate, [certificate]) is not None


def _answered(certificate: x509.Certificate, issuer: x509.Certificate, store: SecurityStore, at: datetime | None) -> bool:
    if any(extension["extn_id"].dotted == _NO_CHECK for extension in certificate["tbs_certificate"]["extensions"]):
        return True  # a responder whose issuer says that nobody needs to ask (RFC 6960, 4.2.2.2.1)
    return any(answer.timely(at) for answer in answers(certificate, issuer, store))
