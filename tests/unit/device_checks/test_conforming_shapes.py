"""What the update holds besides in a PDF/A or PDF/UA: taken in its one form, and refused in any other."""

from collections.abc import Callable

import pytest

from mobile_app.device.document_checks import CHECKS, PreparedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import (
    CATALOG,
    FIELD,
    FORM,
    PAGE,
    SECOND_FONT,
    SIGNATURE,
    STAMP,
    STAMP_FONT,
    Forge,
    stream,
)

BY_NAME = {check.__name__: check for check in CHECKS}
FIRST, FIRST_LIST, SECOND_LIST = 20, 25, SECOND_FONT + 5
THREE_GLYPHS = b"\xe0"
CALIBRATED = (
    b"/ColorSpace<</DefaultRGB[/CalRGB<</WhitePoint[0.9505 1 1.089]/Gamma[2.2 2.2 2.2]"
    b"/Matrix[0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505]>>]>>"
)
DESCRIPTION = b"/Contents<FEFF004300681EEF0020006B00FD002000731ED1>"
EMPTY = b"<</Type/XObject/Subtype/Form/FormType 1/BBox[0 0 0 0]/Length 0>>\nstream\n\nendstream"


def with_glyph_lists() -> Forge:
    """Both fonts list their three glyphs, in a sixth object."""
    forge = Forge()
    for number in range(STAMP_FONT, STAMP_FONT + 5):
        del forge.increment[number]
    forge.increment[STAMP] = stamp_by_hand.form(first=FIRST, second=SECOND_FONT)
    forge.increment |= stamp_by_hand.font(FIRST)
    for number, listed in ((FIRST, FIRST_LIST), (SECOND_FONT, SECOND_LIST)):
        forge.increment[number + 2] = forge.increment[number + 2].replace(b">>", b"/CIDSet %d 0 R>>" % listed)
        forge.increment[listed] = stream(THREE_GLYPHS)
    return forge


def calibrated() -> Forge:
    """The stamp's colours have their meaning from a default colour space."""
    forge = Forge()
    forge.increment[STAMP] = forge.increment[STAMP].replace(b"30 0 R>>>>", b"30 0 R>>" + CALIBRATED + b">>")
    assert CALIBRATED in forge.increment[STAMP]
    return forge


def invisible() -> Forge:
    """A field without area whose appearance is empty."""
    forge = Forge()
    forge.increment = {number: body for number, body in forge.increment.items() if number in (SIGNATURE, FIELD, FORM, PAGE, CATALOG)}
    forge.increment[FIELD] = forge.increment[FIELD].replace(b"[300 100 500 160]", b"[0 0 0 0]")
    forge.increment[STAMP] = EMPTY
    return forge


def described() -> Forge:
    """The field says what it is."""
    forge = Forge()
    forge.increment[FIELD] = forge.increment[FIELD].replace(b"/AP", DESCRIPTION + b"/AP")
    return forge


def ordered() -> Forge:
    """The page says that keys go by the structure."""
    forge = Forge()
    forge.increment[PAGE] = forge.increment[PAGE].replace(b"/Annots", b"/Tabs/S/Annots")
    return forge


