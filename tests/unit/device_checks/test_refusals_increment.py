"""The increment once more, clause by clause: values of another kind that mean the same to a careless comparison."""

import re
from collections.abc import Callable

import pytest

from mobile_app.device.document_checks import CHECKS, PreparedDocument, increment
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import (
    CATALOG,
    FIELD,
    FONT,
    FORM,
    PAGE,
    SIGNATURE,
    STAMP,
    STAMP_FONT,
    Forge,
    redigested,
)
from tests.unit.device_checks.forged_filled_fields import EMPTY, filled

BY_NAME = {check.__name__: check for check in CHECKS}
Make = Callable[[], Forge]
MATRIX = b"/Matrix[1 0 0 1 0.000 0.000]"


def replaced(number: int, old: bytes, new: bytes, make: Make = Forge, where: str = "increment") -> Make:
    def forge() -> Forge:
        made = make()
        objects = getattr(made, where)
        assert old in objects[number]
        objects[number] = objects[number].replace(old, new)
        return made

    return forge


def set_to(make: Make = Forge, **changes: object) -> Make:
    def forge() -> Forge:
        made = make()
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    return forge


def refused(check: str, make: Make, change: Callable[[bytes], bytes] = lambda data: data) -> object:
    data, expected = make().build()
    data = change(data)
    with pytest.raises(CheckFailed) as error:
        BY_NAME[check](PreparedDocument(data, redigested(data, expected)))
    return error.value.details["what"]


def passes(check: str, make: Make) -> None:
    BY_NAME[check](PreparedDocument(*make().build()))


@pytest.mark.parametrize(
    "identifier", [b"/ID 5", b"/ID[<01>]", b"/ID[<01> 5]", b"/ID[<01><02><03>]", b"/ID[/A<02>]", b"", b"/ID[<02><02>]", b"/ID(ab)"]
)
def test_an_identifier_of_another_shape(identifier: bytes) -> None:
    assert refused("check_trailer", set_to(increment_trailer=b"/Root 1 0 R" + identifier)) == "id"


@pytest.mark.parametrize("identifier", [b"/ID 5", b"/ID[]", b""])
def test_an_original_without_a_usable_identifier_may_get_one(identifier: bytes) -> None:
    passes("check_trailer", set_to(original_trailer=b"/Root 1 0 R" + identifier))
    assert refused("check_trailer", set_to(original_trailer=b"/Root 1 0 R", increment_trailer=b"/Root 1 0 R/ID[<01>]")) == "id"
    passes("check_trailer", set_to(original_trailer=b"/Root 1 0 R", increment_trailer=b"/Root 1 0 R"))


def test_an_increment_has_so_many_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    data, expected = Forge().build()
    monkeypatch.setattr(increment, "MAX_OBJECTS", len(Forge().increment) - 1)
    with pytest.raises(CheckFailed) as error:
        _ = PreparedDocument(data, expected).increment
    assert error.value.details["what"] == "too_many_objects"
    monkeypatch.setattr(increment, "MAX_OBJECTS", len(Forge().increment))
    assert PreparedDocument(data, expected).increment.objects


def generation_one(number: int) -> Callable[[bytes], bytes]:
    """The last object of that number has generation 1."""

    def change(data: bytes) -> bytes:
        head, _, tail = data.rpartition(b"\n%d 0 obj" % number)
        return head + b"\n%d 1 obj" % number + tail

    return change


def test_a_new_object_of_a_later_generation() -> None:
    make = replaced(FIELD, b"/V 6 0 R", b"/V 6 1 R")
    assert refused("check_object_kinds", make, generation_one(SIGNATURE)) == "generation"


def test_an_object_of_the_original_written_anew_under_another_generation() -> None:
    assert refused("check_object_kinds", Forge, generation_one(PAGE)) == "page"


def signature_over_font() -> Forge:
    made = replaced(FIELD, b"/V 6 0 R", b"/V %d 0 R" % FONT)()
    made.increment = {FONT if number == SIGNATURE else number: body for number, body in made.increment.items()}
    return made


