"""What an uploaded file must pass before anyone looks at it.

In this order, each refusing by raising with a stable code (``REFUSAL_TEXTS``):

1. Size, and whether it is a PDF at all (inspect_framing.py).
2. The grammar (grammar/). A file that complies is taken as it is. A signed one that does not is refused with rule and offset, since a
   rewrite would break its signatures. An unsigned one is rewritten (rewrite.py), with the broken rules as reasons on record, and judged
   again: what still does not comply is refused.
3. The page tree (inspect_pages.py), what streams grow to (inspect_streams.py), content that must not be signed (inspect_content.py),
   certifications against changes (inspect_signatures.py), and whether it can be prepared (inspect_preparation.py).
4. Where a broken rule could make two readings, all pages are drawn before and after the rewrite (compare_pages.py): a difference is
   refused, never chosen.

Nothing is left behind by a refusal. All of this runs over hostile bytes: call it through the sandbox.
"""

import hashlib
import mmap
from contextlib import closing
from pathlib import Path

from pikepdf import settings as qpdf_settings

from server.errors import PhoneSealError, TooLarge, Unprocessable
from server.pdf.compare_pages import refuse_if_anything_is_lost, refuse_if_pages_differ
from server.pdf.flatten_hybrid import flatten_hybrid
from server.pdf.grammar import Verdict, judge
from server.pdf.inspect_earlier import findings_of_earlier_signatures
from server.pdf.inspect_framing import refuse_if_no_pdf, refuse_if_truncated
from server.pdf.inspect_limits import Meter, UploadLimits
from server.pdf.inspect_preparation import refuse_if_unpreparable
from server.pdf.inspect_reading import Reading, read_file
from server.pdf.inspect_result import Inspection
from server.pdf.inspect_signatures import is_signed_when_recovered
from server.pdf.rewrite import rewrite

__all__ = ["Inspection", "UploadLimits", "inspect_upload"]

# No rewrite fetches what is not in the file, and qpdf reads an object that is a reference unlike anybody else.
_BEYOND_REWRITING = (("external_data", "pdf_external_stream"), ("reference_value", "pdf_broken"))
_PAGE_RULES = {"page_type", "page_count", "page_parent", "page_repeated", "page_box", "root", "depth"}


def inspect_upload(source: Path, repaired_target: Path, limits: UploadLimits) -> Inspection:
    """Inspect ``source``; write ``repaired_target`` only when a rewrite was needed.

    Raises ``Unprocessable`` or ``TooLarge`` with a code of ``REFUSAL_TEXTS``; then no file is left behind.
    """
    try:
        return _inspect(source, repaired_target, limits)
    except MemoryError as error:
        repaired_target.unlink(missing_ok=True)
        raise Unprocessable("out of memory", code="pdf_bomb") from error
    except RecursionError as error:
        repaired_target.unlink(missing_ok=True)
        raise Unprocessable("nested too deeply", code="pdf_too_complex") from error
    except PhoneSealError:
        repaired_target.unlink(missing_ok=True)
        raise


def _inspect(source: Path, target: Path, limits: UploadLimits) -> Inspection:
    meter = Meter(limits)
    length = source.stat().st_size
    if length == 0:
        raise Unprocessable("no bytes", code="pdf_empty")
    if length > limits.max_bytes:
        raise TooLarge("too many bytes", code="pdf_too_large", details={"limit": limits.max_bytes})
    qpdf_settings.set_qpdf_limits(
        flate_max_memory=limits.max_inflated_stream_bytes,
        run_length_max_memory=limits.max_inflated_stream_bytes,
    )
    verdict = _judge(source, meter)
    taken, reasons = source, verdict.rules
    reading: Reading
    if verdict.complies:
        reading = read_file(source, verdict, _beside(target), meter)
        if reading.form_faults and not verdict.signed:
            taken, reasons, reading = target, ("form_holes",), _rewritten(source, target, verdict, meter)
        else:
            _try_out(source, verdict, reading)
    else:
        _refuse_if_signed(source, verdict, meter)
        taken, reading = target, _rewritten(source, target, verdict, meter)
    return _result(source, taken, reasons, reading)


def _judge(path: Path, meter: Meter) -> Verdict:
    with path.open("rb") as file, closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as buffer:
        refuse_if_no_pdf(buffer)
        verdict = judge(buffer, meter)
        if verdict.signed is None:
            refuse_if_truncated(buffer)
        return verdict


def _try_out(path: Path, verdict: Verdict, reading: Reading) -> None:
    """Whether it can be signed, and what the signatures that it carries are worth."""
    places = refuse_if_unpreparable(path)
    if places is not None:
        reading.stamp_places = tuple((place.page, place.x0, place.y0, place.x1, place.y1) for place in places)
    if verdict.signed:
        reading.findings |= findings_of_earlier_signatures(path)


def _beside(target: Path) -> Path:
    """Where a plain copy of a hybrid file may stand for a while: the sandbox writes in the target's folder only."""
    return target.with_name(f"{target.name}.plain")


def _refuse_if_signed(source: Path, verdict: Verdict, meter: Meter) -> None:
    """Where a breach leaves two readings, the file counts as signed in whichever of them it is signed."""
    if verdict.signed or (not verdict.settled and is_signed_when_recovered(source, meter)):
        breach = verdict.gravest
        raise Unprocessable(
            f"signed, and breaks the grammar: {breach.rule} at {breach.offset}",
            code="pdf_signed_bad_structure",
            details={"rule": breach.rule, "offset": breach.offset},
        )


def _rewritten(source: Path, target: Path, verdict: Verdict, meter: Meter) -> Reading:
    for rule, code in _BEYOND_REWRITING:
        if rule in verdict.rules:
            raise Unprocessable(f"no rewrite mends {rule}", code=code, details={"rule": rule})
    unfollowed = verdict.signed is None
    mend, unshare = unfollowed or bool(_PAGE_RULES & set(verdict.rules)), unfollowed or "annots_shared" in verdict.rules
    plain = _beside(target)
    try:
        if "hybrid" in verdict.rules:
            flatten_hybrid(source, plain)
        rewrite(
            plain if plain.exists() else source,
            target,
            mend_page_tree=mend,
            unshare=unshare,
            drop_abbreviations=unfollowed or "abbreviated_key" in verdict.rules,
        )
    finally:
        plain.unlink(missing_ok=True)
    result = _judge(target, meter)
    if not result.complies:
        breach = result.gravest
        raise Unprocessable(
            f"breaks the grammar after a rewrite: {breach.rule} at {breach.offset}",
            code="pdf_broken",
            details={"rule": breach.rule},
        )
    reading = read_file(target, result, _beside(target), meter)
    _try_out(target, result, reading)
    refuse_if_anything_is_lost(source, target)
    if not verdict.settled:
        refuse_if_pages_differ(source, target, meter)
    return reading


def _result(source: Path, taken: Path, reasons: tuple[str, ...], reading: Reading) -> Inspection:
    source_sha256 = _sha256(source)
    return Inspection(
        pages=len(reading.pages.boxes),
        page_boxes=tuple(reading.pages.boxes),
        length=taken.stat().st_size,
        sha256=_sha256(taken) if reasons else source_sha256,
        source_length=source.stat().st_size,
        source_sha256=source_sha256,
        earlier_signatures=reading.earlier_signatures,
        findings=tuple(sorted(reading.findings)),
        repaired=bool(reasons),
        repair_reasons=reasons,
        title=reading.title,
        stamp_places=reading.stamp_places,
    )


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
