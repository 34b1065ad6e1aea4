"""The server's address as people type it under a pairing code."""

import unicodedata
from dataclasses import replace

import pytest

from mobile_app.device.pairing_code import read_pairing_code
from mobile_app.errors import Refused
from tests.unit.device.phone_kit import Kit

CODE = "7k3m9q2xwz"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("https://KY.Example.vn/", "https://ky.example.vn"),
        ("HTTPS://Ky.Example.VN:8443", "https://ky.example.vn:8443"),
        ("https://Ký-Số.vn", "https://xn--k-s-loa6929a.vn"),
        ("https://Ký-Số.vn:9443/", "https://xn--k-s-loa6929a.vn:9443"),
        ("https://ky.example.vn/PhoneSeal/", "https://ky.example.vn/PhoneSeal"),
        ("http://[::1]:8443/", "http://[::1]:8443"),
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_typed_address_is_brought_into_the_form_of_certificates_and_sockets(typed: str, read: str, form: str) -> None:
    assert read_pairing_code(CODE, unicodedata.normalize(form, typed)).server_url == read  # type: ignore[arg-type]


@pytest.mark.parametrize("typed", ["https://ký..vn", "https://" + "ý" * 70 + ".vn", "https://", "https://[::1", "https://a@ky.vn"])
def test_an_address_that_is_none_is_refused(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        read_pairing_code(CODE, typed)
    assert caught.value.code == "pairing_code_malformed"


def test_a_server_that_has_moved_is_found_again(kit: Kit) -> None:
    before = kit.phone.identity
    assert before is not None
    kit.phone.server_has_moved("https://SIGN.example:9443/")
    assert kit.phone.identity == replace(before, server_url="https://sign.example:9443")
    with pytest.raises(Refused):
        kit.phone.server_has_moved("sign.example")


def test_without_a_pairing_nothing_moves(unpaired: Kit) -> None:
    unpaired.phone.server_has_moved("https://sign.example:9443")
    assert unpaired.phone.identity is None
