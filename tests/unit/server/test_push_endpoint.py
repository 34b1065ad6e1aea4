"""Where a stranger may send us: the vectors' endpoints, and every kind of address that is not public."""

import pytest

from server.devices.push_endpoint import is_public, read_endpoint
from server.errors import Unprocessable
from tests.unit.server.vector_files import load

ENDPOINTS = load("wake_up")["endpoints"]


@pytest.mark.parametrize("endpoint", ENDPOINTS["allowed"])
def test_allowed(endpoint: str) -> None:
    read_endpoint(endpoint, private_addresses=False)


@pytest.mark.parametrize("case", ENDPOINTS["refused"], ids=lambda case: case["reason"])
def test_refused(case: dict[str, str]) -> None:
    with pytest.raises(Unprocessable) as caught:
        read_endpoint(case["endpoint"], private_addresses=False)
    assert caught.value.code == "push_endpoint_not_allowed"
    assert case["endpoint"] not in str(caught.value)


@pytest.mark.parametrize(
    ("endpoint", "origin", "target", "host", "port"),
    [
        ("https://Push.Example.NET", "https://push.example.net", "/", "push.example.net", 443),
        ("https://push.example.net:443/x", "https://push.example.net", "/x", "push.example.net", 443),
        ("https://push.example.net:8443?a=b", "https://push.example.net:8443", "/?a=b", "push.example.net", 8443),
        ("https://[2606:2800:0::1]:444/x?y", "https://[2606:2800::1]:444", "/x?y", "2606:2800::1", 444),
    ],
)
def test_parts(endpoint: str, origin: str, target: str, host: str, port: int) -> None:
    found = read_endpoint(endpoint, private_addresses=False)
    assert (found.origin, found.target, found.host, found.port) == (origin, target, host, port)


@pytest.mark.parametrize("endpoint", ["https://127.0.0.1:1/x", "http://127.0.0.1:1/x", "http://[::1]/x", "https://10.0.0.8"])
def test_private_addresses_where_the_operator_allows_them(endpoint: str) -> None:
    read_endpoint(endpoint, private_addresses=True)


@pytest.mark.parametrize("endpoint", ["http://10.0.0.8/x", "http://push.example.net/x", "ftp://127.0.0.1/x", "https://a@127.0.0.1"])
def test_still_refused_there(endpoint: str) -> None:
    with pytest.raises(Unprocessable):
        read_endpoint(endpoint, private_addresses=True)


@pytest.mark.parametrize("letters", ["\r\nX: y", " ", "\x00", "\\", "é", "#"])
def test_no_letter_reaches_the_request_line_that_ends_it(letters: str) -> None:
    with pytest.raises(Unprocessable):
        read_endpoint(f"https://push.example.net{letters}/x", private_addresses=True)
    if letters != "\\":
        with pytest.raises(Unprocessable):
            read_endpoint(f"https://push.example.net/x{letters}", private_addresses=True)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "100.63.255.255", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"],
)
def test_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.0.1", "169.254.169.254"),
        *("172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.1"),
        *("203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
        *("64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::", "3fff::1", "4000::1", "fc00::1"),
        *("fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "2606:4700::1111%1"),
    ],
)
def test_not_public(address: str) -> None:
    assert not is_public(address)


def test_an_endpoint_is_in_no_repr() -> None:
    shown = repr(read_endpoint("https://push.example.net/secret", private_addresses=False))
    assert "secret" not in shown and "push.example.net" not in shown
