"""The phone signs attributes that say exactly what they must: each rule has a forged DER that breaks it alone."""

import base64
import datetime
import functools
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from asn1crypto import algos, cms, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from mobile_app.device import signed_attributes
from mobile_app.device.signed_attributes import check_signed_attributes
from mobile_app.errors import CheckFailed

DIGEST = hashlib.sha256(b"document").digest()
LONG_DIGEST = hashlib.sha384(b"document").digest()
ALGORITHMS = ("rsa_pkcs1_sha256", "rsa_pss_sha256", "ecdsa_p256_sha256", "ecdsa_p384_sha384")
CONTENT_TYPE, MESSAGE_DIGEST, CERTIFICATE, PROTECTION = (
    "1.2.840.113549.1.9.3",
    "1.2.840.113549.1.9.4",
    "v2",
    "protection",
)


def tlv(tag: int, *parts: bytes) -> bytes:
    """One DER value."""
    content = b"".join(parts)
    if len(content) < 128:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 128 + len(length))) + length + content


def attribute(oid: str, *values: bytes) -> bytes:
    """One attribute's DER."""
    return tlv(0x30, cms.CMSAttributeType(oid).dump(), tlv(0x31, *values))


def make_certificate(serial: int) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nguyễn Thị Lấp Lánh Ánh")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), serial, start, start + datetime.timedelta(days=9)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


OWN, OTHER = make_certificate(200), make_certificate(201)


def certificate_id(certificate: bytes, *more: bytes) -> bytes:
    return tlv(0x30, tlv(4, hashlib.sha256(certificate).digest()), *more)


def issuer_serial(certificate: bytes, serial: int | None = None) -> bytes:
    parsed = x509.load_der_x509_certificate(certificate)
    number = parsed.serial_number if serial is None else serial
    written = tlv(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))
    return tlv(0x30, tlv(0x30, tlv(0xA4, parsed.issuer.public_bytes())), written)


@functools.cache
def signature_algorithm_der(algorithm: str) -> bytes:
    """The AlgorithmIdentifier as OpenSSL writes it into a certificate signed this way."""
    curve = {"ecdsa_p256_sha256": ec.SECP256R1(), "ecdsa_p384_sha384": ec.SECP384R1()}.get(algorithm)
    key = ec.generate_private_key(curve) if curve else rsa.generate_private_key(65537, 2048)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if algorithm == "rsa_pss_sha256" else None
    digest = hashes.SHA384() if algorithm.endswith("384") else hashes.SHA256()
    name = x509.Name([])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), 1, start, start + datetime.timedelta(days=9)
    )
    written = builder.sign(key, digest, rsa_padding=pss).public_bytes(Encoding.DER)
    return bytes(asn1_x509.Certificate.load(written)["signature_algorithm"].dump())


def protection(algorithm: str) -> bytes:
    oid = algos.DigestAlgorithmId("sha384" if algorithm.endswith("384") else "sha256").dump()
    return attribute(
        "1.2.840.113549.1.9.52", tlv(0x30, tlv(0x30, oid), b"\xa1" + signature_algorithm_der(algorithm)[1:])
    )


def parts(algorithm: str = "ecdsa_p256_sha256", digest: bytes = DIGEST) -> dict[str, bytes]:
    """The four attributes as they should be."""
    return {
        CONTENT_TYPE: attribute(CONTENT_TYPE, bytes.fromhex("06092a864886f70d010701")),
        MESSAGE_DIGEST: attribute(MESSAGE_DIGEST, tlv(4, digest)),
        CERTIFICATE: attribute("1.2.840.113549.1.9.16.2.47", tlv(0x30, tlv(0x30, certificate_id(OWN)))),
        PROTECTION: protection(algorithm),
    }


def joined(attributes: dict[str, bytes]) -> bytes:
    return tlv(0x31, *sorted(attributes.values()))


