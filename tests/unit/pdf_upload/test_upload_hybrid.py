"""A hybrid file keeps what only its hidden cross-reference stream lists."""

from pathlib import Path

import pikepdf
import pytest

from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_upload import inspect_upload

CORPUS = Path(__file__).resolve().parents[2] / "pdf_corpus"


@pytest.mark.parametrize("name", ["hybrid_xref.pdf", "hybrid_xref_unlisted.pdf"])
def test_a_rewritten_hybrid_file_keeps_its_font(name: str, tmp_path: Path) -> None:
    target = tmp_path / "rewritten.pdf"
    inspection = inspect_upload(CORPUS / "odd" / name, target, UploadLimits())
    assert inspection.repaired
    assert "hybrid" in inspection.repair_reasons
    assert "unembedded_fonts" in inspection.findings
    with pikepdf.open(target) as pdf:
        assert "/F1" in pdf.pages[0].Resources.Font
    assert [path.name for path in tmp_path.iterdir()] == ["rewritten.pdf"]
