"""The key of an encrypted file's object streams: derived from the file's own values, refused with a code where there is none."""

import pytest
from pyhanko.pdf_utils.crypt import StandardSecurityHandler

from server.errors import Unprocessable
from server.pdf.grammar import judge
from server.pdf.grammar.encryption import decryption
from server.pdf.grammar.values import Name, String
from server.pdf.inspect_limits import Meter, UploadLimits
from tests.pdf_corpus.grammar_writer import GrammarFile, base, pack


def _entries(user_password: str) -> dict[bytes, object]:
    handler = StandardSecurityHandler.build_from_pw("owner", user_password)
    return {key[1:].encode(): _ours(value) for key, value in handler.as_pdf_object().items()}


def _ours(value: object) -> object:
    if isinstance(value, dict):
        return {key[1:].encode(): _ours(one) for key, one in value.items()}
    if isinstance(value, bytes):
        return String(b"<" + value.hex().encode() + b">")
    return Name(value[1:].encode()) if isinstance(value, str) else value


def _code(encrypt: dict[bytes, object], data: bytes) -> str:
    with pytest.raises(Unprocessable) as refused:
        decryption(encrypt, None)(4, 0, data)
    return str(refused.value.code)


def test_without_a_key_the_file_is_refused() -> None:
    assert _code({b"Filter": Name(b"Unheard")}, bytes(32)) == "pdf_password"
    assert _code(_entries("secret"), bytes(32)) == "pdf_password"
    assert _code(_entries(""), b"short") == "pdf_broken"


def test_an_encryption_that_is_nowhere_is_dangling() -> None:
    objects = base(False)
    file = GrammarFile()
    for number in (3, 4):
        file.put(number, objects[number])
    file.put(8, pack({1: objects[1], 2: objects[2]}))
    data = file.close_stream(9, {1: (8, 0), 2: (8, 1)}, extra=b"/Encrypt 77 0 R ").done()
    assert judge(data, Meter(UploadLimits())).rules == ("dangling",)
