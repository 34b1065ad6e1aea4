"""Hybrid cross-references made plain before a rebuild (ISO 32000-2 7.5.8.4).

Office programs list objects as free in the table and again, as they are, in a cross-reference stream behind ``/XRefStm``. qpdf believes
the table and drops them without a word (seen with 12.4): fonts and text would be gone from the rewritten file. pyHanko reads both parts,
so the objects are copied with it into one plain file first. What it can't read is refused rather than thinned out.
"""

import errno
import hashlib
from pathlib import Path

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError, PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer

from server.errors import Unprocessable

_FAILURES = (PdfError, PdfReadError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError, AssertionError)


def _digest(source: Path) -> bytes:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()[:16]


def flatten_hybrid(source: Path, target: Path) -> None:
    """Writes every object that a reader of hybrid files sees to ``target``. Raises ``pdf_broken``, ``pdf_password``."""
    try:
        with source.open("rb") as file, target.open("wb") as out:
            reader = PdfFileReader(file, strict=False)
            if reader.encrypted:
                raise Unprocessable("encrypted and hybrid", code="pdf_broken")
            writer = copy_into_new_writer(reader)
            # pyHanko draws a random /ID; the same input must give the same file
            identity = generic.ByteStringObject(_digest(source))
            writer._document_id = generic.ArrayObject([identity, identity])
            writer.write(out)  # type: ignore[no-untyped-call]
    except _FAILURES as error:
        raise Unprocessable("hybrid cross-references that can't be followed", code="pdf_broken") from error
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise  # the disk's, not the file's
        raise Unprocessable("a place before the file's first byte", code="pdf_broken") from error
