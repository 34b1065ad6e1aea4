"""Data to be signed: the DER of the CMS signed attributes, and the policy of signature algorithms.

What a signer's key really signs is not the document but the DER ``SET OF`` the signed attributes (RFC 5652
5.4), whose messageDigest is the digest of the document's byte range. The rules:

* exactly four attributes, each once and single-valued: contentType (id-data), messageDigest,
  signingCertificateV2 (RFC 5035) and CMSAlgorithmProtection (RFC 6211). No signingTime: in PAdES the
  claimed time is ``/M`` (EN 319 142-1 5.3 and 6.3);
* signingCertificateV2 holds one ESSCertIDv2 with the SHA-256 of the signing certificate; the hash algorithm
  is the default and therefore left out (DER), and so is issuerSerial (EN 319 122-1 6.3: it should not be
  included);
* SHA-2 algorithm identifiers carry no parameters (RFC 5754 2), except inside RSASSA-PSS-params, where they
  carry NULL (RFC 4055 2.1); the digestAlgorithm and signatureAlgorithm inside CMSAlgorithmProtection are
  byte for byte those of the SignerInfo;
* the attributes stand in DER order (X.690 11.6). All but the digest depends on the credential only, so the
  DER is made once and the digest spliced in: 2 µs instead of milliseconds;
* policy, here and nowhere else: no SHA-1, no RSA under 2,048 bits, no curve but P-256 and P-384."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from server.errors import VerificationFailed

MINIMUM_RSA_BITS = 2048
PSS_SALT_BYTES = 32


def encode_tlv(tag: int, *parts: bytes) -> bytes:
    """DER tag-length-value (X.690 8.1) with a one-byte tag around the concatenated parts."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    length_bytes = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length_bytes))) + length_bytes + content


def encode_oid(dotted: str) -> bytes:
    """DER object identifier (X.690 8.19)."""
    arcs = [int(arc) for arc in dotted.split(".")]
    content = bytearray()
    for arc in (arcs[0] * 40 + arcs[1], *arcs[2:]):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        content += bytes(reversed(groups))
    return encode_tlv(0x06, bytes(content))


SEQUENCE, SET, OCTET_STRING, NULL = 0x30, 0x31, 0x04, b"\x05\x00"
OID_DATA = encode_oid("1.2.840.113549.1.7.1")
_OID_CONTENT_TYPE = encode_oid("1.2.840.113549.1.9.3")
_OID_MESSAGE_DIGEST = encode_oid("1.2.840.113549.1.9.4")
_OID_SIGNING_CERTIFICATE_V2 = encode_oid("1.2.840.113549.1.9.16.2.47")
_OID_ALGORITHM_PROTECTION = encode_oid("1.2.840.113549.1.9.52")
_OID_SHA256 = encode_oid("2.16.840.1.101.3.4.2.1")
_OID_SHA384 = encode_oid("2.16.840.1.101.3.4.2.2")


@dataclass(frozen=True)
class SignatureAlgorithm:
    """One allowed algorithm. ``digest_name`` is hashlib's name and also the digest of the document;
    ``salt_bytes`` is for PSS only (its MGF is MGF1 with the same hash). The two ``*_der`` are complete
    AlgorithmIdentifiers."""

    name: str
    key_type: Literal["rsa", "secp256r1", "secp384r1"]
    digest_name: Literal["sha256", "sha384"]
    digest_algorithm_der: bytes
    signature_algorithm_der: bytes
    salt_bytes: int | None = None

    @property
    def digest_size(self) -> int:
        """Length of the digest in bytes."""
        return 32 if self.digest_name == "sha256" else 48


def _pss_parameters() -> bytes:
    sha256_with_null = encode_tlv(SEQUENCE, _OID_SHA256, NULL)
    mgf1 = encode_tlv(SEQUENCE, encode_oid("1.2.840.113549.1.1.8"), sha256_with_null)
    salt = encode_tlv(0x02, bytes((PSS_SALT_BYTES,)))
    return encode_tlv(SEQUENCE, encode_tlv(0xA0, sha256_with_null), encode_tlv(0xA1, mgf1), encode_tlv(0xA2, salt))


_SHA256_DER = encode_tlv(SEQUENCE, _OID_SHA256)
_SHA384_DER = encode_tlv(SEQUENCE, _OID_SHA384)

SIGNATURE_ALGORITHMS: dict[str, SignatureAlgorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        SignatureAlgorithm(
            "rsa_pkcs1_sha256", "rsa", "sha256", _SHA256_DER,
            encode_tlv(SEQUENCE, encode_oid("1.2.840.113549.1.1.11"), NULL),
        ),
        SignatureAlgorithm(
            "rsa_pss_sha256", "rsa", "sha256", _SHA256_DER,
            encode_tlv(SEQUENCE, encode_oid("1.2.840.113549.1.1.10"), _pss_parameters()), PSS_SALT_BYTES,
        ),
        SignatureAlgorithm(
            "ecdsa_p256_sha256", "secp256r1", "sha256", _SHA256_DER,
            encode_tlv(SEQUENCE, encode_oid("1.2.840.10045.4.3.2")),
        ),
        SignatureAlgorithm(
            "ecdsa_p384_sha384", "secp384r1", "sha384", _SHA384_DER,
            encode_tlv(SEQUENCE, encode_oid("1.2.840.10045.4.3.3")),
        ),
    )
}  # fmt: skip


