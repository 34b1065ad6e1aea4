"""Time-stamps and validation material for tests: an own authority, B-T to B-LTA made by pyHanko's writers (EN 319 142-1, 6.3)."""

import datetime
import io
from collections.abc import Sequence
from typing import Any

from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signed_files import hanko_signer
from tests.pdf_corpus.signing_kit import Signer

AT = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)
LATE = datetime.datetime(2043, 1, 1, tzinfo=datetime.UTC)


def authority(
    root: Signer,
    name: str = "Test TSA",
    *,
    at: datetime.datetime = AT,
    until: datetime.datetime = datetime.datetime(2044, 1, 1, tzinfo=datetime.UTC),
) -> DummyTimeStamper:
    """A timestamp authority below ``root`` whose clock stands at ``at`` and whose certificate ends at ``until``."""
    key = rsa.generate_private_key(65537, 2048)
    usage = dict.fromkeys(
        [
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(root.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(until)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root.key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(private),
        fixed_dt=at,
    )


def signed(signer: Signer, timestamper: Any = None) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name="ChuKy1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    pdf = IncrementalPdfFileWriter(io.BytesIO(plain_document([["Hợp đồng"]]).build()))
    signers.PdfSigner(metadata, hanko_signer(signer), timestamper=timestamper).sign_pdf(pdf, output=out)
    return out.getvalue()


def revocation_list(
    issuer: Signer, *, next_update: datetime.datetime = LATE, revoked: Sequence[tuple[int, datetime.datetime]] = ()
) -> bytes:
    """A CRL in DER; ``revoked`` holds serial numbers and dates."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    for serial, when in revoked:
        builder = builder.add_revoked_certificate(x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(when).build())
    begun = datetime.datetime(2024, 6, 1, tzinfo=datetime.UTC)
    made = builder.last_update(begun).next_update(next_update).sign(issuer.key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def status_response(certificate: x509.Certificate, issuer: Signer, responder: Signer) -> bytes:
    """A good OCSP response in DER for ``certificate``, signed by ``responder``."""
    builder = ocsp.OCSPResponseBuilder().add_response(
        certificate, issuer.certificate, hashes.SHA1(), ocsp.OCSPCertStatus.GOOD, AT, LATE, None, None
    )
    made = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate).sign(responder.key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def with_validation_material(
    document: bytes, root: Signer, signer: Signer, *, crls: Sequence[bytes] | None = None, ocsps: Sequence[bytes] = ()
) -> bytes:
    """A store with both certificates, and a CRL of the root or what is given."""
    given = [revocation_list(root)] if crls is None else crls
    out = io.BytesIO(document)
    DocumentSecurityStore.add_dss(
        out,
        None,
        certs=[asn1_x509.Certificate.load(one.certificate_der) for one in (root, signer)],
        crls=[asn1_crl.CertificateList.load(one) for one in given],
        ocsps=[asn1_ocsp.OCSPResponse.load(one) for one in ocsps],
    )
    return out.getvalue()


def with_document_timestamp(document: bytes, timestamper: DummyTimeStamper) -> bytes:
    out = io.BytesIO()
    signers.PdfTimeStamper(timestamper).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(document)), "sha256", output=out
    )
    return out.getvalue()