def test_a_number_of_the_original_used_for_a_signature() -> None:
    assert refused("check_object_kinds", signature_over_font) == "signature"
    assert refused("check_signature_dictionary", signature_over_font) == "keys"


def test_a_page_that_has_become_a_stream() -> None:
    def forge() -> Forge:
        made = Forge()
        made.increment[PAGE] = made.increment[PAGE][:-2] + b"/Length 1>>\nstream\nx\nendstream"
        return made

    assert refused("check_object_kinds", forge) == "stream"


FORM_IN_CATALOG = b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[]>>>>"


def form_in_the_catalog(after: bytes) -> Make:
    def forge() -> Forge:
        made = Forge()
        made.original[CATALOG] = FORM_IN_CATALOG
        made.increment[CATALOG] = b"<</Type/Catalog/Pages 2 0 R/AcroForm %b>>" % after
        return made

    return forge


def form_in_place_of_the_font() -> Forge:
    made = replaced(CATALOG, b"/AcroForm 14 0 R", b"/AcroForm %d 0 R" % FONT)()
    made.increment[FONT] = made.increment.pop(FORM)
    return made


def form_in_another_object() -> Forge:
    made = filled()
    made.increment[CATALOG] = made.original[CATALOG].replace(b"5 0 R", b"19 0 R")
    made.increment[19] = made.increment.pop(FONT)
    return made


@pytest.mark.parametrize(
    ("word", "make"),
    [
        ("moved", form_in_the_catalog(b"14 0 R")),
        ("moved", form_in_place_of_the_font),
        ("moved", form_in_another_object),
        ("moved", replaced(CATALOG, b"/AcroForm 14 0 R", b"/AcroForm<</Fields[7 0 R]/SigFlags 3>>")),
        ("keys", replaced(FORM, b"/SigFlags 3", b"/SigFlags 3/DA(x)")),
        ("keys", replaced(FORM, b"/SigFlags 3", b"")),
        ("keys", replaced(FONT, b"/SigFlags 3", b"/SigFlags 3/DA(x)", filled)),
        ("keys", form_in_the_catalog(b"<</Fields[7 0 R]/SigFlags 3/NeedAppearances true>>")),
        ("flags", replaced(FORM, b"/SigFlags 3", b"/SigFlags 3.0")),
        ("flags", replaced(FORM, b"/SigFlags 3", b"/SigFlags 7")),
    ],
)
def test_a_form_of_another_shape(word: str, make: Make) -> None:
    assert refused("check_form", make) == word


def test_a_form_in_the_catalog_stays_there() -> None:
    passes("check_form", form_in_the_catalog(b"<</Fields[7 0 R]/SigFlags 3>>"))


@pytest.mark.parametrize(
    ("word", "old", "new"),
    [
        ("fonts", b"/Font<<", b"/Font[/F1/F2]/F<<"),
        ("box", MATRIX, b"/Matrix<010000010000>"),
        ("box", MATRIX, b"/Matrix[true false false true 0 0]"),
        ("box", MATRIX, b"/Matrix[1 0 0 1 0 3]"),
        ("box", MATRIX, b"/Matrix[1 0 0 1 3 0]"),
        ("box", MATRIX, b"/Matrix[1 0 0 1 0 0 0]"),
    ],
)
def test_a_stamp_of_another_shape(word: str, old: bytes, new: bytes) -> None:
    make = replaced(STAMP, old, new)
    if b"/Font[" in new:
        body = Forge().increment[STAMP]
        fonts = body[body.index(b"/Font<<") : body.index(b">>", body.index(b"/Font<<")) + 2]
        make = replaced(STAMP, fonts, b"/Font[/F1/F2]")
    assert refused("check_appearance", make) == word


