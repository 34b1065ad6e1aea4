"""Lengths, ByteRange and gap: each number that a dishonest server could send is refused; and what counts as the same."""

from dataclasses import replace

import pytest

from mobile_app.device.document_checks.byte_range import MAX_GAP, check_byte_range, check_gap_is_empty
from mobile_app.device.document_checks.comparison import appended, changed_keys, same
from mobile_app.device.document_checks.digests import check_length
from mobile_app.device.document_checks.document import ExpectedDocument, PreparedDocument
from mobile_app.device.document_checks.syntax import Ref, Value
from mobile_app.errors import CheckFailed

ORIGINAL, START, END, WHOLE = 100, 200, 230, 400
RIGHT = ExpectedDocument(ORIGINAL, b"", WHOLE, b"", (0, START, END, WHOLE - END), "sha256")


def document(expected: ExpectedDocument, data: bytes | None = None) -> PreparedDocument:
    return PreparedDocument(bytes(expected.prepared_length) if data is None else data, expected)


def test_right_numbers_pass() -> None:
    check_length(document(RIGHT))
    check_byte_range(document(RIGHT))


@pytest.mark.parametrize("original", [0, -1, WHOLE, WHOLE + 1])
def test_an_original_that_is_no_true_part(original: int) -> None:
    with pytest.raises(CheckFailed, match="doc_length"):
        check_length(document(replace(RIGHT, original_length=original)))


def test_another_length_than_promised() -> None:
    with pytest.raises(CheckFailed, match="doc_length"):
        check_length(document(RIGHT, bytes(WHOLE - 1)))


@pytest.mark.parametrize(
    "numbers",
    [
        (1, START, END, WHOLE - END),
        (0, ORIGINAL, END, WHOLE - END),
        (0, 50, END, WHOLE - END),
        (0, START, START, WHOLE - START),
        (0, START, START - 10, WHOLE - START + 10),
        (0, START, WHOLE, 0),
        (0, START, WHOLE + 5, -5),
        (0, START, END, WHOLE - END - 1),
        (0, START, END, WHOLE - END + 1),
    ],
)
def test_a_range_of_another_shape(numbers: tuple[int, int, int, int]) -> None:
    with pytest.raises(CheckFailed, match="doc_byte_range"):
        check_byte_range(document(replace(RIGHT, byte_range=numbers)))


@pytest.mark.parametrize(("length", "right"), [(MAX_GAP, True), (MAX_GAP + 1, False)])
def test_a_gap_is_no_larger_than_a_megabyte(length: int, right: bool) -> None:
    whole = START + length + 100
    expected = replace(RIGHT, prepared_length=whole, byte_range=(0, START, START + length, 100))
    if right:
        check_byte_range(document(expected))
        return
    with pytest.raises(CheckFailed, match="doc_byte_range"):
        check_byte_range(document(expected))


@pytest.mark.parametrize("gap", [b"<>", b"<000>", b"<0>", b"<01>", b"<0 >", b"(00)", b"<00]", b"[00>", b"00", b""])
def test_a_gap_that_is_not_a_string_of_zeros(gap: bytes) -> None:
    numbers = (0, START, START + len(gap), 10)
    data = bytes(START) + gap + bytes(10)
    with pytest.raises(CheckFailed, match="doc_gap_not_empty"):
        check_gap_is_empty(document(replace(RIGHT, byte_range=numbers), data))


@pytest.mark.parametrize("gap", [b"<00>", b"<" + b"0" * 64 + b">"])
def test_a_gap_of_zeros(gap: bytes) -> None:
    numbers = (0, START, START + len(gap), 10)
    check_gap_is_empty(document(replace(RIGHT, byte_range=numbers), bytes(START) + gap + bytes(10)))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (1, 1.0, True), (1, 2.0, False), (1, True, False), (True, 1.0, False), (0, False, False), (1.0, "1", False), ("1", 1.0,
            False), (b"a", "a", False),
        (None, 0, False), ([1, 2], [1.0, 2], True), ([1, 2], [1, 3], False), ([1, 2], [1], False), ([1], [1, 2], False),
            ({"A": None}, {}, True),
        ({"A": 1}, {"A": 2}, False), ({"A": 1}, {}, False), (Ref(1, 0), Ref(1, 0), True), (Ref(1, 0), Ref(1, 1), False), ([], {},
            False), ("x", b"x", False),
    ],
)  # fmt: skip
def test_what_counts_as_the_same(one: Value, other: Value, alike: bool) -> None:
    assert same(one, other) is alike
    assert same(other, one) is alike
    assert changed_keys({"K": one}, {"K": other}) == (set() if alike else {"K"})


WIDGET = Ref(9, 0)


@pytest.mark.parametrize(
    ("before", "after", "right"),
    [
        (None, [WIDGET], True), ([], [WIDGET], True), ([1], [1, WIDGET], True), ([1], [WIDGET, 1], False), ([1], [2, WIDGET],
            False), ([1], [1], False),
        ([WIDGET], [WIDGET, WIDGET], False), ([1], [1, WIDGET, WIDGET], False), ("x", [WIDGET], False), ("x", ["x", WIDGET], False),
            ({}, [WIDGET], False), ([], None, False),
        ([], WIDGET, False), (5, [WIDGET], False), ([], {"x": WIDGET}, False),
    ],
)  # fmt: skip
def test_what_counts_as_one_more_behind(before: Value, after: Value, right: bool) -> None:
    assert appended(before, after, WIDGET) is right
