"""Signs PDFs for the tests with throw-away keys, byte by byte, so that each part can be wrong on purpose.

Rules: nothing here is taken from the product, so that the product's own code is tested against another hand; keys live in memory
only; every function returns new bytes. The well-formed results are PAdES B-B (ETSI EN 319 142-1, 6.3) by default.
"""

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
ByteRange = tuple[int, int, int, int]

#: Room for the CMS in hexadecimal digits; pyHanko's own default is of this order.
GAP_DIGITS = 16384
_RANGE_FIELD = b"[0 %010d %010d %010d]"
_NOT_BEFORE = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
_NOT_AFTER = datetime.datetime(2044, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Signer:
    """A key with its certificate and the certificate's issuer (itself, for a root)."""

    key: PrivateKey
    certificate: x509.Certificate
    issuer: "Signer | None" = None

    @classmethod
    def create(
        cls, name: str, *, issuer: "Signer | None" = None, kind: str = "rsa", not_after: datetime.datetime = _NOT_AFTER
    ) -> "Signer":
        """A fresh RSA-2048 (``rsa``) or P-256 (``ec``) key and a certificate from ``issuer``, or a root without one."""
        key: PrivateKey
        key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .serial_number(x509.random_serial_number())
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(key.public_key())
            .not_valid_before(_NOT_BEFORE)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=issuer is not None,
                    content_commitment=issuer is not None,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    key_cert_sign=issuer is None,
                    crl_sign=issuer is None,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        certificate = builder.sign(issuer.key if issuer else key, hashes.SHA256())
        return cls(key, certificate, issuer)

    @property
    def certificate_der(self) -> bytes:
        """The certificate's DER."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, message: bytes, digest_name: str = "sha256") -> bytes:
        """The signature value over ``message``: PKCS#1 v1.5 or ECDSA."""
        algorithm = {"sha1": hashes.SHA1(), "sha256": hashes.SHA256()}[digest_name]
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), algorithm)
        return self.key.sign(message, ec.ECDSA(algorithm))


def signed_attributes(
    signer: Signer, document_digest: bytes, *, digest_name: str = "sha256", omit: Sequence[str] = ()
) -> cms.CMSAttributes:
    """contentType, messageDigest and signingCertificateV2, without those named in ``omit`` (RFC 5652, 11; RFC 5035)."""
    certificate_id = tsp.ESSCertIDv2({"cert_hash": hashlib.sha256(signer.certificate_der).digest()})
    attributes = [
        cms.CMSAttribute({"type": "content_type", "values": ["data"]}),
        cms.CMSAttribute({"type": "message_digest", "values": [document_digest]}),
        cms.CMSAttribute(
            {
                "type": "signing_certificate_v2",
                "values": [tsp.SigningCertificateV2({"certs": [certificate_id]})],
            }
        ),
    ]
    return cms.CMSAttributes([a for a in attributes if a["type"].native not in omit])


def signer_info(
    signer: Signer,
    document_digest: bytes,
    *,
    digest_name: str = "sha256",
    omit: Sequence[str] = (),
    unsigned: Sequence[tuple[str, bytes]] = (),
) -> cms.SignerInfo:
    """One SignerInfo. ``unsigned`` holds pairs of attribute OID and the octets that it carries."""
    attributes = signed_attributes(signer, document_digest, digest_name=digest_name, omit=omit)
    certificate = asn1_x509.Certificate.load(signer.certificate_der)
    algorithm = "rsassa_pkcs1v15" if isinstance(signer.key, rsa.RSAPrivateKey) else f"{digest_name}_ecdsa"
    fields = {
        "version": "v1",
        "sid": cms.SignerIdentifier(
            {
                "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                    {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                )
            }
        ),
        "digest_algorithm": algos.DigestAlgorithm({"algorithm": digest_name}),
        "signed_attrs": attributes,
        "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": algorithm}),
        "signature": signer.sign(attributes.untag().dump(force=True), digest_name),
    }
    if unsigned:
        fields["unsigned_attrs"] = cms.CMSAttributes(
            [cms.CMSAttribute({"type": oid, "values": [core.OctetString(octets)]}) for oid, octets in unsigned]
        )
    return cms.SignerInfo(fields)


