"""CMS SignedData around a signature value (RFC 5652), spliced from parts that depend on the credential
only.

Rules: version 1, one digest algorithm, detached id-data, the signing certificate first and then its chain,
no CRLs, one SignerInfo of version 1 (issuerAndSerialNumber) whose signed attributes are the very bytes that
were signed, re-tagged from ``SET`` to ``[0]`` (RFC 5652 5.4); no unsigned attributes. The result is DER
apart from the order of the certificates, where DER's ``SET OF`` order applies and is kept (X.690 11.6)."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from server.signing.dtbs import (
    OCTET_STRING,
    OID_DATA,
    SEQUENCE,
    SET,
    encode_oid,
    encode_tlv,
    find_signature_algorithm,
)

_OID_SIGNED_DATA = encode_oid("1.2.840.113549.1.7.2")
_VERSION_1 = b"\x02\x01\x01"


def _issuer_and_serial_number(certificate: x509.Certificate) -> bytes:
    """IssuerAndSerialNumber with the issuer's name as it stands in the certificate."""
    serial = certificate.serial_number
    serial_bytes = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)
    return encode_tlv(SEQUENCE, certificate.issuer.public_bytes(), encode_tlv(0x02, serial_bytes))


class CmsTemplate:
    """The SignedData of one credential, with places for attributes and signature. Immutable after it is
    made."""

    def __init__(
        self, signing_certificate_der: bytes, certificate_chain_der: Sequence[bytes], signature_algorithm: str
    ) -> None:
        """``certificate_chain_der``: the issuing certificates, in any order, without the signing
        certificate; a root may be left out."""
        algorithm = find_signature_algorithm(signature_algorithm)
        certificate = x509.load_der_x509_certificate(signing_certificate_der)
        if certificate.public_bytes(Encoding.DER) != signing_certificate_der:
            raise ValueError("the signing certificate is not in DER")
        self.signature_algorithm = signature_algorithm
        certificates = sorted({signing_certificate_der, *certificate_chain_der})
        self._before_signer_infos = b"".join((
            _VERSION_1,
            encode_tlv(SET, algorithm.digest_algorithm_der),
            encode_tlv(SEQUENCE, OID_DATA),
            encode_tlv(0xA0, *certificates),
        ))  # fmt: skip
        self._signer_head = (
            _VERSION_1 + _issuer_and_serial_number(certificate) + algorithm.digest_algorithm_der
        )
        self._signature_algorithm_der = algorithm.signature_algorithm_der

    def build(self, message_digest: bytes, signed_attributes_der: bytes, signature_value: bytes) -> bytes:
        """DER ContentInfo. ``message_digest`` must stand in the attributes (ValueError otherwise: the
        caller mixed up two documents). ``signed_attributes_der`` is what SignedAttributesTemplate.der
        returned and the key signed; ``signature_value`` is the raw RSA value or the DER ECDSA-Sig-Value.
        Nothing is verified here."""
        if not signed_attributes_der or signed_attributes_der[0] != SET:
            raise ValueError("signed attributes are a DER SET OF")
        if encode_tlv(OCTET_STRING, message_digest) not in signed_attributes_der:
            raise ValueError("these signed attributes belong to another digest")
        signer_info = encode_tlv(
            SEQUENCE,
            self._signer_head,
            b"\xa0",
            signed_attributes_der[1:],
            self._signature_algorithm_der,
            encode_tlv(OCTET_STRING, signature_value),
        )
        signed_data = encode_tlv(SEQUENCE, self._before_signer_infos, encode_tlv(SET, signer_info))
        return encode_tlv(SEQUENCE, _OID_SIGNED_DATA, encode_tlv(0xA0, signed_data))
