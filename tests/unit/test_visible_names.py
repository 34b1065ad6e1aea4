"""Names from outside can be seen, however they are made. No window is opened."""

import pytest

from mobile_app.ui import theme
from mobile_app.ui.strings import Strings
from mobile_app.ui.visible import OTHER_FONT, font_for, visible

BLANK = "\u00a0\u2028\u200b\u2060\u3164"


def test_a_plain_name_stays_as_it_is() -> None:
    for name in ("Công ty Minh Tú", "HĐLĐ – Trần Văn Bình", "[b]x[/b]", "3\u00a0trang", "a  b", ""):
        assert visible(name) == name


def test_what_has_no_width_is_left_out_and_spaces_are_one() -> None:
    assert visible("Công\u200b ty\u00a0\u2003\u3000Minh\u2028Tú\ufe0f") == "Công ty MinhTú"


def test_a_name_of_nothing_to_see_is_shown_by_its_numbers() -> None:
    assert visible(BLANK) == "U+00A0 U+200B U+2028 U+2060"
    assert Strings("vi")("home.person", name=BLANK) == "Người yêu cầu: U+00A0 U+200B U+2028 U+2060"


@pytest.mark.parametrize("name", ["署名契約書", "Договор", "Σύμβαση", "חוזה", "Hợp đồng 🖋"])
def test_letters_that_the_font_lacks_get_the_wide_font(name: str) -> None:
    if theme.missing_fonts():
        pytest.skip("set-up has not brought the font")
    assert font_for(name) == OTHER_FONT
    assert font_for("Hợp đồng số 1 – Ðắk Lắk · “ĐÃ KÝ” 100.000 ₫") == theme.FONT
