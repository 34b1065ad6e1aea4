"""The first and the last bytes of an uploaded file: whether it is a PDF at all, and whether all of it is
there.
"""

import mmap
import re

from server.errors import Unprocessable

_HEADER_WINDOW = 1024  # viewers look for the header within the first 1024 bytes
_BACK_STEP = 1 << 16
_HEADER = re.compile(rb"%PDF-\d")
_OBJECT = re.compile(rb"(?<!\d)\d{1,10}[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+obj(?![A-Za-z0-9])")
_TABLE_STREAM = re.compile(rb"/Type[\0\t\n\f\r ]*/XRef(?![A-Za-z0-9])")


def refuse_if_no_pdf(buffer: mmap.mmap) -> None:
    """Somewhere in the first bytes stands ``%PDF-`` and a digit (ISO 32000-2, 7.5.2). Raises ``pdf_not_pdf``."""
    if _HEADER.search(buffer, 0, _HEADER_WINDOW + len("%PDF-1")) is None:
        raise Unprocessable("no PDF header", code="pdf_not_pdf")


def refuse_if_truncated(buffer: mmap.mmap) -> None:
    """A file that ends in the midst of an object or table has lost content: a rewrite must not paper over
    that.

    Raises ``pdf_truncated``. Complete means: after the last object's header come a trailer or ``startxref``,
    or that object is a whole cross-reference stream.
    """
    tail = _after_last_header(buffer)
    if buffer.find(b"startxref", tail) >= 0 or buffer.find(b"trailer", tail) >= 0:
        return
    ended = buffer.find(b"endobj", tail) >= 0
    if ended and (_TABLE_STREAM.search(buffer, tail) is not None or buffer.rfind(b"%%EOF", tail) >= 0):
        return
    raise Unprocessable("the file ends in the midst of things", code="pdf_truncated")


def _after_last_header(buffer: mmap.mmap) -> int:
    begin = len(buffer)
    while begin > 0:
        end = min(len(buffer), begin + 64)
        begin = max(0, begin - _BACK_STEP)
        headers = [found.end() for found in _OBJECT.finditer(buffer, begin, end)]
        if headers:
            return headers[-1]
    code = "pdf_truncated" if len(buffer) < _HEADER_WINDOW else "pdf_broken"
    raise Unprocessable("no object in the file", code=code)
