"""The signatures of a document in the order of what they cover, each with its place in the bytes."""

import re
from collections import Counter
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from server.pdf.verify_structure import SignaturePlace, locate_signature, object_number, spanning_warnings
from server.pdf.verifying.pdf_values import entry, plain_text

_WHITE_SPACE = re.compile(rb"[\x00\t\n\x0c\r ]+")
_MAX_RANGES = 100


@dataclass(frozen=True)
class Found:
    """A filled signature field. ``contents`` is the gap decoded, zeros included; ``ranges`` is None where /ByteRange names no bytes of
    the file."""

    name: str
    field: generic.DictionaryObject
    dictionary: generic.DictionaryObject
    place: SignaturePlace
    contents: bytes
    ranges: tuple[tuple[int, int], ...] | None

    @property
    def sub_filter(self) -> str:
        return plain_text(entry(self.dictionary, "/SubFilter"))

    @property
    def container(self) -> generic.Reference | None:
        """The object that holds the signature dictionary."""
        reference = self.dictionary.container_ref
        return reference if isinstance(reference, generic.Reference) else None


def find_signatures(content: bytes, reader: PdfFileReader) -> list[Found]:
    """All filled signature fields. Raises one of ``READER_ERRORS``."""
    found = []
    for name, value, field_reference in enumerate_sig_fields(reader, filled_status=True):
        dictionary = value.get_object()
        field = field_reference.get_object()
        if isinstance(dictionary, generic.NullObject):
            continue  # a value that is not there (7.3.10): an empty field
        if not isinstance(dictionary, generic.DictionaryObject):
            found.append(_no_signature(plain_text(name), field))
            continue
        place = locate_signature(content, reader, dictionary)
        gap = _contents(content, place, dictionary)
        found.append(Found(plain_text(name), field, dictionary, place, gap, _ranges(dictionary, len(content))))
    return sorted(found, key=lambda one: one.place.covered_end)


def _no_signature(name: str, field: generic.DictionaryObject) -> Found:
    """A value that is no dictionary: nothing in it can be checked."""
    place = SignaturePlace(None, 0, ("signature_dictionary_unreadable",))
    empty = generic.DictionaryObject()  # type: ignore[no-untyped-call]
    return Found(name, field, empty, place, b"", None)


def _contents(content: bytes, place: SignaturePlace, dictionary: generic.DictionaryObject) -> bytes:
    """The gap decoded (7.3.4.3: white space is left out, a missing last digit is 0); where it can't be, what stands in the dictionary."""
    if place.gap is not None:
        digits = _WHITE_SPACE.sub(b"", content[place.gap[0] + 1 : place.gap[1] - 1])
        try:
            return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
        except ValueError:
            pass  # the place's warnings say so
    try:
        value = dictionary.raw_get("/Contents", decrypt=generic.EncryptedObjAccess.RAW)
    except KeyError:
        return b""
    original = getattr(value, "original_bytes", b"")
    return bytes(original) if isinstance(original, bytes) else b""


def _ranges(dictionary: generic.DictionaryObject, size: int) -> tuple[tuple[int, int], ...] | None:
    value = entry(dictionary, "/ByteRange")
    if not isinstance(value, generic.ArrayObject) or not 2 <= len(value) <= _MAX_RANGES or len(value) % 2:
        return None
    numbers = [value[index] for index in range(len(value))]
    if not all(isinstance(number, int) for number in numbers):
        return None
    pairs = tuple((int(start), int(length)) for start, length in zip(numbers[::2], numbers[1::2], strict=True))
    return pairs if all(start >= 0 and length >= 0 and start + length <= size for start, length in pairs) else None


def oddities(content: bytes, reader: PdfFileReader, found: list[Found]) -> list[set[str]]:
    """Codes for each signature of what the file's structure does to it."""
    numbers = [object_number(one.dictionary) for one in found]
    gaps = {number: one.place.gap for number, one in zip(numbers, found, strict=True) if one.place.gap}
    spanning = spanning_warnings(content, reader, gaps)
    common = {"unlisted_bytes_at_end"} if _ends_in_unlisted_bytes(content, reader) else set()
    same_contents, same_object = Counter(one.contents for one in found), Counter(numbers)
    odd = []
    for number, one in zip(numbers, found, strict=True):
        again = (number and same_object[number] > 1) or (same_contents[one.contents] > 1 and any(one.contents))
        odd.append({*common, *spanning.get(number, []), *(["contents_reused"] if again else [])})
    return odd


def _ends_in_unlisted_bytes(content: bytes, reader: PdfFileReader) -> bool:
    """Does anything but white space follow the end of the last revision? Some viewers pick up what they
    find there."""
    revisions = range(reader.xrefs.total_revisions)
    last = max(reader.xrefs.get_xref_container_info(revision).end_location for revision in revisions)
    end = content.find(b"%%EOF", last)
    return end < 0 or bool(content[end + 5 :].strip(b"\0\t\n\f\r "))