def check(der: bytes, algorithm: str = "ecdsa_p256_sha256", digest: bytes = DIGEST) -> None:
    check_signed_attributes(
        der, signing_certificate_der=OWN, message_digest=digest, signature_algorithm=algorithm
    )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_right_attributes_pass(algorithm: str) -> None:
    digest = LONG_DIGEST if algorithm.endswith("384") else DIGEST
    attributes = parts(algorithm, digest)
    check(joined(attributes), algorithm, digest)
    del attributes[PROTECTION]
    check(joined(attributes), algorithm, digest)


def test_what_asn1crypto_writes_passes() -> None:
    certificate = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(OWN).digest()}]})
    written = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [DIGEST]},
            {"type": "signing_certificate_v2", "values": [certificate]},
        ]
    )
    check(written.dump())


def test_the_issuer_and_serial_number_may_stand_if_they_are_the_own() -> None:
    attributes = parts()
    identifier = certificate_id(OWN, issuer_serial(OWN))
    attributes[CERTIFICATE] = attribute("1.2.840.113549.1.9.16.2.47", tlv(0x30, tlv(0x30, identifier)))
    check(joined(attributes))


def with_changed(name: str, new: bytes) -> bytes:
    return joined({**parts(), name: new})


def with_certificate(*identifiers: bytes, policies: bytes = b"") -> bytes:
    value = tlv(0x30, tlv(0x30, *identifiers), policies)
    return with_changed(CERTIFICATE, attribute("1.2.840.113549.1.9.16.2.47", value))


def long_form_length() -> bytes:
    der = joined(parts())
    return der.replace(b"\x04\x20" + DIGEST, b"\x04\x81\x20" + DIGEST[:-1])


