"""What a certificate says, read for the person: names, number, validity, key; and how it stands at a moment.

Rules:
* A certificate that ended with its pairing stays ended, whatever its dates say.
* "Soon" is within thirty days of its end. Days left are rounded up: on its last day there is one.
* The file for others is PEM, the certificate first, then its chain up to the root; nothing in it is secret.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

DAY_MS: Final = 24 * 3600 * 1000
SOON_DAYS: Final = 30
_CURVES: Final = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}


class Validity(StrEnum):
    NOT_YET = "not_yet"
    ACTIVE = "active"
    SOON = "soon"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """``serial_number`` in hexadecimal; times in milliseconds since 1970; ``key`` is kind and size, such as ``RSA 2048``."""

    subject: str
    issuer: str
    serial_number: str
    starts_at: int
    ends_at: int
    key: str
    issued_itself: bool

    def days_left(self, now: int) -> int:
        return max(0, math.ceil((self.ends_at - now) / DAY_MS))

    def days_until_start(self, now: int) -> int:
        return max(0, math.ceil((self.starts_at - now) / DAY_MS))

    def validity(self, now: int) -> Validity:
        if now < self.starts_at:
            return Validity.NOT_YET
        if now > self.ends_at:
            return Validity.EXPIRED
        return Validity.SOON if self.days_left(now) <= SOON_DAYS else Validity.ACTIVE


def read_certificate(certificate: bytes) -> CertificateFacts:
    """``certificate`` is DER and was checked at pairing."""
    found = x509.load_der_x509_certificate(certificate)
    return CertificateFacts(
        subject=_name(found.subject),
        issuer=_name(found.issuer),
        serial_number=f"{found.serial_number:x}",
        starts_at=int(found.not_valid_before_utc.timestamp() * 1000),
        ends_at=int(found.not_valid_after_utc.timestamp() * 1000),
        key=_key(found),
        issued_itself=found.subject == found.issuer,
    )


def pem_file(certificate: bytes, chain: Iterable[bytes]) -> bytes:
    return b"".join(x509.load_der_x509_certificate(one).public_bytes(Encoding.PEM) for one in (certificate, *chain))


def _name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _key(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"ECDSA {_CURVES.get(key.curve.name, key.curve.name)}"
    return certificate.public_key_algorithm_oid.dotted_string
