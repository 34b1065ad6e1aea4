"""Each check of the phone has a document that it alone catches: with the check it is refused, without the check it passes."""

from collections.abc import Callable

import pytest

from mobile_app.device import document_checks
from mobile_app.device.document_checks import CHECKS, check_prepared_document
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import Forge
from tests.unit.device_checks.forged_attacks import ATTACKS, Forged

# Reading is the check, and whoever asks reads: what they refuse stands in test_file_grammar.py and test_page_tree.py.
READING = {"check_bodies", "check_pages"}


def test_the_forged_document_is_right() -> None:
    data, expected = Forge().build()
    checked = check_prepared_document(data, expected)
    assert checked.field_name == "PhoneSeal1"
    assert (checked.page_count, checked.signature_page) == (1, 1)
    assert checked.signature_rect == (300, 100, 500, 160)
    assert dict(checked.signature_texts) == {"M": "D:20251122140500+07'00'", "Name": "Nguyen Van A"}
    assert checked.findings == ("unembedded_fonts",)


@pytest.mark.parametrize(
    ("check", "code", "forge"), ATTACKS, ids=lambda value: getattr(value, "__name__", None)
)
def test_only_this_check_catches_it(
    check: str, code: str, forge: Callable[[], Forged], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, expected = forge()
    with pytest.raises(CheckFailed) as refused:
        check_prepared_document(data, expected)
    assert refused.value.code == code
    others = tuple(one for one in CHECKS if one.__name__ != check)
    assert len(others) < len(CHECKS)
    monkeypatch.setattr(document_checks, "CHECKS", others)
    assert check_prepared_document(data, expected).page_count >= 1


def test_every_check_has_an_attack() -> None:
    assert {check.__name__ for check in CHECKS} - READING == {check for check, _, _ in ATTACKS}
