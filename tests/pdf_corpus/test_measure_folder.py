"""The measure of other people's files: its table, its list of policies, and that it sees what went wrong."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from mobile_app.device.document_checks import CheckedDocument
from mobile_app.device.document_checks.stamp_place import StampPlace
from tests.agreement.viewers import Answer
from tests.pdf_corpus import measure_way
from tests.pdf_corpus.measure_folder import faults, main, table
from tests.pdf_corpus.measure_policy import CERTIFIED, LIMIT, PASSWORD, RUNS, SIGNED, XFA, policy_of
from tests.pdf_corpus.measure_way import Fate

CORPUS = Path(__file__).parent
FILES = [
    "good/chromium_contract.pdf",
    "good/handmade_increments.pdf",
    "refused/javascript_open_action.pdf",
    "refused/password_aes_256.pdf",
    "refused/signed_duplicate_object.pdf",
    "refused/certified_no_changes.pdf",
]


def _folder(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(CORPUS / name, tmp_path)
    return tmp_path


def test_the_table_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(_folder(tmp_path))]) == 0
    told = capsys.readouterr().out
    for line in (
        "| PDFium opens | 5 | 100.0 % | 2 |",
        "| taken as they are | 1 | 20.0 % | 0 |",
        "| rewritten, then taken | 1 | 20.0 % | 0 |",
        "| **signed** | 2 | 40.0 % | 0 |",
        f"| refused: {RUNS} | 1 | 20.0 % | 0 |",
        f"| refused: {CERTIFIED} | 1 | 20.0 % | 1 |",
        f"| refused: {SIGNED} | 1 | 20.0 % | 1 |",
        "| **signed or refused by policy** | 5 | 100.0 % | 2 |",
        "| accepted, then failed | 0 | 0.0 % | 0 |",
        "| other page count than before | 0 | 0.0 % | 0 |",
        "| other pictures outside the stamp | 0 | 0.0 % | 0 |",
        "| revisions | 1 |",
    ):
        assert line in told.splitlines()
    assert f"| signed_duplicate_object.pdf | {SIGNED} | pdf_signed_bad_structure stream_length | signed, and" in told
    assert "password_aes_256.pdf" not in told  # PDFium does not open it either


def test_what_fails_behind_the_upload_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError("nothing fits")

    monkeypatch.setattr(measure_way, "check_prepared_document", refuse)
    shutil.copy(CORPUS / FILES[0], tmp_path)
    assert main([str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "fault: chromium_contract.pdf: ValueError: nothing fits" in told
    assert "| accepted, then failed | 1 | 100.0 % | 0 |" in told


@pytest.mark.parametrize(
    ("code", "rule", "opens", "policy"),
    [
        ("pdf_password", "", False, PASSWORD),
        ("pdf_password", "", True, ""),
        ("pdf_xfa", "", True, XFA),
        ("pdf_launch_action", "", True, RUNS),
        ("pdf_too_complex", "operators", True, LIMIT),
        ("pdf_broken", "name_length", True, LIMIT),
        ("pdf_broken", "offset", True, ""),
        ("pdf_content_malformed", "string_length", True, LIMIT),
        ("pdf_content_malformed", "operator", True, ""),
        ("pdf_two_readings", "", True, ""),
    ],
)
def test_policies(code: str, rule: str, opens: bool, policy: str) -> None:
    assert policy_of(code, rule, opens=opens) == policy


def test_pages_and_pictures_that_changed_are_faults() -> None:
    fates = [Fate("a.pdf", True, fate="taken", pages_equal=False), Fate("b.pdf", True, fate="rewritten", pictures_equal=False)]
    assert faults(fates) == ["a.pdf: other page count than before", "b.pdf: other pictures outside the stamp"]
    rows = list(table(fates))
    assert "| other page count than before | 1 | 50.0 % | 0 |" in rows
    assert "| other pictures outside the stamp | 1 | 50.0 % | 0 |" in rows


def _checked(stamp: object) -> CheckedDocument:
    class Checked:
        pass

    checked = Checked()
    checked.stamp = stamp  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]


def test_a_pixel_outside_the_stamp_is_seen_and_one_inside_is_not() -> None:
    stamp = _checked(StampPlace(0, 0.5, 0.5, 0.8, 0.8))
    plain = np.full((100, 100), 255, np.uint8)
    before = Answer(1, (plain,))
    for place, is_equal in ((60, 60), True), ((20, 60), False), ((95, 95), False):
        drawn = plain.copy()
        drawn[place] = 0
        assert measure_way._are_equal([(0, 100)], before, Answer(1, (drawn,)), stamp) is is_equal
        assert measure_way._are_equal([(1, 100)], before, Answer(1, (drawn,)), stamp) is False
    assert not measure_way._are_equal([(0, 100)], before, Answer(1, ("ended",)), stamp)
    assert not measure_way._are_equal([(0, 100)], before, Answer(1, (plain[:-1],)), stamp)
