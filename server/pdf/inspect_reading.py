"""One pass over one file: what a rebuild could mend is collected, what nothing can mend is raised.

The order matters. The bytes are followed first, then object streams are measured, and only then is qpdf
asked, which would inflate them without a limit of its own. Nothing is judged on a file that is going to be
rebuilt: the rebuilt one is read again and judged then.
"""

import mmap
import unicodedata
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pikepdf
from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.misc import PdfDecodeLimitError
from pyhanko.pdf_utils.reader import PdfFileReader

from server.errors import PhoneSealError, Unprocessable
from server.pdf.content.judge import judge_content
from server.pdf.inspect_content import findings, refusals
from server.pdf.inspect_framing import header_faults, looks_signed, refuse_if_truncated
from server.pdf.inspect_graph import ObjectGraph, open_with_qpdf, read_graph, refuse_circles, refuse_losses, text
from server.pdf.inspect_limits import MIB, Meter
from server.pdf.inspect_pages import Pages, read_pages
from server.pdf.inspect_preparation import can_be_prepared, names_coming_objects
from server.pdf.inspect_signatures import earlier_signatures, has_signature, refuse_if_certified_against_changes
from server.pdf.inspect_streams import measure_stream
from server.pdf.inspect_structure import Structure, read_structure
from server.pdf.repair import open_with_recovery

_MAX_TITLE = 200
_NO_TITLES = {"untitled", "untitled document", "(anonymous)"}  # what programs write when nobody chose one
_QPDF_ERRORS = (pikepdf.PdfError, RuntimeError, ValueError, TypeError)
_SIGNED_REFUSALS = (
    ("duplicate_objects", "pdf_signed_duplicate_objects"),
    ("hybrid_xref", "pdf_signed_hybrid_xref"),
)
# What a signed file may have: every reader still sees the same, and nothing could be done about it anyway.
_TOLERATED_WHEN_SIGNED = {
    "unlisted_objects",
    "unlisted_bytes",
    "page_size_wrong",
    "header_version_wrong",
    "size_wrong",
}
_SIZE_WARNING = "reported number of objects"


@dataclass
class Reading:
    """What one pass found. ``faults`` are codes of ``REPAIR_TEXTS``; with any of them the rest is not filled
    in.
    """

    faults: set[str] = field(default_factory=set)
    pages: Pages = field(default_factory=Pages)
    earlier_signatures: int = 0
    findings: set[str] = field(default_factory=set)
    title: str | None = None


def read_file(path: Path, meter: Meter) -> Reading:
    """Read and judge one file. Raises ``Unprocessable`` or ``TooLarge`` for what can't be accepted or mended.
    """
    reading = Reading()
    with path.open("rb") as file:
        buffer = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        reading.faults |= header_faults(buffer)
        reader, structure = _read_strictly(file, buffer, meter)
        reading.faults |= structure.faults
        if reader is None:
            refuse_if_truncated(buffer)
        with closing(_open(path, reading)) as pdf:
            graph = _read_objects(pdf, meter)
            refuse_circles(graph)
            refuse_losses(graph.warnings)
            for warning in graph.warnings:
                reading.faults.add("size_wrong" if _SIZE_WARNING in warning else "parser_warnings")
            reading.pages = read_pages(graph, meter)
            reading.faults |= reading.pages.faults
            signed = has_signature(graph) or (bool(reading.faults) and looks_signed(buffer))
            if signed:
                _refuse_if_wrong(reading)
            if not reading.faults and reader is not None:
                _judge(path, pdf, graph, buffer, structure, reading, meter)
                _check_older_revisions(buffer, structure, reading, signed, meter)
                _check_readable(reader, reading)
                if names_coming_objects(buffer, structure, reader):
                    reading.faults.add("dangling_references")
                if not can_be_prepared(path):
                    reading.faults.add("strict_parse_failed")
                if signed:
                    _refuse_if_wrong(reading)
    return reading


