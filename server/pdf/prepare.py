"""Preparing a document: an update with signature field, stamp and an empty gap is appended; the digest over
the rest is what gets signed.

Rules: the source's bytes stay as they are, whole and first; ByteRange and gap are final; the same input
gives the same bytes. Well-formed documents take the quick reader, all others pyHanko, strict and then
lenient. Signature dictionary: ``/SubFilter /ETSI.CAdES.detached``, ``/M`` the claimed time (EN 319 142-1
5.3), ``/Name``, ``/Reason`` if given. Only the page, the form, the field, the stamp and the signature
itself are written, each in one shape: the phone refuses anything else.

Where an earlier signature forbids a new visible field, the document's own empty signature field is signed,
or an invisible field is added, and ``stamp`` is None: breaking somebody's certification to show a
stamp would be worse."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from server.document_limits import STAMP_FLAGS
from server.errors import Unprocessable
from server.pdf.conformance import DESCRIPTION, Conformance, read_conformance
from server.pdf.document_pages import Page, add_field_to_page, find_page
from server.pdf.empty_field import FieldPlace, fields_that_suit, nearest
from server.pdf.form_field import Form, add_field_to_form, fields_locked, read_form, unused_name
from server.pdf.geometry import Box, Placement
from server.pdf.increment import IncrementWriter
from server.pdf.pdf_syntax import (
    UnreadableSyntax,
    text_string,
    write_dictionary,
    write_object,
)
from server.pdf.prepared import PreparedDocument, PreparedFile, Update
from server.pdf.quick_source import QuickSource
from server.pdf.signing_time import ANY_TIME, pdf_date
from server.pdf.source_document import READER_ERRORS, SourceDocument, open_leniently, read_dictionary
from server.pdf.stamp import StampMaker, nothing_shown, stamp_objects

DEFAULT_CONTENTS_BYTES = 8192  # room for the CMS; twice as many hex digits
COPY_CHUNK = 1 << 20
LARGE_FILE = 32 << 20  # from here on callers use prepare_file()


class DocumentPreparer:
    """Prepares documents for one signer name; cheap to make when the StampMaker is kept. One thread at a
    time."""

    def __init__(
        self,
        signer_name: str,
        stamp_maker: StampMaker | None,
        *,
        reason: str = "",
        contents_bytes: int = DEFAULT_CONTENTS_BYTES,
    ) -> None:
        self._signer_name = signer_name
        self._stamp_maker = stamp_maker
        self._reason = reason
        self._contents_bytes = contents_bytes

    def prepare(
        self, source: bytes, placement: Placement | None, signing_time_text: str, digest_algorithm: str = "sha256"
    ) -> PreparedDocument:
        """The source with its update. ``placement`` None: invisible. Raises Unprocessable
        (``document_certified``, ``document_fields_locked``, ``pdf_unreadable``, ``pdf_password_needed``,
        ``pdf_mac_unsupported``, ``pdf_too_many_fields``), BadInput
        (``page_not_found``, ``placement_invalid``), ValueError for a time of another form."""
        made = self._increment(source, placement, signing_time_text)
        increment = made.increment
        prepared = source + increment.appended
        hasher = hashlib.new(digest_algorithm)
        view = memoryview(prepared)
        hasher.update(view[: increment.gap_start])
        hasher.update(view[increment.gap_end :])
        return PreparedDocument(
            increment.byte_range, hasher.digest(), made.field_name, len(source), made.stamp, made.signed_before, prepared
        )

    def prepare_file(
        self,
        source_path: Path,
        target_path: Path,
        placement: Placement | None,
        signing_time_text: str,
        digest_algorithm: str = "sha256",
    ) -> PreparedFile:
        """As prepare(), for files of any size: copies inside the kernel, appends, and hashes in pieces.
        Overwrites ``target_path``; the caller fsyncs and renames."""
        made = self._increment(source_path, placement, signing_time_text)
        increment = made.increment
        source_size = increment.file_size - len(increment.appended)
        hasher = hashlib.new(digest_algorithm)
        with target_path.open("w+b") as target:
            with source_path.open("rb") as opened:
                _copy(opened.fileno(), target.fileno(), source_size)
            target.seek(source_size)
            target.write(increment.appended)
            target.seek(0)
            buffer = bytearray(COPY_CHUNK)
            position = 0
            while position < source_size:
                read = target.readinto(memoryview(buffer)[: min(COPY_CHUNK, source_size - position)])
                if not read:
                    raise OSError("the copy ended early")
                hasher.update(memoryview(buffer)[:read])
                position += read
        hasher.update(increment.appended[: increment.gap_start - source_size])
        hasher.update(increment.appended[increment.gap_end - source_size :])
        return PreparedFile(
            increment.byte_range,
            hasher.digest(),
            made.field_name,
            source_size,
            made.stamp,
            made.signed_before,
            target_path,
            increment.file_size,
        )

    def try_out(self, source_path: Path) -> Update:
        """As prepare_file() without a stamp, and nothing is written."""
        small = source_path.stat().st_size <= LARGE_FILE
        return self._increment(source_path.read_bytes() if small else source_path, None, ANY_TIME)

    def _increment(self, source: bytes | Path, placement: Placement | None, time_text: str) -> Update:
        def build(document: SourceDocument) -> Update:
            return self._build(document, placement, time_text)

        pdf_date(time_text)  # a caller's mistake, not the document's
        if isinstance(source, bytes):
            try:
                return build(QuickSource(source))
            except (UnreadableSyntax, ValueError, LookupError):
                pass  # no fault of the document: pyHanko reads more
        try:
            return _with_pyhanko(source, build, strict=True)
        except (UnreadableSyntax, *READER_ERRORS):
            pass  # whatever the strict reader stumbled over, the lenient one has its own say
        try:
            return _with_pyhanko(source, build, strict=False)
        except (UnreadableSyntax, *READER_ERRORS) as error:
            raise Unprocessable("no reader can follow this document", code="pdf_unreadable") from error

    def _build(self, source: SourceDocument, placement: Placement | None, time_text: str) -> Update:
        catalog = read_dictionary(source, source.trailer[b"/Root"])
        form = read_form(source, catalog)
        writer = IncrementWriter(source)
        if form.signed:  # in others no reference leads nowhere (grammar/references.py)
            writer.leave_out_references()
        stamp, chosen, places = placement, None, None
        if not form.new_visible_field_allowed:
            suiting = fields_that_suit(source, catalog, form.empty_fields)
            stamp, chosen = None, self._chosen(suiting, form, placement)
            places = tuple(place.as_shown for place in suiting if place.visible)
        if chosen is None:
            name = unused_name(form.names)
            self._new_field(source, writer, catalog, form, stamp, name, time_text)
        else:
            name, stamp = chosen.field.name, chosen.as_shown if chosen.visible and self._stamp_maker is not None else None
            self._fill_field(source, writer, catalog, form, chosen, time_text)
        seed = f"{self._signer_name}\0{time_text}\0{name}".encode()
        return Update(writer.finish(seed), name, stamp, form.signed, places)

    @staticmethod
    def _chosen(suiting: list[FieldPlace], form: Form, placement: Placement | None) -> FieldPlace | None:
        """The empty field to sign; None for a new invisible one. Raises Unprocessable(``document_fields_locked``)."""
        chosen = nearest(suiting, placement)
        if chosen is None and form.locked:
            if not suiting:
                raise fields_locked()
            return suiting[0]
        return chosen

    def _new_field(
        self,
        source: SourceDocument,
        writer: IncrementWriter,
        catalog: dict[bytes, bytes],
        form: Form,
        placement: Placement | None,
        name: str,
        time_text: str,
    ) -> None:
        page = find_page(source, catalog, placement.page if placement else 0)
        signature = self._add_signature(source, writer, time_text)
        field = writer.number()
        rectangle, appearance = b"0 0 0 0", b""
        conformance = read_conformance(source, catalog)
        if placement is None and conformance.needs_appearance:
            empty = writer.number()
            writer.add(empty, nothing_shown(empty, source.encryption))
            appearance = b"/AP<</N %d 0 R>>" % empty
        if conformance.needs_description:
            appearance += b"/Contents" + source.encryption.string(field, text_string(DESCRIPTION))
        if placement is not None:
            box = page.view.to_user_space(page.view.stand(placement))
            rectangle = b" ".join(b"%.3f" % value for value in box)
            appearance += b"/AP<</N %d 0 R>>" % self._add_stamp(source, writer, time_text, page, box, conformance)
        writer.add(
            field,
            write_object(
                field,
                b"/Type/Annot/Subtype/Widget/FT/Sig/T%b/V %d 0 R/Rect[%b]/F %d/P %d %d R%b"
                % (
                    source.encryption.string(field, name.encode("ascii")),
                    signature, rectangle, STAMP_FLAGS, *page.reference, appearance,
                ),
            ),
        )  # fmt: skip
        add_field_to_page(source, writer, page, field, tabs=bool(conformance.pdfua_part))
        add_field_to_form(source, writer, catalog, field, form_is_signed=form.signed)

    def _fill_field(
        self,
        source: SourceDocument,
        writer: IncrementWriter,
        catalog: dict[bytes, bytes],
        form: Form,
        place: FieldPlace,
        time_text: str,
    ) -> None:
        """Signs an empty field of the form; the stamp goes where the form's author wanted it."""
        number, generation = place.field.reference
        signature = self._add_signature(source, writer, time_text)
        entries = {**place.field.entries, b"/V": b"%d 0 R" % signature}
        if place.visible and self._stamp_maker is not None:
            conformance = read_conformance(source, catalog)
            appearance = self._add_stamp(source, writer, time_text, place.page, place.box, conformance)
            entries[b"/AP"] = b"<</N %d 0 R>>" % appearance
        writer.add(number, write_object(number, write_dictionary(entries), generation=generation), generation)
        add_field_to_form(source, writer, catalog, None, form_is_signed=form.signed)

    def _add_signature(self, source: SourceDocument, writer: IncrementWriter, time_text: str) -> int:
        number = writer.number()
        entries = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M%b/Name%b" % (
            source.encryption.string(number, pdf_date(time_text)),
            source.encryption.string(number, text_string(self._signer_name)),
        )
        if self._reason:
            entries += b"/Reason" + source.encryption.string(number, text_string(self._reason))
        writer.add_signature(number, entries, self._contents_bytes)
        return number

    def _add_stamp(
        self, source: SourceDocument, writer: IncrementWriter, time_text: str, page: Page, box: Box, conformance: Conformance
    ) -> int:
        """The appearance for a box in the page's own coordinates, upright as the page is shown."""
        assert self._stamp_maker is not None, "only an invisible signature goes without a stamp maker"
        across, up = box[2] - box[0], box[3] - box[1]
        width, height = (up, across) if page.view.rotation % 2 else (across, up)
        stamp = self._stamp_maker.stamp(self._signer_name, time_text, width, height)
        turn = page.view.upright_matrix(stamp.width, stamp.height)
        matrix = b"%d %d %d %d %.3f %.3f" % turn
        cid_sets, calibrated = conformance.cid_sets, conformance.calibrated(page.entries)
        first = writer.number(stamp_objects(cid_sets=cid_sets))
        objects = stamp.objects(first, time_text, matrix, source.encryption, cid_sets=cid_sets, calibrated=calibrated)
        for offset, written in enumerate(objects):
            writer.add(first + offset, written)
        return first


def check_can_be_prepared(source: Path) -> Update:
    """An invisible preparation that is not written. Raises Unprocessable as ``DocumentPreparer.prepare`` does."""
    return DocumentPreparer("", None).try_out(source)


def _with_pyhanko(
    source: bytes | Path, build: Callable[[SourceDocument], Update], *, strict: bool
) -> Update:
    document, stream = open_leniently(source, strict=strict)
    with stream:
        return build(document)


def _copy(source: int, target: int, size: int) -> None:
    """Copies from the start of one open file to another, inside the kernel where it can."""
    copied = 0
    while copied < size:
        try:
            moved = os.copy_file_range(source, target, size - copied, copied, copied)
        except OSError:  # another file system
            moved = os.pwrite(target, os.pread(source, min(COPY_CHUNK, size - copied), copied), copied)
        if not moved:
            raise OSError("the source ended early")
        copied += moved
