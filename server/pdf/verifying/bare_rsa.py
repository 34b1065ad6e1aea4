"""``adbe.x509.rsa_sha1`` (ISO 32000-1, 12.8.3.2): an RSA signature over the document's SHA-1 in an OCTET STRING, no CMS; the certificates
stand in /Cert. Old files of public offices have it. SHA-1 is weak, which is told.
"""

from asn1crypto import core, x509
from pyhanko.pdf_utils import generic

from server.pdf.verifying.algorithms import AlgorithmUnsupported, SignatureScheme, describe, value_holds
from server.pdf.verifying.cms_message import ASN1_ERRORS, CmsMessage, key_bits, key_warnings
from server.pdf.verifying.integrity import SignedBytes, Sound
from server.pdf.verifying.pdf_values import entry

SUB_FILTER = "/adbe.x509.rsa_sha1"
_SCHEME = SignatureScheme("RSA", "SHA-1")


def read_bare_rsa(dictionary: generic.DictionaryObject) -> CmsMessage:
    """Signer, chain and algorithm as a ``CmsMessage`` without a CMS. Warnings: ``signer_certificate_missing``, and as ``read_cms``."""
    certificates = tuple(_certificates(dictionary))
    if not certificates:
        return CmsMessage(warnings=("signer_certificate_missing",))
    own = certificates[0]
    try:
        warnings = ("digest_weak", "signing_certificate_missing", *key_warnings(own))
        name = describe(_SCHEME, "SHA-1", key_bits(own))
    except ASN1_ERRORS:
        return CmsMessage(warnings=("signer_certificate_missing",))
    return CmsMessage(None, None, own, certificates, "SHA-1", name, warnings=warnings)


def bare_rsa_soundness(message: CmsMessage, contents: bytes, signed: SignedBytes) -> Sound:
    """``contents``: the gap decoded, zeros included."""
    if message.certificate is None:
        return Sound("unknown")
    try:
        value = core.OctetString.load(contents, strict=False).native
        holds = value_holds(message.certificate.public_key.dump(), _SCHEME, signed.whole, value)
    except AlgorithmUnsupported:
        return Sound("unknown", ("algorithm_unsupported",))
    except ASN1_ERRORS:
        return Sound("unknown", ("cms_unreadable",))
    return Sound("intact" if holds else "broken")


def _certificates(dictionary: generic.DictionaryObject) -> list[x509.Certificate]:
    """One string or an array of them, the signer's first (table 252)."""
    value = entry(dictionary, "/Cert")
    values = [value[index] for index in range(len(value))] if isinstance(value, generic.ArrayObject) else [value]
    found = []
    for one in values:
        raw = getattr(one, "original_bytes", one)
        try:
            certificate = x509.Certificate.load(bytes(raw)) if isinstance(raw, bytes) else None
            if certificate is not None and certificate.serial_number:
                found.append(certificate)
        except ASN1_ERRORS:
            return []  # nobody knows then which one is the signer's
    return found
