"""Text for two screens: what the server lets in is what a phone takes."""

import unicodedata
from collections.abc import Callable

import pytest

from server.documents.archive_entries import plain_name
from server.text import clean_text, plain_login, short_file_name, short_text


@pytest.mark.parametrize("made", [clean_text, short_text, short_file_name])
def test_what_is_left_after_cleaning_is_nfc(made: Callable[[str, int], str]) -> None:
    """A mark that stood behind a dropped character combines with the letter before it; phones refuse text that is not NFC."""
    cleaned = made("Ho\u0323\u200e\u0301p \u0111o\u200e\u0302ng", 50)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\u200e" not in cleaned


LONG = "Phụ lục hợp đồng nguyên tắc số 123 " * 7


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("ending", [".pdf", ".PDF", "bản 2.pdf", " (bản ký số cuối cùng).pdf"])
def test_a_long_file_name_keeps_its_end(form: str, ending: str) -> None:
    name = plain_name(unicodedata.normalize(form, "hồ sơ/" + LONG + ending))  # type: ignore[arg-type]
    assert len(name) <= 200
    assert name.startswith("Phụ lục hợp đồng nguyên tắc số 123 Phụ")
    assert name.endswith(ending)
    assert plain_name(name) == name, "cut once more, it stays"


def test_a_huge_file_name_keeps_its_end() -> None:
    assert short_file_name("á" * 100_000 + ".pdf", 200).endswith("á.pdf")


def test_a_cut_name_loses_no_mark_of_a_letter() -> None:
    """Letters with marks that no single character exists for: each cut takes them whole or not at all."""
    letter = "m\u0304\u0323"  # no composed form
    for before in range(6):
        name = short_file_name("a" * before + letter * 100 + ".pdf", 200)
        body = name[before:-4]
        assert all(part.replace(letter, "").replace(unicodedata.normalize("NFC", letter), "") == "" for part in body.split("…")), name


@pytest.mark.parametrize("typed", ["trần.bích", " Trần.Bích ", "TRẦN.BÍCH", "trần\u200b.bích", "trần.bích\n"])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_log_in_name_is_one_name_however_it_is_typed(typed: str, form: str) -> None:
    assert plain_login(unicodedata.normalize(form, typed)) == "trần.bích"  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["İstanbul", "ΑΣ", "ǅ", "ẞ", "Ư", "K"])
def test_a_log_in_name_stays_what_it_is(name: str) -> None:
    assert plain_login(plain_login(name)) == plain_login(name)
