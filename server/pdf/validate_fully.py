"""Full validation with pyHanko: path to a trust root, digest and signature, coverage, and what the update
means for earlier signatures.

pyHanko's verdict alone is not enough (it accepts bytes after the CMS, and one CMS in two fields):
validate.py's own check goes with it, and foreign files are looked at by verify.py."""

import asyncio
import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_timestamp
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from server.errors import VerificationFailed
from server.pdf.source_document import READER_ERRORS

_KEY_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"}, match_all_key_usages=False)


def validation_context(
    trust_roots: Sequence[bytes], other_certificates: Sequence[bytes] = (), moment: datetime | None = None
) -> ValidationContext:
    """pyHanko's context for DER certificates. Nothing is fetched from the network; ``moment`` None is now."""
    return ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(root) for root in trust_roots],
        other_certs=[asn1_x509.Certificate.load(certificate) for certificate in other_certificates],
        allow_fetching=False,
        moment=moment,
    )


def open_reader(stream: BinaryIO) -> PdfFileReader:
    """A reader, strict if the file allows it, unlocked with the empty password. Raises
    VerificationFailed(``pdf_unreadable``)."""
    for strict in (True, False):
        try:
            reader = PdfFileReader(stream, strict=strict)
            if strict and reader.xrefs.hybrid_xrefs_present:  # a strict reader validates none; the grammar says which are sound
                continue
            if reader.encrypt_dict is not None and not _opens_for_all(reader):
                raise VerificationFailed("the document opens with a password or a recipient's key only", code="pdf_password_needed")
            for _, value, _ in enumerate_sig_fields(reader, filled_status=True):
                value.get_object()  # what a strict reader refuses shows here
        except READER_ERRORS as error:
            if not strict:
                raise VerificationFailed("the document cannot be read", code="pdf_unreadable") from error
        else:
            return reader
    raise VerificationFailed("the document cannot be read", code="pdf_unreadable")


def _opens_for_all(reader: PdfFileReader) -> bool:
    """With the empty password (ISO 32000-2, 7.6.4); a file for named recipients (7.6.5) never does."""
    return isinstance(reader.security_handler, StandardSecurityHandler) and reader.decrypt(b"").status != AuthStatus.FAILED


def pyhanko_status(signature: EmbeddedPdfSignature, context: ValidationContext, **options: Any) -> PdfSignatureStatus:
    """pyHanko's verdict, on an event loop of its own (``asyncio.run`` costs milliseconds)."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(
            async_validate_pdf_signature(signature, context, key_usage_settings=_KEY_USAGE, **options)
        )
    finally:
        loop.close()


def _still_holds(earlier: EmbeddedPdfSignature, context: ValidationContext) -> bool:
    """A document timestamp (ISO 32000-2, 12.8.5) has no permissions of its own: it must be whole."""
    if earlier.sig_object_type == "/DocTimeStamp":
        loop = asyncio.new_event_loop()
        try:
            stamp = loop.run_until_complete(async_validate_pdf_timestamp(earlier, context))
        finally:
            loop.close()
        return bool(stamp.intact and stamp.valid)
    status = pyhanko_status(earlier, context)
    return bool(status.intact and status.valid and status.docmdp_ok)


def _check_own(status: PdfSignatureStatus) -> None:
    if not status.intact:
        raise VerificationFailed("the document differs from what was signed", code="message_digest_mismatch")
    if not status.valid:
        raise VerificationFailed("the signature value does not verify", code="signature_invalid")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise VerificationFailed("the signature does not cover the whole file", code="coverage_incomplete")
    if not status.trusted:
        raise VerificationFailed("no path to a trust root", code="certificate_untrusted")
    if not status.bottom_line:
        raise VerificationFailed("the full validation says no", code="full_validation_failed")


def validate_signed_document_fully(
    document: bytes | Path,
    trust_roots: Sequence[bytes],
    field_name: str,
    *,
    other_certificates: Sequence[bytes] = (),
    moment: datetime | None = None,
) -> None:
    """Raises VerificationFailed unless the signature in this field is valid, trusted and covers the whole
    file, and all earlier signatures are intact and allow what was added: ``pdf_unreadable``,
    ``pdf_password_needed``, ``field_missing``, ``message_digest_mismatch``, ``signature_invalid``,
    ``coverage_incomplete``, ``certificate_untrusted``, ``full_validation_failed``,
    ``earlier_signature_broken``."""
    stream: BinaryIO = io.BytesIO(document) if isinstance(document, bytes) else document.open("rb")
    with stream:
        reader = open_reader(stream)
        try:
            signatures = {signature.field_name: signature for signature in reader.embedded_signatures}
            if field_name not in signatures:
                raise VerificationFailed("the signed field is not there", code="field_missing")
            context = validation_context(trust_roots, other_certificates, moment)
            _check_own(pyhanko_status(signatures.pop(field_name), context))
            for earlier in signatures.values():
                if not _still_holds(earlier, validation_context((), (), moment)):
                    raise VerificationFailed("an earlier signature does not hold", code="earlier_signature_broken")
        except READER_ERRORS as error:
            raise VerificationFailed("the full validation failed", code="full_validation_failed") from error