def _refuse_if_wrong(reading: Reading) -> None:
    """A signed file is never rebuilt: refuse what would have to be, and put up with the rest."""
    grave = reading.faults - _TOLERATED_WHEN_SIGNED
    if grave:
        code = next((code for fault, code in _SIGNED_REFUSALS if fault in grave), "pdf_signed_bad_structure")
        raise Unprocessable(f"signed, and its structure is wrong: {sorted(grave)}", code=code)
    reading.faults.clear()


def _read_strictly(file: BinaryIO, buffer: mmap.mmap, meter: Meter) -> tuple[PdfFileReader | None, Structure]:
    """pyHanko's strict view and the structure of the bytes; no reader when pyHanko refuses."""
    try:
        reader = PdfFileReader(file, strict=True)
        if reader.encrypted:
            reader.decrypt("")
        old_header = reader.has_xref_stream and reader.input_version < (1, 5)
    except (MemoryError, RecursionError):
        raise
    except PdfDecodeLimitError as error:
        raise Unprocessable("a cross-reference stream inflates too far", code="pdf_bomb") from error
    except Exception as error:  # noqa: BLE001 - a parser on hostile bytes: whatever it raises means "not strict"
        return None, Structure(faults={_strict_fault(error)})
    if reader.total_revisions > meter.limits.max_revisions:
        raise Unprocessable("too many revisions", code="pdf_too_complex")

    def length_of(number: int, generation: int) -> int | None:
        try:
            value = _pyhanko_object(reader, number, generation)
        except (MemoryError, RecursionError):
            raise
        except Exception:  # noqa: BLE001 - as above
            return None
        return int(value) if isinstance(value, int) else None

    structure = read_structure(buffer, reader, length_of, meter)
    if old_header:
        structure.faults.add("header_version_wrong")
    if not structure.faults and not reader.encrypted:
        try:
            _measure_object_streams(buffer, reader, structure, meter)
        except (MemoryError, RecursionError, PhoneSealError):
            raise
        except Exception as error:  # noqa: BLE001 - as above
            structure.faults.add(_strict_fault(error))
    return reader, structure


def _measure_object_streams(buffer: mmap.mmap, reader: PdfFileReader, structure: Structure, meter: Meter) -> None:
    """qpdf inflates whole object streams to read one object: measure them before it is asked."""
    nothing = ObjectGraph(objects={}, trailer={}, streams=set())
    for revision in range(reader.total_revisions):
        for reference in reader.xrefs.object_streams_used_in(revision):  # type: ignore[no-untyped-call]
            extent = structure.current.get(f"{reference.idnum} {reference.generation} R")
            if extent is None or extent.data is None:
                structure.faults.add("xref_wrong")
                continue
            stated = _pyhanko_object(reader, reference.idnum, reference.generation).get("/Filter", [])
            filters = [str(name) for name in stated] if isinstance(stated, list) else [str(stated)]
            if filters not in ([], ["/FlateDecode"]):
                structure.faults.add("strict_parse_failed")  # the phone opens no other structure stream
            start, length = extent.data
            if not measure_stream(memoryview(buffer)[start : start + length], {"/Filter": filters}, nothing, meter):
                structure.faults.add("strict_parse_failed")  # qpdf puts up with what pyHanko does not


def _pyhanko_object(reader: PdfFileReader, number: int, generation: int) -> Any:
    return reader.get_object(Reference(number, generation, reader))  # type: ignore[no-untyped-call]


def _strict_fault(error: Exception) -> str:
    said = str(error).lower()
    if "generation" in said:
        return "illegal_generation"
    if "xref" in said or "eof" in said:
        return "xref_wrong"
    return "strict_parse_failed"


