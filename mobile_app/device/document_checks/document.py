"""What the checks are handed: the expectation from the signed manifest, the document being checked, and
what is known when all have passed."""

import mmap
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal, NoReturn

from mobile_app.device.document_checks.bodies import Bodies, read_bodies
from mobile_app.device.document_checks.file_start import header_end
from mobile_app.device.document_checks.increment import Increment, read_increment
from mobile_app.device.document_checks.indirect_objects import IndirectObject
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.page_tree import pages_of
from mobile_app.device.document_checks.syntax import Buffer, Ref, Value
from mobile_app.errors import CheckFailed

if TYPE_CHECKING:
    from mobile_app.device.document_checks.drawn_annotations import PageAnnotations
    from mobile_app.device.document_checks.stamp_place import StampPlace

DigestAlgorithm = Literal["sha256", "sha384"]

_NOTHING: Final[dict[str, Value]] = {}


@dataclass(frozen=True, slots=True)
class ExpectedDocument:
    """What the manifest, which the phone has verified, says of one item. Lengths in bytes; ``byte_range``
    as in the PDF."""

    original_length: int
    original_sha256: bytes
    prepared_length: int
    prepared_sha256: bytes
    byte_range: tuple[int, int, int, int]
    digest_algorithm: DigestAlgorithm


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """What the phone has seen for itself.

    ``document_digest`` is over the ByteRange; ``signature_page`` counts from 1; ``signature_rect`` is in the
    page's own units (points), ``None`` when the signature is invisible; ``signature_texts`` are the texts
    that viewers will show beside the signature (``Name``, ``Reason``, ``M``);
    ``findings`` are words from ``findings.py``; ``stamp`` and ``annotations`` are for whoever draws the pages.
    """

    document_digest: bytes
    field_name: str
    findings: tuple[str, ...]
    page_count: int
    signature_page: int
    signature_rect: tuple[float, float, float, float] | None
    signature_texts: tuple[tuple[str, str], ...]
    stamp: "StampPlace | None" = None
    annotations: tuple["PageAnnotations", ...] = ()


def refuse(code: str, what: str, **details: object) -> NoReturn:
    """Say no: ``code`` is the check's, ``what`` a stable word for the case."""
    raise CheckFailed(code, {"what": what, **details})


@dataclass(frozen=True, slots=True)
class SigningField:
    """The field (merged with its only widget), its signature dictionary and its page, as they stand in the
    prepared document.

    ``page_index`` counts from 0; ``is_new`` says that the original does not have the field.
    """

    field: Ref
    field_value: dict[str, Value]
    signature: Ref
    signature_value: dict[str, Value]
    page: Ref
    page_index: int
    page_count: int
    is_new: bool


class PreparedDocument:
    """The bytes under check, and their structure, read at most once and when the first check needs it."""

    def __init__(self, data: Buffer, expected: ExpectedDocument) -> None:
        self.data = data
        self.expected = expected
        # Filled by the checks as they go: the digest over the ByteRange.
        self.document_digest = b""
        # What the document may start, as words of ``findings.py``.
        self.active_findings: set[str] = set()

    @property
    def gap(self) -> tuple[int, int]:
        """Where the gap begins and ends, brackets included."""
        return self.expected.byte_range[1], self.expected.byte_range[2]

    @cached_property
    def original(self) -> OriginalFile:
        """The original, by its own cross-references."""
        return OriginalFile(self.data, self.expected.original_length)

    @cached_property
    def bodies(self) -> Bodies:
        """What stands in the original, read from its first byte to its last."""
        return read_bodies(self.original, header_end(self.data))

    @cached_property
    def increment(self) -> Increment:
        """What stands behind the original."""
        return read_increment(self.data, self.expected.original_length, self.gap)

    @cached_property
    def new_objects(self) -> dict[int, IndirectObject]:
        """The increment's objects whose numbers the original does not use."""
        used = self.original.entries
        return {number: found for number, found in self.increment.objects.items() if number not in used}

    @cached_property
    def pages(self) -> list[Ref]:
        """The pages in order; the increment can't change them."""
        return pages_of(self.original, self.bodies)

    @cached_property
    def signing(self) -> SigningField:
        """The one field that is being signed."""
        return _find_signing_field(self)

    def now(self, reference: Value) -> Value:
        """Follow one reference in the prepared document: the increment's object if it has one, else the
        original's."""
        if not isinstance(reference, Ref):
            return reference
        found = self.increment.objects.get(reference.number)
        if found is None:
            return self.original.value(reference)
        if found.generation != reference.generation:
            return None
        return self.texts_opened(found.value, reference)

    def texts_opened(self, value: Value, owner: Ref) -> Value:
        """Decrypt the strings of an object of the increment."""
        handler = self.original.handler
        return value if handler is None else handler.value(value, owner)

    def dictionary_now(self, reference: Value) -> dict[str, Value]:
        """Like ``now``; anything but a dictionary counts as an empty one."""
        value = self.now(reference)
        return value if isinstance(value, dict) else _NOTHING

    def array_now(self, holder: Ref, key: str) -> list[Value]:
        """The array under ``key`` of the dictionary behind ``holder``; anything else counts as an empty
        one."""
        value = self.now(self.dictionary_now(holder).get(key))
        return value if isinstance(value, list) else []

    def dictionary_before(self, reference: Value) -> dict[str, Value]:
        """The original's dictionary behind ``reference``; anything else counts as an empty one."""
        value = self.original.value(reference)
        return value if isinstance(value, dict) else _NOTHING


def _find_signing_field(document: PreparedDocument) -> SigningField:
    """Return the only field of the increment that carries a signature of the increment; any other number of
    them is refused."""
    objects = document.increment.objects
    found = []
    for number, candidate in objects.items():
        value = candidate.value
        signature = value.get("V") if isinstance(value, dict) else None
        if isinstance(signature, Ref) and signature.number in objects:
            found.append((Ref(number, candidate.generation), signature))
    if len(found) != 1:
        refuse("doc_signature_field", "fields", count=len(found))
    field, signature = found[0]
    value = document.dictionary_now(field)
    said = value.get("P")
    holding = [one for one in document.pages if one == said or (said is None and field in document.array_now(one, "Annots"))]
    if len(holding) != 1:
        refuse("doc_signature_field", "page")
    page = holding[0]
    return SigningField(
        field=field,
        field_value=value,
        signature=signature,
        signature_value=document.dictionary_now(signature),
        page=page,
        page_index=document.pages.index(page),
        page_count=len(document.pages),
        is_new=field.number in document.new_objects,
    )


def as_buffer(data: bytes | memoryview | mmap.mmap) -> Buffer:
    """Return ``data`` in the form that is read fastest without copying it."""
    if isinstance(data, memoryview):
        if isinstance(data.obj, bytes) and len(data.obj) == data.nbytes and data.contiguous:
            return data.obj
        return data.cast("B") if data.format != "B" else data
    return data
