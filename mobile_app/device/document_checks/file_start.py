"""The file begins as it should, so that no viewer finds another way into it than the one that was checked.

Why: behind junk before the header some viewers count offsets from the header; and into a linearised file (ISO
32000-2, annex F) whose ``/L`` equals the file's length some take a second way, past the increment. An
original that promises the prepared document's length is refused.
"""

import re

from mobile_app.device.document_checks.document import PreparedDocument, refuse
from mobile_app.device.document_checks.syntax import WS, read_value

_HEADER = re.compile(rb"%PDF-\d\.\d(?!\d)")
_FIRST_DICTIONARY = re.compile(
    rb"(?:" + WS + rb"++|%[^\r\n]*+)*+\d{1,10}" + WS + rb"++\d{1,5}" + WS + rb"++obj" + WS + rb"*+(?=<<)"
)


def check_header(document: PreparedDocument) -> None:
    """The first bytes are the header, so offsets count from the file's start for everybody."""
    if not _HEADER.match(document.data):
        refuse("doc_header", "header")


def check_linearization(document: PreparedDocument) -> None:
    """If the first object makes the file linearised, its ``/L`` is a plain number and not beyond the
    original."""
    length = document.expected.original_length
    first = _FIRST_DICTIONARY.match(document.data, 0, length)
    if first is None:
        return
    value, _ = read_value(document.data, first.end(), length)
    if isinstance(value, dict) and "Linearized" in value:
        promised = value.get("L")
        if type(promised) is not int or promised > length:
            refuse("doc_linearized_length", "length")
