"""Signed attributes by hand (docs/protocol.md 4.3), read back by ``openssl asn1parse`` and accepted by ``openssl cms -verify -cades``.

Each of the four algorithms has its DER, the signature over it, and a complete detached CMS that openssl verifies; then come bytes that
look like signed attributes and that a phone must not sign.
"""

import hashlib
import re
import tempfile
from pathlib import Path

from vector_making.encodings import b64u, der, der_oid, der_set_of, sha256_hex
from vector_making.third_tools import openssl, openssl_digest
from vector_making.world import SIGNING_KEY, Json, World

OID_DATA = "1.2.840.113549.1.7.1"
OID_CONTENT_TYPE = "1.2.840.113549.1.9.3"
OID_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
OID_SIGNING_TIME = "1.2.840.113549.1.9.5"
OID_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
OID_ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"
OID_SIGNATURE_POLICY = "1.2.840.113549.1.9.16.2.15"

NULL = b"\x05\x00"
DIGEST_OF = dict.fromkeys(SIGNING_KEY, "sha256") | {"ecdsa_p384_sha384": "sha384"}
DIGEST_ALGORITHM = {
    "sha256": der(0x30, der_oid("2.16.840.1.101.3.4.2.1")),
    "sha384": der(0x30, der_oid("2.16.840.1.101.3.4.2.2")),
}
_SHA256_NULL = der(0x30, der_oid("2.16.840.1.101.3.4.2.1"), NULL)
_PSS_PARAMETERS = der(
    0x30,
    der(0xA0, _SHA256_NULL),
    der(0xA1, der(0x30, der_oid("1.2.840.113549.1.1.8"), _SHA256_NULL)),
    der(0xA2, der(0x02, b"\x20")),
)
SIGNATURE_ALGORITHM = {
    "rsa_pkcs1_sha256": der(0x30, der_oid("1.2.840.113549.1.1.11"), NULL),
    "rsa_pss_sha256": der(0x30, der_oid("1.2.840.113549.1.1.10"), _PSS_PARAMETERS),
    "ecdsa_p256_sha256": der(0x30, der_oid("1.2.840.10045.4.3.2")),
    "ecdsa_p384_sha384": der(0x30, der_oid("1.2.840.10045.4.3.3")),
}


def attribute(oid: str, *values: bytes) -> bytes:
    """Attribute ::= SEQUENCE {type, SET OF values}."""
    return der(0x30, der_oid(oid), der_set_of(*values))


def algorithm_protection(digest: bytes, signature: bytes) -> bytes:
    """CMSAlgorithmProtection (RFC 6211): signatureAlgorithm is [1] IMPLICIT."""
    return attribute(OID_ALGORITHM_PROTECTION, der(0x30, digest, b"\xa1" + signature[1:]))


def parts(algorithm: str, message_digest: bytes, certificate: bytes) -> dict[str, bytes]:
    """The four attributes by name, each DER."""
    ess_cert_id = der(0x30, der(0x04, hashlib.sha256(certificate).digest()))
    return {
        "content_type": attribute(OID_CONTENT_TYPE, der_oid(OID_DATA)),
        "message_digest": attribute(OID_MESSAGE_DIGEST, der(0x04, message_digest)),
        "signing_certificate_v2": attribute(OID_SIGNING_CERTIFICATE_V2, der(0x30, der(0x30, ess_cert_id))),
        "cms_algorithm_protection": algorithm_protection(DIGEST_ALGORITHM[DIGEST_OF[algorithm]], SIGNATURE_ALGORITHM[algorithm]),
    }


def signed_attributes(algorithm: str, message_digest: bytes, certificate: bytes) -> bytes:
    """The dtbs: DER of the SET OF, tag 0x31."""
    return der_set_of(*parts(algorithm, message_digest, certificate).values())


def _serial_and_issuer(certificate: bytes) -> bytes:
    """IssuerAndSerialNumber, cut out of the certificate where ``openssl asn1parse`` says that they stand."""
    lines = openssl("asn1parse", "-inform", "DER", stdin=certificate).decode().splitlines()
    second_level = [re.match(r"\s*(\d+):d=2\s+hl=(\d+)\s+l=\s*(\d+)", line) for line in lines]
    spans = [(int(m[1]), int(m[1]) + int(m[2]) + int(m[3])) for m in second_level if m]
    (serial, issuer) = spans[1], spans[3]
    return der(0x30, certificate[slice(*issuer)], certificate[slice(*serial)])


