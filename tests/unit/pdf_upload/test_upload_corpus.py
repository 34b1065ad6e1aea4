"""Every file of the corpus: taken as it is, rewritten and then as the grammar wants it, or refused with its code."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from server.errors import PhoneSealError
from server.pdf.findings import FINDING_TEXTS, REFUSAL_TEXTS, REPAIR_TEXTS
from server.pdf.inspect_limits import UploadLimits
from server.pdf.sandbox import Sandbox

CORPUS = Path(__file__).parents[2] / "pdf_corpus"
ENTRIES: list[dict[str, Any]] = json.loads((CORPUS / "MANIFEST.json").read_text())

# Where this product's codes say more than the corpus asks for.
FINER_CODES = {
    "refused/no_pages.pdf": "pdf_no_pages",
    "refused/truncated_at_header.pdf": "pdf_truncated",
    "refused/truncated_head_only.pdf": "pdf_truncated",
    "refused/circular_object_stream.pdf": "pdf_content_malformed",
}
# Nothing reaches what is circular there: a rewrite leaves it out.
REPAIRED_INSTEAD = {"refused/circular_extends.pdf"}


def _of(expectation: str) -> list[Any]:
    return [pytest.param(one, id=one["file"]) for one in ENTRIES if one["expect"] == expectation]


def _opens_strictly(path: Path) -> None:
    with path.open("rb") as file:
        reader = PdfFileReader(file, strict=True)
        writer = IncrementalPdfFileWriter(file, strict=True)
        if reader.encrypted:
            reader.decrypt("")
            writer.encrypt("")
        assert writer.find_page_for_modification(0)[0] is not None


@pytest.mark.parametrize("entry", _of("accept"))
def test_good_file_is_taken_as_it_is(entry: dict[str, Any], sandbox: Sandbox, tmp_path: Path) -> None:
    source, target = CORPUS / entry["file"], tmp_path / "repaired.pdf"
    before = source.read_bytes()
    inspection = sandbox.inspect_upload(source, target, UploadLimits())
    assert inspection.repair_reasons == ()
    assert not inspection.repaired and not target.exists()
    assert source.read_bytes() == before
    assert inspection.length == len(before)
    assert inspection.pages == entry["pages"] == len(inspection.page_boxes)
    assert inspection.earlier_signatures == entry["earlier_signatures"]
    assert set(entry["findings"]) <= set(inspection.findings) <= FINDING_TEXTS.keys()
    _opens_strictly(source)


@pytest.mark.parametrize("entry", _of("repair"))
def test_file_is_rewritten_and_then_right(entry: dict[str, Any], sandbox: Sandbox, tmp_path: Path) -> None:
    source, target = CORPUS / entry["file"], tmp_path / "repaired.pdf"
    inspection = sandbox.inspect_upload(source, target, UploadLimits())
    assert inspection.repaired and inspection.repair_reasons
    assert set(inspection.repair_reasons) <= REPAIR_TEXTS.keys()
    assert inspection.pages == entry["pages"]
    assert inspection.length == target.stat().st_size
    assert inspection.source_length == source.stat().st_size
    _opens_strictly(target)
    again = sandbox.inspect_upload(target, tmp_path / "again.pdf", UploadLimits())
    assert not again.repaired and again.sha256 == inspection.sha256
    assert set(entry["findings"]) <= set(inspection.findings) <= FINDING_TEXTS.keys()
    second = tmp_path / "second.pdf"
    assert sandbox.inspect_upload(source, second, UploadLimits()).sha256 == inspection.sha256  # the input decides


@pytest.mark.parametrize("entry", _of("refuse"))
def test_bad_file_is_refused_with_its_code(entry: dict[str, Any], sandbox: Sandbox, tmp_path: Path) -> None:
    source, target = CORPUS / entry["file"], tmp_path / "repaired.pdf"
    if entry["file"] in REPAIRED_INSTEAD:
        assert sandbox.inspect_upload(source, target, UploadLimits()).repaired
        return
    with pytest.raises(PhoneSealError) as refused:
        sandbox.inspect_upload(source, target, UploadLimits())
    allowed = {FINER_CODES.get(entry["file"], entry["code"]), *entry["codes_may"]}
    assert refused.value.code in allowed
    assert refused.value.code in REFUSAL_TEXTS
    assert list(tmp_path.iterdir()) == []


def test_rewritten_files_pass_qpdf(sandbox: Sandbox, tmp_path: Path) -> None:
    for entry in ENTRIES:
        if entry["expect"] == "repair":
            target = tmp_path / Path(entry["file"]).name
            sandbox.inspect_upload(CORPUS / entry["file"], target, UploadLimits())
            checked = subprocess.run(["qpdf", "--check", str(target)], capture_output=True, text=True, check=False)
            assert checked.returncode == 0, (entry["file"], checked.stdout, checked.stderr)
