"""How a file begins (ISO 32000-2, 7.5.2), so that offsets count from the same byte for everybody.

Rules: ``%PDF-1.0`` to ``1.7`` or ``2.0`` at byte 0, an end of line, and at most one comment line of at most
``MAX_COMMENT_BYTES`` bytes with four or more above 127 and no keyword. What follows is the first revision's body.
"""

import re

from mobile_app.device.document_checks.comments import NO_KEYWORD
from mobile_app.device.document_checks.limits import MAX_COMMENT_BYTES
from mobile_app.device.document_checks.syntax import Buffer, breach

_VERSION = re.compile(rb"%PDF-(?:1\.[0-7]|2\.0)")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_BINARY_MARK = re.compile(NO_KEYWORD + rb"(%%[^\r\n]{4,%d}+)(?:\r\n|\n|\r)" % (MAX_COMMENT_BYTES - 1))
_LEAST_HIGH_BYTES = 4


def header_end(data: Buffer) -> int:
    """Return where the header ends. Raises ``doc_grammar``."""
    version = _VERSION.match(data)
    if version is None:
        breach("header", offset=0)
    line_end = _LINE_END.match(data, version.end())
    if line_end is None:
        breach("version_bytes", offset=version.end())
    mark = _BINARY_MARK.match(data, line_end.end())
    if mark is not None and sum(byte > 127 for byte in mark[1]) >= _LEAST_HIGH_BYTES:
        return mark.end()
    return line_end.end()
