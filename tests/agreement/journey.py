"""A file's way through the product without sockets: upload → prepare → phone, and what the phone would sign.

Rules: the product's own functions, in their order, with a visible stamp where the page has room for one; whatever refuses ends the way
with who refused and the stable code; what was told is the union of the findings on both screens. ``filled`` gives the signed document's
bytes with the gap filled in two ways of the same length: no picture may depend on it.
"""

import hashlib
import random
from dataclasses import dataclass, field
from pathlib import Path

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from server.errors import PhoneSealError
from server.pdf.geometry import Placement
from server.pdf.inspect_limits import UploadLimits
from server.pdf.prepare import DocumentPreparer
from server.pdf.sandbox import Sandbox
from server.pdf.stamp import StampFonts, StampMaker
from tests.pdf_corpus.signing_kit import ByteRange, PreparedDocument

TIME = "22/11/2026 14:05 (+07:00)"
SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
SMALLEST_PAGE = 200.0  # points; on smaller ones an invisible signature

#: Findings that say that viewers may differ. What carries none of these must look the same everywhere.
VIEWERS_DIFFER = frozenset(
    (
        "layers",
        "unembedded_fonts",
        "ambiguous_fonts",
        "need_appearances",
        "loose_fields",
        "link_appearance",
        "annotations_over_text",
        "empty_signature_fields",
        "field_scripts",
        "dots_without_length",
        "damaged_streams",
    )
)


@dataclass(frozen=True)
class Outcome:
    """What became of a file. ``refused_by`` is ``""`` where the phone would sign; ``code`` has the phone's ``what`` behind a slash."""

    refused_by: str = ""
    code: str = ""
    rewritten: bool = False
    findings: frozenset[str] = frozenset()
    pages: tuple[tuple[float, float], ...] = ()
    signature_page: int = 0
    prepared: bytes = field(default=b"", repr=False)
    byte_range: tuple[int, ...] = ()

    @property
    def is_accepted(self) -> bool:
        return not self.refused_by

    @property
    def warnings(self) -> frozenset[str]:
        """What the person was told about viewers."""
        return self.findings & VIEWERS_DIFFER

    def filled(self) -> tuple[bytes, bytes]:
        """The document with a gap of zeros, and with one that looks like a CMS with something else behind it."""
        start, end = self.byte_range[1] + 1, self.byte_range[2] - 1
        digits = random.Random(8).randbytes(end - start).hex()[: end - start - 8]
        other = ("3082" + digits).encode().upper().ljust(end - start, b"0")
        return self.prepared, self.prepared[:start] + other + self.prepared[end:]


class Journeys:
    """Takes files along; ``folder`` is for what upload writes."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._target = folder / "rewritten.pdf"
        self._source = folder / "uploaded.pdf"
        self._preparer = DocumentPreparer(SIGNER, StampMaker(StampFonts()))

    def take(self, data: bytes) -> Outcome:
        """A user's file."""
        self._source.write_bytes(data)
        self._target.unlink(missing_ok=True)
        try:
            inspection = self._sandbox.inspect_upload(self._source, self._target, UploadLimits())
        except PhoneSealError as error:
            rule = error.details.get("rule") or error.details.get("limit") if isinstance(error.details, dict) else None
            return Outcome("upload", f"{error.code}/{rule}" if rule else error.code)
        rewritten = self._target.is_file()
        original = self._target.read_bytes() if rewritten else data
        told = frozenset(inspection.findings)
        try:
            prepared = self._preparer.prepare(original, _place(inspection.page_boxes[0]), TIME)
        except PhoneSealError as error:
            return Outcome("prepare", error.code, rewritten, told)
        return self._ask_phone(
            prepared.data, len(original), prepared.byte_range, rewritten, told, inspection.page_boxes
        )

    def take_prepared(self, prepared: PreparedDocument, pages: tuple[tuple[float, float], ...]) -> Outcome:
        """What a dishonest server sends to a phone."""
        return self._ask_phone(
            prepared.data, prepared.original_length, prepared.four_numbers, False, frozenset(), pages
        )

    def _ask_phone(
        self,
        data: bytes,
        original: int,
        byte_range: ByteRange,
        rewritten: bool,
        told: frozenset[str],
        pages: tuple[tuple[float, float], ...],
    ) -> Outcome:
        expected = ExpectedDocument(
            original_length=original,
            original_sha256=hashlib.sha256(data[:original]).digest(),
            prepared_length=len(data),
            prepared_sha256=hashlib.sha256(data).digest(),
            byte_range=byte_range,
            digest_algorithm="sha256",
        )
        try:
            checked = check_prepared_document(data, expected)
        except CheckFailed as error:
            return Outcome("phone", f"{error.code}/{error.details.get('what', '')}", rewritten, told, pages)
        findings = told | frozenset(checked.findings)
        return Outcome("", "", rewritten, findings, pages, checked.signature_page - 1, data, byte_range)


def _place(size: tuple[float, float]) -> Placement | None:
    width, height = size
    if min(size) < SMALLEST_PAGE:
        return None
    return Placement(0, width * 0.5, height * 0.06, width * 0.9, height * 0.22)
