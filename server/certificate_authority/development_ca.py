"""A CA for development: issues at once, to anybody who is paired. It says so loudly, and config refuses it in production.

Profile (RFC 5280): v3, random 128-bit serial, subject from the subscriber's record only, keyUsage digitalSignature + nonRepudiation
(critical), basicConstraints CA:FALSE (critical), SKI, AKI, one year.
"""

import logging
import secrets
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from server.certificate_authority.csr import read_csr
from server.certificate_authority.ports import IssuedCertificate
from server.errors import Conflict, Unavailable
from server.keys.secret_files import write_secret
from server.subscribers.subscriber import Subscriber

log = logging.getLogger(__name__)
LIFETIME = timedelta(days=365)
COMMON_NAME_LIMIT = 64
"""Characters (RFC 5280, ub-common-name)."""
BACKDATE = timedelta(minutes=5)  # a phone's clock may be a little behind


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _common_name(name: str) -> x509.NameAttribute[str]:
    """The whole name, as the phone compares it. RFC 5280 allows 64 characters; the library counts bytes of UTF-8, of which a Vietnamese
    name has half as many again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return x509.NameAttribute(NameOID.COMMON_NAME, name, _validate=False)


class DevelopmentCa:
    def __init__(self, folder: Path, now: float) -> None:
        """``folder`` holds the CA's key and certificate, made on first use."""
        log.warning("the development certificate authority is in use: its certificates prove nothing to anybody else")
        key_path, certificate_path = folder / "development_ca.pem", folder / "development_ca.crt"
        if not certificate_path.exists():
            self._make(key_path, certificate_path, now)
        key = load_pem_private_key(key_path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("development_ca.pem must be a P-256 key")
        self._key = key
        self._certificate = x509.load_pem_x509_certificate(certificate_path.read_bytes())

    @staticmethod
    def _make(key_path: Path, certificate_path: Path, now: float) -> None:
        if key_path.exists():  # died between the two files: the key has signed nothing
            key_path.unlink()
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "PhoneSeal Development CA – not for production")])
        start = datetime.fromtimestamp(now, UTC) - BACKDATE
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(secrets.randbits(127) | 1 << 126)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(ca=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        write_secret(key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        write_secret(certificate_path, certificate.public_bytes(Encoding.PEM))

    def check_can_issue(self, subscriber: Subscriber, now: float) -> None:
        if not 0 < len(subscriber.name) <= COMMON_NAME_LIMIT:
            details: dict[str, object] = {"limit": COMMON_NAME_LIMIT}
            raise Conflict("the name does not fit into a certificate", code="certificate_name_unfit", details=details)
        if now + LIFETIME.total_seconds() > self._certificate.not_valid_after_utc.timestamp():
            raise Unavailable("the authority's own certificate ends before one that it issued would", code="issuer_unavailable")

    def issue(self, csr_der: bytes, subscriber: Subscriber, now: float) -> IssuedCertificate:
        public_key = read_csr(csr_der)
        start = datetime.fromtimestamp(int(now), UTC) - BACKDATE
        subject = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            _common_name(subscriber.name),
            x509.NameAttribute(NameOID.USER_ID, f"PS:{subscriber.subscriber_id}"),
        ]
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name(subject))
            .issuer_name(self._certificate.subject)
            .public_key(public_key)
            .serial_number(secrets.randbits(127) | 1 << 126)
            .not_valid_before(start)
            .not_valid_after(start + LIFETIME)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(ca=False), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return IssuedCertificate(
            certificate.public_bytes(Encoding.DER),
            self.trust_roots(),
            certificate.not_valid_before_utc.timestamp(),
            certificate.not_valid_after_utc.timestamp(),
        )

    def trust_roots(self) -> tuple[bytes, ...]:
        return (self._certificate.public_bytes(Encoding.DER),)
