"""Whether a file that passed every other check can be prepared for signing: what is accepted must be ready to be signed."""

from pathlib import Path
from typing import Final

from server.errors import Unprocessable
from server.pdf.prepare import check_can_be_prepared
from server.pdf.source_document import READER_ERRORS

PREPARATION_REFUSALS: Final = {
    "pdf_password_needed": "pdf_password",
    "pdf_mac_unsupported": "pdf_password",
    "document_certified": "pdf_certified_no_changes",
    "document_fields_locked": "pdf_certified_no_changes",
}


def refuse_if_unpreparable(path: Path) -> None:
    """Try it. Raises ``pdf_password``, ``pdf_certified_no_changes`` or ``pdf_broken``."""
    try:
        check_can_be_prepared(path)
    except Unprocessable as error:
        raise Unprocessable(str(error), code=PREPARATION_REFUSALS.get(error.code, "pdf_broken")) from error
    except READER_ERRORS as error:
        raise Unprocessable("can't be prepared", code="pdf_broken") from error
