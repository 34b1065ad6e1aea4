"""Whatever stamp the server draws, of any size, name, language and time, is of the shape that the phone takes."""

from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mobile_app.device.document_checks.font_program import is_unicode_map, read_advances
from mobile_app.device.document_checks.fonts import all_glyphs
from mobile_app.device.document_checks.limits import MAX_STAMP_CONTENT_BYTES, MAX_STAMP_FONT_BYTES, MIN_STAMP_SIDE
from mobile_app.device.document_checks.stamp_content import read_stamp_content
from server.pdf.pdf_syntax import NoEncryption
from server.pdf.stamp import StampFonts, StampLook, StampMaker
from server.pdf.stamp_font import FontSubset, StampFont, clean_text

TIME = "22/11/2025 14:05 (+07:00)"
NAMES = ("Nguyễn Thị Lấp Lánh Ánh", "Ô", "", "漢字", "Œ\u0302 " * 9, "W" * 200, "a b " * 50, "王 小明 – Иван", "\U00020bb7" * 9)
SIDES = st.floats(MIN_STAMP_SIDE, 1500) | st.sampled_from([MIN_STAMP_SIDE, 12.0, 30.0, 60.0, 200.0, 14_400.0])


@cache
def fonts() -> StampFonts:
    return StampFonts()


@cache
def maker(language: str, seal: bool) -> StampMaker:
    return StampMaker(fonts(), StampLook("vi" if language == "vi" else "en", seal))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(SIDES, SIDES, st.sampled_from(NAMES), st.sampled_from(["vi", "en"]), st.booleans())
@example(200.0, 60.0, NAMES[0], "vi", True)
@example(4.0, 14_400.0, NAMES[5], "vi", True)
@example(14_400.0, 4.0, NAMES[6], "en", False)
def test_its_content_is_taken_and_stays_within_the_box(width: float, height: float, name: str, language: str, seal: bool) -> None:
    content = maker(language, seal).stamp(name, TIME, width, height).content(TIME)
    drawn = read_stamp_content(content)
    assert drawn is not None, content
    assert len(content) <= MAX_STAMP_CONTENT_BYTES
    assert drawn.reach <= round(max(width, height), 3)


@pytest.mark.parametrize("font", [fonts().regular, fonts().semibold, fonts().wide], ids=lambda font: font.name)
@pytest.mark.parametrize("first", range(0x20, 0x1EFA, 0x100))
def test_its_fonts_are_taken_with_all_their_letters(font: StampFont, first: int) -> None:
    run = font.shape(clean_text("".join(map(chr, range(first, first + 0x100)))) or "?")
    subset = FontSubset(font, [run])
    _, glyphs, _, program, unicode_map = subset.objects(1, NoEncryption())
    packed = program.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0]
    length = int(program.split(b"/Length1 ")[1].split(b"/")[0])
    advances = read_advances(packed, length)
    assert advances is not None
    assert b"/W[0[" + b" ".join(b"%d" % advance for advance in advances) + b"]]" in glyphs
    assert length <= MAX_STAMP_FONT_BYTES
    *_, listed = subset.objects(1, NoEncryption(), cid_set=True)
    assert listed.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0] == all_glyphs(len(advances))
    assert is_unicode_map(unicode_map.split(b"stream\n", 1)[1].rsplit(b"\nendstream", 1)[0])
