"""Signs a file in each way that people do, to see what it still conforms to.

The product's own way: upload (with its rewrite, if any), preparing with and without a stamp, the phone's checks, signature, embedding.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from server.pdf.cms import CmsTemplate
from server.pdf.embed import embed
from server.pdf.geometry import Placement
from server.pdf.inspect_limits import UploadLimits
from server.pdf.prepare import DocumentPreparer
from server.pdf.sandbox import Sandbox
from server.pdf.stamp import StampFonts, StampMaker
from server.signing.dtbs import SignedAttributesTemplate
from tests.pdf_corpus.signing_kit import Signer

TIME = "22/11/2026 14:05 (+07:00)"
SIGNER = "Nguyễn Thị Lấp Lánh Ánh"
ALGORITHM = "rsa_pkcs1_sha256"
SMALLEST_PAGE = 200.0  # points; a smaller one gets no stamp here


@dataclass
class Signed:
    """One file's results. ``visible`` is missing where the page is too small for a stamp, both where the upload was refused."""

    source: Path
    findings: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    results: dict[str, Path] = field(default_factory=dict)
    """``taken`` (what was rewritten), ``visible``, ``invisible``, ``twice`` (a second signature, visible)."""


class Signing:
    """Signs files; what it writes lies in ``folder``."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox, self._folder = sandbox, folder
        self._signer = Signer.create(SIGNER)
        self._preparer = DocumentPreparer(SIGNER, StampMaker(StampFonts()))
        certificate = self._signer.certificate_der
        self._attributes = SignedAttributesTemplate(certificate, ALGORITHM)
        self._cms = CmsTemplate(certificate, [], ALGORITHM)
        self._count = 0

    def sign(self, source: Path) -> Signed:
        """Every way. Raises PhoneSealError where the upload refuses the file, or preparing does."""
        self._count += 1
        rewritten = self._folder / f"{self._count}.rewritten.pdf"
        inspection = self._sandbox.inspect_upload(source, rewritten, UploadLimits())
        found = Signed(source, inspection.findings, inspection.repair_reasons)
        if inspection.repaired:
            found.results["rewritten"] = rewritten
        original = (rewritten if inspection.repaired else source).read_bytes()
        width, height = inspection.page_boxes[0]
        place = Placement(0, width * 0.2, height * 0.1, width * 0.6, height * 0.2)
        ways = {"invisible": self._signed(original, None)}
        if min(width, height) >= SMALLEST_PAGE:
            ways["visible"] = self._signed(original, place)
            ways["twice"] = self._signed(ways["visible"], place)
        for way, data in ways.items():
            found.results[way] = self._folder / f"{self._count}.{way}.pdf"
            found.results[way].write_bytes(data)
        return found

    def _signed(self, original: bytes, place: Placement | None) -> bytes:
        prepared = self._preparer.prepare(original, place, TIME)
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
        cms = self._cms.build(checked.document_digest, attributes, self._signer.sign(attributes))
        return embed(prepared.data, prepared.byte_range, cms)
