"""``make demo FILES=… OUT=…``: the whole product once, over the real ways, with nothing left behind."""

import json
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from server.pdf.verify import verify_file
from tests.integration.demo.demo_kit import CORPUS, Demo, quoted


def test_some_signed_and_one_refused(start_demo: Callable[..., Demo], tmp_path: Path, temporary: Path) -> None:
    folder = tmp_path / "Hồ sơ tháng 7"
    folder.mkdir()
    shutil.copy(CORPUS / "good" / "chromium_contract.pdf", folder / "Biên bản nghiệm thu (bản cuối).pdf")
    shutil.copy(CORPUS / "refused" / "password_aes_256.pdf", folder / "có mật khẩu.pdf")
    shutil.copy(CORPUS / "good" / "pyhanko_signed_once.pdf", folder / "đã ký một lần.pdf")
    shutil.copy(CORPUS / "README.md", folder)
    out = tmp_path / "đã ký"
    demo = start_demo(FILES=str(folder), OUT=str(out))
    status, printed = demo.end()
    assert status == 1, printed
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert [Path(entry["file"]).name for entry in report] == [
        "Biên bản nghiệm thu (bản cuối).pdf",
        "có mật khẩu.pdf",
        "đã ký một lần.pdf",
    ]
    assert [(entry["state"], entry["end_result"]) for entry in report] == [
        ("SIGNED", "ok"),
        ("REFUSED_AT_UPLOAD", None),
        ("SIGNED", "ok"),
    ]
    assert report[1]["reason"].startswith("pdf_password: This file needs a password")
    assert report[1]["signed_file"] is None
    assert all(entry["seconds"] > 0 for entry in report)
    for entry, signatures in ((report[0], 1), (report[2], 2)):
        assert entry["signed_file"] == str(out / Path(entry["file"]).name)
        reports = verify_file(Path(entry["signed_file"]), [])
        assert len(reports) == signatures
        assert (reports[-1].integrity, reports[-1].coverage) == ("ok", "whole_file")
        assert reports[-1].signer == "Nguyễn Thị Lấp Lánh Ánh"
    assert sorted(path.name for path in out.iterdir()) == sorted(
        [*(Path(entry["file"]).name for entry in report if entry["signed_file"]), "report.json"]
    )
    assert "2 of 3 signed" in printed
    assert "có mật khẩu.pdf" in printed
    assert demo.processes() == {}
    assert list(temporary.iterdir()) == []


def test_all_signed_and_equal_names_are_numbered(start_demo: Callable[..., Demo], tmp_path: Path) -> None:
    first, second = tmp_path / "a" / "Hợp đồng.pdf", tmp_path / "b b" / "Hợp đồng.pdf"
    for file, source in ((first, "chromium_contract"), (second, "typst_contract")):
        file.parent.mkdir()
        shutil.copy(CORPUS / "good" / f"{source}.pdf", file)
    out = tmp_path / "out"
    status, printed = start_demo("--files", quoted(second, first), "--out", str(out)).end()
    assert status == 0, printed
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert [entry["file"] for entry in report] == [str(second), str(first)]
    assert [Path(entry["signed_file"]).name for entry in report] == ["Hợp đồng.pdf", "Hợp đồng (2).pdf"]
    assert (out / "Hợp đồng (2).pdf").read_bytes().startswith(first.read_bytes())
    assert (out / "Hợp đồng.pdf").read_bytes().startswith(second.read_bytes())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_interrupted_it_leaves_nothing(
    start_demo: Callable[..., Demo], tmp_path: Path, temporary: Path, number: signal.Signals
) -> None:
    demo = start_demo(FILES=str(CORPUS / "good"), OUT=str(tmp_path / "out"))  # too many to be done before the signal comes
    demo.wait_for_line("Uploading and checking")
    assert len(demo.processes()) >= 5
    demo.stop(number)
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "out" / "report.json").exists()


@pytest.mark.parametrize(
    ("files", "says"),
    [("nothing*.pdf", "no file, folder or match"), ("'half", "quote the names"), ("docs", "no PDF in")],
)
def test_what_names_nothing_is_said_in_a_line(
    start_demo: Callable[..., Demo], tmp_path: Path, files: str, says: str
) -> None:
    status, printed = start_demo(FILES=files, OUT=str(tmp_path / "out")).end()
    assert status == 2
    assert says in printed
    assert "\n" not in printed
