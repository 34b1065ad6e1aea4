"""What the phone signs is of the one shape that the server writes: each rule has an increment that breaks it alone, and is named."""

import struct
import zlib

import pytest

from mobile_app.device.document_checks import CHECKS, PreparedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from tests.pdf_corpus import stamp_by_hand
from tests.unit.device_checks.document_forge import (
    CATALOG,
    FIELD,
    FONT,
    FONT_FILE,
    FORM,
    PAGE,
    SECOND_FONT,
    SIGNATURE,
    STAMP,
    STAMP_FONT,
    Forge,
)
from tests.unit.device_checks.forged_filled_fields import CASES as FILLED_CASES
from tests.unit.device_checks.forged_filled_fields import filled
from tests.unit.device_checks.forged_increments import CASES, Case

BY_NAME = {check.__name__: check for check in CHECKS}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_what_is_of_another_shape_is_refused(case: Case) -> None:
    check, word, forge = case
    data, expected = forge().build()
    document = PreparedDocument(data, expected)
    with pytest.raises(CheckFailed) as refused:
        BY_NAME[check](document)
    assert refused.value.details["what"] == word


def test_a_filled_field_is_right() -> None:
    data, expected = filled().build()
    checked = check_prepared_document(data, expected)
    assert (checked.field_name, checked.signature_page, checked.page_count) == ("BenB", 1, 2)


@pytest.mark.parametrize("case", FILLED_CASES.values(), ids=list(FILLED_CASES))
def test_a_field_filled_otherwise_is_refused(case: Case) -> None:
    test_what_is_of_another_shape_is_refused(case)


@pytest.mark.parametrize(
    ("before", "after", "right"),
    [
        *((before, after, True) for before, after in (("", "3"), ("3", "3"), ("1", "3"), ("4", "7"), ("7", "7"), ("3.0", "3"))),
        *((before, after, False) for before, after in (("", "1"), ("", "7"), ("1", "1"), ("4", "3"), ("7", "3"), ("3", "7"))),
        ("3.5", "3.5", False),
        ("", "3.0", False),
    ],
)
def test_the_form_says_that_there_are_signatures_and_keeps_what_it_said(before: str, after: str, right: bool) -> None:
    forge = filled()
    if before:
        forge.original[FONT] = b"<</Fields[15 0 R]/SigFlags %b>>" % before.encode()
    forge.increment[FONT] = b"<</Fields[15 0 R]/SigFlags %b>>" % after.encode()
    data, expected = forge.build()
    if right:
        check_prepared_document(data, expected)
        return
    with pytest.raises(CheckFailed, match="doc_form_changed"):
        check_prepared_document(data, expected)


@pytest.mark.parametrize(
    ("box", "matrix"),
    [
        (b"[0 0 200 60]", b"[1 0 0 1 0 0]"),
        (b"[0 0 60 200]", b"[0 1 -1 0 200 0]"),
        (b"[0 0 200 60]", b"[-1 0 0 -1 200 60]"),
        (b"[0 0 60 200]", b"[0 -1 1 0 0 60]"),
    ],
)
def test_the_stamp_may_stand_in_four_ways(box: bytes, matrix: bytes) -> None:
    forge = Forge()
    stamp = forge.increment[STAMP].replace(b"[0 0 200.000 60.000]", box).replace(b"[1 0 0 1 0.000 0.000]", matrix)
    forge.increment[STAMP] = stamp
    data, expected = forge.build()
    assert check_prepared_document(data, expected).signature_rect == (300, 100, 500, 160)


def test_a_stamp_without_a_seal_is_one_too() -> None:
    forge = Forge()
    content = stamp_by_hand.CONTENT.replace(stamp_by_hand.seal(), b"")
    forge.increment[STAMP] = stamp_by_hand.form(content, STAMP_FONT, SECOND_FONT)
    data, expected = forge.build()
    check_prepared_document(data, expected)


def test_an_invisible_signature_is_one_too() -> None:
    forge = Forge()
    forge.increment = {number: body for number, body in forge.increment.items() if number in (SIGNATURE, FIELD, FORM, PAGE, CATALOG)}
    forge.increment[FIELD] = forge.increment[FIELD].replace(b"[300 100 500 160]", b"[0 0 0 0]").replace(b"/AP<</N 8 0 R>>", b"")
    data, expected = forge.build()
    assert check_prepared_document(data, expected).signature_rect is None


@pytest.mark.parametrize("number", [STAMP, STAMP_FONT, FONT_FILE, SIGNATURE, FORM])
def test_an_object_of_another_generation_is_not_the_one_referred_to(number: int) -> None:
    data, expected = Forge(generations={number: 1}).build()
    with pytest.raises(CheckFailed):
        check_prepared_document(data, expected)


def test_glyphs_of_one_width_may_share_it() -> None:
    forge = Forge()
    parts = stamp_by_hand.tables() | {
        b"hhea": stamp_by_hand.HHEA[:-2] + b"\0\2",
        b"hmtx": struct.pack(">HhHhh", 500, 0, 600, 0, 100),
    }
    unpacked = stamp_by_hand.program(parts)
    forge.increment[FONT_FILE] = stamp_by_hand.stream(zlib.compress(unpacked), b"/Length1 %d/Filter/FlateDecode" % len(unpacked))
    data, expected = forge.build()
    check_prepared_document(data, expected)
