"""What conforms to PDF/A or PDF/UA conforms still when it was rewritten and signed, or the requester was told before: judged by veraPDF."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.pdf.sandbox import Sandbox
from tests.pdf_corpus.conformance.__main__ import main
from tests.pdf_corpus.conformance.judge import judge, missing
from tests.pdf_corpus.conformance.losses import TOLD, Loss, compared
from tests.pdf_corpus.conformance.signing import Signed, Signing
from tests.pdf_corpus.conforming_files import conforming_files, made

CORPUS = Path(__file__).parent / "good"
OTHERS = {
    "libreoffice_pdfa1.pdf": "1a",
    "libreoffice_pdfa2.pdf": "2b",
    "libreoffice_pdfa3.pdf": "3b",
    "weasyprint_pdfa.pdf": "3u",
    "weasyprint_tagged.pdf": "ua1",
}
CLAIMS_ONLY = "libreoffice_tagged.pdf"
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module", autouse=True)
def _a_judge() -> None:
    if why := missing():
        if os.environ.get("CI"):
            pytest.fail(f"the conformance of signed files is not judged: {why}")
        pytest.skip(why)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("conforming")
    for name, data in conforming_files().items():
        (folder / f"{name}.pdf").write_bytes(data)
    return [*sorted(folder.iterdir()), *(CORPUS / name for name in OTHERS)]


@pytest.fixture(scope="module")
def signed(sources: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Signed]]:
    with Sandbox() as sandbox:
        signing = Signing(sandbox, tmp_path_factory.mktemp("signed"))
        yield [signing.sign(path) for path in sources]


@pytest.fixture(scope="module")
def losses(signed: list[Signed]) -> list[Loss]:
    return list(compared(signed))


def _standards(path: Path) -> set[str]:
    named = OTHERS.get(path.name)
    if named:
        return {named}
    known = {"1a", "1b", "2a", "2b", "2u", "3a", "3b", "3u", "4", "ua1", "ua2"}
    return known & set(path.stem.split("_"))


def test_every_file_conforms_before(sources: list[Path], losses: list[Loss]) -> None:
    """Else nothing would be shown: no answer counts as kept."""
    for path in sources:
        judged = {loss.standard for loss in losses if loss.source == path}
        assert judged == _standards(path), path.name
    assert {loss.standard for loss in losses} == {"1a", "1b", "2a", "2b", "2u", "3a", "3b", "3u", "4", "ua1", "ua2"}


def test_no_standard_is_lost_without_a_word_and_none_told_that_is_not(losses: list[Loss]) -> None:
    faults = [f"{loss.source.name} {loss.standard} {loss.way}: {loss.broken}" for loss in losses if loss.is_fault]
    assert faults == []


def test_others_are_never_lost_and_pdfua_1_by_a_stamp_alone(losses: list[Loss]) -> None:
    lost = {(loss.standard, loss.way) for loss in losses if loss.broken}
    assert lost == {("ua1", "visible"), ("ua1", "twice")}
    assert {loss.way for loss in losses} == {"rewritten", "invisible", "visible", "twice"}


def test_it_is_told_of_pdfua_1_and_of_nothing_else(signed: list[Signed], tmp_path: Path) -> None:
    for one in signed:
        assert (TOLD in one.findings) == ("ua1" in _standards(one.source)), one.source.name
    claims_only = CORPUS / CLAIMS_ONLY
    assert [answer.conforms for answer in judge([claims_only])[claims_only]] == [False]
    with Sandbox() as sandbox:
        assert TOLD not in Signing(sandbox, tmp_path).sign(claims_only).findings


def test_the_judge_sees_what_is_wrong(tmp_path: Path) -> None:
    """RGB without an output intent for it; a claim that is not there; a file that is none."""
    files = {
        "rgb": made("2b", intent="gray").replace(b"0.5 g\n60 600", b"1 0 0 rg 0 0", 1),
        "plain": (CORPUS / "libreoffice_contract.pdf").read_bytes(),
        "none": b"not a PDF",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    answers = judge([tmp_path / name for name in files])
    assert [[answer.standard, answer.conforms] for answer in answers[tmp_path / "rgb"]] == [["2b", False]]
    assert answers[tmp_path / "plain"] == ()
    assert [answer.conforms for answer in answers[tmp_path / "none"]] == [False]


def test_the_command_tells_what_a_folder_keeps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "kept.pdf").write_bytes(made("1b"))
    (tmp_path / "never.pdf").write_bytes(made("2b").replace(b"0.5 0.2 0.2 rg", b"0.5 0.2 0 0  k"))
    assert main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "never.pdf: 2b not kept before: 6.2.4.3-3:" in said
    assert [line.split() for line in said.splitlines()[1:]] == [
        ["1b", "invisible", "kept", "1"],
        ["1b", "twice", "kept", "1"],
        ["1b", "visible", "kept", "1"],
    ]


def test_a_loss_that_nobody_told_is_a_fault() -> None:
    def fault(standard: str, way: str, broken: str, told: bool) -> bool:
        return Loss(Path(), standard, way, broken, told).is_fault

    assert fault("1b", "visible", "6.9-2:1", False)
    assert fault("1b", "visible", "6.9-2:1", True)  # told is what happens to PDF/UA-1
    assert fault("ua1", "visible", "7.18.4-1:1", False)
    assert fault("ua1", "visible", "", True)
    assert fault("ua1", "invisible", "7.18.3-1:1", True)
    assert not fault("ua1", "visible", "7.18.4-1:1", True)
    assert not fault("1b", "visible", "", False)

