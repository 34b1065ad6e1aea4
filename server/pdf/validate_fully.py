"""Full validation with pyHanko: path to a trust root, digest and signature, coverage, and what the update
means for earlier signatures.

pyHanko's verdict alone is not enough (it accepts bytes after the CMS, and one CMS in two fields):
validate.py's own check goes with it, and foreign files are looked at by verify.py."""

import io
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from server.errors import VerificationFailed
from server.pdf.earlier_signatures import worse_off
from server.pdf.pyhanko_reading import open_reader, pyhanko_status, validation_context
from server.pdf.source_document import READER_ERRORS


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
    original_length: int | None = None,
    other_certificates: Sequence[bytes] = (),
    moment: datetime | None = None,
) -> None:
    """Raises VerificationFailed unless the signature in this field is valid, trusted and covers the whole
    file, and no earlier signature is worse than it was in the first ``original_length`` bytes (None: those are not looked at):
    ``pdf_unreadable``,
    ``pdf_password_needed``, ``field_missing``, ``message_digest_mismatch``, ``signature_invalid``,
    ``coverage_incomplete``, ``certificate_untrusted``, ``full_validation_failed``,
    ``earlier_signature_broken``."""
    content = document if isinstance(document, bytes) else document.read_bytes()
    reader = open_reader(io.BytesIO(content))
    try:
        signatures = [(name, field) for name, _, field in enumerate_sig_fields(reader, filled_status=True)]
        own = next((field for name, field in signatures if name == field_name), None)
        if own is None:
            raise VerificationFailed("the signed field is not there", code="field_missing")
        context = validation_context(trust_roots, other_certificates, moment)
        _check_own(pyhanko_status(EmbeddedPdfSignature(reader, own.get_object(), field_name), context))
        if original_length and len(signatures) > 1 and worse_off(content, original_length):
            raise VerificationFailed("an earlier signature does not hold", code="earlier_signature_broken")
    except READER_ERRORS as error:
        raise VerificationFailed("the full validation failed", code="full_validation_failed") from error
