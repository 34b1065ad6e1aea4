"""The server's own check of what it has just signed, on every document before it says COMPLETED.

check_signed_document_fast() checks what this pipeline can get wrong, each in one sentence and with one
code: byte range, gap, CMS, certificate, digest, signature. It reads the CMS with a reader of its own and
accepts nothing but what CmsTemplate builds. That it agrees with the full validation (validate_fully.py,
about 10 ms) on this pipeline's output is shown by tests; a sample of each batch takes the full one."""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509

from server.errors import VerificationFailed
from server.pdf.der_reader import DerInvalid, Tlv, read_tlv
from server.pdf.embed import ByteRange, gap_bounds
from server.pdf.validate_fully import validate_signed_document_fully
from server.signing.dtbs import find_signature_algorithm, verify_signature_value

__all__ = ["check_signed_document_fast", "check_signed_file_fast", "validate_signed_document_fully"]

_CHUNK = 1 << 20
_OID_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_OID_DATA = bytes.fromhex("06092a864886f70d010701")
_OID_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_OID_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_OID_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_OID_ALGORITHM_PROTECTION = bytes.fromhex("06092a864886f70d010934")
_ATTRIBUTES = {_OID_CONTENT_TYPE, _OID_MESSAGE_DIGEST, _OID_SIGNING_CERTIFICATE_V2, _OID_ALGORITHM_PROTECTION}


def _shape(value: Tlv, tags: tuple[int, ...]) -> list[Tlv]:
    children = value.children()
    if tuple(child.tag for child in children) != tags:
        raise VerificationFailed("the CMS is not of the form that is built here", code="cms_malformed")
    return children


@dataclass(frozen=True)
class _SignerInfo:
    """What is checked of the CMS: bytes of the parts."""

    certificates: tuple[bytes, ...]
    issuer: bytes
    serial_number: int
    digest_algorithm: bytes
    signed_attributes: bytes  # as the SET OF that was signed
    attributes: dict[bytes, bytes]  # OID -> the one value
    signature_algorithm: bytes
    signature_value: bytes


def _read_cms(gap: bytes) -> _SignerInfo:
    """Parses the content of the gap. Raises VerificationFailed: ``contents_malformed``, ``cms_not_der``,
    ``cms_trailing_bytes``, ``cms_malformed``, ``signed_attributes_unexpected``."""
    try:
        padded = bytes.fromhex(gap[1:-1].decode("ascii")) if gap[:1] == b"<" and gap[-1:] == b">" else None
    except ValueError:
        padded = None
    if padded is None:
        raise VerificationFailed("the gap does not hold one hex string", code="contents_malformed")
    content_info = read_tlv(padded)
    if padded[content_info.end :].strip(b"\0"):
        raise VerificationFailed("bytes follow the CMS", code="cms_trailing_bytes")
    content_type, content = _shape(content_info, (0x06, 0xA0))
    (signed_data,) = _shape(content, (0x30,))
    version, digests, encapsulated, certificates, signers = _shape(signed_data, (0x02, 0x31, 0x30, 0xA0, 0x31))
    (data_type,) = _shape(encapsulated, (0x06,))
    (signer,) = _shape(signers, (0x30,))
    signer_version, identifier, digest, attributes, algorithm, value = _shape(
        signer, (0x02, 0x30, 0x30, 0xA0, 0x30, 0x04)
    )
    issuer, serial = _shape(identifier, (0x30, 0x02))
    if (
        content_info.tag != 0x30
        or content_type.encoded != _OID_SIGNED_DATA
        or data_type.encoded != _OID_DATA
        or version.content != b"\x01"
        or signer_version.content != b"\x01"
        or digests.content != digest.encoded
    ):
        raise VerificationFailed("the CMS is not of the form that is built here", code="cms_malformed")
    return _SignerInfo(
        tuple(certificate.encoded for certificate in certificates.children()),
        issuer.encoded,
        int.from_bytes(serial.content, "big", signed=True),
        digest.encoded,
        b"\x31" + attributes.encoded[1:],
        _read_attributes(attributes),
        algorithm.encoded,
        value.content,
    )


def _read_attributes(attributes: Tlv) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    encodings = [attribute.encoded for attribute in attributes.children()]
    for attribute in attributes.children():
        oid, values = _shape(attribute, (0x06, 0x31))
        single = values.children()
        if len(single) != 1 or oid.encoded in found:
            raise VerificationFailed("an attribute has several values", code="signed_attributes_unexpected")
        found[oid.encoded] = single[0].encoded
    if set(found) != _ATTRIBUTES or encodings != sorted(encodings):
        raise VerificationFailed("other attributes than expected", code="signed_attributes_unexpected")
    return found


