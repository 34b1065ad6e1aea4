"""What can't be followed is refused, with a word that says what: grammar, cross-references, object streams, encryption."""

import io
import random
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.signature_dictionary import text_of
from mobile_app.errors import CheckFailed
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.unit.device_checks.document_forge import (
    CATALOG,
    CONTENT,
    FIELD,
    FONT,
    PAGES,
    STAMP,
    Forge,
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


def packed(
    members: dict[int, bytes],
    *,
    index: list[tuple[int, int]] | None = None,
    entries: bytes = b"",
    spoil: bytes = b"",
    container_entry: bytes | None = None,
) -> bytes:
    """An original that keeps ``members`` in object stream 6 and has a cross-reference stream 7."""
    bodies = b"".join(body + b" " for body in members.values())
    places, position = [], 0
    for number, body in members.items():
        places.append((number, position))
        position += len(body) + 1
    head = b" ".join(b"%d %d" % place for place in (index or places)) + b" "
    inflated = head + bodies
    out = bytearray(b"%PDF-1.7\n")
    offsets = {CONTENT: len(out)}
    out += b"4 0 obj\n%b\nendobj\n" % stream(b"BT ET")
    offsets[6] = len(out)
    said = b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode%b" % (len(members), len(head), entries)
    out += b"6 0 obj\n%b\nendobj\n" % stream(spoil or zlib.compress(inflated), said)
    offsets[7] = len(out)
    rows = {0: (0, 0, 255), 4: (1, offsets[4], 0), 6: (1, offsets[6], 0), 7: (1, offsets[7], 0)}
    rows |= {number: (2, 6, place) for place, number in enumerate(members)}
    table = b"".join(
        bytes([a]) + b.to_bytes(4, "big") + bytes([c]) for a, b, c in (rows[n] for n in sorted(rows))
    )
    if container_entry is not None:
        at = 6 * sorted(rows).index(6)
        table = table[:at] + container_entry + table[at + 6 :]
    index_said = b"".join(b"%d 1 " % number for number in sorted(rows))
    out += b"7 0 obj\n%b\nendobj\n" % stream(
        zlib.compress(table),
        b"/Type/XRef/W[1 4 1]/Index[%b]/Size 8/Root 1 0 R/ID[<01><02>]/Filter/FlateDecode" % index_said,
    )
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % offsets[7])


MEMBERS = {number: body for number, body in Forge().original.items() if number != CONTENT}


def on_packed(**more: object) -> Callable[[], tuple[bytes, ExpectedDocument]]:
    """The usual increment, with other numbers, on ``packed``."""

    def build() -> tuple[bytes, ExpectedDocument]:
        forge = Forge(packed_original=packed(MEMBERS, **more))  # type: ignore[arg-type]
        forge.increment = shifted(forge.increment, 10)
        return forge.build()

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


def encrypted(permission: pikepdf.Encryption) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Title"] = "Hợp đồng"
    out = io.BytesIO()
    document.save(out, encryption=permission, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def prepared(original: bytes) -> tuple[bytes, ExpectedDocument]:
    made = DocumentPreparer("An", StampMaker(StampFonts())).prepare(
        original, Placement(0, 300, 100, 500, 160), "22/11/2025 14:05 (+07:00)"
    )
    honest = ExpectedDocument(len(original), b"", 0, b"", made.byte_range, "sha256")
    return made.data, redigested(made.data, honest)


REVISIONS = [
    {"R": 2, "aes": False, "metadata": False},
    {"R": 3, "aes": False, "metadata": False},
    {"R": 4, "aes": False, "metadata": False},
    {"R": 4, "aes": True, "metadata": True},
    {"R": 4, "aes": True, "metadata": False},
    {"R": 5, "aes": True, "metadata": True},
    {"R": 6, "aes": True, "metadata": True},
]


@pytest.mark.parametrize("settings", REVISIONS, ids=str)
@pytest.mark.filterwarnings("ignore:Encryption R=5:UserWarning")
def test_every_revision_of_encryption_is_opened(settings: dict[str, bool]) -> None:
    data = encrypted(pikepdf.Encryption(owner="owner", user="", **settings))  # type: ignore[arg-type]
    original = OriginalFile(data, len(data))
    information = original.value(original.trailer["Info"])
    assert isinstance(information, dict)
    assert text_of(information["Title"]) == "Hợp đồng"


ENCRYPTION: dict[str, tuple[str, bytes, bytes]] = {
    "other password": ("encryption_password", b"/O ", b"/O\n"),
    "other handler": ("encryption_handler", b"/Filter /Standard", b"/Filter /Standart"),
    "unknown version": ("encryption_version", b"/V 4", b"/V 9"),
    "unknown filter": ("encryption_filter", b"/CFM /AESV2", b"/CFM /AESV9"),
}


@pytest.mark.parametrize("case", ENCRYPTION)
def test_encryption_that_cannot_be_opened_is_refused(case: str) -> None:
    what, old, new = ENCRYPTION[case]
    data, expected = prepared(encrypted(pikepdf.Encryption(owner="owner", user="", R=4, metadata=True)))
    assert old in data
    if case == "other password":
        at = data.index(b"/U <") + len(b"/U <")
        data = data[:at] + (b"1" if data[at : at + 1] == b"0" else b"0") + data[at + 1 :]
    data = data.replace(old, new)
    with pytest.raises(CheckFailed) as refused:
        check_prepared_document(data, redigested(data, expected))
    assert refused.value.details["what"] == what


def spoilt(data: bytes, expected: ExpectedDocument, chance: random.Random) -> bytes:
    """``data`` with a few bytes changed, moved or doubled; the length stays."""
    out = bytearray(data)
    start = 0 if chance.random() < 0.6 else expected.original_length
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(start, len(out) - 8)
        kind = chance.randrange(4)
        if kind == 0:
            out[at] = chance.randrange(256)
        elif kind == 1:
            out[at : at + 1] = chance.choice(
                [b"<", b">", b"[", b"]", b"(", b")", b"/", b"%", b"\\", b"0", b" ", b"#"]
            )
        elif kind == 2:
            other = chance.randrange(start, len(out) - 8)
            length = chance.randint(1, 8)
            out[at : at + length] = out[other : other + length]
        else:
            digits = str(chance.choice([0, 1, 2**31, 2**63, -1, chance.randrange(len(data))])).encode()
            out[at : at + len(digits)] = digits
            del out[len(data) :]
    return bytes(out[: len(data)]).ljust(len(data), b" ")


BASES: dict[str, Callable[[], tuple[bytes, ExpectedDocument]]] = {
    "plain": Forge().build,
    "packed": on_packed(),
    "encrypted": lambda: prepared(encrypted(pikepdf.Encryption(owner="owner", user="", R=4, metadata=True))),
}


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("seed", range(8))
def test_spoilt_documents_raise_nothing_else(base: str, seed: int) -> None:
    data, expected = BASES[base]()
    chance = random.Random(f"{base}{seed}")
    refused = 0
    for _ in range(150):
        other = spoilt(data, expected, chance)
        try:
            check_prepared_document(other, redigested(other, expected))
        except CheckFailed:
            refused += 1
    assert refused > 50