def find_signature_algorithm(name: str) -> SignatureAlgorithm:
    """The algorithm of that name; raises VerificationFailed(``signature_algorithm_not_allowed``)."""
    algorithm = SIGNATURE_ALGORITHMS.get(name)
    if algorithm is None:
        raise VerificationFailed(f"signature algorithm {name!r} is not allowed", code="signature_algorithm_not_allowed")
    return algorithm


def allowed_signature_algorithms(public_key: object) -> tuple[str, ...]:
    """Names of the algorithms that a key of this type and size may be used with; empty when the policy
    allows none."""
    if isinstance(public_key, rsa.RSAPublicKey):
        key_type = "rsa" if public_key.key_size >= MINIMUM_RSA_BITS else "rsa_too_short"
    elif isinstance(public_key, ec.EllipticCurvePublicKey):
        key_type = public_key.curve.name
    else:
        return ()
    return tuple(a.name for a in SIGNATURE_ALGORITHMS.values() if a.key_type == key_type)


def check_key_allowed(public_key: object, signature_algorithm: str) -> None:
    """Raises VerificationFailed(``signature_algorithm_not_allowed``, ``key_not_allowed``) unless the policy
    lets this key use this algorithm."""
    find_signature_algorithm(signature_algorithm)
    if signature_algorithm not in allowed_signature_algorithms(public_key):
        raise VerificationFailed(f"this key may not be used with {signature_algorithm}", code="key_not_allowed")


def _attribute(oid: bytes, value: bytes) -> bytes:
    return encode_tlv(SEQUENCE, oid, encode_tlv(SET, value))


class SignedAttributesTemplate:
    """The signed attributes of one credential, with a place for the digest. Immutable after it is made; one
    per credential and worker."""

    def __init__(self, signing_certificate_der: bytes, signature_algorithm: str) -> None:
        """``signing_certificate_der`` is the X.509 certificate of the credential. Raises
        VerificationFailed(``signature_algorithm_not_allowed``, ``key_not_allowed``) when policy forbids the
        pair."""
        self.algorithm = find_signature_algorithm(signature_algorithm)
        check_key_allowed(x509.load_der_x509_certificate(signing_certificate_der).public_key(), signature_algorithm)
        certificate_hash = encode_tlv(OCTET_STRING, hashlib.sha256(signing_certificate_der).digest())
        ess_cert_id = encode_tlv(SEQUENCE, certificate_hash)
        digest_placeholder = encode_tlv(OCTET_STRING, bytes(self.algorithm.digest_size))
        protection = encode_tlv(
            SEQUENCE,
            self.algorithm.digest_algorithm_der,
            # signatureAlgorithm [1] IMPLICIT AlgorithmIdentifier: the SEQUENCE tag becomes [1] constructed
            # (RFC 6211 2)
            b"\xa1" + self.algorithm.signature_algorithm_der[1:],
        )
        message_digest = _attribute(_OID_MESSAGE_DIGEST, digest_placeholder)
        attributes = sorted((
            _attribute(_OID_CONTENT_TYPE, OID_DATA),
            message_digest,
            _attribute(_OID_SIGNING_CERTIFICATE_V2, encode_tlv(SEQUENCE, encode_tlv(SEQUENCE, ess_cert_id))),
            _attribute(_OID_ALGORITHM_PROTECTION, protection),
        ))  # fmt: skip
        der = encode_tlv(SET, *attributes)
        # The placeholder ends its attribute. Every attribute's OID differs, so the digest cannot change the
        # order.
        digest_end = der.index(message_digest) + len(message_digest)
        self._head = der[: digest_end - self.algorithm.digest_size]
        self._tail = der[digest_end:]

    def der(self, message_digest: bytes) -> bytes:
        """The exact bytes that are hashed and signed: a DER ``SET OF Attribute`` (RFC 5652 5.4).
        ``message_digest`` is the digest of the document's byte range; a wrong length raises ValueError."""
        if len(message_digest) != self.algorithm.digest_size:
            raise ValueError(f"{self.algorithm.name} takes a digest of {self.algorithm.digest_size} bytes")
        return self._head + message_digest + self._tail


def verify_signature_value(
    public_key: object, signature_algorithm: str, signed_attributes_der: bytes, signature_value: bytes
) -> None:
    """Raises VerificationFailed(``signature_invalid``) unless the value is this key's signature over the
    DER of the signed attributes, and ``key_not_allowed`` or ``signature_algorithm_not_allowed`` when policy
    forbids the pair."""
    algorithm = find_signature_algorithm(signature_algorithm)
    check_key_allowed(public_key, signature_algorithm)
    digest: hashes.HashAlgorithm = hashes.SHA256() if algorithm.digest_name == "sha256" else hashes.SHA384()
    try:
        if isinstance(public_key, rsa.RSAPublicKey):
            scheme: padding.AsymmetricPadding = (
                padding.PKCS1v15()
                if algorithm.salt_bytes is None
                else padding.PSS(padding.MGF1(digest), algorithm.salt_bytes)
            )
            public_key.verify(signature_value, signed_attributes_der, scheme, digest)
        elif isinstance(public_key, ec.EllipticCurvePublicKey):
            public_key.verify(signature_value, signed_attributes_der, ec.ECDSA(digest))
    except InvalidSignature as error:
        raise VerificationFailed("the signature value does not verify", code="signature_invalid") from error
