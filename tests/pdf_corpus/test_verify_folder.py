"""The command over a folder: honest files are intact, no attack is clean, and what is known of a file is told."""

import sys
from pathlib import Path

import pytest

from tests.pdf_corpus import verify_folder
from tests.pdf_corpus.attack_cms import good_signature
from tests.pdf_corpus.known_signed import KNOWN
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import Signer


@pytest.fixture(scope="module")
def signer() -> Signer:
    return Signer.create("An", issuer=Signer.create("Test root"))


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["verify_folder", *arguments])
    return verify_folder.main(), capsys.readouterr().out


def test_honest_files_and_our_own_attacks(
    signer: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.pdf").write_bytes(good_signature(signer))
    (tmp_path / "plain.pdf").write_bytes(plain_document().build())
    status, said = run(monkeypatch, capsys, str(tmp_path), "--own")
    assert status == 0
    assert "honest: 1 signed files, read as intact 1 = 100.0%" in said
    assert "called clean 0" in said and "| image_spans_gap.pdf | attack | suspicious |" in said


def test_a_clean_attack_is_a_fault(
    signer: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.pdf").write_bytes(good_signature(signer))
    status, said = run(monkeypatch, capsys, str(tmp_path), "--attacks")
    assert status == 1 and "called clean 1" in said


def test_what_is_known_of_a_file() -> None:
    assert verify_folder.kind_of(Path("dss__replace.pdf"), attack_folder=False) == ("attack", KNOWN["__replace.pdf"])
    assert verify_folder.kind_of(Path("good.pdf"), attack_folder=False) == ("honest", "")
    assert verify_folder.kind_of(Path("good.pdf"), attack_folder=True)[0] == "attack"