def _detached_cms(algorithm: str, attributes: bytes, signature: bytes, certificate: bytes) -> bytes:
    """ContentInfo with one SignerInfo around the attributes (RFC 5652), to have openssl verify it."""
    digest = DIGEST_ALGORITHM[DIGEST_OF[algorithm]]
    signer = der(
        0x30,
        der(0x02, b"\x01"),
        _serial_and_issuer(certificate),
        digest,
        b"\xa0" + attributes[1:],
        SIGNATURE_ALGORITHM[algorithm],
        der(0x04, signature),
    )
    signed_data = der(
        0x30,
        der(0x02, b"\x01"),
        der_set_of(digest),
        der(0x30, der_oid(OID_DATA)),
        der(0xA0, certificate),
        der_set_of(signer),
    )
    return der(0x30, der_oid("1.2.840.113549.1.7.2"), der(0xA0, signed_data))


def _openssl_agrees(world: World, cms: bytes, attributes: bytes, content: bytes) -> None:
    """asn1parse reads the attributes to the end; cms -verify -cades accepts signature, digest and signing certificate."""
    lines = openssl("asn1parse", "-inform", "DER", stdin=attributes).decode().splitlines()
    if sum(":d=1 " in line for line in lines) != 4 or any("BAD" in line or "error" in line.lower() for line in lines):
        raise RuntimeError("openssl asn1parse reads other attributes: " + "\n".join(lines))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "cms").write_bytes(cms)
        (Path(folder) / "content").write_bytes(content)
        openssl("cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", f"{folder}/cms", "-content", f"{folder}/content",
                "-CAfile", str(world.folder / "ca_certificate.pem"), "-purpose", "any", "-out", f"{folder}/out")  # fmt: skip


def valid_vector(world: World) -> Json:
    """The four algorithms."""
    content = "Những byte trong ByteRange của tài liệu\n".encode()
    cases = []
    for algorithm, key in SIGNING_KEY.items():
        certificate = world.certificate(key)
        digest = openssl_digest(DIGEST_OF[algorithm], content)
        pieces = parts(algorithm, digest, certificate)
        attributes = der_set_of(*pieces.values())
        signature = world.bench.sign(key, algorithm, attributes)
        _openssl_agrees(world, _detached_cms(algorithm, attributes, signature, certificate), attributes, content)
        cases.append(
            {
                "signature_algorithm": algorithm,
                "key": key,
                "certificate": b64u(certificate),
                "certificate_sha256": sha256_hex(certificate),
                "content_hex": content.hex(),
                "message_digest_hex": digest.hex(),
                "attributes_hex": {name: piece.hex() for name, piece in pieces.items()},
                "digest_algorithm_hex": DIGEST_ALGORITHM[DIGEST_OF[algorithm]].hex(),
                "signature_algorithm_hex": SIGNATURE_ALGORITHM[algorithm].hex(),
                "signed_attributes_hex": attributes.hex(),
                "dtbs_r_hex": openssl_digest(DIGEST_OF[algorithm], attributes).hex(),
                "signature_value_hex": signature.hex(),
                "deterministic": algorithm == "rsa_pkcs1_sha256",
            }
        )
    return {"about": "Signed attributes and the signature over them (section 4.3).", "cases": cases}


def _unsorted(*values: bytes) -> bytes:
    return der(0x31, *sorted(values, reverse=True))


