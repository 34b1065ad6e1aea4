"""Names from outside can be seen, however they are made. No window is opened."""

import pytest

from mobile_app.ui import theme
from mobile_app.ui.strings import Strings
from mobile_app.ui.visible import OTHER_FONT, font_for, signs_of, visible

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


NAMES = (
    "署名契約書", "署名契約书", "계약서", "สัญญา", "កិច្ចសន្យា", "ສັນຍາ", "अनुबंध", "عقد", "\U00020bb7約", "\U00020bb8約", "Hợp đồng 🖋",
    "Hợp đồng 🖊",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_sign_that_is_shown_is_in_the_font_that_shows_it(name: str) -> None:
    if theme.missing_fonts():
        pytest.skip("set-up has not brought the font")
    font = theme.WIDE_FONT if font_for(name) == OTHER_FONT else theme.FONT_FOLDER / theme.FONT_FILES[0]
    assert [one for one in visible(name) if one != " " and ord(one) not in signs_of(font)] == []


def test_two_names_that_differ_look_different() -> None:
    if theme.missing_fonts():
        pytest.skip("set-up has not brought the font")
    assert len({visible(name) for name in NAMES}) == len(NAMES)
    assert visible("\U00020bb7約") == "[U+20BB7]約"
