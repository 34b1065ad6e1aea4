"""Text for two screens: what the server lets in is what a phone takes."""

import unicodedata
from collections.abc import Callable

import pytest

from server.text import clean_text, short_text


@pytest.mark.parametrize("made", [clean_text, short_text])
def test_what_is_left_after_cleaning_is_nfc(made: Callable[[str, int], str]) -> None:
    """A mark that stood behind a dropped character combines with the letter before it; phones refuse text that is not NFC."""
    cleaned = made("Ho\u0323\u200e\u0301p \u0111o\u200e\u0302ng", 50)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert "\u200e" not in cleaned