def invalid_vector(world: World) -> Json:
    """Bytes that a phone must not sign, each with its reason."""
    algorithm, certificate = "rsa_pkcs1_sha256", world.certificate("signing_rsa")
    digest = openssl_digest("sha256", b"content")
    p = parts(algorithm, digest, certificate)
    base = der_set_of(*p.values())
    own = hashlib.sha256(certificate).digest()
    sha256, rsa = DIGEST_ALGORITHM["sha256"], SIGNATURE_ALGORITHM[algorithm]
    time = attribute(OID_SIGNING_TIME, der(0x17, b"260921141320Z"))
    policy = attribute(OID_SIGNATURE_POLICY, NULL)

    def with_(name: str, *attributes: bytes) -> bytes:
        return der_set_of(*(piece for other, piece in p.items() if other != name), *attributes)

    def certificate_attribute(*pieces: bytes) -> bytes:
        return with_("signing_certificate_v2", attribute(OID_SIGNING_CERTIFICATE_V2, der(0x30, *pieces)))

    one_id = der(0x30, der(0x04, own))
    cases = {
        "signingTime is in": with_("", time),
        "a signature policy is in": with_("", policy),
        "no contentType": with_("content_type"),
        "no messageDigest": with_("message_digest"),
        "no signingCertificateV2": with_("signing_certificate_v2"),
        "messageDigest twice": with_("", attribute(OID_MESSAGE_DIGEST, der(0x04, bytes(32)))),
        "messageDigest with two values": with_("message_digest", attribute(OID_MESSAGE_DIGEST, der(0x04, digest), der(0x04, bytes(32)))),
        "messageDigest of another content": with_("message_digest", attribute(OID_MESSAGE_DIGEST, der(0x04, bytes(32)))),
        "messageDigest too short": with_("message_digest", attribute(OID_MESSAGE_DIGEST, der(0x04, digest[:31]))),
        "contentType is signedData": with_("content_type", attribute(OID_CONTENT_TYPE, der_oid("1.2.840.113549.1.7.2"))),
        "another certificate": certificate_attribute(der(0x30, der(0x30, der(0x04, bytes(32))))),
        "two certificates": certificate_attribute(der(0x30, one_id, one_id)),
        "policies in signingCertificateV2": certificate_attribute(der(0x30, one_id), der(0x30, der(0x30, der_oid("1.2.3.4")))),
        "default hashAlgorithm written out": certificate_attribute(der(0x30, der(0x30, sha256, der(0x04, own)))),
        "issuerSerial is in": certificate_attribute(
            der(0x30, der(0x30, der(0x04, own), der(0x30, der(0x30, der(0xA4, der(0x30))), der(0x02, b"\x01"))))
        ),
        "algorithm protection names SHA-384": with_("cms_algorithm_protection", algorithm_protection(DIGEST_ALGORITHM["sha384"], rsa)),
        "algorithm protection names ECDSA": with_(
            "cms_algorithm_protection", algorithm_protection(sha256, SIGNATURE_ALGORITHM["ecdsa_p256_sha256"])
        ),
        "digestAlgorithm with NULL": with_("cms_algorithm_protection", algorithm_protection(_SHA256_NULL, rsa)),
        "sha256WithRSAEncryption without NULL": with_(
            "cms_algorithm_protection", algorithm_protection(sha256, der(0x30, der_oid("1.2.840.113549.1.1.11")))
        ),
        "signatureAlgorithm tagged explicitly": with_(
            "cms_algorithm_protection", attribute(OID_ALGORITHM_PROTECTION, der(0x30, sha256, der(0xA1, rsa)))
        ),
        "not in DER order": _unsorted(*p.values()),
        "a byte behind the set": base + b"\x00",
        "length in the long form": b"\x31\x82\x00" + base[2:] if base[1] == 0x81 else b"\x31\x81" + base[1:],
        "indefinite length": b"\x31\x80" + b"".join(sorted(p.values())) + b"\x00\x00",
        "tag of the copy inside SignerInfo": b"\xa0" + base[1:],
        "a SEQUENCE for the SET": b"\x30" + base[1:],
        "cut off": base[:-1],
        "empty": b"",
    }
    return {
        "about": "What is not the signed attributes of this content and certificate (section 4.3); a phone signs none of these.",
        "signature_algorithm": algorithm,
        "certificate": b64u(certificate),
        "message_digest_hex": digest.hex(),
        "valid_for_comparison_hex": base.hex(),
        "invalid": [{"reason": reason, "signed_attributes_hex": value.hex()} for reason, value in cases.items()],
    }
