"""Where a signature's bytes stand in the file: checks that pyHanko, pdfsig and qpdf do not make.

Rules: the ByteRange is four direct integers that leave out exactly the ``<…>`` of this dictionary's own
``/Contents``, hexadecimal digits and white space only (7.3.4.3); no other object, stream or cross-reference section of any revision
begins in the gap or reaches into it (the bytes of the gap are the only ones nobody signs: an image whose
stream spans them shows what the signature's own unsigned part says). A stream's length is taken in every
value that any revision gives it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from server.pdf.pdf_syntax import (
    UnreadableSyntax,
    as_reference,
    plain_name,
    split_array,
    split_dictionary,
    token_at,
    value_bounds,
)
from server.pdf.source_document import READER_ERRORS

_HEADER = re.compile(rb"\s*(\d{1,10})\s+(\d{1,5})\s+obj")
_STREAM = re.compile(rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*stream(\r\n|\n|\r)?")
_HEX = re.compile(rb"<[0-9A-Fa-f\x00\t\n\x0c\r ]*>\Z")
MAX_ENTRIES = 500_000


@dataclass(frozen=True)
class SignaturePlace:
    """The gap of one signature (offset of ``<`` and of the byte after ``>``), or None where the ByteRange
    names none, and what is odd."""

    gap: tuple[int, int] | None
    covered_end: int
    warnings: tuple[str, ...]


def object_number(signature: generic.DictionaryObject) -> int:
    """Number of the object that holds the signature dictionary; 0 for none."""
    container = signature.container_ref
    return int(container.idnum) if isinstance(container, generic.Reference) else 0


def locate_signature(document: bytes, reader: PdfFileReader, signature: generic.DictionaryObject) -> SignaturePlace:
    """Reads the signature dictionary's own bytes. Warnings: ``signature_dictionary_unreadable``,
    ``byte_range_odd``, ``contents_not_hexadecimal``, ``gap_is_not_contents``."""
    try:
        entries, contents = _raw_entries(document, reader, signature)
    except (UnreadableSyntax, *READER_ERRORS):
        return SignaturePlace(None, 0, ("signature_dictionary_unreadable",))
    warnings = []
    numbers = _byte_range(entries.get(b"/ByteRange", b""))
    if _HEX.match(document[contents[0] : contents[1]]) is None:
        warnings.append("contents_not_hexadecimal")
    if numbers is None:
        return SignaturePlace(contents, 0, (*warnings, "byte_range_odd"))
    start, length, resume, rest = numbers
    if start != 0 or not length < resume or resume + rest > len(document) or not rest:
        warnings.append("byte_range_odd")
    if (start + length, resume) != contents:
        warnings.append("gap_is_not_contents")
    return SignaturePlace(contents, resume + rest, tuple(warnings))


def _byte_range(value: bytes) -> tuple[int, int, int, int] | None:
    try:
        numbers = split_array(value)
    except UnreadableSyntax:
        return None
    if len(numbers) != 4 or not all(number.isdigit() and len(number) < 16 for number in numbers):
        return None
    return int(numbers[0]), int(numbers[1]), int(numbers[2]), int(numbers[3])


def _raw_entries(
    document: bytes, reader: PdfFileReader, signature: generic.DictionaryObject
) -> tuple[dict[bytes, bytes], tuple[int, int]]:
    """The dictionary's entries as bytes, each key once, and the place of the value of ``/Contents``."""
    container = signature.container_ref
    if not isinstance(container, generic.Reference):
        raise UnreadableSyntax("the signature is not an object of its own")
    offset = reader.xrefs[container]
    header = _HEADER.match(document, offset) if isinstance(offset, int) else None
    if header is None:
        raise UnreadableSyntax("the signature is not an object of its own")
    position = header.end()
    entries, _ = split_dictionary(document, position)
    if b"/V" in entries and b"/Contents" not in entries:  # the field holds the signature directly
        position = _value_of(document, position, b"/V")[0]
        entries, _ = split_dictionary(document, position)
    return entries, _value_of(document, position, b"/Contents")


def _value_of(document: bytes, position: int, key: bytes) -> tuple[int, int]:
    """Where the value of a dictionary's key stands."""
    _, end = split_dictionary(document, position)
    _, _, position = token_at(document, position)
    while position < end:
        kind, start, after = token_at(document, position)
        if kind == "close":
            break
        value = value_bounds(document, after)
        if plain_name(document[start:after]) == key:
            return value
        position = value[1]
    raise UnreadableSyntax("no contents")


@dataclass(frozen=True)
class _Extent:
    number: int
    start: int
    end: int


def spanning_warnings(document: bytes, reader: PdfFileReader, gaps: dict[int, tuple[int, int]]) -> dict[int, list[str]]:
    """For each signature object's number and gap: ``stream_spans_signature`` (an object or stream reaches
    into the gap), ``object_in_gap`` (a cross-reference entry or section points into it),
    ``structure_unreadable`` (an object there could not be followed)."""
    found: dict[int, list[str]] = {number: [] for number in gaps}
    offsets = set(_object_offsets(reader))
    for revision in range(reader.xrefs.total_revisions):
        info = reader.xrefs.get_xref_container_info(revision)
        for number, (start, end) in gaps.items():
            if start < info.end_location and info.start_location < end:
                found[number].append("object_in_gap")
    for number_of_object, offset in offsets:
        if any(start <= offset < end for start, end in gaps.values()):
            for number, (start, end) in gaps.items():
                if start <= offset < end:
                    found[number].append("object_in_gap")
            continue
        try:
            extents = list(_extents(document, reader, number_of_object, offset))
        except (UnreadableSyntax, *READER_ERRORS):
            continue  # no reader can follow it either; pyHanko's own verdict says so where it matters
        for extent in extents:
            for number, (start, end) in gaps.items():
                if extent.start < end and start < extent.end and extent.number != number:
                    found[number].append("stream_spans_signature")
    return found


def _object_offsets(reader: PdfFileReader) -> Iterator[tuple[int, int]]:
    """(number, offset) of every object that any revision lists."""
    left = MAX_ENTRIES
    for revision in range(reader.xrefs.total_revisions):
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            place = reader.xrefs.get_historical_ref(reference, revision)
            left -= 1
            if left < 0:
                return
            if isinstance(place, int):
                yield reference.idnum, place


def _extents(document: bytes, reader: PdfFileReader, number: int, offset: int) -> Iterator[_Extent]:
    header = _HEADER.match(document, offset)
    if header is None:
        return
    start, end = value_bounds(document, header.end())
    yield _Extent(number, offset, end)
    if not document.startswith(b"<<", start):
        return
    stream = _STREAM.match(document, end)
    if stream is None:
        return
    entries, _ = split_dictionary(document, start)
    for length in _lengths(reader, entries.get(b"/Length", b"0")):
        yield _Extent(number, offset, stream.end() + length)


def _lengths(reader: PdfFileReader, value: bytes) -> set[int]:
    """Every length that some revision gives."""
    reference = as_reference(value)
    if reference is None:
        return {int(value)} if value.isdigit() else set()
    target = generic.Reference(reference[0], reference[1], reader)
    lengths: set[int] = set()
    for revision in range(reader.xrefs.total_revisions):
        if reader.xrefs.get_historical_ref(target, revision) is not None:
            found = reader.get_object(target, revision=revision)  # type: ignore[no-untyped-call]
            if isinstance(found, int):
                lengths.add(int(found))
    return lengths
