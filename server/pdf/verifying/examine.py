"""Everything about the signatures of a document that needs no trust root: integrity, coverage, and what came after each.

``verify`` adds trust, time and level to it; what is told at upload of earlier signatures comes from there (inspect_earlier.py).
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader, process_data_at_eof

from server.errors import Unprocessable
from server.pdf.pyhanko_reading import open_reader
from server.pdf.source_document import READER_ERRORS
from server.pdf.verifying import bare_rsa
from server.pdf.verifying.algorithms import AlgorithmUnsupported, digest_of
from server.pdf.verifying.ber import BerInvalid
from server.pdf.verifying.changes import Changes, Readers, changes_after
from server.pdf.verifying.cms_message import ASN1_ERRORS, CmsMessage, read_cms, read_signed_data
from server.pdf.verifying.find import Found, find_signatures, oddities
from server.pdf.verifying.integrity import SignedBytes, Sound, signature_soundness, token_soundness
from server.pdf.verifying.pdf_values import entry, plain_text
from server.pdf.verifying.reports import APART, HARMLESS, Coverage, Integrity
from server.pdf.verifying.security_store import SecurityStore, read_security_store

PADES, RFC3161, SHA1_AS_CONTENT = "/ETSI.CAdES.detached", "/ETSI.RFC3161", "/adbe.pkcs7.sha1"
_SUB_FILTERS = {PADES, RFC3161, SHA1_AS_CONTENT, "/adbe.pkcs7.detached", "/PBAD.PAdES", bare_rsa.SUB_FILTER}


@dataclass(frozen=True)
class Token:
    """A time-stamp token beside a signature value (RFC 3161, appendix A)."""

    message: CmsMessage
    sound: Sound


@dataclass(frozen=True)
class Examined:
    """One signature or document time-stamp (``is_timestamp``)."""

    found: Found
    message: CmsMessage
    sound: Sound
    is_timestamp: bool
    tokens: tuple[Token, ...]
    coverage: Coverage
    changes: Changes
    warnings: frozenset[str]

    @property
    def covered_end(self) -> int:
        return self.found.place.covered_end

    @property
    def integrity(self) -> Integrity:
        if self.sound.soundness != "intact":
            return self.sound.soundness
        return "suspicious" if self.warnings - HARMLESS - APART else "ok"


@dataclass(frozen=True)
class ExaminedDocument:
    """``signatures`` in the order of what they cover."""

    reader: PdfFileReader
    store: SecurityStore
    signatures: tuple[Examined, ...]


def examine(content: bytes) -> ExaminedDocument:
    """Raises Unprocessable and VerificationFailed (``pdf_unreadable``,
    ``pdf_password_needed``)."""
    if not content:
        raise Unprocessable("the file is empty", code="pdf_unreadable")
    reader = open_reader(io.BytesIO(content))
    try:
        found = find_signatures(content, reader)
        odd = oddities(content, reader, found)
    except READER_ERRORS as error:
        raise Unprocessable("the document cannot be followed", code="pdf_unreadable") from error
    store = read_security_store(reader.root) if found else SecurityStore()
    readers = Readers(content, reader)
    signatures = (_examine(content, one, odd[index], readers, store) for index, one in enumerate(found))
    return ExaminedDocument(reader, store, tuple(signatures))


def _examine(content: bytes, found: Found, odd: set[str], readers: Readers, store: SecurityStore) -> Examined:
    bare = found.sub_filter == bare_rsa.SUB_FILTER
    message = bare_rsa.read_bare_rsa(found.dictionary) if bare else read_cms(found.contents, store.certificates)
    is_timestamp = found.sub_filter == RFC3161 or _holds_a_token(message)
    sound = _soundness(content, found, message, is_timestamp)
    tokens = () if is_timestamp else tuple(_tokens(message, store))
    coverage = _coverage(content, found, readers)
    changes = Changes("none")
    if coverage != "whole_file":
        changes = Changes("unknown")
        if found.container is not None and coverage != "partial":
            changes = changes_after(readers, found.container, found.dictionary, found.field)
    warnings = {*odd, *found.place.warnings, *message.warnings, *sound.codes, *_change_warnings(coverage, changes)}
    if found.sub_filter == PADES and message.signer is not None and not message.names_signing_certificate:
        warnings.add("signing_certificate_required")  # EN 319 142-1 6.3
    if is_timestamp and plain_text(entry(found.dictionary, "/Type")) != "/DocTimeStamp":
        warnings.add("timestamp_type_odd")
    if is_timestamp:
        warnings.discard("unsigned_attributes_unusual")
    return Examined(found, message, sound, is_timestamp, tokens, coverage, changes, frozenset(warnings))


def _holds_a_token(message: CmsMessage) -> bool:
    return message.signed is not None and bool(message.signed["encap_content_info"]["content_type"].native == "tst_info")


def _soundness(content: bytes, found: Found, message: CmsMessage, is_timestamp: bool) -> Sound:
    if not found.dictionary:
        return Sound("unknown")
    if found.ranges is None:
        return Sound("broken", ("byte_range_odd",))
    if found.sub_filter not in _SUB_FILTERS:
        return Sound("unknown", ("sub_filter_unsupported",))
    signed = SignedBytes(content, found.ranges)
    if found.sub_filter == bare_rsa.SUB_FILTER:
        return bare_rsa.bare_rsa_soundness(message, found.contents, signed)
    if message.signed is None:
        return Sound("unknown")
    try:
        if is_timestamp:
            return token_soundness(message, signed.digest)
        return signature_soundness(message, signed, sha1_as_content=found.sub_filter == SHA1_AS_CONTENT)
    except AlgorithmUnsupported:
        return Sound("unknown", ("algorithm_unsupported",))


def _tokens(message: CmsMessage, store: SecurityStore) -> Iterator[Token]:
    if message.signer is None:
        return
    value = message.signer["signature"].native
    for signed in message.tokens:
        try:
            inner = read_signed_data(signed, store.certificates)
        except (BerInvalid, *ASN1_ERRORS):
            yield Token(CmsMessage(), Sound("broken"))
            continue
        yield Token(inner, token_soundness(inner, lambda name: digest_of(name, value)))


def _coverage(content: bytes, found: Found, readers: Readers) -> Coverage:
    """Everything but the gap from the first byte to the end of a revision, or only parts."""
    place = found.place
    if {"byte_range_odd", "gap_is_not_contents", "signature_dictionary_unreadable"} & set(place.warnings):
        return "partial"
    if place.covered_end == len(content):
        return "whole_file"
    reader = readers.first
    try:
        assert found.container is not None
        revision = reader.xrefs.get_last_change(found.container)
        reader.stream.seek(place.covered_end)
        ends_there = process_data_at_eof(reader.stream) == reader.xrefs.get_startxref_for_revision(revision)
        sections = (reader.xrefs.get_xref_container_info(one).end_location for one in range(revision + 1))
        return "earlier_revision" if ends_there and all(end <= place.covered_end for end in sections) else "partial"
    except (PdfReadError, *READER_ERRORS):
        return "partial"


def _change_warnings(coverage: Coverage, changes: Changes) -> Iterator[str]:
    if coverage == "partial":
        yield "coverage_partial"
    elif coverage == "earlier_revision" and changes.level == "none":
        yield "bytes_after_signature"
    if changes.level == "other" or not changes.permitted:
        yield "changed_after_signing"
    if changes.level == "annotations":
        yield "annotations_added"
    if changes.level == "unknown" and coverage != "partial":
        yield "changes_not_followed"
    kinds = {change.kind for change in changes.fields}
    if kinds & {"value", "removed"}:
        yield "field_value_changed"
    if kinds & {"appearance", "text"}:
        yield "field_appearance_changed"
