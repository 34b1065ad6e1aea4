"""One pass over one file that complies with the grammar: what it shows and holds, and whether it may be signed.

The order matters. The grammar (grammar/) has followed the bytes and measured object streams, so qpdf may be asked, which would inflate them
without a limit of its own. A signed file with hybrid cross-references is read through a plain copy: qpdf does not see what such a file
lists in its hidden stream alone.
"""

import mmap
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pikepdf

from server.errors import Unprocessable
from server.pdf.content.judge import judge_content
from server.pdf.flatten_hybrid import flatten_hybrid
from server.pdf.grammar import Verdict
from server.pdf.inspect_conformance import loses_pdfua
from server.pdf.inspect_content import findings, refusals
from server.pdf.inspect_graph import ObjectGraph, open_with_qpdf, read_graph, refuse_circles, refuse_losses, text
from server.pdf.inspect_limits import MIB, Meter
from server.pdf.inspect_pages import Pages, read_pages
from server.pdf.inspect_result import StampPlace
from server.pdf.inspect_signatures import earlier_signatures, refuse_if_certified_against_changes
from server.pdf.inspect_streams import measure_stream
from server.pdf.rewrite_form import has_faults

_MAX_TITLE = 200
_NO_TITLES = {"untitled", "untitled document", "(anonymous)"}  # what programs write when nobody chose one
_QPDF_ERRORS = (pikepdf.PdfError, RuntimeError, ValueError, TypeError)


@dataclass
class Reading:
    """What one pass found."""

    pages: Pages = field(default_factory=Pages)
    earlier_signatures: int = 0
    findings: set[str] = field(default_factory=set)
    title: str | None = None
    stamp_places: tuple[StampPlace, ...] | None = None
    form_faults: bool = False
    """Whether the form lists what is no field (rewrite_form.py)."""


def read_file(path: Path, verdict: Verdict, scratch: Path, meter: Meter) -> Reading:
    """Read and judge one file; ``scratch`` is a place for a copy, which is gone afterwards. Raises ``Unprocessable`` or ``TooLarge`` for
    what must not be signed, and ``pdf_broken`` for what qpdf can't read.
    """
    reading = Reading()
    with path.open("rb") as file, _plain(path, verdict, scratch) as plain:
        buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        with closing(_open(plain)) as pdf:
            reading.form_faults = has_faults(pdf)
            graph = _read_objects(pdf, meter)
            refuse_circles(graph)
            refuse_losses(graph.warnings)
            reading.pages = read_pages(graph, meter)
            _judge(plain, pdf, graph, buffer, verdict.streams if plain == path else {}, reading, meter)
            if verdict.signed:
                _check_older_revisions(buffer, verdict, meter)
    return reading


@contextmanager
def _plain(path: Path, verdict: Verdict, scratch: Path) -> Iterator[Path]:
    """The file itself, or a copy whose objects qpdf sees all."""
    if not verdict.hybrid:
        yield path
        return
    try:
        flatten_hybrid(path, scratch)
        yield scratch
    finally:
        scratch.unlink(missing_ok=True)


def _open(path: Path) -> pikepdf.Pdf:
    try:
        return open_with_qpdf(path, recover=False)
    except _QPDF_ERRORS as error:
        if "no pages found" in str(error):
            raise Unprocessable("no pages", code="pdf_no_pages") from error
        raise Unprocessable("qpdf can't read it", code="pdf_broken") from error


def _read_objects(pdf: pikepdf.Pdf, meter: Meter) -> ObjectGraph:
    try:
        return read_graph(pdf, meter)
    except _QPDF_ERRORS as error:
        raise Unprocessable("qpdf can't read its objects", code="pdf_broken") from error


def _judge(
    path: Path,
    pdf: pikepdf.Pdf,
    graph: ObjectGraph,
    buffer: mmap.mmap,
    streams: Mapping[str, tuple[int, int]],
    reading: Reading,
    meter: Meter,
) -> None:
    """Refuse what must not be signed, and note the rest."""
    _measure_streams(pdf, graph, buffer, streams, reading, meter)
    codes = refusals(graph)
    if codes:
        raise Unprocessable(f"refused: {codes}", code=codes[0])
    refuse_if_certified_against_changes(graph, reading.pages)
    reading.findings |= judge_content(path, pdf, graph, reading.pages, meter)
    reading.earlier_signatures = earlier_signatures(graph, reading.pages)
    reading.findings |= findings(graph, reading.pages)
    if loses_pdfua(pdf, graph):
        reading.findings.add("conformance_lost")
    reading.title = _title(graph)


def _measure_streams(
    pdf: pikepdf.Pdf,
    graph: ObjectGraph,
    buffer: mmap.mmap,
    streams: Mapping[str, tuple[int, int]],
    reading: Reading,
    meter: Meter,
) -> None:
    """Spend every stream from the meter: from the file's bytes, or decrypted by qpdf where those are
    encrypted.
    """
    view = memoryview(buffer)  # never released by hand: a raised error may still hold a slice of it
    try:
        for reference in graph.streams:
            extent = streams.get(reference)
            if graph.encrypted or extent is None:
                number, generation, _ = reference.split()
                raw: bytes | memoryview = pdf.get_object(int(number), int(generation)).read_raw_bytes()
            else:
                raw = view[extent[0] : extent[0] + extent[1]]
            if not measure_stream(raw, graph.objects[reference], graph, meter):
                reading.findings.add("damaged_streams")
            if extent is not None and extent[1] > MIB:
                start = extent[0] & ~(mmap.PAGESIZE - 1)
                buffer.madvise(mmap.MADV_DONTNEED, start, extent[1])  # give the memory back
    except pikepdf.PdfError as error:
        raise Unprocessable("a stream can't be read", code="pdf_broken") from error


def _check_older_revisions(buffer: mmap.mmap, verdict: Verdict, meter: Meter) -> None:
    """What must not be signed must not lie in an older revision either, since verifiers can open those."""
    for end in verdict.revision_ends[:-1]:
        meter.check_time()
        try:
            with closing(open_with_qpdf(_Slice(buffer, end), recover=False)) as pdf:
                codes = refusals(read_graph(pdf, meter))
        except _QPDF_ERRORS:
            continue  # no document ends here
        if codes:
            raise Unprocessable(f"refused in an older revision: {codes}", code=codes[0])


class _Slice(BytesIO):
    """The first bytes of a file as a file."""

    def __init__(self, buffer: mmap.mmap, end: int) -> None:
        super().__init__(buffer[:end])


def _title(graph: ObjectGraph) -> str | None:
    """The document's own title without control and direction characters, at most 200 characters."""
    raw = text(graph.get(graph.dictionary(graph.trailer.get("/Info")), "/Title")) or ""
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in raw)
    title = " ".join(kept.split())[:_MAX_TITLE]
    return title if title and title.casefold() not in _NO_TITLES else None