WRONG: dict[str, tuple[str, Callable[[], bytes], str | None]] = {
    "content type": (
        "attributes_content_type",
        lambda: with_changed(
            CONTENT_TYPE, attribute(CONTENT_TYPE, bytes.fromhex("060b2a864886f70d0109100104"))
        ),
        "check_content_type",
    ),
    "digest": (
        "attributes_digest",
        lambda: with_changed(MESSAGE_DIGEST, attribute(MESSAGE_DIGEST, tlv(4, bytes(32)))),
        "check_message_digest",
    ),
    "other certificate": (
        "attributes_certificate",
        lambda: with_certificate(certificate_id(OTHER)),
        "check_signing_certificate",
    ),
    "two certificates": (
        "attributes_certificate",
        lambda: with_certificate(certificate_id(OWN), certificate_id(OTHER)),
        "check_signing_certificate",
    ),
    "other serial number": (
        "attributes_certificate",
        lambda: with_certificate(certificate_id(OWN, issuer_serial(OWN, 201))),
        "check_signing_certificate",
    ),
    "policies": (
        "attributes_malformed",
        lambda: with_certificate(
            certificate_id(OWN), policies=tlv(0x30, tlv(0x30, bytes.fromhex("06022a03")))
        ),
        "check_signing_certificate",
    ),
    "hash algorithm written out": (
        "attributes_certificate",
        lambda: with_certificate(
            tlv(0x30, bytes.fromhex("300b0609608648016503040201"), tlv(4, hashlib.sha256(OWN).digest()))
        ),
        "check_signing_certificate",
    ),
    "other algorithm": (
        "attributes_algorithm",
        lambda: with_changed(PROTECTION, protection("rsa_pkcs1_sha256")),
        "check_algorithm_protection",
    ),
    "signing time": (
        "attributes_not_allowed",
        lambda: joined({**parts(), "time": attribute("1.2.840.113549.1.9.5", tlv(0x17, b"261122140500Z"))}),
        "check_nothing_else",
    ),
    "signature policy": (
        "attributes_not_allowed",
        lambda: joined({**parts(), "policy": attribute("1.2.840.113549.1.9.16.2.15", tlv(0x30))}),
        "check_nothing_else",
    ),
    "commitment": (
        "attributes_not_allowed",
        lambda: joined({**parts(), "commitment": attribute("1.2.840.113549.1.9.16.2.16", tlv(0x30))}),
        "check_nothing_else",
    ),
    "no content type": (
        "attributes_content_type",
        lambda: joined({k: v for k, v in parts().items() if k != CONTENT_TYPE}),
        None,
    ),
    "no digest": (
        "attributes_digest",
        lambda: joined({k: v for k, v in parts().items() if k != MESSAGE_DIGEST}),
        None,
    ),
    "no certificate": (
        "attributes_certificate",
        lambda: joined({k: v for k, v in parts().items() if k != CERTIFICATE}),
        None,
    ),
    "two values": (
        "attributes_malformed",
        lambda: with_changed(MESSAGE_DIGEST, attribute(MESSAGE_DIGEST, tlv(4, DIGEST), tlv(4, DIGEST))),
        None,
    ),
    "no value": (
        "attributes_malformed",
        lambda: with_changed(MESSAGE_DIGEST, attribute(MESSAGE_DIGEST)),
        None,
    ),
    "twice": ("attributes_malformed", lambda: joined({**parts(), "again": parts()[MESSAGE_DIGEST]}), None),
    "order": ("attributes_malformed", lambda: tlv(0x31, *sorted(parts().values(), reverse=True)), None),
    "trailing bytes": ("attributes_malformed", lambda: joined(parts()) + b"\0", None),
    "sequence": ("attributes_malformed", lambda: tlv(0x30, *sorted(parts().values())), None),
    "long length": ("attributes_malformed", long_form_length, None),
    "indefinite length": ("attributes_malformed", lambda: b"\x31\x80" + joined(parts())[3:] + b"\0\0", None),
    "cut off": ("attributes_malformed", lambda: joined(parts())[:-1], None),
    "empty": ("attributes_malformed", lambda: b"", None),
    "empty set": ("attributes_content_type", lambda: b"\x31\x00", None),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_attributes_are_refused(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    code, forge, rule = WRONG[case]
    der = forge()
    with pytest.raises(CheckFailed) as refused:
        check(der)
    assert refused.value.code == code
    assert refused.value.end_result == "document_mismatch"
    if rule is not None:
        monkeypatch.setattr(signed_attributes, rule, lambda *_: None)
        check(der)


VECTORS = Path(__file__).parents[2] / "protocol" / "vectors"


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("case", json.loads((VECTORS / "signed_attributes.json").read_text())["cases"])
def test_vectors_pass(case: dict[str, str]) -> None:
    check_signed_attributes(
        bytes.fromhex(case["signed_attributes_hex"]),
        signing_certificate_der=unpadded(case["certificate"]),
        message_digest=bytes.fromhex(case["message_digest_hex"]),
        signature_algorithm=case["signature_algorithm"],
    )


@pytest.mark.parametrize("number", range(28))
def test_invalid_vectors_are_refused(number: int) -> None:
    vectors = json.loads((VECTORS / "signed_attributes_invalid.json").read_text())
    assert len(vectors["invalid"]) >= 28
    with pytest.raises(CheckFailed, match="attributes_"):
        check_signed_attributes(
            bytes.fromhex(vectors["invalid"][number]["signed_attributes_hex"]),
            signing_certificate_der=unpadded(vectors["certificate"]),
            message_digest=bytes.fromhex(vectors["message_digest_hex"]),
            signature_algorithm=vectors["signature_algorithm"],
        )


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(CheckFailed, match="attributes_algorithm"):
        check(joined(parts()), "rsa_pkcs1_sha1")


def test_a_digest_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(CheckFailed, match="attributes_digest"):
        check(joined(parts("ecdsa_p384_sha384")), "ecdsa_p384_sha384")


@pytest.mark.parametrize("seed", range(40))
def test_spoiled_bytes_raise_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(200):
        der = bytearray(joined(parts()))
        for _ in range(chance.randint(1, 4)):
            der[chance.randrange(len(der))] = chance.randrange(256)
        try:
            check(bytes(der))
        except CheckFailed:
            continue
        assert bytes(der) == joined(parts())
