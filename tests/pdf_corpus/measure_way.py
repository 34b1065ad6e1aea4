"""The product's way for one file of somebody else, as functions: upload → prepare → phone's checks → signature → embed → both validations.

Rules:
* what upload refuses is a refusal, with code, rule and place; whatever goes wrong behind it is a fault of ours and never counted away;
* pages are counted by PDFium in the file as it came and in the signed one; first, middle and last page are drawn by it in both, and
  outside of the stamp no pixel may differ. PDFium runs in a process of its own: some files crash or hang it.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mobile_app.device.document_checks import CheckedDocument, ExpectedDocument, check_prepared_document
from server.errors import PhoneSealError
from server.pdf.cms import CmsTemplate
from server.pdf.embed import embed
from server.pdf.geometry import Placement
from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_result import Inspection
from server.pdf.prepare import DocumentPreparer
from server.pdf.sandbox import Sandbox
from server.pdf.stamp import StampFonts, StampMaker
from server.pdf.validate import check_signed_document_fast
from server.pdf.validate_fully import validate_signed_document_fully
from server.signing.dtbs import SignedAttributesTemplate
from tests.agreement.viewers import Answer, Asked, Picture, ProcessViewer
from tests.pdf_corpus.measure_policy import policy_of
from tests.pdf_corpus.signing_kit import Signer

TIME = "22/11/2026 14:05 (+07:00)"
SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
SMALLEST_PAGE = 200.0  # points; on smaller ones an invisible signature
ALGORITHM = "rsa_pkcs1_sha256"

_GLANCE = 100  # pixels across, to see whether PDFium draws a file at all
_MOST_PIXELS = 1_000_000
_ROUNDING = 3  # pixels around the stamp


@dataclass
class Fate:
    """What became of a file. ``fate``: taken, rewritten, refused or fault; ``reason`` is a sentence for the last two."""

    file: str
    opens: bool
    signed_before: bool = False
    fate: str = "refused"
    code: str = ""
    rule: str = ""
    reason: str = ""
    policy: str = ""
    repairs: tuple[str, ...] = ()
    pages_equal: bool | None = None
    pictures_equal: bool | None = None
    signed: bytes = field(default=b"", repr=False)


class Way:
    """Takes files along; ``folder`` is for what is written on the way. Use as a context manager."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox = sandbox
        self._rewritten, self._result = folder / "rewritten.pdf", folder / "signed.pdf"
        self._viewer = ProcessViewer("pdfium")
        self.signer = Signer.create(SIGNER)
        self._preparer = DocumentPreparer(SIGNER, StampMaker(StampFonts()))
        certificate = self.signer.certificate_der
        self._attributes = SignedAttributesTemplate(certificate, ALGORITHM)
        self._cms = CmsTemplate(certificate, [], ALGORITHM)

    def __enter__(self) -> "Way":
        return self

    def __exit__(self, *_: object) -> None:
        self._viewer.close()

    def take(self, source: Path, *, upload_only: bool = False) -> Fate:
        """One file's fate."""
        glance = self._viewer.draw(source, [(0, _GLANCE)])
        fate = Fate(source.name, opens=bool(glance.count) and not isinstance(glance.pictures[0], str))
        self._rewritten.unlink(missing_ok=True)
        try:
            inspection = self._sandbox.inspect_upload(source, self._rewritten, UploadLimits())
        except PhoneSealError as error:
            return _refused(fate, error)
        fate.fate = "rewritten" if inspection.repaired else "taken"
        fate.repairs = inspection.repair_reasons
        fate.signed_before = bool(inspection.earlier_signatures)
        if not upload_only:
            try:
                checked = self._sign(fate, self._rewritten if inspection.repaired else source, inspection)
                self._compare(fate, source, inspection, checked)
            except Exception as error:  # noqa: BLE001 (each is a fault that has to be named)
                fate.fate = "fault"
                fate.reason = f"{type(error).__name__}: {error} {getattr(error, 'details', '') or ''}".strip()
        return fate

    def _sign(self, fate: Fate, taken: Path, inspection: Inspection) -> CheckedDocument:
        original = taken.read_bytes()
        prepared = self._preparer.prepare(original, _place(inspection.page_boxes[0]), TIME)
        checked = check_prepared_document(
            prepared.data,
            ExpectedDocument(
                original_length=len(original),
                original_sha256=hashlib.sha256(original).digest(),
                prepared_length=len(prepared.data),
                prepared_sha256=hashlib.sha256(prepared.data).digest(),
                byte_range=prepared.byte_range,
                digest_algorithm="sha256",
            ),
        )
        attributes = self._attributes.der(checked.document_digest)
        cms = self._cms.build(checked.document_digest, attributes, self.signer.sign(attributes))
        fate.signed = embed(prepared.data, prepared.byte_range, cms)
        check_signed_document_fast(fate.signed, prepared.byte_range, self.signer.certificate_der, ALGORITHM)
        root, before = self.signer.certificate_der, prepared.source_size
        validate_signed_document_fully(fate.signed, [root], prepared.field_name, original_length=before)
        return checked

    def _compare(self, fate: Fate, source: Path, inspection: Inspection, checked: CheckedDocument) -> None:
        """Pages and pictures, as PDFium has them; a file that it can't open has none before."""
        if not fate.opens:
            return
        self._result.write_bytes(fate.signed)
        boxes = inspection.page_boxes
        asked = [(index, _width(*boxes[index])) for index in sorted({0, len(boxes) // 2, len(boxes) - 1})]
        before, after = self._viewer.draw(source, asked), self._viewer.draw(self._result, asked)
        fate.pages_equal = before.count == after.count == inspection.pages == checked.page_count
        fate.pictures_equal = _are_equal(asked, before, after, checked)


def _refused(fate: Fate, error: PhoneSealError) -> Fate:
    details = error.details if isinstance(error.details, dict) else {}
    fate.code, fate.reason = error.code, str(error)
    fate.rule = str(details.get("rule") or details.get("what") or "")
    fate.signed_before = error.code in ("pdf_signed_bad_structure", "pdf_certified_no_changes")
    fate.policy = policy_of(error.code, fate.rule, opens=fate.opens)
    return fate


def _place(size: tuple[float, float]) -> Placement | None:
    width, height = size
    if min(size) < SMALLEST_PAGE:
        return None
    return Placement(0, width * 0.2, height * 0.1, width * 0.6, height * 0.2)


def _width(across: float, down: float) -> int:
    return max(1, round(across * min(1.0, (_MOST_PIXELS / max(1.0, across * down)) ** 0.5)))


def _are_equal(asked: list[Asked], before: Answer, after: Answer, checked: CheckedDocument) -> bool:
    for (index, _), one, other in zip(asked, before.pictures, after.pictures, strict=True):
        if isinstance(one, str) or isinstance(other, str):
            if isinstance(one, str) and isinstance(other, str):
                continue
            return False
        if one.shape != other.shape:
            return False
        stamp = checked.stamp
        if stamp is not None and stamp.page == index:
            sides = stamp.left, stamp.top, stamp.right, stamp.bottom
            one, other = _without(one, sides), _without(other, sides)
        if not np.array_equal(one, other):
            return False
    return True


def _without(picture: Picture, sides: tuple[float, float, float, float]) -> Picture:
    """The picture with what lies in ``sides`` (shares of it) blank."""
    height, width = picture.shape
    left, top, right, bottom = sides
    down = slice(max(0, int(top * height) - _ROUNDING), int(bottom * height) + 1 + _ROUNDING)
    across = slice(max(0, int(left * width) - _ROUNDING), int(right * width) + 1 + _ROUNDING)
    blank = picture.copy()
    blank[down, across] = 255
    return blank
