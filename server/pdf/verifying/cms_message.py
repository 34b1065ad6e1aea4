"""Reading a foreign CMS (RFC 5652), and what is odd about it: the checks of RFC 5652, RFC 5035 and EN 319 142-1 that lenient validators
leave out.

BER is read as well as DER, which is told (ISO 32000-2, 12.8.3.3.1 asks for DER). Signed attributes may be missing: then the signature
value is over the content itself (RFC 5652, 5.4).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asn1crypto import cms, core, x509

from server.pdf.verifying import algorithms
from server.pdf.verifying.ber import BerInvalid, children, to_definite
from server.signing.dtbs import MINIMUM_RSA_BITS

_BROKEN_RSA_BITS = 1024
_EXPECTED_UNSIGNED = {"signature_time_stamp_token", "counter_signature"}
_SINGLE = {
    "content_type", "message_digest", "signing_time", "signing_certificate", "signing_certificate_v2", "cms_algorithm_protection",
}  # fmt: skip
"""Signed attributes that mean something here: each once, with one value (RFC 5652, 11; RFC 5035; RFC 6211)."""
ASN1_ERRORS = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OverflowError)


@dataclass(frozen=True)
class CmsMessage:
    """One CMS with one signer. ``digest`` and ``algorithm`` are names; ``attributes`` is None where nothing but the content is signed;
    ``warnings`` are codes. ``signed`` is None where the CMS can't be read."""

    signed: cms.SignedData | None = None
    signer: cms.SignerInfo | None = None
    certificate: x509.Certificate | None = None
    certificates: tuple[x509.Certificate, ...] = ()
    digest: str = ""
    algorithm: str = ""
    names_signing_certificate: bool = False
    attributes: dict[str, Any] | None = field(default=None)
    signed_attributes: tuple[bytes, ...] = ()  # each as it stands: a parser may sort or shorten them
    tokens: tuple[cms.SignedData, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def signer_name(self) -> str:
        return "" if self.certificate is None else common_name(self.certificate)

    @property
    def encapsulated(self) -> bytes | None:
        """The content that the CMS carries, or None: the signature is detached."""
        if self.signed is None or self.signed["encap_content_info"]["content"] is core.VOID:
            return None
        content = self.signed["encap_content_info"]["content"]
        return bytes(content) if isinstance(content, core.OctetString | core.ParsableOctetString) else None


def common_name(certificate: x509.Certificate) -> str:
    """The subject's common name, or all of its name where it has none."""
    try:
        name = certificate.subject.native.get("common_name", certificate.subject.human_friendly)
    except ASN1_ERRORS:
        return ""
    return str(name) if isinstance(name, str) else ", ".join(map(str, name))


def read_cms(contents: bytes, others: Sequence[x509.Certificate] = ()) -> CmsMessage:
    """``contents`` is the whole decoded gap, zeros included; ``others`` are certificates from elsewhere in the document. Never raises for
    what a document may hold.

    Warnings: ``cms_empty``, ``cms_unreadable``, ``cms_in_ber``, ``cms_trailing_bytes``, ``signer_info_count``, ``message_digest_missing``,
    ``content_type_missing``, ``content_type_mismatch``, ``signing_certificate_missing``, ``signing_certificate_mismatch``,
    ``signer_certificate_missing``, ``attribute_repeated``, ``digest_weak``, ``digest_broken``, ``digest_not_allowed``, ``key_weak``,
    ``key_broken``, ``unsigned_attributes_unusual``."""
    if not contents.strip(b"\0"):
        return CmsMessage(warnings=("cms_empty",))
    warnings: list[str] = []
    try:
        outer = to_definite(contents)
        if contents[outer.end :].strip(b"\0"):
            warnings.append("cms_trailing_bytes")
        if outer.rewritten:
            warnings.append("cms_in_ber")
        info = cms.ContentInfo.load(outer.encoded)
        if info["content_type"].native != "signed_data":
            return CmsMessage(warnings=("cms_unreadable",))
        return read_signed_data(info["content"], others, warnings)
    except (BerInvalid, *ASN1_ERRORS):
        return CmsMessage(warnings=(*warnings, "cms_unreadable"))


def read_signed_data(signed: cms.SignedData, others: Sequence[x509.Certificate] = (), warnings: Iterable[str] = ()) -> CmsMessage:
    """As ``read_cms``, of a SignedData that was found somewhere. Raises ``BerInvalid`` or one of ``ASN1_ERRORS``."""
    found = list(warnings)
    raw_attributes = _raw_attributes(signed.dump())
    signers = list(signed["signer_infos"])
    if len(signers) != 1:
        found.append("signer_info_count")
    if not signers:
        return CmsMessage(warnings=tuple(found))
    signer = signers[0]
    certificates = tuple(one.chosen for one in signed["certificates"] if one.name == "certificate")
    certificate = certificate_of(signer, (*certificates, *others))
    present = not isinstance(signer["signed_attrs"], core.Void)
    attributes = list(signer["signed_attrs"]) if present else []
    content_type = signed["encap_content_info"]["content_type"].native
    found += _attribute_warnings(attributes, content_type) if present else []
    named = next((a for a in attributes if a["type"].native in {"signing_certificate_v2", "signing_certificate"}), None)
    if named is None:
        found.append("signing_certificate_missing")
    elif certificate is not None and not _names(named, certificate.dump()):
        found.append("signing_certificate_mismatch")
    if certificate is None:
        found.append("signer_certificate_missing")
    digest = algorithms.digest_name(signer["digest_algorithm"])
    algorithm, strength = _strength(signer, digest, certificate)
    unsigned = [] if isinstance(signer["unsigned_attrs"], core.Void) else list(signer["unsigned_attrs"])
    if {attribute["type"].native for attribute in unsigned} - _EXPECTED_UNSIGNED:
        found.append("unsigned_attributes_unusual")
    message = CmsMessage(
        signed,
        signer,
        certificate,
        certificates,
        digest,
        algorithm,
        named is not None,
        {a["type"].native: a["values"][0] for a in attributes if len(a["values"])} if present else None,
        raw_attributes,
        _tokens(unsigned),
        (*found, *strength),
    )
    if not isinstance(signer["signature"].native, bytes) or (message.encapsulated is None and content_type == "tst_info"):
        raise ValueError("no signature value, or no TSTInfo")  # a lazy parser would find out later
    return message


def _raw_attributes(signed: bytes) -> tuple[bytes, ...]:
    """The signed attributes of the first SignerInfo (RFC 5652, 5.3), before any parser touches them."""
    if signed[0] == 0xA0:  # still within the ContentInfo's [0]
        (signed,) = children(signed)
    signers = children(children(signed)[-1])
    parts = [part for part in children(signers[0]) if part[0] == 0xA0] if signers else []
    return tuple(children(parts[0])) if parts else ()


def _tokens(unsigned: list[Any]) -> tuple[cms.SignedData, ...]:
    """The signature's time-stamp tokens (RFC 3161, appendix A)."""
    values = [value for a in unsigned if a["type"].native == "signature_time_stamp_token" for value in a["values"]]
    return tuple(value["content"] for value in values)


def _attribute_warnings(attributes: list[Any], content_type: str) -> Iterable[str]:
    kinds = [attribute["type"].native for attribute in attributes]
    single = [attribute for attribute in attributes if attribute["type"].native in _SINGLE]
    if any(kinds.count(kind) > 1 for kind in _SINGLE) or any(len(attribute["values"]) != 1 for attribute in single):
        yield "attribute_repeated"
    for kind in ("message_digest", "content_type"):
        if kind not in kinds:
            yield f"{kind}_missing"
    told = next((a["values"][0].native for a in attributes if a["type"].native == "content_type"), content_type)
    if told != content_type:
        yield "content_type_mismatch"


def _strength(signer: cms.SignerInfo, digest: str, certificate: x509.Certificate | None) -> tuple[str, list[str]]:
    """The algorithm's name, and what is weak about it."""
    warnings = []
    bits = key_bits(certificate)
    used = {digest}
    try:
        scheme = algorithms.scheme_of(signer["signature_algorithm"], digest)
        used.add(scheme.digest)
        name = algorithms.describe(scheme, digest, bits)
        if algorithms.EDWARDS_DIGESTS.get(scheme.scheme, digest) != digest:
            warnings.append("digest_not_allowed")
    except algorithms.AlgorithmUnsupported:
        name = f"{signer['signature_algorithm']['algorithm'].dotted}, {digest}"
    if used & algorithms.BROKEN_DIGESTS:
        warnings.append("digest_broken")
    elif used & algorithms.WEAK_DIGESTS:
        warnings.append("digest_weak")
    return name, [*warnings, *key_warnings(certificate)]


def key_bits(certificate: x509.Certificate | None) -> int:
    """0 where the kind of key says it."""
    if certificate is None or certificate.public_key.algorithm not in ("rsa", "rsassa_pss", "dsa", "ec"):
        return 0
    return int(certificate.public_key.bit_size)


def key_warnings(certificate: x509.Certificate | None) -> list[str]:
    """``key_weak`` or ``key_broken`` for short keys."""
    if certificate is None or certificate.public_key.algorithm not in ("rsa", "rsassa_pss", "dsa"):
        return []
    bits = key_bits(certificate)
    return [] if bits >= MINIMUM_RSA_BITS else ["key_weak"] if bits >= _BROKEN_RSA_BITS else ["key_broken"]


def certificate_of(signer: cms.SignerInfo, certificates: Iterable[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that the SignerInfo names, or None."""
    identifier = signer["sid"].chosen
    for certificate in certificates:
        try:
            if signer["sid"].name == "subject_key_identifier":
                if certificate.key_identifier == identifier.native:
                    return certificate
            elif (
                certificate.serial_number == identifier["serial_number"].native
                and certificate.issuer.hashable == identifier["issuer"].hashable
            ):
                return certificate
        except ASN1_ERRORS:
            continue  # a certificate that can't be read is not the one
    return None


def _names(attribute: cms.CMSAttribute, certificate_der: bytes) -> bool:
    """Does the (first) ESSCertID hold this certificate's hash?"""
    first = attribute["values"][0]["certs"][0]
    is_v2 = attribute["type"].native == "signing_certificate_v2"
    if not is_v2:
        return bool(hashlib.sha1(certificate_der, usedforsecurity=False).digest() == first["cert_hash"].native)
    name = algorithms.digest_name(first["hash_algorithm"])
    try:
        return bool(algorithms.digest_of(name, certificate_der) == first["cert_hash"].native)
    except algorithms.AlgorithmUnsupported:
        return False
