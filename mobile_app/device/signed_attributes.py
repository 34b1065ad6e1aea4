"""The phone's check of what its key will really sign: the DER of the CMS signed attributes (RFC 5652, 5.4;
``docs/protocol.md`` §4.3).

Read with a strict DER reader of the phone's own (X.690): one-byte tags, shortest lengths, ``SET OF`` in
order, nothing left over. The rules, in the order of the checks:

1. the bytes are one ``SET OF`` attributes in canonical DER, each attribute once and with one value;
2. contentType is id-data (RFC 5652, 11.1);
3. messageDigest is the digest that the phone has computed (11.2);
4. signingCertificateV2 names exactly the phone's own certificate, by SHA-256, without policies (RFC 5035, 3);
5. CMSAlgorithmProtection, if there, names the algorithms of this signature with their parameters (RFC 6211);
6. there is nothing else: no signing time (PAdES has it in the PDF), no policy, no commitment.
"""

import hashlib
import hmac
from typing import Final, NoReturn

from mobile_app.errors import CheckFailed

_SEQUENCE, _SET, _INTEGER, _OCTET_STRING, _OBJECT_IDENTIFIER = 0x30, 0x31, 0x02, 0x04, 0x06
_DIRECTORY_NAME, _SIGNATURE_ALGORITHM = 0xA4, 0xA1

_CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("2a864886f70d010910022f")
_ALGORITHM_PROTECTION: Final = bytes.fromhex("2a864886f70d010934")
_ID_DATA: Final = bytes.fromhex("06092a864886f70d010701")

_SHA256: Final = bytes.fromhex("300b0609608648016503040201")
_SHA384: Final = bytes.fromhex("300b0609608648016503040202")
# Signature algorithm's name: (AlgorithmIdentifier of the digest, of the signature), whole DER.
_ALGORITHMS: Final[dict[str, tuple[bytes, bytes]]] = {
    "rsa_pkcs1_sha256": (_SHA256, bytes.fromhex("300d06092a864886f70d01010b0500")),
    "rsa_pss_sha256": (
        _SHA256,
        bytes.fromhex(
            "304106092a864886f70d01010a3034a00f300d06096086480165030402010500"
            "a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120"
        ),
    ),
    "ecdsa_p256_sha256": (_SHA256, bytes.fromhex("300a06082a8648ce3d040302")),
    "ecdsa_p384_sha384": (_SHA384, bytes.fromhex("300a06082a8648ce3d040303")),
}
_DIGEST_LENGTH: Final = {_SHA256: 32, _SHA384: 48}


def check_signed_attributes(
    der: bytes, *, signing_certificate_der: bytes, message_digest: bytes, signature_algorithm: str
) -> None:
    """Check the attributes that the phone is asked to sign.

    ``message_digest`` is the digest over the ByteRange that the phone itself has computed: SHA-384 for
    ``ecdsa_p384_sha384``, else SHA-256. Raises ``CheckFailed`` with ``attributes_malformed``,
    ``attributes_content_type``, ``attributes_digest``, ``attributes_certificate``, ``attributes_algorithm``
    or ``attributes_not_allowed``.
    """
    algorithms = _ALGORITHMS.get(signature_algorithm)
    if algorithms is None:
        _refuse("attributes_algorithm", "unknown_signature_algorithm")
    attributes = _read_attributes(der)
    check_content_type(attributes)
    check_message_digest(attributes, message_digest, _DIGEST_LENGTH[algorithms[0]])
    check_signing_certificate(attributes, signing_certificate_der)
    check_algorithm_protection(attributes, *algorithms)
    check_nothing_else(attributes)


def check_content_type(attributes: dict[bytes, bytes]) -> None:
    """The content type is id-data."""
    if attributes.get(_CONTENT_TYPE) != _ID_DATA:
        _refuse("attributes_content_type", "content_type")


def check_message_digest(attributes: dict[bytes, bytes], digest: bytes, length: int) -> None:
    """The message digest is the one computed over the ByteRange."""
    expected = bytes((_OCTET_STRING, length)) + digest
    if len(digest) != length or not hmac.compare_digest(attributes.get(_MESSAGE_DIGEST, b""), expected):
        _refuse("attributes_digest", "message_digest")