@pytest.mark.parametrize(
    ("check", "number", "old", "new", "word"),
    [
        ("check_widget", FIELD, b"/Rect[300 100 500 160]", b"/Rect[500 100 300 160]", "new"),
        ("check_widget", FIELD, b"/Rect[300 100 500 160]", b"/Rect[true 100 500 160]", "rectangle"),
        ("check_widget", FIELD, b"/F 4", b"/F 4.0", "rectangle"),
        ("check_signature_dictionary", SIGNATURE, b"/M(D:20251122140500+07'00')", b"/M/Now", "text"),
        ("check_signature_dictionary", SIGNATURE, b"/M(D:20251122140500+07'00')", b"/M(D:2025)", "time"),
        ("check_signature_dictionary", SIGNATURE, b"/M(D:20251122140500+07'00')", b"/M null", "text"),
    ],
)
def test_values_of_another_kind(check: str, number: int, old: bytes, new: bytes, word: str) -> None:
    assert refused(check, replaced(number, old, new)) == word


def test_a_rectangle_in_another_object() -> None:
    def forge() -> Forge:
        made = replaced(FIELD, b"/Rect[300 100 500 160]", b"/Rect 5 0 R")()
        made.original[FONT] = b"[300 100 500 160]"
        return made

    assert refused("check_widget", forge) == "new"


@pytest.mark.parametrize("rectangle", [b"[300 100 300 160]", b"[300 100 500 100]", b"[1 1 1 1]"])
def test_a_new_field_without_area_stands_at_the_origin(rectangle: bytes) -> None:
    def forge() -> Forge:
        made = replaced(FIELD, b"/Rect[300 100 500 160]", b"/Rect" + rectangle)()
        made.increment[FIELD] = made.increment[FIELD].replace(b"/AP<</N 8 0 R>>", b"")
        return made

    assert refused("check_widget", forge) == "invisible"


def test_a_field_without_area_that_stood_there_may_stand_where_it_stood() -> None:
    def forge() -> Forge:
        made = filled()
        for objects in (made.original, made.increment):
            objects[EMPTY] = objects[EMPTY].replace(b"/Rect[300 100 500 160]", b"/Rect[9 9 9 9]")
        made.increment[EMPTY] = made.increment[EMPTY].replace(b"/AP<</N 31 0 R>>", b"")
        return made

    passes("check_widget", forge)


def test_byte_range_of_real_numbers() -> None:
    def change(data: bytes) -> bytes:
        return re.sub(rb"/ByteRange \[0 0(\d{9}) ", rb"/ByteRange [0 \1. ", data)

    assert change(Forge().build()[0]) != Forge().build()[0]
    assert refused("check_gap_is_contents", Forge, change) == "byte_range"


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        (b"/F2 %d 0 R" % 30, b"/F2 %d 0 R" % STAMP_FONT, "same"),
        (b"/F2 %d 0 R" % 30, b"/F2 5", "objects"),
        (b"/F1 %d 0 R" % STAMP_FONT, b"/F1 5", "objects"),
    ],
)
def test_fonts_that_are_none(old: bytes, new: bytes, word: str) -> None:
    assert refused("check_fonts", replaced(STAMP, old, new)) == word


def test_a_font_of_a_later_generation() -> None:
    assert refused("check_fonts", Forge, generation_one(STAMP_FONT + 1)) == "dictionary"


def test_a_part_of_a_font_that_is_no_dictionary() -> None:
    for part, body in ((STAMP_FONT + 1, b"[1]"), (STAMP_FONT + 2, b"5")):
        def forge(part: int = part, body: bytes = body) -> Forge:
            made = Forge()
            made.increment[part] = body
            return made

        assert refused("check_fonts", forge) in ("dictionary", "stream", "parts")


def test_a_program_or_map_that_is_no_stream() -> None:
    for part in range(STAMP_FONT, STAMP_FONT + 5):
        if b"stream" in Forge().increment[part]:
            def forge(part: int = part) -> Forge:
                made = Forge()
                made.increment[part] = b"<</Length 3>>"
                return made

            assert refused("check_fonts", forge) == "stream"
