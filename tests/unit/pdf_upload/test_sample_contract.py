"""The sample contract: two pages, Vietnamese, embedded fonts, deterministic, accepted as it is."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest

from server.pdf.inspect_result import Inspection
from server.pdf.sample_contract import SIGNATURE_BOX, SIGNATURE_PAGE, make_sample_contract, make_sample_contracts

ROOT = Path(__file__).parents[3]


def _text(data: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(data)
    out = []
    for page in document:
        textpage = page.get_textpage()
        out.append(textpage.get_text_range().replace("\r\n", " "))
        textpage.close()
        page.close()
    document.close()
    return out


def test_inspection_finds_nothing(inspect: Callable[[bytes], Inspection]) -> None:
    for _, data in make_sample_contracts(4):
        inspection = inspect(data)
        assert inspection.pages == 2 and not inspection.repaired
        assert inspection.findings == ()
        assert inspection.title is not None and "số 000" in inspection.title


def test_text_is_vietnamese_and_names_the_signer() -> None:
    pages = _text(make_sample_contract("Nguyễn Thị Lấp Lánh Ánh"))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0]
    assert all("Nguyễn Thị Lấp Lánh Ánh" in page for page in pages)
    assert "Trang 2/2" in pages[1]


def test_markup_in_a_name_stays_text() -> None:
    assert "A & <b>B</b>" in _text(make_sample_contract("A & <b>B</b>"))[0]


def test_same_bytes_in_another_process() -> None:
    script = "import hashlib; from server.pdf.sample_contract import *; "
    script += "print(hashlib.sha256(make_sample_contract(number=7)).hexdigest())"
    run = [sys.executable, "-c", script]
    first, second = (subprocess.check_output(run, cwd=ROOT, env={"PYTHONHASHSEED": seed}) for seed in "12")
    assert first == second


def test_variety() -> None:
    contracts = dict(make_sample_contracts(12))
    assert len(contracts) == len(set(contracts.values())) == 12
    assert list(contracts)[:2] == ["hop-dong-0001.pdf", "hop-dong-0002.pdf"]
    with pytest.raises(ValueError):
        make_sample_contract(number=0)


def test_place_of_the_signature_is_empty() -> None:
    document = pypdfium2.PdfDocument(make_sample_contract())
    page = document[SIGNATURE_PAGE]
    picture = page.render(scale=1.0).to_pil().convert("L")
    left, bottom, right, top = SIGNATURE_BOX
    height = picture.height
    assert picture.crop((int(left), int(height - top), int(right), int(height - bottom))).getextrema() == (255, 255)
    page.close()
    document.close()
