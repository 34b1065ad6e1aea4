"""Object streams, what refers into them, and encryption dictionaries: each refusal has a file that nothing else refuses."""

from collections.abc import Callable

import pytest

from mobile_app.device.document_checks.object_streams import read_object_stream
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.syntax import Ref, Value
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import CONTENT, FONT, stream
from tests.unit.device_checks.revision_forge import PLAIN, Revision, packed_stream, written

SAID: dict[str, Value] = {"Type": "ObjStm", "N": 2, "First": 8}
DATA = b"5 0 6 3 11 22"


def refused(data: bytes, **changes: Value) -> object:
    with pytest.raises(CheckFailed) as error:
        read_object_stream(data, {**SAID, **changes})
    return error.value.details["what"]


def test_what_is_varied_here_is_read() -> None:
    assert read_object_stream(DATA, SAID).members == [(5, 8), (6, 11)]
    assert read_object_stream(b"", {**SAID, "N": 0, "First": 0}).members == []


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (DATA, {"Type": "XRef"}), (DATA, {"Type": None}), (DATA, {"N": 2.0}), (DATA, {"N": None}), (DATA, {"First": 8.0}), (DATA,
            {"N": 1}), (DATA, {"N": 3}),
        (b"", {"N": 0, "First": 1}), (b" ", {"N": 0, "First": -1}), (b"5 x 6 3 11 22", {}), (b"5 0 6 % 11 22", {}),
            (b"5 0 6 3x11 22", {}),
        (b"5 0 6 1 11 22", {}), (b"5 1 6 0 11 22", {}), (b"5 0 6 5 11 22", {}), (b"5 0 6 9 11 22", {}), (b"5 0 6 3 11 22 x", {}),
            (b"5 0 6 3 11x22", {}),
        (b"5 1 6 3 x1 22", {}), (b"5 0 6 4 11 x2", {}),
    ],
    ids=str,
)  # fmt: skip
def test_an_object_stream_of_another_shape(data: bytes, changes: dict[str, Value]) -> None:
    assert refused(data, **changes) in ("object_stream", "value", "number")


def test_members_that_no_member_may_be() -> None:
    assert refused(b"5 0 6 7 1 0 R  22") == "reference_value"
    assert refused(b"5 0 6 23 <</Linearized 1/L 9>>  22", First=9) == "linearised"


def file_with_container(
    members: dict[int, bytes] | None = None, container: bytes | None = None, *, index: int = 0, number: int = 8, **more: object
) -> OriginalFile:
    """The plain file whose font stands in object stream 8 (as ``container`` says it, if given)."""
    body = packed_stream(members or {FONT: PLAIN[FONT]}) if container is None else container
    objects = {one: text for one, text in PLAIN.items() if one != FONT} | {8: body}
    data = written(Revision(objects, packed={FONT: (number, index)}, as_stream=True, **more))  # type: ignore[arg-type]
    return OriginalFile(data, len(data))


def test_a_member_is_read() -> None:
    assert file_with_container().value(Ref(FONT, 0)) == {"Type": "Font", "Subtype": "Type1", "BaseFont": "Helvetica"}


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("object_stream_member", lambda: file_with_container(index=1)),
        ("object_stream_member", lambda: file_with_container({9: b"1", FONT: PLAIN[FONT]})),
        ("object_stream", lambda: file_with_container(container=b"<</Type/ObjStm/N 1/First 4>>")),
        ("object_stream", lambda: file_with_container(container=b"[1]")),
        ("object_stream", lambda: file_with_container(container=stream(b"5 0 1", b"/Type/ObjStm/N 1/First 4/Filter/ASCIIHexDecode"))),
        ("object_stream", lambda: file_with_container(number=77)),
        ("object_stream", lambda: file_with_container(rows={8: (0, 0, 0)})),
        ("object_stream", lambda: file_with_container(rows={8: (2, 4, 0)})),
        ("object_stream", lambda: file_with_container(generations={8: 1})),
        ("object_stream", lambda: file_with_container(number=CONTENT, rows={CONTENT: (1, 9, 0)})),
    ],
)  # fmt: skip
def test_a_member_that_is_not_there(what: str, make: Callable[[], OriginalFile]) -> None:
    original = make()
    with pytest.raises(CheckFailed) as error:
        original.value(Ref(FONT, 0))
    assert error.value.details["what"] == what


