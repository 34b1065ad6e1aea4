"""A font is known only where the very same bytes stand again, and what is known is what the check would say."""

import pytest

from mobile_app.device.document_checks import PreparedDocument, check_prepared_document, fonts
from mobile_app.device.document_checks.indirect_objects import IndirectObject
from mobile_app.device.document_checks.known_fonts import MOST, KnownFonts
from mobile_app.errors import CheckFailed
from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import DESCRIPTOR, FONT_FILE, STAMP_FONT, Forge
from tests.unit.device_checks.forged_increments import CASES


def part(start: int, end: int) -> IndirectObject:
    return IndirectObject(
        number=9, generation=0, value=None, references=(), start=start, value_start=start, value_end=end, end=end, stream=None
    )


def test_only_the_same_bytes_at_the_same_distances_are_known() -> None:
    known = KnownFonts()
    known.keep(b"..first second", (part(2, 7), part(8, 14)), 3)
    assert known.find(b"....first second", (part(4, 9), part(10, 16))) == 3
    assert known.find(memoryview(b"....first second"), (part(4, 9), part(10, 16))) == 3
    assert known.find(b"....first sEcond", (part(4, 9), part(10, 16))) is None
    assert known.find(b"....first second", (part(4, 9), part(11, 16))) is None
    assert known.find(b"....first second.", (part(4, 9), part(10, 17))) is None


def test_objects_in_another_order_are_not_kept() -> None:
    known = KnownFonts()
    known.keep(b"second first", (part(7, 12), part(0, 6)), 3)
    assert known.find(b"second first", (part(7, 12), part(0, 6))) is None


def test_few_are_kept() -> None:
    known = KnownFonts()
    for number in range(MOST + 1):
        known.keep(b"%02d" % number, (part(0, 2),), number)
    assert known.find(b"00", (part(0, 2),)) is None
    assert known.find(b"01", (part(0, 2),)) == 1


@pytest.mark.parametrize("number", [STAMP_FONT, DESCRIPTOR, FONT_FILE])
def test_one_other_byte_is_checked_anew(number: int) -> None:
    data, expected = Forge().build()
    check_prepared_document(data, expected)
    spoilt = Forge()
    body = spoilt.increment[number]
    spoilt.increment[number] = body.replace(b"Type0", b"Type1").replace(b"/Flags 4", b"/Flags 6").replace(b"Flate", b"flate")
    data, expected = spoilt.build()
    with pytest.raises(CheckFailed, match="doc_font"):
        check_prepared_document(data, expected)


def test_a_known_font_must_have_the_glyphs_too() -> None:
    data, expected = Forge().build()
    check_prepared_document(data, expected)
    _, word, forge = CASES["glyph: one that the time lacks"]
    data, expected = forge().build()
    with pytest.raises(CheckFailed) as refused:
        fonts.check_fonts(PreparedDocument(data, expected))
    assert refused.value.details["what"] == word


def test_fonts_in_another_order_of_objects_are_right_all_the_same() -> None:
    forge = Forge()
    parts = list(stamp_by_hand.font(STAMP_FONT).items())
    forge.increment = {number: body for number, body in forge.increment.items() if number not in dict(parts)} | dict(reversed(parts))
    for _ in range(2):
        data, expected = forge.build()
        assert check_prepared_document(data, expected).field_name == "PhoneSeal1"
