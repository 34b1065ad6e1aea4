"""A statement's body is Unicode text, also behind an escape."""

import pytest

from server.devices.pairing import code_digest
from server.errors import BadInput
from server.statements import Statement, read_body, read_statement

NAMES = frozenset({"version", "code"})


def test_a_lone_surrogate_behind_an_escape_is_refused() -> None:
    good = Statement("p", "k", '{"version": 1, "code": "\\ud83d\\ude00"}', b"")
    assert read_body(good, "p", NAMES)["code"] == "\U0001f600"
    with pytest.raises(BadInput):
        read_body(Statement("p", "k", '{"version": 1, "code": "\\ud83d"}', b""), "p", NAMES)


def test_a_purpose_is_ascii() -> None:
    with pytest.raises(BadInput):
        read_statement({"purpose": "phoneseal.đ", "key_id": "k", "body": "{}", "signature": ""})


def test_a_typed_code_may_be_anything() -> None:
    assert len(code_digest("\ud800")) == 64
