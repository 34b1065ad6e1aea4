"""What can't be followed is refused, with a word that says what: grammar, cross-references, object streams, encryption."""

import zlib
from collections.abc import Callable

import pytest

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.device.document_checks.filters import Inflater
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import (
    FIELD,
    STAMP,
    Forge,
    on_packed,
    redigested,
    stream,
)


def forged(
    original: dict[int, bytes] | None = None, increment: dict[int, bytes] | None = None, **more: object
) -> Forge:
    """A forge with some objects replaced."""
    forge = Forge(**more)  # type: ignore[arg-type]
    forge.original.update(original or {})
    forge.increment.update(increment or {})
    return forge


def respelled(old: bytes, new: bytes, **more: object) -> Callable[[], tuple[bytes, ExpectedDocument]]:
    """A build in which ``old`` of the original reads ``new``, of the same length, with digests that fit."""
    assert len(old) == len(new)

    def build() -> tuple[bytes, ExpectedDocument]:
        data, expected = Forge(**more).build()  # type: ignore[arg-type]
        end = expected.original_length
        assert data.count(old, 0, end)
        data = data[:end].replace(old, new) + data[end:]
        return data, redigested(data, expected)

    return build


def in_increment(old: bytes, new: bytes) -> Callable[[], tuple[bytes, ExpectedDocument]]:
    """A build in which ``old`` of the increment reads ``new``, of the same length."""
    assert len(old) == len(new)

    def build() -> tuple[bytes, ExpectedDocument]:
        data, expected = Forge().build()
        end = expected.original_length
        assert data.count(old, end)
        data = data[:end] + data[end:].replace(old, new)
        return data, redigested(data, expected)

    return build


def no_line_between() -> tuple[bytes, ExpectedDocument]:
    return Forge(packed_original=Forge().build_original()[:-1]).build()


def section_early() -> tuple[bytes, ExpectedDocument]:
    data, expected = Forge().build()
    start = data.rindex(b"xref\n0 1")
    data = data.replace(b"startxref\n%d\n" % start, b"startxref\n%d\n" % (start - 1))
    return data, redigested(data, expected)


ORIGINALS: dict[str, tuple[str, Callable[[], tuple[bytes, ExpectedDocument]]]] = {
    "object stream is spoilt": ("structure_stream_data", on_packed(spoil=b"no zlib")),
    "object stream is cut off": (
        "structure_stream_size",
        on_packed(spoil=zlib.compress(b"1 0 2 9 3 9 5 9")[:-3]),
    ),
    "object stream is a bomb": ("structure_stream_size", on_packed(spoil=zlib.compress(bytes(70 << 20), 9))),
    "object stream with two sets of parameters": (
        "structure_stream_parameters",
        on_packed(entries=b"/DecodeParms[null null]"),
    ),
}


@pytest.mark.parametrize(
    "entries",
    [
        {"Filter": "FlateDecode", "DecodeParms": [{"Predictor": 12, "Columns": 1}]},
        {"Filter": ["FlateDecode"], "DecodeParms": {"Predictor": 12, "Columns": 1}},
        {"Filter": ["FlateDecode"], "DecodeParms": [None, None]},
    ],
)
def test_parameters_of_another_shape_than_their_filter_are_refused(entries: dict[str, object]) -> None:
    """Viewers leave them out."""
    with pytest.raises(CheckFailed) as refused:
        Inflater().decoded(zlib.compress(b"\0ab"), entries)
    assert refused.value.details["what"] == "structure_stream_parameters"


@pytest.mark.parametrize("case", ORIGINALS)
def test_an_original_that_cannot_be_followed_is_refused(case: str) -> None:
    what, build = ORIGINALS[case]
    data, expected = build()
    with pytest.raises(CheckFailed) as refused:
        check_prepared_document(data, expected)
    assert (refused.value.code, refused.value.details["what"]) == ("doc_structure_unfollowable", what)


def test_the_packed_original_is_right() -> None:
    data, expected = on_packed()()
    assert check_prepared_document(data, expected).page_count == 1


INCREMENTS: dict[str, tuple[str, str, Callable[[], tuple[bytes, ExpectedDocument]]]] = {
    "comment between objects": (
        "doc_grammar",
        "object_header",
        forged(between=b"% hello\n").build,
    ),
    "junk between objects": ("doc_grammar", "object_header", forged(between=b"hello\n").build),
    "second increment": (
        "doc_increment_bytes",
        "tail",
        forged(tail=b"xref\n0 0\ntrailer\n<</Size 1>>\nstartxref\n0\n%%EOF\n").build,
    ),
    "bytes behind the end": ("doc_increment_bytes", "tail", forged(tail=b"\n\n").build),
    "object twice": (
        "doc_increment_bytes",
        "object_twice",
        forged(increment={FIELD: Forge().increment[FIELD] + b"\nendobj\n8 0 obj\n<<>>"}).build,
    ),
    "starts on the original's last line": (
        "doc_increment_bytes",
        "no_line_end",
        no_line_between,
    ),
    "stream over the gap": (
        "doc_grammar",
        "stream_length",
        forged(increment={FIELD: stream(b"x", length=b"900")}).build,
    ),
    "length from elsewhere": (
        "doc_grammar",
        "length_value",
        forged(increment={STAMP: stream(b"q Q", length=b"5 0 R")}).build,
    ),
    "frees an object": (
        "doc_increment_xref",
        "entries",
        in_increment(b"00000 n \n9 1\n", b"00000 f \n9 1\n"),
    ),
    "lists entry zero in use": (
        "doc_grammar",
        "entry_zero",
        in_increment(b"\n0000000000 65535 f \n", b"\n0000000000 65535 n \n"),
    ),
    "comment in the trailer": (
        "doc_grammar",
        "comment",
        forged(increment_trailer=b"/Root 1 0 R% a\n/ID[<01><03>]").build,
    ),
    "comment before startxref": (
        "doc_grammar",
        "comment",
        forged(increment_trailer=b"/Root 1 0 R/ID[<01><03>]>>% a\n%").build,
    ),
    "section one byte early": ("doc_increment_xref", "startxref", section_early),
    "two fields are signed": (
        "doc_signature_field",
        "fields",
        forged(increment={STAMP: b"<</V 6 0 R>>"}).build,
    ),
    "no field is signed": ("doc_signature_field", "fields", in_increment(b"/V 6 0 R", b"/X 6 0 R")),
    "page is none": ("doc_signature_field", "page", in_increment(b"/P 3 0 R", b"/P 4 0 R")),
    "gap in a string": ("doc_gap_not_contents", "contents", in_increment(b"/Contents <", b"/Contentt <")),
}


@pytest.mark.parametrize("case", INCREMENTS)
def test_an_increment_with_anything_else_is_refused(case: str) -> None:
    code, what, build = INCREMENTS[case]
    data, expected = build()
    with pytest.raises(CheckFailed) as refused:
        check_prepared_document(data, expected)
    assert (refused.value.code, refused.value.details["what"]) == (code, what)
