"""Signatures as other programs write them, each sound: BER, no signed attributes, SHA-3, white space, and what is not signed at all.

RFC 5652 (CMS), X.690 (BER), ISO 32000-2, 12.8. The base is the plain contract with one field, as in ``increments``.
"""

import hashlib
from collections.abc import Callable
from typing import Any

from asn1crypto import algos, cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, padding, rsa
from cryptography.x509.oid import NameOID

from tests.pdf_corpus.increments import SignatureIncrement, plain_prepared
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import (
    PreparedDocument,
    Signer,
    complete_byte_range,
    make_cms,
    signature_dictionary,
    signed_attributes,
    signed_data,
    signer_info,
)

NIST = "2.16.840.1.101.3.4."
DIGEST_OIDS = {"sha256": f"{NIST}2.1", "sha3_256": f"{NIST}2.8", "sha3_512": f"{NIST}2.10", "sha512": f"{NIST}2.3"}
RSA_OIDS = {"sha256": "1.2.840.113549.1.1.11", "sha3_256": f"{NIST}3.14", "sha3_512": f"{NIST}3.16", "sha512": "1.2.840.113549.1.1.13"}
ECDSA_OIDS = {"sha256": "1.2.840.10045.4.3.2", "sha3_256": f"{NIST}3.10", "sha3_512": f"{NIST}3.12", "sha512": "1.2.840.10045.4.3.4"}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_512": hashes.SHA3_512(),
}


def in_ber(encoded: bytes, *, depth: int = 8) -> bytes:
    """DER as BER: constructed elements of indefinite length, down to ``depth`` levels; certificates and signed attributes stay as they are.

    Both would still be the same values in BER, but their encoding is what is signed (RFC 5652, 5.4; RFC 5280, 4.1.1.3).
    """
    tag, body = encoded[0], _content(encoded)
    if not tag & 0x20 or depth == 0:
        return encoded
    parts, position = [], 0
    while position < len(body):
        end = _end(body, position)
        parts.append(body[position:end])
        position = end
    kept = (0xA0,) if tag == 0x30 and len(parts) >= 5 else ()  # certificates of SignedData, attributes of SignerInfo
    return bytes((tag, 0x80)) + b"".join(p if p[0] in kept else in_ber(p, depth=depth - 1) for p in parts) + b"\0\0"


def octets_in_pieces(octets: bytes, size: int = 100) -> bytes:
    """An octet string in constructed form (X.690, 8.7.3)."""
    pieces = [octets[at : at + size] for at in range(0, len(octets), size)]
    return b"\x24\x80" + b"".join(b"\x04" + bytes((len(p),)) + p for p in pieces) + b"\0\0"


def _end(source: bytes, position: int) -> int:
    first = source[position + 1]
    size = first & 0x7F if first & 0x80 else 0
    length = int.from_bytes(source[position + 2 : position + 2 + size], "big") if size else first
    return position + 2 + size + length


def _content(encoded: bytes) -> bytes:
    first = encoded[1]
    return encoded[2 + (first & 0x7F if first & 0x80 else 0) :]


def ber_signature(signer: Signer) -> bytes:
    """The usual CMS, in BER of indefinite length."""
    prepared = plain_prepared()
    return prepared.fill(in_ber(make_cms(signer, prepared.digest())))


def without_signed_attributes(signer: Signer, sub_filter: str = "/adbe.pkcs7.detached") -> bytes:
    """The signature value is over the document itself (RFC 5652, 5.4), as ``openssl cms -sign -noattr`` makes it."""
    prepared = _with_sub_filter(sub_filter)
    info = signer_info(signer, prepared.digest())
    del info["signed_attrs"]
    info["signature"] = signer.sign(_covered(prepared))
    return prepared.fill(signed_data([info], [signer]))


def _covered(prepared: PreparedDocument) -> bytes:
    a, b, c, d = prepared.four_numbers
    return prepared.data[a : a + b] + prepared.data[c : c + d]


def signature_by(signer: Signer, digest: str, *, named: str = "") -> bytes:
    """Signed with the digest of this name (``sha3_256`` …); ``named``: the signature algorithm says that one instead."""
    prepared = plain_prepared()
    info = signer_info(signer, prepared.digest())
    attributes = signed_attributes(signer, prepared.digest(digest))
    oids = RSA_OIDS if isinstance(signer.key, rsa.RSAPrivateKey) else ECDSA_OIDS
    info["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": DIGEST_OIDS[digest]})
    info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": oids[named or digest]})
    info["signed_attrs"] = attributes
    encoded = attributes.untag().dump(force=True)
    if isinstance(signer.key, ec.EllipticCurvePrivateKey):
        info["signature"] = signer.key.sign(encoded, ec.ECDSA(HASHES[digest]))
    else:
        info["signature"] = signer.key.sign(encoded, padding.PKCS1v15(), HASHES[digest])
    return prepared.fill(signed_data([info], [signer]))


def unsorted_attributes(signer: Signer) -> bytes:
    """Signed attributes in an order of their own, signed as they stand, which DER would sort (X.690, 11.6)."""
    prepared = plain_prepared()
    parts = sorted((a.dump() for a in signed_attributes(signer, prepared.digest())), reverse=True)
    body = b"".join(parts)
    info = signer_info(signer, prepared.digest())
    attributes = cms.CMSAttributes.load(b"\x31" + _length(len(body)) + body)
    info["signature"] = signer.sign(attributes.dump())
    right = info.dump(force=True)
    was = info["signed_attrs"].dump()
    wrong = right.replace(was, b"\xa0" + _length(len(body)) + body)
    message = signed_data([info], [signer])
    return prepared.fill(message.replace(right, wrong))


