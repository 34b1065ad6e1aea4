"""Whether a file that passed every other check can be prepared for signing: what is accepted must be ready to be signed.

Two things stand in the way of files that readers show without complaint: what preparation can't read, and references to objects that
are not there yet. Preparation would give its own objects those numbers, and the old reference would show them; the phone refuses that.
qpdf reads such references as null, so they are looked for in the bytes.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from pyhanko.pdf_utils.generic import IndirectObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader

from server.errors import Unprocessable
from server.pdf.inspect_extents import Buffer
from server.pdf.inspect_structure import Structure
from server.pdf.prepare import check_can_be_prepared
from server.pdf.source_document import READER_ERRORS, next_object_number

PREPARATION_REFUSALS = {
    "pdf_password_needed": "pdf_password",
    "pdf_mac_unsupported": "pdf_password",
    "document_certified": "pdf_certified_no_changes",
    "document_fields_locked": "pdf_certified_no_changes",
}
_BETWEEN = rb"(?:[\0\t\n\f\r ]|%[^\r\n]*+[\r\n])++"
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,10})" + _BETWEEN + rb"\d{1,5}" + _BETWEEN + rb"R(?![A-Za-z0-9])")


def names_coming_objects(buffer: Buffer, structure: Structure, reader: PdfFileReader) -> bool:
    """Whether anything refers to an object number that preparation may give away. Text that looks like a reference counts as one."""
    coming = next_object_number(reader)
    if any(isinstance(value, IndirectObject) and value.idnum >= coming for value in _trailer_values(reader)):
        return True
    return any(
        int(number) >= coming for text in _plain_parts(buffer, structure, reader) for number in _REFERENCE.findall(text)
    )


def _trailer_values(reader: PdfFileReader) -> Iterator[object]:
    for key in reader.trailer:
        with contextlib.suppress(KeyError):  # a cross-reference stream's own key in an older section
            yield reader.trailer.raw_get(key)


def _plain_parts(buffer: Buffer, structure: Structure, reader: PdfFileReader) -> Iterator[bytes]:
    """Every object without its stream, and every object stream decoded."""
    for extent in structure.current.values():
        if extent.data is None:
            yield bytes(buffer[extent.start : extent.end])
        else:
            yield bytes(buffer[extent.start : extent.data[0]])
    for revision in range(reader.total_revisions):
        for reference in reader.xrefs.object_streams_used_in(revision):  # type: ignore[no-untyped-call]
            container = reader.get_object(reference)  # type: ignore[no-untyped-call]
            if isinstance(container, StreamObject):
                yield container.data


def can_be_prepared(path: Path) -> bool:
    """Try it; False where a rebuild may help. Raises ``pdf_password`` or ``pdf_certified_no_changes``, which no rebuild would mend."""
    try:
        check_can_be_prepared(path)
    except Unprocessable as error:
        if error.code in PREPARATION_REFUSALS:
            raise Unprocessable(str(error), code=PREPARATION_REFUSALS[error.code]) from error
        return False
    except READER_ERRORS:
        return False
    return True
