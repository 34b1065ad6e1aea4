"""Digest and signature value of one signature or time-stamp: intact, broken, or not to be checked here, with the reason.

The document's bytes are those that /ByteRange names. A time-stamp token (RFC 3161, 2.4.2) signs its TSTInfo, whose imprint is the
document's (ISO 32000-2, 12.8.5) or the signature value's. ``adbe.pkcs7.sha1`` signs the document's SHA-1 as content (12.8.3.3.1).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Literal

from asn1crypto import core, tsp

from server.pdf.verifying.algorithms import (
    AlgorithmUnsupported,
    SignatureScheme,
    digest_name,
    digest_of,
    scheme_of,
    value_holds,
)
from server.pdf.verifying.ber import encode_length
from server.pdf.verifying.cms_message import ASN1_ERRORS, CmsMessage

Soundness = Literal["intact", "broken", "unknown"]


@dataclass(frozen=True)
class Sound:
    """``codes`` say why it is not intact, or what is odd."""

    soundness: Soundness
    codes: tuple[str, ...] = ()
    time: datetime | None = None  # of a time-stamp token


@dataclass(frozen=True)
class SignedBytes:
    """The parts of a document that a /ByteRange names: pairs of offset and length."""

    document: bytes
    ranges: Sequence[tuple[int, int]]

    def digest(self, name: str) -> bytes:
        """Raises ``AlgorithmUnsupported``."""
        view = memoryview(self.document)
        return digest_of(name, *(view[start : start + length] for start, length in self.ranges))

    @cached_property
    def whole(self) -> bytes:
        return b"".join(self.document[start : start + length] for start, length in self.ranges)


def signature_soundness(message: CmsMessage, signed: SignedBytes, *, sha1_as_content: bool = False) -> Sound:
    """For /Type /Sig. Codes: ``signer_certificate_missing``, ``algorithm_unsupported``, ``algorithm_protection_mismatch``,
    ``signature_algorithm_misnamed`` (made with the SignerInfo's digest, though it names another), ``content_encapsulated``."""
    content = message.encapsulated
    if sha1_as_content:
        if content is None or content != signed.digest("SHA-1"):
            return Sound("broken")
        found = _signer_soundness(message, lambda name: digest_of(name, content), lambda: content)
        return replace(found, codes=(*found.codes, "digest_weak"))
    found = _signer_soundness(message, signed.digest, lambda: signed.whole)
    if content is not None and found.soundness == "intact":
        return Sound("intact", (*found.codes, "content_encapsulated"))
    return found


def token_soundness(message: CmsMessage, imprint_of: Callable[[str], bytes]) -> Sound:
    """For a document time-stamp or a signature's token: ``imprint_of`` gives what was stamped under a digest's name."""
    content = message.encapsulated
    if message.signed is None or content is None:
        return Sound("broken" if message.signed is not None else "unknown")
    try:
        info = tsp.TSTInfo.load(content)
        time = info["gen_time"].native
        imprint = info["message_imprint"]
        stamped = imprint_of(digest_name(imprint["hash_algorithm"])) == imprint["hashed_message"].native
    except AlgorithmUnsupported:
        return Sound("unknown", ("algorithm_unsupported",))
    except ASN1_ERRORS:
        return Sound("unknown", ("cms_unreadable",))
    found = _signer_soundness(message, lambda name: digest_of(name, content), lambda: content)
    return Sound(found.soundness if stamped else "broken", found.codes, time)


def _signer_soundness(message: CmsMessage, digest: Callable[[str], bytes], whole: Callable[[], bytes]) -> Sound:
    if message.signer is None:
        return Sound("unknown")
    if message.certificate is None:
        return Sound("unknown", ("signer_certificate_missing",))
    try:
        scheme = scheme_of(message.signer["signature_algorithm"], message.digest)
        told = (message.attributes or {}).get("message_digest")
        if told is not None and told.native != digest(message.digest):
            return Sound("broken")
        codes = list(_protection(message))
        valid = _value_holds(message, scheme, whole)
        if not valid and scheme.digest not in ("", message.digest):
            valid = _value_holds(message, replace(scheme, digest=message.digest), whole)
            codes.append("signature_algorithm_misnamed")
    except AlgorithmUnsupported:
        return Sound("unknown", ("algorithm_unsupported",))
    except ASN1_ERRORS:
        return Sound("unknown", ("cms_unreadable",))
    return Sound("intact", tuple(codes)) if valid else Sound("broken")


def _value_holds(message: CmsMessage, scheme: SignatureScheme, whole: Callable[[], bytes]) -> bool:
    assert message.signer is not None
    value, key = message.signer["signature"].native, _public_key(message)
    messages = iter((whole(),)) if message.attributes is None else _attribute_encodings(message)
    return any(value_holds(key, scheme, encoded, value) for encoded in messages)


def _public_key(message: CmsMessage) -> bytes:
    assert message.certificate is not None
    key = message.certificate.public_key
    if key.algorithm == "rsassa_pss":  # the scheme stands in the SignerInfo
        key = key.copy()
        key["algorithm"] = {"algorithm": "rsa", "parameters": core.Null()}
    return bytes(key.dump())


def _attribute_encodings(message: CmsMessage) -> Iterator[bytes]:
    """The attributes as a SET OF: as they stand, and sorted, which is what DER asks for (RFC 5652, 5.4)."""
    parts = message.signed_attributes
    for order in (parts, *([tuple(sorted(parts))] if tuple(sorted(parts)) != parts else [])):
        body = b"".join(order)
        yield b"\x31" + encode_length(len(body)) + body


def _protection(message: CmsMessage) -> Iterator[str]:
    """RFC 6211: the algorithms that were signed are those that are used."""
    protected: Any = (message.attributes or {}).get("cms_algorithm_protection")
    if protected is None or message.signer is None:
        return
    named = (protected["digest_algorithm"]["algorithm"].dotted, protected["signature_algorithm"]["algorithm"].dotted)
    used = (message.signer["digest_algorithm"]["algorithm"].dotted, message.signer["signature_algorithm"]["algorithm"].dotted)
    if named != used:
        yield "algorithm_protection_mismatch"
