"""What may stand between objects: the header in front, white space, comments (ISO 32000-2, 7.2.3, 7.2.4 and 7.5.2).

Rules: ``%PDF-1.0`` to ``1.7`` or ``2.0`` at byte 0 and a line end; then perhaps one comment line of at most 64 bytes that marks the file
as binary by four bytes over 127 and holds no keyword. Every other comment is recorded as one.
"""

import re

from server.document_limits import MAX_COMMENT_BYTES
from server.pdf.grammar.breach import KEYWORDS, Breaches, Unfollowable
from server.pdf.grammar.values import Buffer

_VERSION_LINE = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)(?:\r\n|\n|\r)")
_HEADER_LINE = re.compile(rb"%PDF-[^\r\n]{0,64}(?:\r\n|\n|\r)")
_MARK_LINE = re.compile(rb"(%[^\r\n]*+)(?:\r\n|\n|\r)")
_WHITE = re.compile(rb"[\0\t\n\f\r ]*+")
_COMMENT = re.compile(rb"%[^\r\n]*+(?:\r\n|\r|\n|\Z)")
_BINARY_MARK = 4  # bytes over 127


def after_header(buffer: Buffer, breaches: Breaches) -> int:
    """The place after the header. Raises ``Unfollowable`` where the file begins with something else."""
    line = _VERSION_LINE.match(buffer)
    if line is None:
        line = _HEADER_LINE.match(buffer)
        if line is None:
            raise Unfollowable("header", 0)
        breaches.add("version_bytes", 0)
    mark = _MARK_LINE.match(buffer, line.end())
    if mark is not None and _is_mark(mark[1]):
        return mark.end()
    return line.end()


def _is_mark(text: bytes) -> bool:
    return (
        len(text) <= MAX_COMMENT_BYTES
        and sum(byte > 127 for byte in text) >= _BINARY_MARK
        and KEYWORDS.search(text) is None
    )


def after_gap(buffer: Buffer, position: int, breaches: Breaches) -> int:
    """The place of the next thing that is neither white space nor a comment."""
    while True:
        white = _WHITE.match(buffer, position)
        position = white.end() if white else position
        comment = _COMMENT.match(buffer, position)
        if comment is None:
            return position
        breaches.comment(comment[0], position)
        position = comment.end()


def is_white(text: bytes) -> bool:
    """Nothing but white space."""
    return not text.strip(b"\0\t\n\f\r ")
