"""What the upload accepts, preparation must never fail on, nor the phone refuse to follow."""

import hashlib
import json
from pathlib import Path

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from server.errors import PhoneSealError
from server.pdf.inspect_limits import UploadLimits
from server.pdf.prepare import DocumentPreparer
from server.pdf.sandbox import Sandbox
from server.pdf.stamp import StampFonts, StampMaker

CORPUS = Path(__file__).parents[2] / "pdf_corpus"


def test_every_accepted_file_is_prepared_and_followed(sandbox: Sandbox, tmp_path: Path) -> None:
    preparer = DocumentPreparer("Nguyễn Thị Lấp Lánh Ánh", StampMaker(StampFonts()))
    followed = 0
    for entry in json.loads((CORPUS / "MANIFEST.json").read_text()):
        source, target = CORPUS / entry["file"], tmp_path / "repaired.pdf"
        try:
            inspection = sandbox.inspect_upload(source, target, UploadLimits())
        except PhoneSealError:
            continue
        original = (target if inspection.repaired else source).read_bytes()
        assert hashlib.sha256(original).digest() == inspection.sha256
        prepared = preparer.prepare(original, None, "15/01/2026 09:30")
        expected = ExpectedDocument(
            original_length=inspection.length,
            original_sha256=inspection.sha256,
            prepared_length=len(prepared.data),
            prepared_sha256=hashlib.sha256(prepared.data).digest(),
            byte_range=prepared.byte_range,
            digest_algorithm="sha256",
        )
        checked = check_prepared_document(prepared.data, expected)
        assert checked.page_count == inspection.pages, entry["file"]
        target.unlink(missing_ok=True)
        followed += 1
    assert followed > 100
