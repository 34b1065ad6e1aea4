"""The document to be signed, as preparing sees it: objects by reference, as bytes of PDF syntax.

Two readers give the same view. ``QuickSource`` (quick_source.py) reads well-formed, unencrypted files in
tens of microseconds and raises UnreadableSyntax for anything else; ``PyHankoSource`` reads whatever pyHanko
reads, strictly first and then leniently, encrypted files included (with the empty user password), from
memory or from a file of any size."""

import io
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from pyhanko.pdf_utils import generic, misc
from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.reader import PdfFileReader

from server.errors import Unprocessable
from server.pdf.pdf_syntax import (
    NoEncryption,
    ObjectEncryption,
    Reference,
    UnreadableSyntax,
    as_reference,
    split_dictionary,
)

MAX_REFERENCE_CHAIN = 8
# What parsers of hostile files raise besides their own errors.
READER_ERRORS = (
    misc.PdfError, ValueError, LookupError, TypeError, AttributeError, AssertionError, ArithmeticError,
    RecursionError, EOFError, NotImplementedError, zlib.error,
)  # fmt: skip


class SourceDocument(Protocol):
    """What preparing needs of a document. Offsets and sizes are in bytes; all methods raise
    UnreadableSyntax."""

    size: int
    last_startxref: int
    next_object_number: int
    uses_xref_stream: bool
    ends_with_newline: bool
    trailer: dict[bytes, bytes]  # /Root, and where present /Info, /ID, /Encrypt
    encryption: ObjectEncryption

    def value(self, reference: Reference, owner: Reference | None = None) -> bytes:
        """The object's value as it would be written into an update: under the same number, or within ``owner``."""

    def field_name(self, reference: Reference, entries: dict[bytes, bytes]) -> str:
        """A form field's partial name, decrypted."""

    def stream_data(self, reference: Reference) -> bytes:
        """A stream's data, decrypted and without its filters."""

    def highest_reference(self) -> int:
        """The highest number that a reference in the file's own bytes names, whether there is such an object or not."""


_REFERENCE = re.compile(rb"(?<![0-9.])([0-9]{1,6}) [0-9]{1,5} R(?![A-Za-z])")
_WINDOW = 1 << 22


def highest_reference_in(file: BinaryIO) -> int:
    """See ``SourceDocument.highest_reference``. What looks like one in the middle of a stream counts too: a number is left out for it."""
    highest, carried = 0, b""
    file.seek(0)
    while piece := file.read(_WINDOW):
        text = carried + piece
        highest = max(highest, *(int(found[1]) for found in _REFERENCE.finditer(text)), 0)
        carried = text[-32:]
    return highest


def resolve(source: SourceDocument, value: bytes) -> bytes:
    """The value itself, or what it refers to."""
    for _ in range(MAX_REFERENCE_CHAIN):
        reference = as_reference(value)
        if reference is None:
            return value
        value = source.value(reference)
    raise UnreadableSyntax("references lead nowhere")


def read_dictionary(source: SourceDocument, value: bytes) -> dict[bytes, bytes]:
    """The entries of a dictionary given directly or by reference; the caller's own to change."""
    text = resolve(source, value)
    return dict(_entries_again(text) if len(text) <= _SHORT else _entries(text))


def _entries(text: bytes) -> dict[bytes, bytes]:
    return split_dictionary(text)[0]


_SHORT = 4096
_entries_again = lru_cache(256)(_entries)  # the documents of a batch come from one template


class _Encrypted:
    """Writes strings and streams as the document's own security handler does (ISO 32000-2 7.6)."""

    def __init__(self, reader: PdfFileReader) -> None:
        self._handler = reader.security_handler

    def _encrypt(self, crypt_filter: object, number: int, generation: int, value: bytes) -> bytes:
        key = crypt_filter.derive_object_key(number, generation)  # type: ignore[attr-defined]
        return bytes(crypt_filter.encrypt(key, value))  # type: ignore[attr-defined]

    def string(self, number: int, value: bytes, generation: int = 0) -> bytes:
        encrypted = self._encrypt(self._handler.get_string_filter(), number, generation, value)
        return b"<%b>" % encrypted.hex().encode("ascii")

    def stream(self, number: int, value: bytes) -> bytes:
        return self._encrypt(self._handler.get_stream_filter(), number, 0, value)