def ordered_before(before: bytes, after: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = Forge()
        made.original[PAGE] = made.original[PAGE].replace(b"/MediaBox", before + b"/MediaBox")
        made.increment[PAGE] = made.increment[PAGE].replace(b"/MediaBox", after + b"/MediaBox")
        return made

    return forge


def changed(base: Callable[[], Forge], number: int, old: bytes, new: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = base()
        assert old in made.increment[number]
        made.increment[number] = made.increment[number].replace(old, new, 1)
        return made

    return forge


def listed(body: bytes) -> Callable[[], Forge]:
    def forge() -> Forge:
        made = with_glyph_lists()
        made.increment[SECOND_LIST] = body
        return made

    return forge


TAKEN = (with_glyph_lists, calibrated, described, ordered, ordered_before(b"/Tabs/S", b"/Tabs/S"), ordered_before(b"", b""))


@pytest.mark.parametrize("forge", TAKEN)
def test_what_a_standard_wants_is_taken(forge: Callable[[], Forge]) -> None:
    data, expected = forge().build()
    assert check_prepared_document(data, expected).signature_rect == (300, 100, 500, 160)


def test_an_empty_appearance_without_area_is_taken() -> None:
    data, expected = invisible().build()
    assert check_prepared_document(data, expected).signature_rect is None


def test_one_font_may_list_its_glyphs_alone() -> None:
    forge = with_glyph_lists()
    forge.increment[SECOND_FONT + 2] = forge.increment[SECOND_FONT + 2].replace(b"/CIDSet 35 0 R", b"")
    del forge.increment[SECOND_LIST]
    data, expected = forge.build()
    check_prepared_document(data, expected)


DESCRIPTOR = SECOND_FONT + 2
LIST = "glyph_list"
OTHERWISE = {
    "a glyph left out": ("check_fonts", LIST, listed(stream(b"\xc0"))),
    "a glyph too many": ("check_fonts", LIST, listed(stream(b"\xf0"))),
    "a byte too many": ("check_fonts", LIST, listed(stream(b"\xe0\0"))),
    "no list": ("check_fonts", LIST, listed(stream(b""))),
    "a packed list": ("check_fonts", LIST, listed(stream(b"\xe0", b"/Filter/ASCIIHexDecode"))),
    "a list that is no stream": ("check_fonts", LIST, listed(b"<</Length 1>>")),
    "another object named": ("check_fonts", LIST, changed(with_glyph_lists, DESCRIPTOR, b"35 0 R", b"25 0 R")),
    "null named": ("check_fonts", LIST, changed(with_glyph_lists, DESCRIPTOR, b"35 0 R", b"null")),
    "a list that nobody names": ("check_object_kinds", "object", changed(with_glyph_lists, DESCRIPTOR, b"/CIDSet 35 0 R", b"")),
    "a description with more": ("check_fonts", "dictionary", changed(with_glyph_lists, DESCRIPTOR, b"/CIDSet", b"/Lang/vi/CIDSet")),
    "another matrix": ("check_appearance", "colours", changed(calibrated, STAMP, b"0.9505]>>", b"0.9504]>>")),
    "another gamma": ("check_appearance", "colours", changed(calibrated, STAMP, b"2.2]", b"9]")),
    "another white": ("check_appearance", "colours", changed(calibrated, STAMP, b"1.089", b"1.09")),
    "a black point": ("check_appearance", "colours", changed(calibrated, STAMP, b"/Gamma", b"/BlackPoint[0 0 0]/Gamma")),
    "another space": ("check_appearance", "colours", changed(calibrated, STAMP, b"/CalRGB", b"/Lab")),
    "a space for grey": ("check_appearance", "colours", changed(calibrated, STAMP, b"/DefaultRGB", b"/DefaultGray/DeviceGray/DefaultRGB")),
    "a null space": ("check_appearance", "colours", changed(calibrated, STAMP, CALIBRATED, b"/ColorSpace null")),
    "a state besides": ("check_appearance", "resources", changed(calibrated, STAMP, b"/ColorSpace", b"/ExtGState<<>>/ColorSpace")),
    "an empty form with a matrix": ("check_appearance", "form", changed(invisible, STAMP, b"/Length", b"/Matrix[1 0 0 1 0 0]/Length")),
    "an empty form with resources": ("check_appearance", "form", changed(invisible, STAMP, b"/Length", b"/Resources<<>>/Length")),
    "an empty form with a box": ("check_appearance", "not_empty", changed(invisible, STAMP, b"[0 0 0 0]", b"[0 0 9 9]")),
    "a form that draws": ("check_appearance", "not_empty", changed(invisible, STAMP, b"/Length 0>>\nstream\n", b"/Length 1>>\nstream\nq")),
    "a form of another kind": ("check_appearance", "kind", changed(invisible, STAMP, b"FormType 1", b"FormType 2")),
    "an appearance for the mouse": ("check_appearance", "states", changed(invisible, FIELD, b"/N 8 0 R", b"/N 8 0 R/D 8 0 R")),
    "a field somewhere": ("check_widget", "invisible", changed(invisible, FIELD, b"[0 0 0 0]", b"[9 9 9 9]")),
    "other words": ("check_signature_field", "description", changed(described, FIELD, b"1ED1>", b"1ED2>")),
    "words in another encoding": ("check_signature_field", "description", changed(described, FIELD, DESCRIPTION, b"/Contents(Ky so)")),
    "no words": ("check_signature_field", "description", changed(described, FIELD, DESCRIPTION, b"/Contents null")),
    "a tooltip": ("check_signature_field", "keys", changed(described, FIELD, b"/Contents", b"/TU")),
    "an order of rows": ("check_page", "keys", changed(ordered, PAGE, b"/Tabs/S", b"/Tabs/R")),
    "an order that was another": ("check_page", "keys", ordered_before(b"/Tabs/R", b"/Tabs/S")),
    "an order that is gone": ("check_page", "keys", ordered_before(b"/Tabs/S", b"")),
}


@pytest.mark.parametrize("name", OTHERWISE)
def test_any_other_form_of_it_is_refused(name: str) -> None:
    check, word, forge = OTHERWISE[name]
    data, expected = forge().build()
    with pytest.raises(CheckFailed) as refused:
        BY_NAME[check](PreparedDocument(data, expected))
    assert refused.value.details["what"] == word