def _open(path: Path, reading: Reading) -> pikepdf.Pdf:
    """qpdf's view without recovery if it has one, otherwise with it."""
    if not reading.faults:
        try:
            return open_with_qpdf(path, recover=False)
        except _QPDF_ERRORS as error:
            if "no pages found" in str(error):
                raise Unprocessable("no pages", code="pdf_no_pages") from error
            reading.faults.add("strict_parse_failed")
    return open_with_recovery(path)


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
    structure: Structure,
    reading: Reading,
    meter: Meter,
) -> None:
    """Refuse what must not be signed, and note the rest."""
    _measure_streams(pdf, graph, buffer, structure, reading, meter)
    codes = refusals(graph)
    if codes:
        raise Unprocessable(f"refused: {codes}", code=codes[0])
    refuse_if_certified_against_changes(graph, reading.pages)
    reading.findings |= judge_content(path, pdf, graph, reading.pages, meter)
    reading.earlier_signatures = earlier_signatures(graph, reading.pages)
    reading.findings |= findings(graph, reading.pages)
    reading.title = _title(graph)


def _measure_streams(
    pdf: pikepdf.Pdf,
    graph: ObjectGraph,
    buffer: mmap.mmap,
    structure: Structure,
    reading: Reading,
    meter: Meter,
) -> None:
    """Spend every stream from the meter: from the file's bytes, or decrypted by qpdf where those are
    encrypted.
    """
    view = memoryview(buffer)  # never released by hand: a raised error may still hold a slice of it
    try:
        for reference in graph.streams:
            extent = structure.current.get(reference)
            if graph.encrypted or extent is None or extent.data is None:
                number, generation, _ = reference.split()
                raw: bytes | memoryview = pdf.get_object(int(number), int(generation)).read_raw_bytes()
            else:
                raw = view[extent.data[0] : extent.data[0] + extent.data[1]]
            if not measure_stream(raw, graph.objects[reference], graph, meter):
                reading.findings.add("damaged_streams")
            if extent is not None and extent.data is not None and extent.data[1] > MIB:
                start = extent.data[0] & ~(mmap.PAGESIZE - 1)
                buffer.madvise(mmap.MADV_DONTNEED, start, extent.data[1])  # give the memory back
    except pikepdf.PdfError as error:
        raise Unprocessable("a stream can't be read", code="pdf_broken") from error


def _check_older_revisions(
    buffer: mmap.mmap, structure: Structure, reading: Reading, signed: bool, meter: Meter
) -> None:
    """What must not be signed must not lie in an older revision either, since verifiers can open those.

    An unsigned file is rebuilt without its past; a signed one is refused with the code of what was found.
    """
    for end in sorted(set(structure.revision_ends))[:-1]:
        meter.check_time()
        try:
            with closing(open_with_qpdf(_Slice(buffer, end), recover=False)) as pdf:
                codes = refusals(read_graph(pdf, meter))
        except _QPDF_ERRORS:
            continue  # no document ends here, such as after a linearised file's first table
        if codes and signed:
            raise Unprocessable(f"refused in an older revision: {codes}", code=codes[0])
        if codes:
            reading.faults.add("unsafe_older_revision")


class _Slice(BytesIO):
    """The first bytes of a file as a file."""

    def __init__(self, buffer: mmap.mmap, end: int) -> None:
        super().__init__(buffer[:end])


def _check_readable(reader: PdfFileReader, reading: Reading) -> None:
    """What preparation reads through pyHanko later must be readable now: catalog, form, pages."""
    try:
        root = reader.root
        if "/AcroForm" in root and "/Fields" in root["/AcroForm"]:
            list(root["/AcroForm"]["/Fields"])
        for reference in reading.pages.references + reading.pages.branches:
            number, generation, _ = reference.split()
            page = _pyhanko_object(reader, int(number), int(generation))
            if "/Annots" in page:
                list(page["/Annots"])
    except (MemoryError, RecursionError):
        raise
    except Exception as error:  # noqa: BLE001 - a parser on hostile bytes
        reading.faults.add(_strict_fault(error))


def _title(graph: ObjectGraph) -> str | None:
    """The document's own title without control and direction characters, at most 200 characters."""
    raw = text(graph.get(graph.dictionary(graph.trailer.get("/Info")), "/Title")) or ""
    kept = "".join(char if unicodedata.category(char)[0] != "C" else " " for char in raw)
    title = " ".join(kept.split())[:_MAX_TITLE]
    return title if title and title.casefold() not in _NO_TITLES else None


