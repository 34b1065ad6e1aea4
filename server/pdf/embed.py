"""Writing the CMS into the gap that preparing left: nothing else of the file changes.

The gap is the hex string ``<00…0>`` between the two ranges of the ByteRange. The CMS is written as hex from
its start; what is left stays zero. The CMS's own DER length says where it ends: zero bytes at its end are
part of it and never stripped."""

import os
from pathlib import Path

from server.errors import Unprocessable, VerificationFailed

ByteRange = tuple[int, int, int, int]


def gap_bounds(byte_range: ByteRange) -> tuple[int, int]:
    """Offsets of the gap's ``<`` and of the byte after its ``>``."""
    start, length, resume, _ = byte_range
    return start + length, resume


def _hex_for_gap(byte_range: ByteRange, cms: bytes, file_size: int) -> tuple[int, bytes]:
    """Offset of the first hex digit, and the digits. Raises ``byte_range_invalid`` or ``cms_too_large``."""
    gap_start, gap_end = gap_bounds(byte_range)
    if byte_range[0] != 0 or not 0 < gap_start < gap_end or gap_end + byte_range[3] != file_size:
        raise VerificationFailed("the byte range does not cover this file", code="byte_range_invalid")
    digits = cms.hex().encode("ascii")
    if len(digits) > gap_end - gap_start - 2:
        raise Unprocessable(
            "the CMS is larger than its gap",
            code="cms_too_large",
            details={"cms_bytes": len(cms), "gap_bytes": (gap_end - gap_start - 2) // 2},
        )
    return gap_start + 1, digits


def _check_gap_is_empty(gap: bytes) -> None:
    if gap[:1] != b"<" or gap[-1:] != b">" or gap.count(b"0") != len(gap) - 2:
        raise VerificationFailed("the gap is not an empty hex string", code="gap_not_empty")


def embed(prepared: bytes, byte_range: ByteRange, cms: bytes) -> bytes:
    """The signed document. Raises VerificationFailed(``byte_range_invalid``, ``gap_not_empty``),
    Unprocessable(``cms_too_large``)."""
    offset, digits = _hex_for_gap(byte_range, cms, len(prepared))
    gap_start, gap_end = gap_bounds(byte_range)
    _check_gap_is_empty(prepared[gap_start:gap_end])
    signed = bytearray(prepared)
    signed[offset : offset + len(digits)] = digits
    return bytes(signed)


def embed_into_file(path: Path, byte_range: ByteRange, cms: bytes) -> None:
    """Writes the CMS into the gap of the prepared file, in place, touching no other byte; the caller
    fsyncs. Errors as embed(). Embedding the same CMS again is allowed (a worker may die between the write
    and its commit); another one is ``gap_not_empty``."""
    with path.open("r+b", buffering=0) as file:
        descriptor = file.fileno()
        offset, digits = _hex_for_gap(byte_range, cms, os.fstat(descriptor).st_size)
        gap_start, gap_end = gap_bounds(byte_range)
        gap = os.pread(descriptor, gap_end - gap_start, gap_start)
        if gap != b"<" + digits.ljust(gap_end - gap_start - 2, b"0") + b">":
            _check_gap_is_empty(gap)
            written = 0
            while written < len(digits):
                written += os.pwrite(descriptor, digits[written:], offset + written)
