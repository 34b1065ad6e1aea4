"""What can't be followed is refused, with a word that says what: grammar, cross-references, object streams, encryption."""

import zlib
from collections.abc import Callable

import pytest

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.errors import CheckFailed
from tests.unit.device_checks.document_forge import (
    CATALOG,
    CONTENT,
    FIELD,
    FONT,
    PAGES,
    STAMP,
    Forge,
    on_packed,
    redigested,
    shifted,
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


def deep(opening: bytes, closing: bytes, levels: int) -> bytes:
    return b"<</Deep " + opening * levels + closing * levels + b">>"


ORIGINALS: dict[str, tuple[str, Callable[[], tuple[bytes, ExpectedDocument]]]] = {
    "no startxref": ("startxref", respelled(b"startxref", b"startxxxx")),
    "startxref leads astray": ("cross_reference", forged(original_tail=b"startxref\n9\n%%EOF\n").build),
    "startxref leads out": (
        "previous_cross_reference",
        forged(original_tail=b"startxref\n99999\n%%EOF\n").build,
    ),
    "table entry of nineteen bytes": ("cross_reference_table", respelled(b"00000 n \n", b"00000 n\n\n")),
    "table lists more than it has": ("cross_reference_table", respelled(b"xref\n0 1\n", b"xref\n0 9\n")),
    "table lists a number twice": ("duplicate_cross_reference", respelled(b"\n2 1\n", b"\n1 1\n")),
    "hybrid": ("hybrid_cross_reference", forged(original_trailer=b"/Root 1 0 R/XRefStm 9").build),
    "previous is itself": (
        "previous_cross_reference",
        forged(original_trailer=b"/Root 1 0 R/Prev 99999").build,
    ),
    "previous is a reference": (
        "previous_cross_reference",
        forged(original_trailer=b"/Root 1 0 R/Prev 4 0 R").build,
    ),
    "size too small": ("cross_reference_size", respelled(b"/Size 6", b"/Size 5")),
    "size is no number": ("cross_reference_size", respelled(b"/Size 6", b"/Size /")),
    "key twice": ("duplicate_key", forged({FONT: b"<</Type/Font/Type/Font>>"}).build),
    "key twice, once disguised": ("duplicate_key", forged({FONT: b"<</Type/Font/T#79pe/Font>>"}).build),
    "key without value": ("token", forged({FONT: b"<</Type/Font/Subtype>>"}).build),
    "number as key": ("token", forged({FONT: b"<</Type/Font 5 5>>"}).build),
    "array closes dictionary": ("token", forged({FONT: b"<</Type/Font/A[1>>]>>"}).build),
    "dictionary never closes": ("token", forged({FONT: b"<</Type/Font"}).build),
    "string never closes": ("string", forged({FONT: b"<</Type/Font/A(x((>>"}).build),
    "unknown word": ("token", forged({FONT: b"<</Type/Font/A yes>>"}).build),
    "name with a bad escape": ("name", forged({FONT: b"<</Type/F#0>>"}).build),
    "number too long": ("token", forged({FONT: b"<</A %b>>" % (b"1" * 400)}).build),
    "arrays too deep": ("depth", forged({FONT: deep(b"[", b"]", 30_000)}).build),
    "dictionaries too deep": ("depth", forged({FONT: deep(b"<</A", b" 1>>", 30_000)}).build),
    "two values": ("object_end", forged({FONT: b"<<>><<>>"}).build),
    "no endobj": ("object_end", respelled(b"endobj\n2", b"endobx\n2")),
    "stream keyword and CR alone": (
        "object_end",
        forged({CONTENT: b"<</Length 5>>\nstream\rBT ET\nendstream"}).build,
    ),
    "stream without dictionary": (
        "stream_dictionary",
        forged({CONTENT: b"[5]\nstream\nBT ET\nendstream"}).build,
    ),
    "stream without length": (
        "stream_length",
        forged({CONTENT: b"<</A 5>>\nstream\nBT ET\nendstream"}).build,
    ),
    "length is a name": ("stream_length", forged({CONTENT: stream(b"BT ET", length=b"/5")}).build),
    "length is nowhere": ("stream_length", forged({CONTENT: stream(b"BT ET", length=b"5 3 R")}).build),
    "length is its own stream": ("stream_length", forged({CONTENT: stream(b"BT ET", length=b"4 0 R")}).build),
    "length is a dictionary": ("stream_length", forged({CONTENT: stream(b"BT ET", length=b"5 0 R")}).build),
    "page tree holds itself": (
        "page_tree",
        forged({PAGES: b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"}).build,
    ),
    "page stands twice": ("page_tree", forged({PAGES: b"<</Type/Pages/Kids[3 0 R 3 0 R]/Count 2>>"}).build),
    "page tree without pages": ("page_tree", forged({PAGES: b"<</Type/Pages/Kids[5 9 R]/Count 1>>"}).build),
    "no page tree": ("page_tree", forged({CATALOG: b"<</Type/Catalog>>"}).build),
    "object stream is spoilt": ("structure_stream_data", on_packed(spoil=b"no zlib")),
    "object stream is cut off": (
        "structure_stream_size",
        on_packed(spoil=zlib.compress(b"1 0 2 9 3 9 5 9")[:-3]),
    ),
    "object stream is a bomb": ("structure_stream_size", on_packed(spoil=zlib.compress(bytes(70 << 20), 9))),
    "object stream counts wrong": ("object_stream", on_packed(entries=b"/Extends 9 0 R", index=[(1, 0)])),
    "object stream holds others": ("object_stream_index", on_packed(index=[(2, 0), (1, 0), (3, 0), (5, 0)])),
    "object stream is free": ("object_stream", on_packed(container_entry=b"\x00\0\0\0\x00\x00")),
    "cross-reference of an unknown kind": (
        "cross_reference_kind",
        on_packed(container_entry=b"\x03\0\0\0\x06\x00"),
    ),
}


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


def test_indirect_lengths_and_comments_are_followed() -> None:
    forge = forged(
        {CONTENT: stream(b"BT ET", length=b"10 0 R"), FONT: b"<< % a comment\n/Type/Font >> % another\r"}
    )
    forge.original[10] = b"5"
    forge.increment = shifted(forge.increment, 10)
    data, expected = forge.build()
    assert check_prepared_document(data, expected).page_count == 1


INCREMENTS: dict[str, tuple[str, str, Callable[[], tuple[bytes, ExpectedDocument]]]] = {
    "comment between objects": (
        "doc_structure_unfollowable",
        "object_header",
        forged(between=b"% hello\n").build,
    ),
    "junk between objects": ("doc_structure_unfollowable", "object_header", forged(between=b"hello\n").build),
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
        forged(original_tail=b"%").build,
    ),
    "stream over the gap": (
        "doc_object_extent",
        "stream_length",
        forged(increment={FIELD: stream(b"x", length=b"900")}).build,
    ),
    "length from elsewhere": (
        "doc_structure_unfollowable",
        "stream_length",
        forged(increment={STAMP: stream(b"q Q", length=b"5 0 R")}).build,
    ),
    "frees an object": (
        "doc_increment_xref",
        "entries",
        in_increment(b"\n0000000000 65535 f \n", b"\n0000000000 65535 n \n"),
    ),
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
