"""Which letters the visible signature can show, and what stands for those that it can't."""

import string
import unicodedata

import pytest

from server.pdf.stamp import StampFonts
from server.pdf.stamp_font import StampFont

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệfghiìỉĩíịjklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvwxyỳỷỹýỵz"


@pytest.fixture(scope="module", params=["regular", "semibold"])
def font(request: pytest.FixtureRequest) -> StampFont:
    found: StampFont = getattr(StampFonts(), request.param)
    return found


def letters(first: int, last: int) -> str:
    return "".join(c for c in map(chr, range(first, last + 1)) if unicodedata.category(c)[0] == "L")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_every_vietnamese_letter_is_drawn_as_it_is(font: StampFont, form: str) -> None:
    assert len(VIETNAMESE) == 93
    text = VIETNAMESE + VIETNAMESE.upper() + string.digits + ".,-()/&'"
    assert font.shown(unicodedata.normalize(form, text)) == text
    assert all(glyph for glyph, _, _, _ in font.shape(text).glyphs), "glyph 0 is the empty box"


def test_latin_1_is_drawn_as_it_is(font: StampFont) -> None:
    assert font.shown(letters(0xC0, 0xFF)) == letters(0xC0, 0xFF)


def test_the_rest_of_european_latin_keeps_at_least_its_base_letter(font: StampFont) -> None:
    text = letters(0x100, 0x17F)
    shown = font.shown(text)
    assert "?" not in shown
    assert (font.shown("Łukasz Żółć"), font.shown("Ŋarrindjeri"), font.shown("Ķēniņš")) == (
        "Łukasz Żółć",
        "Narrindjeri",
        "Kēninš",
    )


def test_another_script_is_said_and_never_an_empty_box(font: StampFont) -> None:
    assert font.shown("Иван An") == "???? An"
    assert font.shown("王 An") == "? An"
