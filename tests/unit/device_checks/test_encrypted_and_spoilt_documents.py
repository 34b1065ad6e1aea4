"""Encryption under an empty user password is opened or refused, and no spoilt document raises anything but ``CheckFailed``."""

import io
import random
import zlib
from collections.abc import Callable

import pikepdf
import pytest

from mobile_app.device.document_checks import ExpectedDocument, check_prepared_document
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.signature_dictionary import text_of
from mobile_app.device.document_checks.syntax import Ref, read_value
from mobile_app.errors import CheckFailed
from server.pdf.geometry import Placement
from server.pdf.prepare import DocumentPreparer
from server.pdf.stamp import StampFonts, StampMaker
from tests.unit.device_checks.document_forge import Forge, on_packed, redigested


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


@pytest.mark.parametrize("settings", REVISIONS, ids=str)
@pytest.mark.filterwarnings("ignore:Encryption R=5:UserWarning")
def test_streams_are_handed_on_decrypted_and_still_filtered(settings: dict[str, bool]) -> None:
    document = pikepdf.new()
    text, packed = b"q Q % secret", zlib.compress(b"BT ET")
    document.Root.Plain = pikepdf.Stream(document, text)
    document.Root.Packed = pikepdf.Stream(document, packed, Filter=pikepdf.Name.FlateDecode)
    document.Root.Metadata = pikepdf.Stream(document, b"<?xpacket?>", Type=pikepdf.Name.Metadata)
    document.Root.Open = pikepdf.Stream(document, b"open", Filter=pikepdf.Name.Crypt)
    out = io.BytesIO()
    permission = pikepdf.Encryption(owner="owner", user="", **settings)  # type: ignore[arg-type]
    document.save(
        out,
        encryption=permission,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
    )
    data = out.getvalue()
    original = OriginalFile(data, len(data))
    catalog = original.value(original.trailer["Root"])
    assert isinstance(catalog, dict)
    assert original.stream(catalog["Plain"]) == ({"Length": len(data_of(data, original, catalog["Plain"]))}, text)
    assert original.stream(catalog["Packed"])[0]["Filter"] == "FlateDecode"
    assert original.stream(catalog["Packed"])[1] == packed
    assert original.stream(catalog["Metadata"])[1].startswith(b"<?xpacket")
    assert original.stream(catalog["Open"])[1] == b"open"


def data_of(data: bytes, original: OriginalFile, reference: Ref) -> bytes:
    """The stream's bytes as they stand in the file."""
    start, end = original.read_at(original.entries[reference.number][1]).stream or (0, 0)
    return data[start:end]


@pytest.mark.parametrize(
    "filters", ["/Filter/Crypt/DecodeParms<</Name/StdCF>>", "/Filter[/FlateDecode/Crypt]"]
)
def test_a_stream_with_a_key_of_its_own_is_refused(filters: str) -> None:
    data = encrypted(pikepdf.Encryption(owner="owner", user="", R=4, metadata=True))
    handler = OriginalFile(data, len(data)).handler
    dictionary, _ = read_value(f"<<{filters}>>".encode(), 0, 100)
    assert handler is not None and isinstance(dictionary, dict)
    with pytest.raises(CheckFailed):
        handler.covers(dictionary)


@pytest.mark.parametrize("number", [1, 5, 77])
def test_what_is_no_stream_is_not_handed_on(number: int) -> None:
    data = Forge().build_original()
    with pytest.raises(CheckFailed, match="doc_structure_unfollowable"):
        OriginalFile(data, len(data)).stream(Ref(number, 0))


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


def test_encryption_that_a_later_revision_gives_up_is_refused() -> None:
    data = encrypted(pikepdf.Encryption(owner="owner", user="", R=4, metadata=True))
    start = int(data.rsplit(b"startxref", 1)[1].split()[0])
    later = b"xref\n0 0\ntrailer\n<</Size 20/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (start, len(data))
    with pytest.raises(CheckFailed) as refused:
        OriginalFile(data + later, len(data + later))
    assert refused.value.details["what"] == "encryption_dictionary"


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
