"""Keys, certificates and a preparer for the tests of the signing side; made once per run, deterministic
apart from the keys."""

import datetime
from dataclasses import dataclass
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from server.pdf.cms import CmsTemplate
from server.pdf.embed import embed
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer, PreparedDocument
from server.pdf.stamp import StampFonts, StampMaker
from server.signing.dtbs import SIGNATURE_ALGORITHMS, SignedAttributesTemplate

SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
TIME_TEXT = "22/11/2025 14:05 (+07:00)"
PLACEMENT = Placement(0, 60, 60, 260, 120)
CORPUS = Path(__file__).parents[2] / "pdf_corpus"
_START = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject, issuer, public_key, issuer_key, serial: int, *, ca: bool) -> bytes:
    usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public_key)
        .serial_number(serial)
        .not_valid_before(_START)
        .not_valid_after(_START.replace(year=2045))
        .add_extension(x509.BasicConstraints(ca, None), True)
        .add_extension(usage, True)
        .sign(issuer_key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )


@dataclass
class Credential:
    """A signer's key, certificate and root, and the templates made of them."""

    signature_algorithm: str
    private_key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    certificate: bytes
    root: bytes

    def __post_init__(self) -> None:
        self.attributes = SignedAttributesTemplate(self.certificate, self.signature_algorithm)
        self.cms = CmsTemplate(self.certificate, [self.root], self.signature_algorithm)
        self.digest_name = SIGNATURE_ALGORITHMS[self.signature_algorithm].digest_name

    def sign(self, signed_attributes: bytes) -> bytes:
        digest = hashes.SHA384() if self.digest_name == "sha384" else hashes.SHA256()
        if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
            return self.private_key.sign(signed_attributes, ec.ECDSA(digest))
        scheme = padding.PSS(padding.MGF1(digest), 32) if "pss" in self.signature_algorithm else padding.PKCS1v15()
        return self.private_key.sign(signed_attributes, scheme, digest)

    def make_cms(self, document_digest: bytes) -> bytes:
        attributes = self.attributes.der(document_digest)
        return self.cms.build(document_digest, attributes, self.sign(attributes))

    def sign_prepared(self, prepared: PreparedDocument) -> bytes:
        return embed(prepared.data, prepared.byte_range, self.make_cms(prepared.document_digest))


def pyhanko_signer(credential: Credential) -> signers.SimpleSigner:
    """A signer by pyHanko with the credential's key."""
    private = credential.private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()
    store.register(asn1_x509.Certificate.load(credential.root))
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(credential.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=store,
    )


@pytest.fixture(scope="session")
def credentials() -> dict[str, Credential]:
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Test root", "Test root", root_key.public_key(), root_key, 1, ca=True)
    rsa_key = rsa.generate_private_key(65537, 2048)
    keys = {
        "rsa_pkcs1_sha256": rsa_key,
        "rsa_pss_sha256": rsa_key,
        "ecdsa_p256_sha256": ec.generate_private_key(ec.SECP256R1()),
        "ecdsa_p384_sha384": ec.generate_private_key(ec.SECP384R1()),
    }
    made = {}
    for serial, (algorithm, key) in enumerate(keys.items(), start=0x80):
        certificate = _certificate(SIGNER, "Test root", key.public_key(), root_key, serial, ca=False)
        made[algorithm] = Credential(algorithm, key, certificate, root)
    return made


@pytest.fixture(scope="session")
def stamp_maker() -> StampMaker:
    return StampMaker(StampFonts())


@pytest.fixture
def preparer(stamp_maker: StampMaker) -> DocumentPreparer:
    return DocumentPreparer(SIGNER, stamp_maker)


@pytest.fixture(scope="session")
def contract() -> bytes:
    return (CORPUS / "good" / "libreoffice_contract.pdf").read_bytes()
