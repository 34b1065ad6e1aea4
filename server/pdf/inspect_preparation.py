"""Whether a file that passed every other check can be prepared for signing: what is accepted must be ready to be signed."""

from pathlib import Path
from typing import Final

from server.errors import Unprocessable
from server.pdf.earlier_signatures import refuse_if_worse
from server.pdf.geometry import Placement
from server.pdf.prepare import check_can_be_prepared
from server.pdf.source_document import READER_ERRORS

PREPARATION_REFUSALS: Final = {
    "pdf_password_needed": "pdf_encryption_unsupported",  # qpdf has opened it without a password by now
    "pdf_mac_unsupported": "pdf_encryption_unsupported",
    "document_certified": "pdf_certified_no_changes",
    "document_fields_locked": "pdf_certified_no_changes",
    "pdf_earlier_signature_would_break": "pdf_earlier_signature_would_break",
}


def refuse_if_unpreparable(path: Path) -> tuple[Placement, ...] | None:
    """Try it, and say where a visible signature may stand (None: anywhere); what others have signed must hold as it did. Raises
    ``pdf_encryption_unsupported``, ``pdf_certified_no_changes``, ``pdf_earlier_signature_would_break`` or ``pdf_broken``."""
    try:
        update = check_can_be_prepared(path)
        if update.signed_before:
            refuse_if_worse(path.read_bytes() + update.increment.appended, path.stat().st_size)
    except Unprocessable as error:
        code = PREPARATION_REFUSALS.get(error.code, "pdf_broken")
        raise Unprocessable(str(error), code=code, details=error.details) from error
    except READER_ERRORS as error:
        raise Unprocessable("can't be prepared", code="pdf_broken") from error
    return update.places
