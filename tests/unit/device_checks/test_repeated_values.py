"""What was read before is found only where the very same bytes stand again, and never across the gap."""

import pytest

from mobile_app.device.document_checks.repeated_values import LONGEST, MOST, RepeatedValues
from mobile_app.device.document_checks.syntax import GAP, read_value
from mobile_app.errors import CheckFailed

VALUE = b"<</Type/Font/Subtype/Type0/BaseFont/ABCDEF+Font/ToUnicode 7 0 R>>"


def test_a_value_is_found_at_another_place_and_ends_there() -> None:
    values = RepeatedValues()
    values.keep(VALUE, 0, len(VALUE), {"kept": True}, (7 << 16,))
    moved = b"12 0 obj" + VALUE + b"endobj"
    assert values.find(moved, 8, len(moved)) == ({"kept": True}, 8 + len(VALUE), (7 << 16,))


@pytest.mark.parametrize("changed", [VALUE.replace(b"7 0 R", b"8 0 R"), VALUE[:-1], VALUE.replace(b">>", b" >>")])
def test_one_other_byte_is_another_value(changed: bytes) -> None:
    values = RepeatedValues()
    values.keep(VALUE, 0, len(VALUE), {}, ())
    assert values.find(changed, 0, len(changed)) is None


def test_bytes_behind_the_end_do_not_count() -> None:
    values = RepeatedValues()
    values.keep(VALUE, 0, len(VALUE), {}, ())
    assert values.find(VALUE, 0, len(VALUE) - 1) is None


def test_only_few_and_short_containers_are_kept() -> None:
    values = RepeatedValues()
    long = b"[" + b"1 " * LONGEST + b"]"
    values.keep(long, 0, len(long), [1], ())
    values.keep(b"(a string of more than enough bytes)", 0, 36, b"a string", ())
    assert values.find(long, 0, len(long)) is None
    assert values.find(b"(a string of more than enough bytes)", 0, 36) is None


def test_what_is_not_found_again_is_forgotten() -> None:
    values = RepeatedValues()
    values.keep(VALUE, 0, len(VALUE), {}, ())
    for number in range(2 * MOST + 1):
        one = b"[%024d]" % number
        values.keep(one, 0, len(one), [number], ())
        if number == MOST:
            assert values.find(VALUE, 0, len(VALUE)) == ({}, len(VALUE), ())
    assert values.find(VALUE, 0, len(VALUE)) == ({}, len(VALUE), ())
    assert values.find(b"[%024d]" % 0, 0, 26) is None
    assert values.find(b"[%024d]" % (2 * MOST), 0, 26) == ([2 * MOST], 26, ())


def test_the_gap_is_no_string_because_it_was_one_before() -> None:
    document = b"<</Type/Sig/Filter/Adobe.PPKLite/Contents<0000>>>"
    gap = (document.index(b"<0000>"), document.index(b"<0000>") + 6)
    plain, _ = read_value(document, 0, len(document))
    signing, _ = read_value(document, 0, len(document), gap)
    again, _ = read_value(document, 0, len(document))
    assert isinstance(plain, dict) and isinstance(signing, dict) and isinstance(again, dict)
    assert signing["Contents"] is GAP
    assert plain["Contents"] == again["Contents"] == b"\0\0"


def test_what_is_refused_once_is_refused_again() -> None:
    twice = b"<</Type/Font/Subtype/Type0/BaseFont/A/BaseFont/B>>"
    for _ in range(2):
        with pytest.raises(CheckFailed):
            read_value(twice, 0, len(twice))
