"""pyHanko's reader and its verdict on one signature, as everything in this package asks for them.

Rules: a strict reader where the file allows it; nothing is fetched from the network.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, BinaryIO

from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.crypt import AuthStatus, StandardSecurityHandler
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
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
