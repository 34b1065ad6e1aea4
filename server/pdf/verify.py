"""Verifying a foreign or own signed PDF: one report for each signature, with everything odd named by a
code.

The parts stand in ``server/pdf/verifying``. Rules: nothing is believed of a signature whose place in the file or whose CMS is odd
(``integrity`` "suspicious", never "ok"); what can't be checked here is "unknown" and never "broken"; a signature that later bytes follow
is never said to cover the whole file; a form value that changed afterwards is named; a file that breaks the grammar (server/pdf/grammar)
can't be followed byte by byte, which is said beside the integrity and is never good; a certificate is judged at the time that trusted
time-stamps prove; nothing is fetched from the network. Memory: about twice the file. Call it inside the sandbox for files of strangers."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pyhanko.pdf_utils import generic

from server.errors import PhoneSealError
from server.pdf.grammar import judge
from server.pdf.inspect_limits import Meter, UploadLimits
from server.pdf.source_document import READER_ERRORS
from server.pdf.verifying.cms_message import ASN1_ERRORS
from server.pdf.verifying.examine import Examined, ExaminedDocument, examine
from server.pdf.verifying.form_values import FieldChange
from server.pdf.verifying.levels import level_of
from server.pdf.verifying.pdf_values import entry, plain_text
from server.pdf.verifying.proven_time import Judged, judge_times
from server.pdf.verifying.reports import APART, HARMLESS, SignatureReport, Unaccounted
from server.pdf.verifying.trust import TrustJudge

__all__ = ["APART", "HARMLESS", "FieldChange", "SignatureReport", "Unaccounted", "verify_file"]

_SHOWN = 300  # characters of a name
_GRAMMAR_LIMITS = UploadLimits(seconds=45.0)  # of the sandbox's minute


def verify_file(
    document: bytes | Path,
    trust_roots: Sequence[bytes],
    *,
    timestamp_roots: Sequence[bytes] | None = None,
    moment: datetime | None = None,
) -> list[SignatureReport]:
    """Reports in the order of signing; an empty list when the document holds no signature. ``trust_roots``:
    DER certificates for signers, and for time-stamp authorities too where ``timestamp_roots`` is None. Raises Unprocessable
    (``pdf_unreadable``, ``pdf_password_needed``)."""
    content = document if isinstance(document, bytes) else document.read_bytes()
    examined = examine(content)
    if not examined.signatures:
        return []
    unaccounted = _unaccounted(content)
    if unaccounted is not None and examined.reader.xrefs.hybrid_xrefs_present:
        examined = _suspected(examined, "hybrid_cross_reference")
    for_stamps = trust_roots if timestamp_roots is None else timestamp_roots
    trust = TrustJudge(trust_roots, for_stamps, examined.store, moment)
    anchors = [*trust_roots, *for_stamps]
    judged = judge_times(examined.signatures, trust)
    return [_report(examined, one, level_of(examined, one, anchors), len(content), unaccounted) for one in judged]


def _unaccounted(content: bytes) -> Unaccounted | None:
    """The first breach of the grammar. What can't be followed within the limits is not accounted for either."""
    try:
        verdict = judge(content, Meter(_GRAMMAR_LIMITS))
    except PhoneSealError:
        return Unaccounted("object_stream", 0)
    if verdict.complies:
        return None
    return Unaccounted(verdict.gravest.rule, verdict.gravest.offset)


def _suspected(document: ExaminedDocument, code: str) -> ExaminedDocument:
    """With a code that holds for every signature of the file."""
    signatures = tuple(replace(one, warnings=one.warnings | {code}) for one in document.signatures)
    return replace(document, signatures=signatures)


def _report(document: ExaminedDocument, judged: Judged, level: str, size: int, unaccounted: Unaccounted | None) -> SignatureReport:
    one = judged.examined
    warnings = one.warnings | judged.warnings | ({"not_accounted_for"} if unaccounted is not None else set())
    integrity = one.integrity
    if integrity == "ok" and warnings - HARMLESS - APART:
        integrity = "suspicious"
    time = judged.proven or one.sound.time or _claimed_time(one, strict=document.reader.strict)
    return SignatureReport(
        one.found.name[:_SHOWN],
        one.message.signer_name[:_SHOWN],
        time,
        "none" if time is None else "timestamp" if judged.proven is not None else "claimed",
        level,
        integrity,
        judged.trust.trust,
        one.coverage,
        one.covered_end,
        size,
        one.changes.level,
        tuple(sorted(warnings)),
        unaccounted,
        one.message.algorithm,
        one.changes.fields,
    )


def _claimed_time(one: Examined, *, strict: bool) -> datetime | None:
    """The signer's own word: the signed attribute, else /M of the dictionary (ISO 32000-2, table 255)."""
    attribute = (one.message.attributes or {}).get("signing_time")
    try:
        if attribute is not None:
            told = attribute.native
            return told if isinstance(told, datetime) and told.tzinfo is not None else None
        moment = entry(one.found.dictionary, "/M")
        return None if moment is None else generic.parse_pdf_date(plain_text(moment), strict=strict)
    except (*ASN1_ERRORS, *READER_ERRORS):
        return None
