"""Verifying a foreign or own signed PDF: one report for each signature, with everything odd named by a
code.

pyHanko says whether digest, signature and path hold and what later revisions changed; verify_structure.py
and verify_cms.py look for what it accepts and should not. Rules: nothing is believed of a signature whose
place in the file or whose CMS is odd (``integrity`` "suspicious", never "ok"); a signature that later bytes
follow is never said to cover the whole file; a file that breaks the grammar (server/pdf/grammar) can't be followed byte by byte, which is
said beside the integrity and is never good; nothing is fetched from the network. Memory: about twice the
file. Call it inside the sandbox for files of strangers."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from server.errors import PhoneSealError, Unprocessable
from server.pdf.grammar import judge
from server.pdf.inspect_limits import Meter, UploadLimits
from server.pdf.pyhanko_reading import open_reader, pyhanko_status, validation_context
from server.pdf.source_document import READER_ERRORS
from server.pdf.verify_cms import CmsFacts, examine_cms
from server.pdf.verify_structure import SignaturePlace, locate_signature, object_number, spanning_warnings

Integrity = Literal["ok", "broken", "suspicious"]
Trust = Literal["trusted", "untrusted", "unknown"]
Coverage = Literal["whole_file", "earlier_revision", "partial"]
# Odd, and yet no reason to doubt what is shown.
_PADES = "/ETSI.CAdES.detached"
_GRAMMAR_LIMITS = UploadLimits(seconds=45.0)  # of the sandbox's minute
HARMLESS = {"unsigned_attributes_unusual", "signing_certificate_missing", "bytes_after_signature", "timestamp_untrusted"}


@dataclass(frozen=True)
class Unaccounted:
    """The rule of the grammar that the file breaks, and where: its bytes can't be followed one by one."""

    rule: str
    offset: int


@dataclass(frozen=True)
class SignatureReport:
    """One signature. ``accounted``: None where every byte of the file was followed. ``time_kind``: claimed by the signer, or proven by a
    timestamp that is whole and leads to a trust root. ``changes_after``:
    ``none``, or the highest level of what later revisions changed (``lta_updates``, ``form_filling``,
    ``annotations``, ``other``, ``unknown``). ``warnings``: codes, sorted."""

    field_name: str
    signer: str
    time: datetime | None
    time_kind: Literal["none", "claimed", "timestamp"]
    level: str
    integrity: Integrity
    trust: Trust
    coverage: Coverage
    covered_bytes: int
    file_bytes: int
    changes_after: str
    warnings: tuple[str, ...] = field(default=())
    accounted: Unaccounted | None = None

    @property
    def good(self) -> bool:
        """Intact, trusted, followed byte by byte, and nothing odd."""
        odd = set(self.warnings) - HARMLESS
        return self.integrity == "ok" and self.trust == "trusted" and self.accounted is None and not odd


def verify_file(
    document: bytes | Path, trust_roots: Sequence[bytes], *, moment: datetime | None = None
) -> list[SignatureReport]:
    """Reports in the order of signing; an empty list when the document holds no signature. ``trust_roots``:
    DER certificates. Raises Unprocessable(``pdf_unreadable``, ``pdf_password_needed``)."""
    content = document if isinstance(document, bytes) else document.read_bytes()
    if not content:
        raise Unprocessable("the file is empty", code="pdf_unreadable")
    reader = open_reader(io.BytesIO(content))
    try:
        found = _find_signatures(content, reader)
        spans = _spans(content, reader, found)
        repeated = _repeated(content, found)
        common = ["unlisted_bytes_at_end"] if _ends_in_unlisted_bytes(content, reader) else []
    except READER_ERRORS as error:
        raise Unprocessable("the document cannot be followed", code="pdf_unreadable") from error
    unaccounted = _unaccounted(content)
    if reader.xrefs.hybrid_xrefs_present and unaccounted is not None:
        common.append("hybrid_cross_reference")
    reports = []
    for index, signature in enumerate(found):
        odd = [*common, *spans[index], *(["contents_reused"] if index in repeated else [])]
        reports.append(_report(content, signature, odd, trust_roots, moment))
    return [_with_account(report, unaccounted) for report in _with_long_term_level(reader, reports)]


def _unaccounted(content: bytes) -> Unaccounted | None:
    """The first breach of the grammar. What can't be followed within the limits is not accounted for either."""
    try:
        verdict = judge(content, Meter(_GRAMMAR_LIMITS))
    except PhoneSealError:
        return Unaccounted("object_stream", 0)
    if verdict.complies:
        return None
    return Unaccounted(verdict.gravest.rule, verdict.gravest.offset)


def _with_account(report: SignatureReport, unaccounted: Unaccounted | None) -> SignatureReport:
    """A finding of its own: it makes nothing broken, and nothing clean."""
    if unaccounted is None:
        return report
    return replace(report, accounted=unaccounted, warnings=tuple(sorted({*report.warnings, "not_accounted_for"})))


@dataclass(frozen=True)
class _Found:
    """A filled signature field; ``embedded`` is None where pyHanko refuses to take it for a signature."""

    name: str
    dictionary: generic.DictionaryObject
    place: SignaturePlace
    embedded: EmbeddedPdfSignature | None

    def contents(self, content: bytes) -> bytes:
        """The gap decoded, zeros included; where it cannot be, what stands in the dictionary."""
        if self.place.gap is not None:
            try:
                return bytes.fromhex(content[self.place.gap[0] + 1 : self.place.gap[1] - 1].decode("ascii"))
            except ValueError:
                pass  # the place's warnings say so
        value = self.dictionary.get("/Contents", b"")
        return bytes(value) if isinstance(value, bytes) else b""


