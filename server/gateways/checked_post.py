"""One POST to an address that a stranger chose, without letting them reach into our network or hold us up.

The host is resolved once, every address that it has must be allowed, and the connection goes to the very address that was checked: a second
answer of the name service changes nothing. TLS is verified against the host's name. No proxy from the environment, no redirect, no body
read; headers are bounded, and everything together has ``WITHIN`` seconds.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.devices.push_endpoint import PushEndpoint, is_public
from server.errors import Unprocessable

WITHIN = 8.0
HEADERS_LIMIT = 16 * 1024
INTERIM_LIMIT = 5
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\r\n]*)?")
Resolve = Callable[..., list[Any]]


class NoAnswer(Exception):
    """There is no HTTP answer; the text is a kind of error, without addresses."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Header names in lower case."""

    status: int
    headers: Mapping[str, str]


class CheckedPost:
    """``private_addresses``: for tests and closed networks; plain http then goes to this machine alone."""

    def __init__(
        self, *, private_addresses: bool, tls: ssl.SSLContext | None = None, resolve: Resolve = socket.getaddrinfo
    ) -> None:
        self._private_addresses = private_addresses
        self._tls = tls or ssl.create_default_context()
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2
        self._resolve = resolve

    def __call__(self, endpoint: PushEndpoint, headers: Mapping[str, str], body: bytes) -> Answer:
        """Raises ``NoAnswer``, and ``Unprocessable(push_endpoint_not_allowed)`` when the host leads to an address that is not allowed."""
        until = time.monotonic() + WITHIN
        try:
            addresses = self._addresses(endpoint)
            connection = self._connect(endpoint, addresses, until)
        except (OSError, UnicodeError) as error:
            raise NoAnswer(type(error).__name__) from error
        try:
            connection.settimeout(_left(until))
            connection.sendall(_request(endpoint, headers, body))
            return _read(connection, until)
        except OSError as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            connection.close()

    def _addresses(self, endpoint: PushEndpoint) -> list[tuple[socket.AddressFamily, Any]]:
        found = self._resolve(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
        addresses = [(family, where) for family, _, _, _, where in found]
        if not addresses or not all(self._allowed(endpoint, str(where[0])) for _, where in addresses):
            raise Unprocessable("the host leads to an address that is not allowed", code="push_endpoint_not_allowed")
        return addresses

    def _allowed(self, endpoint: PushEndpoint, address: str) -> bool:
        if not endpoint.secure and not ipaddress.ip_address(address).is_loopback:
            return False
        return self._private_addresses or is_public(address)

    def _connect(
        self, endpoint: PushEndpoint, addresses: list[tuple[socket.AddressFamily, Any]], until: float
    ) -> socket.socket:
        """To the first address that answers. One that says nothing uses up its own share of the time, not the others' (a server whose
        IPv6 leads nowhere)."""
        failure: OSError = TimeoutError()
        for number, (family, where) in enumerate(addresses):
            plain = socket.socket(family, socket.SOCK_STREAM)
            try:
                plain.settimeout(_left(until) / (len(addresses) - number))
                plain.connect(where)
                if not endpoint.secure:
                    return plain
                plain.settimeout(_left(until))
                return self._tls.wrap_socket(plain, server_hostname=endpoint.host)
            except OSError as error:
                plain.close()
                failure = error
        raise failure


def _left(until: float) -> float:
    seconds = until - time.monotonic()
    if seconds <= 0:
        raise TimeoutError
    return seconds


def _request(endpoint: PushEndpoint, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {endpoint.target} HTTP/1.1", f"Host: {endpoint.authority}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


def _read(connection: socket.socket, until: float) -> Answer:
    """Status and headers; interim answers (1xx) are passed over, the body is not read."""
    received = b""
    for _ in range(INTERIM_LIMIT):
        while b"\r\n\r\n" not in received:
            if len(received) > HEADERS_LIMIT:
                raise NoAnswer("headers too long")
            connection.settimeout(_left(until))
            more = connection.recv(4096)
            if not more:
                raise NoAnswer("connection closed")
            received += more
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.split(b"\r\n")
        status = _STATUS.fullmatch(first)
        if status is None:
            raise NoAnswer("not HTTP")
        if int(status[1]) >= 200:
            pairs = (line.decode("latin-1").partition(":") for line in lines)
            return Answer(int(status[1]), {name.strip().lower(): value.strip() for name, _, value in pairs})
    raise NoAnswer("interim answers only")