def signed_data(infos: Sequence[cms.SignerInfo], signers: Sequence[Signer], digest_name: str = "sha256") -> bytes:
    """The DER of the ContentInfo around ``infos``, with the certificates of ``signers`` and of their issuers."""
    certificates = {s.certificate_der: s for signer in signers for s in (signer, signer.issuer) if s}
    content = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": cms.DigestAlgorithms([algos.DigestAlgorithm({"algorithm": digest_name})]),
            "encap_content_info": cms.ContentInfo({"content_type": "data"}),
            "certificates": cms.CertificateSet(
                [cms.CertificateChoices({"certificate": asn1_x509.Certificate.load(der)}) for der in certificates]
            ),
            "signer_infos": cms.SignerInfos(list(infos)),
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": content}).dump(force=True))


def make_cms(signer: Signer, document_digest: bytes, *, unsigned: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """A correct detached CMS over a SHA-256 ``document_digest``."""
    return signed_data([signer_info(signer, document_digest, unsigned=unsigned)], [signer])


@dataclass(frozen=True)
class PreparedDocument:
    """A PDF whose signature dictionary has its ByteRange and a /Contents of zeros.

    ``gap`` is (offset of ``<``, offset behind ``>``); ``byte_range`` is what the file says, which an attack may have made differ.
    """

    data: bytes
    gap: tuple[int, int]
    byte_range: tuple[int, ...]
    original_length: int
    field_name: str
    notes: dict[str, object] = field(default_factory=dict)

    @property
    def four_numbers(self) -> ByteRange:
        """What a manifest can say: ``byte_range`` where it has four numbers, else the range that fits the gap."""
        if len(self.byte_range) == 4:
            first, second, third, fourth = self.byte_range
            return first, second, third, fourth
        return 0, self.gap[0], self.gap[1], len(self.data) - self.gap[1]

    def digest(self, digest_name: str = "sha256") -> bytes:
        """The digest over the parts that ``byte_range`` covers (pairs of offset and length)."""
        pairs = zip(self.byte_range[::2], self.byte_range[1::2], strict=False)
        return hashlib.new(digest_name, b"".join(self.data[start : start + length] for start, length in pairs)).digest()

    def fill(self, cms_der: bytes) -> bytes:
        """The file with ``cms_der`` in the gap, padded with zeros."""
        start, end = self.gap
        digits = cms_der.hex().encode()
        room = end - start - 2
        if len(digits) > room:
            raise ValueError(f"the CMS needs {len(digits)} digits, the gap has {room}")
        return self.data[: start + 1] + digits.ljust(room, b"0") + self.data[end - 1 :]

    def sign(self, signer: Signer, *, unsigned: Sequence[tuple[str, bytes]] = ()) -> bytes:
        """The signed file with a correct CMS."""
        return self.fill(make_cms(signer, self.digest(), unsigned=unsigned))

    def with_data(self, data: bytes) -> "PreparedDocument":
        """The same places in other bytes of the same layout."""
        return replace(self, data=data)


def signature_dictionary(*, extra: str = "", contents: bytes | None = None, byte_range: bytes | None = None) -> bytes:
    """A signature dictionary with a blank ByteRange of fixed width and a gap of zeros (12.8.1)."""
    hexadecimal = b"<" + b"0" * GAP_DIGITS + b">" if contents is None else contents
    blank = _RANGE_FIELD % (0, 0, 0) if byte_range is None else byte_range
    return (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached /M (D:20260101120000+07'00') "
        + extra.encode()
        + b" /ByteRange "
        + blank
        + b" /Contents "
        + hexadecimal
        + b" >>"
    )


def complete_byte_range(data: bytes, *, after: int, original_length: int, field_name: str) -> PreparedDocument:
    """Finds the first blank ByteRange and gap behind offset ``after`` and fills in the right range."""
    blank = _RANGE_FIELD % (0, 0, 0)
    range_at = data.index(blank, after)
    start = data.index(b"/Contents <", range_at) + len(b"/Contents ")
    end = data.index(b">", start) + 1
    byte_range = (0, start, end, len(data) - end)
    data = data[:range_at] + _RANGE_FIELD % byte_range[1:] + data[range_at + len(blank) :]
    return PreparedDocument(data, (start, end), byte_range, original_length, field_name)
