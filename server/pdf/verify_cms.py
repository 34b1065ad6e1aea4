"""What is odd about a foreign CMS: the checks of RFC 5652, RFC 5035 and EN 319 142-1 that lenient
validators leave out."""

import hashlib
from dataclasses import dataclass

from asn1crypto import cms

from server.pdf.der_reader import DerInvalid, read_tlv
from server.signing.dtbs import MINIMUM_RSA_BITS

_WEAK_DIGESTS = {"md2", "md5", "sha1"}
_EXPECTED_UNSIGNED = {"signature_time_stamp_token", "counter_signature"}


@dataclass(frozen=True)
class CmsFacts:
    """What the report says of a CMS; ``warnings`` are codes."""

    signer: str
    has_timestamp: bool
    names_signing_certificate: bool
    warnings: tuple[str, ...]


def examine_cms(contents: bytes) -> CmsFacts:
    """``contents`` is the whole decoded gap, zeros included. Never raises for what a document may hold.
    Warnings: ``cms_unreadable``, ``cms_trailing_bytes``, ``signer_info_count``, ``message_digest_missing``,
    ``content_type_missing``, ``signing_certificate_missing``, ``signing_certificate_mismatch``,
    ``attribute_repeated``, ``digest_weak``, ``key_weak``, ``unsigned_attributes_unusual``."""
    warnings: list[str] = []
    try:
        outer = read_tlv(contents)
        if contents[outer.end :].strip(b"\0"):
            warnings.append("cms_trailing_bytes")
        signed = cms.ContentInfo.load(outer.encoded)["content"]
        signers = list(signed["signer_infos"])
    except DerInvalid:
        return CmsFacts("", has_timestamp=False, names_signing_certificate=False, warnings=("cms_unreadable",))
    except (ValueError, TypeError, KeyError, AttributeError):
        return CmsFacts("", has_timestamp=False, names_signing_certificate=False, warnings=("cms_unreadable",))
    if len(signers) != 1:
        warnings.append("signer_info_count")
    if not signers:
        return CmsFacts("", has_timestamp=False, names_signing_certificate=False, warnings=tuple(warnings))
    try:
        return _examine_signer(signed, signers[0], warnings)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return CmsFacts(
            "", has_timestamp=False, names_signing_certificate=False, warnings=(*warnings, "cms_unreadable")
        )


def _examine_signer(signed: cms.SignedData, signer: cms.SignerInfo, warnings: list[str]) -> CmsFacts:
    attributes = list(signer["signed_attrs"])
    kinds = [attribute["type"].native for attribute in attributes]
    if len(set(kinds)) != len(kinds) or any(len(attribute["values"]) != 1 for attribute in attributes):
        warnings.append("attribute_repeated")
    for kind in ("message_digest", "content_type"):
        if kind not in kinds:
            warnings.append(f"{kind}_missing")
    named = next((a for a in attributes if a["type"].native in {"signing_certificate_v2", "signing_certificate"}), None)
    certificate = _certificate_of(signed, signer)
    if named is None:
        warnings.append("signing_certificate_missing")
    elif certificate is not None and not _names(named, certificate.dump()):
        warnings.append("signing_certificate_mismatch")
    algorithm = signer["signature_algorithm"]
    digests = {signer["digest_algorithm"]["algorithm"].native}
    if algorithm["algorithm"].native not in {"rsassa_pkcs1v15", "dsa", "ecdsa", "ed25519", "ed448"}:
        digests.add(algorithm.hash_algo)
    if digests & _WEAK_DIGESTS:
        warnings.append("digest_weak")
    key = certificate.public_key if certificate is not None else None
    if key is not None and key.algorithm == "rsa" and key.bit_size < MINIMUM_RSA_BITS:
        warnings.append("key_weak")
    unsigned = [] if signer["unsigned_attrs"].native is None else list(signer["unsigned_attrs"])
    unsigned_kinds = {attribute["type"].native for attribute in unsigned}
    if unsigned_kinds - _EXPECTED_UNSIGNED:
        warnings.append("unsigned_attributes_unusual")
    name = (
        "" if certificate is None else certificate.subject.native.get("common_name", certificate.subject.human_friendly)
    )
    return CmsFacts(
        name if isinstance(name, str) else ", ".join(name),
        has_timestamp="signature_time_stamp_token" in unsigned_kinds,
        names_signing_certificate=named is not None,
        warnings=tuple(warnings),
    )


def _certificate_of(signed: cms.SignedData, signer: cms.SignerInfo):  # type: ignore[no-untyped-def]
    """The certificate that the SignerInfo names, or None."""
    identifier = signer["sid"].chosen
    for choice in signed["certificates"]:
        certificate = choice.chosen
        if signer["sid"].name == "subject_key_identifier":
            if certificate.key_identifier == identifier.native:
                return certificate
        elif (
            certificate.serial_number == identifier["serial_number"].native
            and certificate.issuer.dump() == identifier["issuer"].dump()
        ):
            return certificate
    return None


def _names(attribute: cms.CMSAttribute, certificate_der: bytes) -> bool:
    """Does the (first) ESSCertID hold this certificate's hash?"""
    first = attribute["values"][0]["certs"][0]
    is_v2 = attribute["type"].native == "signing_certificate_v2"
    digest_name = first["hash_algorithm"]["algorithm"].native if is_v2 else "sha1"
    return bool(hashlib.new(digest_name, certificate_der).digest() == first["cert_hash"].native)