def test_what_is_no_stream_is_not_handed_on_as_one() -> None:
    original = file_with_container({FONT: b"<</Length 5>>"})
    for number in (FONT, 1, 77):
        with pytest.raises(CheckFailed) as error:
            original.stream(Ref(number, 0))
        assert error.value.details["what"] == "no_stream"
    assert original.stream(Ref(CONTENT, 0))[1].startswith(b"BT")
    far = written(
        Revision(
            {one: text for one, text in PLAIN.items() if one != FONT} | {30: packed_stream({FONT: b"<</Length 5>>"})},
            packed={FONT: (30, 0)},
            as_stream=True,
        )
    )
    with pytest.raises(CheckFailed) as error:
        OriginalFile(far, len(far)).stream(Ref(FONT, 0))
    assert error.value.details["what"] == "no_stream"
    with pytest.raises(CheckFailed, match="doc_"):
        file_with_container(rows={CONTENT: (1, 9, 0)}).stream(Ref(CONTENT, 0))


def with_length(row: tuple[int, int, int] | None = None, said: bytes = b"9 0 R", body: bytes = b"5", **more: object) -> OriginalFile:
    rows = {} if row is None else {9: row}
    objects = {**PLAIN, CONTENT: stream(b"BT ET", length=said), 9: body}
    data = written(Revision(objects, rows=rows, as_stream=True, **more))  # type: ignore[arg-type]
    return OriginalFile(data, len(data))


@pytest.mark.parametrize(
    ("what", "make"),
    [
        ("length_value", lambda: with_length(generations={9: 1})),
        ("length_value", lambda: with_length(row=(0, 0, 0))),
        ("length_value", lambda: with_length(body=b"5.0")),
        ("length_value", lambda: with_length(body=b"<</Length 9 0 R>>\nstream\n\nendstream")),
        ("length_value", lambda: with_length(said=b"77 0 R")),
        ("offset", lambda: with_length(row=(1, 9, 0))),
    ],
)
def test_a_length_elsewhere_that_is_none(what: str, make: Callable[[], OriginalFile]) -> None:
    original = make()
    with pytest.raises(CheckFailed) as error:
        original.stream(Ref(CONTENT, 0))
    assert error.value.details["what"] == what
    assert with_length().stream(Ref(CONTENT, 0))[1] == b"BT ET"


@pytest.mark.parametrize(
    ("word", "revisions"),
    [
        ("encryption_dictionary", [Revision({**PLAIN, 9: b"<<>>"}, trailer=b"/Root 1 0 R/Encrypt(x)")]),
        ("encryption_dictionary", [Revision({**PLAIN, 9: b"[1]"}, trailer=b"/Root 1 0 R/Encrypt 9 0 R")]),
        ("encryption_dictionary", [Revision({**PLAIN, 9: b"<<>>"}, trailer=b"/Root 1 0 R/Encrypt 9 0 R/ID[1 2]")]),
        ("encryption_dictionary", [Revision({**PLAIN, 9: b"<<>>"}, trailer=b"/Root 1 0 R/Encrypt 77 0 R/ID[<01><02>]")]),
        (
            "encryption_changes",
            [
                Revision({**PLAIN, 9: b"<<>>", 10: b"<<>>"}, trailer=b"/Root 1 0 R/Encrypt 9 0 R"),
                Revision({FONT: PLAIN[FONT]}, trailer=b"/Root 1 0 R/Encrypt 10 0 R", zero=None),
            ],
        ),
    ],
)  # fmt: skip
def test_an_encryption_that_is_none_or_changes(word: str, revisions: list[Revision]) -> None:
    data = written(*revisions)
    with pytest.raises(CheckFailed) as error:
        OriginalFile(data, len(data))
    assert error.value.details["what"] == word


def test_an_encryption_dictionary_in_an_object_stream() -> None:
    """Object streams are opened with the key that it holds."""
    with pytest.raises(CheckFailed) as error:
        file_with_container({FONT: b"<</Filter/Standard>>"}, trailer=b"/Root 1 0 R/Encrypt 5 0 R/ID[<01><02>]")
    assert error.value.details["what"] == "encryption_dictionary"