class PyHankoSource:
    """A document read by pyHanko. Raises Unprocessable with the codes ``pdf_unreadable``,
    ``pdf_password_needed`` or ``pdf_mac_unsupported``."""

    def __init__(self, stream: BinaryIO, *, strict: bool) -> None:
        reader = PdfFileReader(stream, strict=strict)
        self._reader, self._stream = reader, stream
        self.encryption: ObjectEncryption = NoEncryption()
        if reader.encrypt_dict is not None:
            self._unlock(reader)
            self.encryption = _Encrypted(reader)
        stream.seek(-1, io.SEEK_END)
        self.ends_with_newline = stream.read(1) in b"\r\n"
        self.size = stream.tell()
        self.last_startxref = int(reader.last_startxref or 0)
        self.uses_xref_stream = bool(reader.has_xref_stream)
        self.next_object_number = next_object_number(reader)
        self.trailer = {}
        for key in ("/Root", "/Info", "/ID", "/Encrypt"):
            try:
                raw = reader.trailer.raw_get(key, decrypt=generic.EncryptedObjAccess.RAW)
            except KeyError:
                continue
            self.trailer[key.encode("ascii")] = _serialise(raw)
        if b"/Root" not in self.trailer:
            raise UnreadableSyntax("no document catalog")

    @staticmethod
    def _unlock(reader: PdfFileReader) -> None:
        if getattr(reader.security_handler, "pdf_mac_enabled", False):
            raise Unprocessable("the document carries a PDF MAC", code="pdf_mac_unsupported")
        if reader.decrypt(b"").status == AuthStatus.FAILED:
            raise Unprocessable("the document opens with a password only", code="pdf_password_needed")

    def value(self, reference: Reference, owner: Reference | None = None) -> bytes:
        """The object, with its strings encrypted for its number (or its new owner's) where the document is
        encrypted."""
        target = generic.Reference(reference[0], reference[1], self._reader)
        found = self._reader.get_object(target)  # type: ignore[no-untyped-call]
        if isinstance(found, generic.StreamObject):
            raise UnreadableSyntax("a stream where a plain object should be")
        encrypted = isinstance(self.encryption, _Encrypted)
        if encrypted and isinstance(found, generic.DictionaryObject) and "/ByteRange" in found:
            # An earlier signature: its /Contents is not encrypted (7.6.2) and never written again here.
            kept = {key: value for key, value in found.items() if key != "/Contents"}
            found = generic.DictionaryObject(kept)  # type: ignore[no-untyped-call]
        if owner is not None:
            target = generic.Reference(owner[0], owner[1], self._reader)
        return _serialise(_with_strings_as_read(found), self._reader.security_handler if encrypted else None, target)

    def highest_reference(self) -> int:
        """From the file itself."""
        return highest_reference_in(self._stream)

    def field_name(self, reference: Reference, entries: dict[bytes, bytes]) -> str:
        """``/T`` as pyHanko reads it."""
        target = generic.Reference(reference[0], reference[1], self._reader)
        field = self._reader.get_object(target)  # type: ignore[no-untyped-call]
        return str(field["/T"]) if "/T" in field else ""  # [] decrypts, get() would not

    def stream_data(self, reference: Reference) -> bytes:
        """As pyHanko undoes its filters."""
        found = self._reader.get_object(generic.Reference(*reference, self._reader))  # type: ignore[no-untyped-call]
        if not isinstance(found, generic.StreamObject):
            raise UnreadableSyntax("not a stream")
        return bytes(found.data)


def next_object_number(reader: PdfFileReader) -> int:
    """The first number that an update may give to an object of its own."""
    return max(int(reader.trailer["/Size"]), _highest_number(reader) + 1)


def _highest_number(reader: PdfFileReader) -> int:
    highest = 0
    for revision in range(reader.xrefs.total_revisions):
        references = reader.xrefs.explicit_refs_in_revision(revision)
        highest = max(highest, max((reference.idnum for reference in references), default=0))
    return highest


def _with_strings_as_read(value: Any) -> Any:
    """The same value, whose strings are written with the bytes that they have. pyHanko would write a text that it knows in the encoding
    that it likes better: the same words, but other bytes than the document's, which the phone takes for a change."""
    if isinstance(value, generic.DecryptedObjectProxy):
        value = value.decrypted
    if isinstance(value, generic.TextStringObject):
        return generic.ByteStringObject(value.original_bytes)
    if isinstance(value, generic.DictionaryObject):
        entries = {key: _with_strings_as_read(inner) for key, inner in value.items()}
        return generic.DictionaryObject(entries)  # type: ignore[no-untyped-call]
    if isinstance(value, generic.ArrayObject):
        return generic.ArrayObject([_with_strings_as_read(inner) for inner in value])
    return value


def _serialise(found: object, handler: object = None, container: object = None) -> bytes:
    buffer = io.BytesIO()
    found.write_to_stream(buffer, handler, container)  # type: ignore[attr-defined]
    return buffer.getvalue()


def open_leniently(source: bytes | Path, *, strict: bool) -> tuple[PyHankoSource, BinaryIO]:
    """The document read by pyHanko, and the stream that the caller closes."""
    stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    try:
        return PyHankoSource(stream, strict=strict), stream
    except BaseException:
        stream.close()
        raise
