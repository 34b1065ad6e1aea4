"""Streams that hold structure: each filter, parameter, size and predictor that is refused has a stream that nothing else refuses."""

import zlib

import pytest

from mobile_app.device.document_checks.filters import Inflater, is_plain_or_flate
from mobile_app.device.document_checks.syntax import Value
from mobile_app.errors import CheckFailed

FLATE: dict[str, Value] = {"Filter": "FlateDecode"}
ROWS = b"".join(bytes((kind, 1, 2, 3)) for kind in (0, 1, 2, 3, 4))


def decoded(data: bytes, entries: dict[str, Value], budget: int = 1000) -> bytes:
    return Inflater(budget).decoded(data, entries)


def refused(data: bytes, entries: dict[str, Value], budget: int = 1000) -> object:
    with pytest.raises(CheckFailed) as error:
        decoded(data, entries, budget)
    assert error.value.code == "doc_structure_unfollowable"
    return error.value.details["what"]


def predicted(**parameters: Value) -> dict[str, Value]:
    return {**FLATE, "DecodeParms": {"Predictor": 12, "Columns": 3, **parameters}}


def test_what_is_opened() -> None:
    packed = zlib.compress(b"text")
    assert decoded(b"text", {}) == decoded(b"text", {"Filter": []}) == b"text"
    assert decoded(packed, FLATE) == decoded(packed, {"Filter": ["FlateDecode"], "DecodeParms": [None]}) == b"text"
    assert decoded(packed, {**FLATE, "DecodeParms": {"Predictor": 1}}) == b"text"


def test_every_png_predictor_is_undone() -> None:
    rows = bytes((1, 2, 3, 1, 3, 6, 2, 5, 9, 2, 5, 10, 3, 7, 13))
    assert decoded(zlib.compress(ROWS), predicted()) == rows
    for predictor in range(10, 16):
        assert decoded(zlib.compress(ROWS), predicted(Predictor=predictor, Colors=1, BitsPerComponent=8)) == rows


@pytest.mark.parametrize("filters", ["LZWDecode", "Fl", ["FlateDecode", "FlateDecode"], ["ASCIIHexDecode"], 5, b"FlateDecode"], ids=str)
def test_another_filter(filters: Value) -> None:
    assert not is_plain_or_flate({"Filter": filters})


@pytest.mark.parametrize("filters", [None, [], "FlateDecode", ["FlateDecode"]], ids=str)
def test_a_filter_that_is_read(filters: Value) -> None:
    assert is_plain_or_flate({"Filter": filters})


def test_damaged_or_unfinished_data() -> None:
    packed = zlib.compress(bytes(500))
    assert refused(b"x" + packed, FLATE) == "structure_stream_data"
    assert refused(packed[:-6], FLATE) == "structure_stream_size"


def test_more_than_the_document_may_unpack() -> None:
    packed = zlib.compress(bytes(500))
    assert len(decoded(packed, FLATE, budget=501)) == 500
    assert refused(packed, FLATE, budget=499) == "structure_stream_size"
    assert refused(packed, FLATE, budget=500) == "structure_stream_size"
    one = Inflater(800)
    one.decoded(packed, FLATE)
    with pytest.raises(CheckFailed):
        one.decoded(packed, FLATE)


@pytest.mark.parametrize("parameters", [5, "Predictor", [{"Predictor": 12}, None]], ids=str)
def test_parameters_that_are_no_dictionary(parameters: Value) -> None:
    assert refused(zlib.compress(ROWS), {**FLATE, "DecodeParms": parameters}) in ("structure_stream_parameters",
        "structure_stream_filter")


@pytest.mark.parametrize(
    "parameters",
    [
        {"Predictor": 2}, {"Predictor": 9}, {"Predictor": 16}, {"Predictor": 12.0}, {"Predictor": "12"}, {"Columns": 3.0},
            {"Columns": True}, {"Columns": 0},
        {"Columns": -1}, {"Colors": 3}, {"BitsPerComponent": 4}, {"Columns": 2},
    ],
    ids=str,
)  # fmt: skip
def test_a_predictor_of_another_kind_or_size(parameters: dict[str, Value]) -> None:
    assert refused(zlib.compress(ROWS), predicted(**parameters)) == "structure_stream_predictor"


def test_rows_are_at_most_65536_wide() -> None:
    assert len(decoded(zlib.compress(bytes(65_537)), predicted(Columns=65_536), budget=100_000)) == 65_536
    assert refused(zlib.compress(bytes(65_538)), predicted(Columns=65_537), budget=100_000) == "structure_stream_predictor"


def test_a_row_of_no_known_kind() -> None:
    assert refused(zlib.compress(bytes((5, 1, 2, 3))), predicted()) == "structure_stream_predictor"
