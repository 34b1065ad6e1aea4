"""What the digest covers: everything but one gap that holds nothing yet (ISO 32000-2, 12.8.1; ETSI EN 319
142-1, 4.2)."""

from mobile_app.device.document_checks.document import PreparedDocument, refuse

MAX_GAP = 1024 * 1024


def check_byte_range(document: PreparedDocument) -> None:
    """The range starts at 0, ends at the file's end, and leaves out exactly one gap, which lies behind the
    original's bytes."""
    first, gap_start, gap_end, rest = document.expected.byte_range
    if (
        first != 0
        or not document.expected.original_length < gap_start < gap_end
        or rest <= 0
        or gap_end + rest != len(document.data)
        or gap_end - gap_start > MAX_GAP
    ):
        refuse("doc_byte_range", "shape")


def check_gap_is_empty(document: PreparedDocument) -> None:
    """The gap is ``<``, an even number of zeros, ``>``."""
    start, end = document.gap
    gap = bytes(document.data[start:end])
    if len(gap) < 4 or len(gap) % 2 or gap != b"<" + b"0" * (len(gap) - 2) + b">":
        refuse("doc_gap_not_empty", "gap")
