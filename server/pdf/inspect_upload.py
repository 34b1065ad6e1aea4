"""What an uploaded file must pass before anyone looks at it.

In this order, each refusing by raising with a stable code (``REFUSAL_TEXTS``):

1. Size, header, end: empty, over the limit, not a PDF, cut short (inspect_framing.py). 2. Structure
(inspect_structure.py) as pyHanko in strict mode, qpdf and the bytes themselves see it. A file on which they
agree is taken as it is. Otherwise an unsigned file is rebuilt (repair.py), with the reasons listed, and the
result goes through the same inspection; a signed one is refused, since a rebuild would break its signatures.
3. The page tree (inspect_pages.py) and what the streams grow to (inspect_streams.py). 4. Content that must
not be signed (inspect_content.py) and certifications against changes (inspect_signatures.py), also in the
older revisions that lie in the file.

Nothing is left behind by a refusal. All of this runs over hostile bytes: call it through the sandbox.
"""

import hashlib
from pathlib import Path

from pikepdf import settings as qpdf_settings

from server.errors import PhoneSealError, TooLarge, Unprocessable
from server.pdf.flatten_hybrid import flatten_hybrid
from server.pdf.inspect_limits import Meter, UploadLimits
from server.pdf.inspect_reading import read_file
from server.pdf.inspect_result import Inspection
from server.pdf.repair import rebuild

__all__ = ["Inspection", "UploadLimits", "inspect_upload"]


def inspect_upload(source: Path, repaired_target: Path, limits: UploadLimits) -> Inspection:
    """Inspect ``source``; write ``repaired_target`` only when a rebuild was needed.

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


def _inspect(source: Path, repaired_target: Path, limits: UploadLimits) -> Inspection:
    meter = Meter(limits)
    source_length = source.stat().st_size
    if source_length == 0:
        raise Unprocessable("no bytes", code="pdf_empty")
    if source_length > limits.max_bytes:
        raise TooLarge("too many bytes", code="pdf_too_large", details={"limit": limits.max_bytes})
    qpdf_settings.set_qpdf_limits(
        flate_max_memory=limits.max_inflated_stream_bytes,
        run_length_max_memory=limits.max_inflated_stream_bytes,
    )
    reading = read_file(source, meter)
    reasons = tuple(sorted(reading.faults))
    taken = source
    if reasons:
        _rebuild(source, repaired_target, hybrid="hybrid_xref" in reasons)
        taken = repaired_target
        reading = read_file(repaired_target, meter)
        if reading.faults:
            still = sorted(reading.faults)
            raise Unprocessable(f"still wrong after a rebuild: {still}", code="pdf_broken")
    source_sha256 = _sha256(source)
    return Inspection(
        pages=len(reading.pages.boxes),
        page_boxes=tuple(reading.pages.boxes),
        length=taken.stat().st_size,
        sha256=_sha256(taken) if reasons else source_sha256,
        source_length=source_length,
        source_sha256=source_sha256,
        earlier_signatures=reading.earlier_signatures,
        findings=tuple(sorted(reading.findings)),
        repaired=bool(reasons),
        repair_reasons=reasons,
        title=reading.title,
    )


def _rebuild(source: Path, target: Path, *, hybrid: bool) -> None:
    if not hybrid:
        rebuild(source, target)
        return
    plain = target.with_name(f"{target.name}.plain")
    try:
        flatten_hybrid(source, plain)
        rebuild(plain, target)
    finally:
        plain.unlink(missing_ok=True)


def _sha256(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