def check_signing_certificate(attributes: dict[bytes, bytes], certificate: bytes) -> None:
    """Exactly the phone's own certificate is named, without policies."""
    value = attributes.get(_SIGNING_CERTIFICATE_V2)
    if value is None:
        _refuse("attributes_certificate", "missing")
    certificates = _children(_only(_SEQUENCE, _content(_SEQUENCE, value)))
    if len(certificates) != 1:
        _refuse("attributes_certificate", "number")
    identifier = _children(_content(_SEQUENCE, certificates[0]))
    expected = bytes((_OCTET_STRING, 32)) + hashlib.sha256(certificate).digest()
    # The hash algorithm's default is SHA-256, so DER leaves it out.
    if len(identifier) not in (1, 2) or not hmac.compare_digest(identifier[0], expected):
        _refuse("attributes_certificate", "digest")
    if len(identifier) == 2:
        serial, issuer = _serial_and_issuer(certificate)
        named = _children(_content(_SEQUENCE, identifier[1]))
        if len(named) != 2 or named[1] != serial or _only(_DIRECTORY_NAME, _content(_SEQUENCE, named[0])) != issuer:
            _refuse("attributes_certificate", "issuer_serial")


def check_algorithm_protection(attributes: dict[bytes, bytes], digest: bytes, signature: bytes) -> None:
    """If the algorithms are named, they are the ones that this signature is made with."""
    value = attributes.get(_ALGORITHM_PROTECTION)
    if value is not None and _children(_content(_SEQUENCE, value)) != [
        digest,
        bytes((_SIGNATURE_ALGORITHM,)) + signature[1:],
    ]:
        _refuse("attributes_algorithm", "algorithm_protection")


def check_nothing_else(attributes: dict[bytes, bytes]) -> None:
    """No attribute says more than these four."""
    more = attributes.keys() - {
        _CONTENT_TYPE,
        _MESSAGE_DIGEST,
        _SIGNING_CERTIFICATE_V2,
        _ALGORITHM_PROTECTION,
    }
    if more:
        _refuse("attributes_not_allowed", "attribute", oid=sorted(more)[0].hex())


def _read_attributes(der: bytes) -> dict[bytes, bytes]:
    """Return the one value of each attribute by its type's content octets."""
    attributes: dict[bytes, bytes] = {}
    items = _children(_content(_SET, der))
    if items != sorted(items):
        _refuse("attributes_malformed", "order")
    for item in items:
        parts = _children(_content(_SEQUENCE, item))
        if len(parts) != 2:
            _refuse("attributes_malformed", "attribute")
        kind = _content(_OBJECT_IDENTIFIER, parts[0])
        values = _children(_content(_SET, parts[1]))
        if kind in attributes or len(values) != 1:
            _refuse("attributes_malformed", "repeated")
        attributes[kind] = values[0]
    return attributes


def _serial_and_issuer(certificate: bytes) -> tuple[bytes, bytes]:
    """Return serial number and issuer as they stand in the certificate (RFC 5280, 4.1), whole DER."""
    fields = _children(_only(_SEQUENCE, _content(_SEQUENCE, certificate), among=3))
    if fields and fields[0][0] == 0xA0:
        fields = fields[1:]
    if len(fields) < 3 or fields[0][0] != _INTEGER:
        _refuse("attributes_certificate", "certificate")
    return fields[0], fields[2]


def _refuse(code: str, what: str, **details: object) -> NoReturn:
    raise CheckFailed(code, {"what": what, **details})


def _end_of_length(data: bytes, position: int) -> tuple[int, int]:
    """Read the length that follows the tag at ``position``; return where the content begins and ends."""
    if position + 2 > len(data) or data[position] & 0x1F == 0x1F:
        _refuse("attributes_malformed", "tag")
    length = data[position + 1]
    start = position + 2
    if length >= 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[position + 2 : start], "big")
        shortest = 1 if length < 0x100 else 2 if length < 0x10000 else 3
        if length < 0x80 or length > 0xFFFFFF or start != position + 2 + shortest:
            _refuse("attributes_malformed", "length")
    if start + length > len(data):
        _refuse("attributes_malformed", "length")
    return start, start + length


def _content(tag: int, data: bytes) -> bytes:
    """Return the content of ``data``, which must be one value of this tag and nothing behind it."""
    start, end = _end_of_length(data, 0)
    if data[0] != tag or end != len(data):
        _refuse("attributes_malformed", "value")
    return data[start:end]


def _children(content: bytes) -> list[bytes]:
    """Split constructed content into its values, whole DER each."""
    values = []
    position = 0
    while position < len(content):
        _, end = _end_of_length(content, position)
        values.append(content[position:end])
        position = end
    return values


def _only(tag: int, content: bytes, *, among: int = 1) -> bytes:
    """Return the content of the first value, of this tag, in content that holds exactly ``among`` values."""
    values = _children(content)
    if len(values) != among:
        _refuse("attributes_malformed", "number")
    return _content(tag, values[0])
