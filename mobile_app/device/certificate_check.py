"""Is this certificate ours: the phone's look at what it gets at the end of pairing.

Rules, each refused with CheckFailed("pairing_certificate_wrong") and ``what``:
* its key is the signing key that this phone made; it names the subscriber; it is an end-entity certificate
  that may sign documents;
* it is valid at the server's time of completion;
* each certificate of the chain issued the one before, up to a root that issued itself.
Whether that root deserves trust is for those who verify signatures: the phone needs it for nothing.
Later, whenever something is to be signed, it must be valid still (``check_validity``).
"""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from mobile_app.errors import CheckFailed, Refused


def _wrong(what: str) -> CheckFailed:
    return CheckFailed("pairing_certificate_wrong", {"what": what})


def check_certificate(
    certificate: bytes, chain: Sequence[bytes], *, signing_key: bytes, subscriber_name: str, at: int
) -> None:
    """``signing_key`` is DER SubjectPublicKeyInfo, ``at`` milliseconds since 1970."""
    try:
        ours, *issuers = (x509.load_der_x509_certificate(one) for one in (certificate, *chain))
        public_key = ours.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except ValueError as error:
        raise _wrong("encoding") from error
    if public_key != signing_key:
        raise _wrong("key")
    names = [
        unicodedata.normalize("NFC", str(one.value))
        for one in ours.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    ]
    if names != [subscriber_name]:
        raise _wrong("subscriber_name")
    _check_purpose(ours)
    moment = datetime.fromtimestamp(at // 1000, UTC)
    if not ours.not_valid_before_utc <= moment <= ours.not_valid_after_utc:
        raise _wrong("validity")
    _check_chain((ours, *issuers))


def check_validity(certificate: bytes, at: int) -> None:
    """Is our own certificate valid at ``at`` (milliseconds since 1970)? A signature made outside of that time is worth nothing to anybody.
    Raises Refused("certificate_expired")."""
    ours = x509.load_der_x509_certificate(certificate)
    if not ours.not_valid_before_utc <= datetime.fromtimestamp(at // 1000, UTC) <= ours.not_valid_after_utc:
        raise Refused("certificate_expired")


def _check_purpose(ours: x509.Certificate) -> None:
    try:
        usage = ours.extensions.get_extension_for_class(x509.KeyUsage).value
        if usage.key_cert_sign or not (usage.content_commitment or usage.digital_signature):
            raise _wrong("key_usage")
    except x509.ExtensionNotFound as error:
        raise _wrong("key_usage") from error
    except ValueError as error:
        raise _wrong("encoding") from error
    try:
        if ours.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise _wrong("certificate_authority")
    except x509.ExtensionNotFound:
        pass


def _check_chain(chain: Sequence[x509.Certificate]) -> None:
    try:
        for certificate, issuer in pairwise(chain):
            certificate.verify_directly_issued_by(issuer)
        chain[-1].verify_directly_issued_by(chain[-1])
    except (ValueError, TypeError, InvalidSignature) as error:
        raise _wrong("chain") from error
