"""The level that ``verify`` names: B-B, B-T, B-LT, B-LTA (ETSI EN 319 142-1, 6.3), and timestamps that prove nothing."""

import datetime
import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from asn1crypto import crl as asn1_crl
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore

from server.pdf.verify import SignatureReport, verify_file
from server.pdf.verify_report import WARNINGS
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signed_files import hanko_signer
from tests.pdf_corpus.signing_kit import Signer

AT = datetime.datetime(2026, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.ERROR)  # pyHanko logs what it thinks of a broken timestamp
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def root() -> Signer:
    return Signer.create("Test root")


@pytest.fixture(scope="module")
def signer(root: Signer) -> Signer:
    return Signer.create("Nguyễn Thị Lấp Lánh Ánh", issuer=root)


def authority(root: Signer, name: str = "Test TSA") -> DummyTimeStamper:
    """A timestamp authority below ``root``."""
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
        .not_valid_after(datetime.datetime(2044, 1, 1, tzinfo=datetime.UTC))
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
        fixed_dt=AT,
    )


def signed(signer: Signer, timestamper: Any = None) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name="ChuKy1", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    pdf = IncrementalPdfFileWriter(io.BytesIO(plain_document([["Hợp đồng"]]).build()))
    signers.PdfSigner(metadata, hanko_signer(signer), timestamper=timestamper).sign_pdf(pdf, output=out)
    return out.getvalue()


def with_validation_material(document: bytes, root: Signer, signer: Signer) -> bytes:
    revocations = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.certificate.subject)
        .last_update(AT)
        .next_update(AT + datetime.timedelta(days=3650))
        .sign(root.key, hashes.SHA256())
    )
    out = io.BytesIO(document)
    DocumentSecurityStore.add_dss(
        out,
        None,
        certs=[asn1_x509.Certificate.load(one.certificate_der) for one in (root, signer)],
        crls=[asn1_crl.CertificateList.load(revocations.public_bytes(serialization.Encoding.DER))],
    )
    return out.getvalue()


def with_document_timestamp(document: bytes, timestamper: DummyTimeStamper) -> bytes:
    out = io.BytesIO()
    signers.PdfTimeStamper(timestamper).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(document)), "sha256", output=out
    )
    return out.getvalue()


def reports(document: bytes, *roots: Signer) -> list[SignatureReport]:
    return verify_file(document, [root.certificate_der for root in roots])


def test_each_level_by_its_name(root: Signer, signer: Signer) -> None:
    tsa = authority(root)
    (b_b,) = reports(signed(signer), root)
    assert (b_b.level, b_b.time_kind, b_b.good) == ("PAdES B-B", "claimed", True)
    document = signed(signer, tsa)
    (b_t,) = reports(document, root)
    assert (b_t.level, b_t.time_kind, b_t.time, b_t.good) == ("PAdES B-T", "timestamp", AT, True)
    document = with_validation_material(document, root, signer)
    (b_lt,) = reports(document, root)
    assert (b_lt.level, b_lt.time, b_lt.integrity) == ("PAdES B-LT", AT, "ok")
    b_lta, stamp = reports(with_document_timestamp(document, tsa), root)
    assert (b_lta.level, stamp.level) == ("PAdES B-LTA", "document timestamp")


def test_validation_material_alone_makes_no_long_term(root: Signer, signer: Signer) -> None:
    (report,) = reports(with_validation_material(signed(signer), root, signer), root)
    assert report.level == "PAdES B-B"


def test_a_timestamp_of_nobody_we_trust_proves_no_time(root: Signer, signer: Signer) -> None:
    stranger = Signer.create("Other root")
    (report,) = reports(signed(signer, authority(stranger)), root)
    assert (report.integrity, report.trust, report.time_kind) == ("ok", "trusted", "claimed")
    assert report.time != AT
    assert "timestamp_untrusted" in report.warnings
    assert report.good, "the signature is good; only its time is the signer's word"


def test_a_timestamp_over_something_else_is_none(root: Signer, signer: Signer) -> None:
    class Elsewhere(DummyTimeStamper):
        async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> Any:
            return await super().async_timestamp(bytes(len(message_digest)), md_algorithm)

    tsa = authority(root)
    other = Elsewhere(tsa.tsa_cert, tsa.tsa_key, fixed_dt=AT)
    (report,) = reports(signed(signer, other), root)
    assert report.time_kind != "timestamp"
    assert report.level == "PAdES B-B"
    assert not report.good
    assert {"timestamp_broken", "validation_failed"} & set(report.warnings)
    assert set(report.warnings) <= set(WARNINGS)