def _find_signatures(content: bytes, reader: PdfFileReader) -> list[_Found]:
    """All filled signature fields in the order of what they cover."""
    found = []
    for name, value, field_reference in enumerate_sig_fields(reader, filled_status=True):
        dictionary = value.get_object()
        if not isinstance(dictionary, generic.DictionaryObject):
            raise Unprocessable("a signature field holds no signature", code="pdf_unreadable")
        try:
            embedded = EmbeddedPdfSignature(reader, field_reference.get_object(), name)
        except Exception:  # noqa: BLE001 pyHanko's errors share no base; the report says that it could not be validated
            embedded = None
        found.append(_Found(name, dictionary, locate_signature(content, reader, dictionary), embedded))
    return sorted(found, key=lambda signature: signature.place.covered_end)


def _ends_in_unlisted_bytes(content: bytes, reader: PdfFileReader) -> bool:
    """Does anything but white space follow the end of the last revision? Some viewers pick up what they
    find there."""
    revisions = range(reader.xrefs.total_revisions)
    last = max(reader.xrefs.get_xref_container_info(revision).end_location for revision in revisions)
    end = content.find(b"%%EOF", last)
    return end < 0 or bool(content[end + 5 :].strip(b"\0\t\n\f\r "))


def _spans(content: bytes, reader: PdfFileReader, found: list[_Found]) -> list[list[str]]:
    numbers = [object_number(signature.dictionary) for signature in found]
    gaps = {n: signature.place.gap for n, signature in zip(numbers, found, strict=True) if signature.place.gap}
    warnings = spanning_warnings(content, reader, gaps)
    return [warnings.get(number, []) for number in numbers]


def _repeated(content: bytes, found: list[_Found]) -> set[int]:
    """Indexes of signatures whose dictionary or CMS stands in two fields."""
    cms = [signature.contents(content) for signature in found]
    objects = [object_number(signature.dictionary) for signature in found]
    same_cms, same_object = Counter(cms), Counter(objects)
    return {i for i in range(len(found)) if same_cms[cms[i]] > 1 or same_object[objects[i]] > 1}


def _report(
    content: bytes,
    found: _Found,
    odd: list[str],
    trust_roots: Sequence[bytes],
    moment: datetime | None,
) -> SignatureReport:
    facts, place = examine_cms(found.contents(content)), found.place
    warnings = {*odd, *place.warnings, *facts.warnings}
    if not facts.names_signing_certificate and str(found.dictionary.get("/SubFilter", "")) == _PADES:
        warnings.add("signing_certificate_required")  # EN 319 142-1 6.3
    report = SignatureReport(
        found.name,
        facts.signer,
        None,
        "none",
        _level(found, facts),
        "broken",
        "unknown",
        "partial",
        place.covered_end,
        len(content),
        "unknown",
    )
    if found.embedded is None:
        return replace(report, warnings=tuple(sorted(warnings | {"validation_failed"})))
    try:
        status = pyhanko_status(found.embedded, validation_context(trust_roots, (), moment))
    except Exception:  # noqa: BLE001 pyHanko's errors of reading, validating and path building share no base
        return replace(report, warnings=tuple(sorted(warnings | {"validation_failed"})))
    coverage: Coverage = "partial"
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE and place.covered_end == len(content):
        coverage = "whole_file"
    elif status.coverage in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION):
        coverage = "earlier_revision"
    level = status.modification_level
    changes = level.name.lower() if level is not None else "unknown"
    if coverage != "whole_file" and changes == "none":
        warnings.add("bytes_after_signature")
    if status.docmdp_ok is False or changes == "other":
        warnings.add("changed_after_signing")
    if coverage == "partial":
        warnings.add("coverage_partial")
    stamped = status.timestamp_validity
    if stamped is not None and not (stamped.intact and stamped.valid):
        warnings.add("timestamp_broken")
        report = replace(report, level="PAdES B-B" if report.level == "PAdES B-T" else report.level)
    elif stamped is not None and not stamped.trusted:
        warnings.add("timestamp_untrusted")
    proven = stamped if stamped is not None and stamped.intact and stamped.valid and stamped.trusted else None
    integrity: Integrity = "ok" if status.intact and status.valid else "broken"
    if integrity == "ok" and warnings - HARMLESS:
        integrity = "suspicious"
    time = proven.timestamp if proven is not None else status.signer_reported_dt
    return replace(
        report,
        time=time,
        time_kind="none" if time is None else "timestamp" if proven is not None else "claimed",
        integrity=integrity,
        trust="trusted" if status.trusted else "untrusted",
        coverage=coverage,
        changes_after=changes,
        warnings=tuple(sorted(warnings)),
    )


def _level(found: _Found, facts: CmsFacts) -> str:
    sub_filter = str(found.dictionary.get("/SubFilter", ""))
    if sub_filter == "/ETSI.RFC3161":
        return "document timestamp"
    if sub_filter != _PADES or not facts.names_signing_certificate:
        return "CMS"
    return "PAdES B-T" if facts.has_timestamp else "PAdES B-B"


def _with_long_term_level(reader: PdfFileReader, reports: list[SignatureReport]) -> list[SignatureReport]:
    """B-T with validation material in the document is B-LT, with a document timestamp after it B-LTA (EN
    319 142-1 6.3)."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
        complete = bool(store.certs) and bool(store.ocsps or store.crls)
    except Exception:  # noqa: BLE001 no usable store, whatever is wrong with it
        complete = False
    if not complete:
        return reports
    last_stamp = max((i for i, r in enumerate(reports) if r.level == "document timestamp"), default=-1)
    return [
        replace(r, level="PAdES B-LTA" if i < last_stamp else "PAdES B-LT") if r.level == "PAdES B-T" else r
        for i, r in enumerate(reports)
    ]
