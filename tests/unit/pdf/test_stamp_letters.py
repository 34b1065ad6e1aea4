"""Which letters the visible signature can show, and what stands for those that it can't."""

import string
import unicodedata

import pytest

from server.pdf.stamp import StampFonts
from server.pdf.stamp_font import FontSubset, StampFont

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


SCRIPTS = (
    "王小明", "王小朋", "山田 太郎", "김철수", "김철우", "Иван Петров", "Иван Петровъ", "Łukasz Żółć", "Ķēniņš", "Kēninš", "Kenins",
    "สมชาย", "សុខា", "ສົມຊາຍ", "अनिल", "אבי", "علي", "Γιώργος", "\U00020bb7田", "\U00020bb8田", "An 🖋", "An 🖊", "Ŋarrindjeri", "Narrindjeri",
)  # fmt: skip


@pytest.fixture(scope="module")
def fonts() -> StampFonts:
    return StampFonts()


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_name_in_any_script_is_drawn_and_never_an_empty_box(fonts: StampFonts, name: str) -> None:
    font = fonts.for_name(name)
    run = font.shape(name)
    assert all(glyph for glyph, _, _, _ in run.glyphs)
    assert fonts.shown(name) == (name if ord(max(name)) < 0x20000 else f"[U+{ord(name[0]):04X}]田")
    assert FontSubset(font, [run]).show(run)


def test_two_names_that_differ_look_different(fonts: StampFonts) -> None:
    """By their glyphs, of one font, or by their fonts."""
    drawn = {(fonts.for_name(name).name, tuple(glyph for glyph, *_ in fonts.for_name(name).shape(name).glyphs)) for name in SCRIPTS}
    assert len(drawn) == len(SCRIPTS)


def test_the_wide_font_has_the_whole_basic_plane(fonts: StampFonts) -> None:
    signs = [chr(point) for point in range(0x20, 0xFFFE) if unicodedata.category(chr(point))[0] in "LMNPS"]
    assert [sign for sign in signs if not fonts.wide.has_all(sign)] == []


@pytest.mark.parametrize("name", ["Nguyễn Thị Lấp Lánh Ánh", "ĐẶNG ĐÌNH ƯỚC", "José Müller", "O'Brien-Smith"])
def test_the_usual_font_draws_the_usual_names(fonts: StampFonts, name: str) -> None:
    assert fonts.for_name(name) is fonts.semibold
    assert fonts.for_name(unicodedata.normalize("NFD", name)) is fonts.semibold