def _length(length: int) -> bytes:
    return bytes((length,)) if length < 0x80 else b"\x82" + length.to_bytes(2, "big") if length > 0xFF else bytes((0x81, length))


def edwards_signature(issuer: Signer, digest: str) -> bytes:
    """Ed448 with the digest of this name beside its signed attributes; RFC 8419 allows SHAKE256 alone."""
    key = ed448.Ed448PrivateKey.generate()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An")]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(issuer.certificate.not_valid_before_utc)
        .not_valid_after(issuer.certificate.not_valid_after_utc)
        .sign(issuer.key, hashes.SHA256())
    )
    signer = Signer(issuer.key, certificate, issuer)
    prepared = plain_prepared()
    covered = _covered(prepared)
    value = hashlib.shake_256(covered).digest(64) if digest == "shake256" else hashlib.new(digest, covered).digest()
    info, attributes = signer_info(signer, prepared.digest()), signed_attributes(signer, value)
    info["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": {**DIGEST_OIDS, "shake256": f"{NIST}2.12"}[digest]})
    info["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "1.3.101.113"})
    info["signed_attrs"] = attributes
    info["signature"] = key.sign(attributes.untag().dump(force=True))
    return prepared.fill(signed_data([info], [signer]))


def _with_sub_filter(name: str) -> PreparedDocument:
    increment = SignatureIncrement(plain_document().build())
    increment.signature_body = signature_dictionary().replace(b"/ETSI.CAdES.detached", name.encode())
    return increment.build()


def sha1_as_content(signer: Signer) -> bytes:
    """``adbe.pkcs7.sha1``: the CMS carries the document's SHA-1 and signs that (ISO 32000-1, 12.8.3.3.1)."""
    prepared = _with_sub_filter("/adbe.pkcs7.sha1")
    content = prepared.digest("sha1")
    message = cms.ContentInfo.load(signed_data([signer_info(signer, hashlib.sha256(content).digest())], [signer]))
    message["content"]["encap_content_info"]["content"] = content
    return prepared.fill(message.dump(force=True))


def bare_rsa(signer: Signer) -> bytes:
    """``adbe.x509.rsa_sha1``: no CMS at all, the certificate in /Cert (ISO 32000-1, 12.8.3.2)."""
    increment = SignatureIncrement(plain_document().build())
    body = signature_dictionary(extra=f"/Cert <{signer.certificate_der.hex()}>")
    increment.signature_body = body.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1")
    prepared = increment.build()
    value = signer.sign(_covered(prepared), "sha1")
    return prepared.fill(b"\x04\x82" + len(value).to_bytes(2, "big") + value)


def unknown_sub_filter(signer: Signer) -> bytes:
    """A kind of signature that no standard names."""
    prepared = _with_sub_filter("/Somebody.Elses")
    return prepared.fill(make_cms(signer, prepared.digest()))


def white_space_in_contents(signer: Signer, spaces: bytes = b"\n\t \r\n\x0c\0") -> bytes:
    """White space between the digits of /Contents and at both ends, which means nothing (7.3.4.3)."""
    increment = SignatureIncrement(plain_document().build())
    prepared = increment.build()
    start, end = prepared.gap
    step = 60
    room = (end - start - 2) // (step + len(spaces)) * step
    digits = make_cms(signer, prepared.digest()).hex().encode().ljust(room, b"0")
    spaced = spaces.join(digits[at : at + step] for at in range(0, room, step))
    return prepared.data[: start + 1] + spaced.ljust(end - start - 2, b" ") + prepared.data[end - 1 :]


def without_certificates(signer: Signer) -> bytes:
    """Nobody can check it: the signer's certificate is not there."""
    prepared = plain_prepared()
    message = cms.ContentInfo.load(make_cms(signer, prepared.digest()))
    del message["content"]["certificates"]
    return prepared.fill(message.dump(force=True))


def never_signed() -> bytes:
    """A placeholder: ByteRange and zeros."""
    return plain_prepared().data


def direct_dictionary(signer: Signer) -> bytes:
    """The signature dictionary stands in the field itself, which some libraries write."""
    increment = SignatureIncrement(plain_document().build())
    writer = increment.put_objects()
    body = signature_dictionary().decode()
    del writer.bodies[increment.signature_number]
    field = writer.bodies[increment.field_number].decode()
    writer.put(increment.field_number, field.replace(f"/V {increment.signature_number} 0 R", f"/V {body}"))
    data = writer.build(prev=int(increment.base.split(b"startxref")[-1].split()[0]))
    size = len(increment.base)
    prepared = complete_byte_range(data, after=size, original_length=size, field_name=increment.field_name)
    return prepared.sign(signer)


SOUND: dict[str, Callable[[Signer], bytes]] = {
    "in_ber": ber_signature,
    "without_signed_attributes": without_signed_attributes,
    "white_space_in_contents": white_space_in_contents,
    "sha3_256": lambda signer: signature_by(signer, "sha3_256"),
    "sha3_512": lambda signer: signature_by(signer, "sha3_512"),
    "unsorted_attributes": unsorted_attributes,
    "direct_dictionary": direct_dictionary,
}
"""Each is whole; what else ``verify`` says of it must be true."""


def described() -> dict[str, Any]:
    """What the report calls the algorithms of ``SOUND`` for an RSA key of 2,048 bits."""
    return {"sha3_256": "RSA 2048, SHA3-256", "sha3_512": "RSA 2048, SHA3-512", "in_ber": "RSA 2048, SHA-256"}
