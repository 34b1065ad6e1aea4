"""What the phone opens under an empty password, and what it does not: each rule has a dictionary that it alone refuses."""

import contextlib
import io

import pikepdf
import pytest

from mobile_app.device.document_checks.encryption import SecurityHandler
from mobile_app.device.document_checks.original_file import OriginalFile
from mobile_app.device.document_checks.syntax import Ref, Value
from mobile_app.errors import CheckFailed

OWNER = Ref(7, 0)
Dictionary = dict[str, Value]


def made(**settings: object) -> tuple[Dictionary, bytes]:
    """The encryption dictionary and first identifier that qpdf writes for an empty user password."""
    document = pikepdf.new()
    document.add_blank_page()
    out = io.BytesIO()
    document.save(
        out,
        encryption=pikepdf.Encryption(owner="owner", user="", **settings),  # type: ignore[arg-type]
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    original = OriginalFile(out.getvalue(), len(out.getvalue()))
    reference, identifiers = original.trailer["Encrypt"], original.trailer["ID"]
    dictionary = original.value(reference)
    assert isinstance(dictionary, dict) and isinstance(identifiers, list) and isinstance(identifiers[0], bytes)
    return dictionary, identifiers[0]


@pytest.fixture(scope="module")
def rc4() -> tuple[Dictionary, bytes]:
    return made(R=3, aes=False, metadata=False)


@pytest.fixture(scope="module")
def aes() -> tuple[Dictionary, bytes]:
    return made(R=4, aes=True, metadata=True)


@pytest.fixture(scope="module")
def aes_256() -> tuple[Dictionary, bytes]:
    return made(R=6, aes=True, metadata=True)


def refused(made_of: tuple[Dictionary, bytes], **changes: Value) -> object:
    """The word with which the changed dictionary is refused."""
    dictionary, first = made_of
    with pytest.raises(CheckFailed) as error:
        SecurityHandler({**dictionary, **changes}, first)
    assert error.value.code == "doc_structure_unfollowable"
    return error.value.details["what"]


def test_what_is_varied_here_is_opened(rc4: tuple[Dictionary, bytes], aes: tuple[Dictionary, bytes], aes_256: tuple[Dictionary,
    bytes]) -> None:
    for dictionary, first in (rc4, aes, aes_256):
        SecurityHandler(dictionary, first)


@pytest.mark.parametrize(("version", "revision"), [(1, 4), (4, 2), (4, 5), (3, 4), (3, 5), (5, 4), (0, 2), (None, None)])
def test_a_version_and_revision_that_do_not_belong_together(rc4: tuple[Dictionary, bytes], version: Value, revision: Value) -> None:
    assert refused(rc4, V=version, R=revision) == "encryption_version"


def test_another_handler(rc4: tuple[Dictionary, bytes]) -> None:
    assert refused(rc4, Filter="Other") == "encryption_handler"


@pytest.mark.parametrize(
    "changes",
    [
        {"P": -4.0}, {"P": None}, {"Length": 128.0}, {"Length": True}, {"Length": 127}, {"Length": 32}, {"Length": 136},
            {"O": b"short"}, {"O": None},
        {"O": 5}, {"U": b"short"},
    ],
    ids=str,
)  # fmt: skip
def test_an_entry_of_another_kind_or_size(rc4: tuple[Dictionary, bytes], changes: Dictionary) -> None:
    assert refused(rc4, **changes) == "encryption_dictionary"


@pytest.mark.parametrize("key", ["U", "UE"])
def test_too_short_an_entry_of_the_newest_kind(aes_256: tuple[Dictionary, bytes], key: str) -> None:
    assert refused(aes_256, **{key: b"short"}) == "encryption_dictionary"


def test_another_password(rc4: tuple[Dictionary, bytes], aes_256: tuple[Dictionary, bytes]) -> None:
    assert refused(rc4, U=bytes(32)) == "encryption_password"
    assert refused(aes_256, U=bytes(48)) == "encryption_password"


@pytest.mark.parametrize("method", ["AESV2", "V2", "None", "Other"])
def test_a_crypt_filter_of_another_version(aes_256: tuple[Dictionary, bytes], method: str) -> None:
    assert refused(aes_256, CF={"StdCF": {"CFM": method}}) == "encryption_filter"


@pytest.mark.parametrize("filters", [{"StdCF": {"CFM": "AESV3"}}, {"StdCF": {}}, {"StdCF": 1}, {}, None], ids=str)
def test_a_crypt_filter_of_no_known_kind(aes: tuple[Dictionary, bytes], filters: Value) -> None:
    assert refused(aes, CF=filters) == "encryption_filter"


@pytest.mark.parametrize("made_of", ["aes", "aes_256"])
@pytest.mark.parametrize("length", [1, 16, 31, 33, 47])
def test_what_is_no_whole_number_of_blocks(made_of: str, length: int, request: pytest.FixtureRequest) -> None:
    handler = SecurityHandler(*request.getfixturevalue(made_of))
    with pytest.raises(CheckFailed, match="doc_structure_unfollowable"):
        handler.string(bytes(length), OWNER)
    assert handler.string(b"", OWNER) == b""


def test_padding_is_one_to_sixteen(aes: tuple[Dictionary, bytes]) -> None:
    """The vector's last byte is added to the last byte of the one block, so it runs through every padding."""
    handler = SecurityHandler(*aes)
    opened = []
    for last in range(256):
        with contextlib.suppress(CheckFailed):
            opened.append(handler.string(bytes(15) + bytes((last,)) + bytes(16), OWNER))
    assert sorted(len(text) for text in opened) == list(range(16))


@pytest.mark.parametrize(
    ("filters", "parameters", "covered"),
    [
        (None, None, True), ("FlateDecode", None, True), (["FlateDecode"], None, True), ("Crypt", None, False), (["Crypt"], None,
            False),
        (["Crypt", "FlateDecode"], [None, None], False), ("Crypt", {"Name": "Identity"}, False), ("Crypt", {}, False),
    ],
)  # fmt: skip
def test_a_stream_that_says_it_is_not_encrypted(aes: tuple[Dictionary, bytes], filters: Value, parameters: Value,
    covered: bool) -> None:
    assert SecurityHandler(*aes).covers({"Filter": filters, "DecodeParms": parameters}) is covered


@pytest.mark.parametrize(
    ("filters", "parameters"),
    [(["FlateDecode", "Crypt"], None), ("Crypt", {"Name": "StdCF"}), (["Crypt"], [{"Name": "StdCF"}])],
)
def test_a_crypt_filter_that_is_not_the_first_or_not_the_identity(aes: tuple[Dictionary, bytes], filters: Value,
    parameters: Value) -> None:
    with pytest.raises(CheckFailed) as error:
        SecurityHandler(*aes).covers({"Filter": filters, "DecodeParms": parameters})
    assert error.value.details["what"] == "encryption_filter"