def _check_bounds(byte_range: ByteRange, size: int) -> tuple[int, int]:
    gap_start, gap_end = gap_bounds(byte_range)
    if byte_range[0] != 0 or not 0 < gap_start < gap_end - 2 or gap_end + byte_range[3] != size or byte_range[3] < 1:
        raise VerificationFailed("the byte range does not cover the file", code="byte_range_invalid")
    return gap_start, gap_end


@dataclass(frozen=True)
class _KnownCertificate:
    """What is compared of a signing certificate."""

    serial_number: int
    issuer: bytes
    sha256: bytes
    public_key: object


@lru_cache(64)
def _known_certificate(der: bytes) -> _KnownCertificate:
    certificate = x509.load_der_x509_certificate(der)
    return _KnownCertificate(
        certificate.serial_number,
        certificate.issuer.public_bytes(),
        hashlib.sha256(der).digest(),
        certificate.public_key(),
    )


def _check_cms(gap: bytes, document_digest: bytes, signing_certificate_der: bytes, signature_algorithm: str) -> None:
    algorithm = find_signature_algorithm(signature_algorithm)
    cms = _read_cms(gap)
    certificate = _known_certificate(signing_certificate_der)
    if (
        signing_certificate_der not in cms.certificates
        or cms.serial_number != certificate.serial_number
        or cms.issuer != certificate.issuer
    ):
        raise VerificationFailed("the CMS names another certificate", code="certificate_mismatch")
    if (cms.digest_algorithm, cms.signature_algorithm) != (
        algorithm.digest_algorithm_der,
        algorithm.signature_algorithm_der,
    ):
        raise VerificationFailed("the CMS names another algorithm", code="signature_algorithm_mismatch")
    protection = read_tlv(cms.attributes[_OID_ALGORITHM_PROTECTION]).content
    if protection != cms.digest_algorithm + b"\xa1" + cms.signature_algorithm[1:]:
        raise VerificationFailed("the protected algorithm is another", code="signature_algorithm_mismatch")
    if cms.attributes[_OID_CONTENT_TYPE] != _OID_DATA:
        raise VerificationFailed("the content type is not id-data", code="content_type_mismatch")
    if read_tlv(cms.attributes[_OID_MESSAGE_DIGEST]).content != document_digest:
        raise VerificationFailed("the signed digest is not the document's", code="message_digest_mismatch")
    reference = read_tlv(cms.attributes[_OID_SIGNING_CERTIFICATE_V2])
    for _ in range(3):  # SigningCertificateV2, its list, the only ESSCertIDv2
        (reference,) = reference.children()[:1] or (reference,)
    if reference.tag != 0x04 or reference.content != certificate.sha256:
        raise VerificationFailed("the signed certificate reference is another", code="certificate_mismatch")
    verify_signature_value(certificate.public_key, signature_algorithm, cms.signed_attributes, cms.signature_value)


def check_signed_document_fast(
    document: bytes, byte_range: ByteRange, signing_certificate_der: bytes, signature_algorithm: str
) -> None:
    """Raises VerificationFailed with one of: ``byte_range_invalid``, ``contents_malformed``,
    ``cms_not_der``, ``cms_trailing_bytes``, ``cms_malformed``, ``signed_attributes_unexpected``,
    ``certificate_mismatch``, ``signature_algorithm_mismatch``, ``content_type_mismatch``,
    ``message_digest_mismatch``, ``signature_invalid``. ``byte_range`` is what prepare() returned; it is
    under the digest itself."""
    gap_start, gap_end = _check_bounds(byte_range, len(document))
    hasher = hashlib.new(find_signature_algorithm(signature_algorithm).digest_name)
    view = memoryview(document)
    hasher.update(view[:gap_start])
    hasher.update(view[gap_end:])
    _check_cms(document[gap_start:gap_end], hasher.digest(), signing_certificate_der, signature_algorithm)


def check_signed_file_fast(
    path: Path, byte_range: ByteRange, signing_certificate_der: bytes, signature_algorithm: str
) -> None:
    """As check_signed_document_fast(), reading the file in pieces."""
    hasher = hashlib.new(find_signature_algorithm(signature_algorithm).digest_name)
    with path.open("rb", buffering=0) as file:
        size = os.fstat(file.fileno()).st_size
        gap_start, gap_end = _check_bounds(byte_range, size)
        for start, end in ((0, gap_start), (gap_end, size)):
            while start < end:
                piece = os.pread(file.fileno(), min(_CHUNK, end - start), start)
                if not piece:
                    raise DerInvalid("the file ended early")
                hasher.update(piece)
                start += len(piece)
        gap = os.pread(file.fileno(), gap_end - gap_start, gap_start)
    _check_cms(gap, hasher.digest(), signing_certificate_der, signature_algorithm)
