"""The bytes are the ones that the manifest promised (design: the manifest's lengths and SHA-256 digests).

One pass over the original serves three digests: its own, the whole prepared document's, and the one over the
ByteRange.
"""

import hashlib
import hmac
import mmap

from mobile_app.device.document_checks.document import PreparedDocument, refuse

_PIECE = 1024 * 1024
_KEPT = 32 * _PIECE


def _feed(digests: tuple["hashlib._Hash", ...], view: memoryview, start: int, end: int) -> None:
    for position in range(start, end, _PIECE):
        piece = view[position : min(position + _PIECE, end)]
        for digest in digests:
            digest.update(piece)
        if (position + _PIECE) % _KEPT == 0:
            _let_go(view)


def _let_go(view: memoryview) -> None:
    """Tell the system that the pages of a mapped file need not stay in memory; they come back when read."""
    mapped = view.obj
    if isinstance(mapped, mmap.mmap) and view.readonly and hasattr(mmap, "MADV_DONTNEED"):
        mapped.madvise(mmap.MADV_DONTNEED)


def check_length(document: PreparedDocument) -> None:
    """The prepared document is as long as the manifest says, and the original is a true part of it."""
    expected = document.expected
    if (
        len(document.data) != expected.prepared_length
        or not 0 < expected.original_length < expected.prepared_length
    ):
        refuse("doc_length", "length", length=len(document.data))


def check_digests(document: PreparedDocument) -> None:
    """The prepared document is the one in the manifest, and it begins with the original that the person
    was asked about."""
    expected = document.expected
    _, gap_start, gap_end, _ = expected.byte_range
    with memoryview(document.data) as view:
        original = hashlib.sha256()
        signed = original if expected.digest_algorithm == "sha256" else hashlib.sha384()
        _feed((original,) if signed is original else (original, signed), view, 0, expected.original_length)
        prepared = original.copy()
        if signed is original:
            signed = original.copy()
        _feed((prepared, signed), view, expected.original_length, gap_start)
        _feed((prepared,), view, gap_start, gap_end)
        _feed((prepared, signed), view, gap_end, len(view))
    document.document_digest = signed.digest()
    if not hmac.compare_digest(original.digest(), expected.original_sha256):
        refuse("doc_original_digest", "digest")
    if not hmac.compare_digest(prepared.digest(), expected.prepared_sha256):
        refuse("doc_prepared_digest", "digest")
