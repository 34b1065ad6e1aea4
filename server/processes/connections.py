"""Connections of the web process: how many one address may hold, and how long a client may take to say what it wants.

Rules: a request line and its headers arrive within ``HEADERS_WITHIN`` seconds (TLS handshake likewise), the next request on a kept
connection within ``IDLE``; a body or an answer that stands still for ``STALL`` seconds ends the connection, whatever its headers ask for. A
connection that became a WebSocket is watched by its own heartbeat instead. Who opens more than the limit is closed without a word.

Between two requests of one connection everybody else has a turn, also when the second one waits already. Length, transfer coding and
host of a request stand there once and in one form (RFC 9112, 3.2 and 6.3), or the connection ends with 400: what two readers could
read in two ways is no request.
"""

import contextlib
import logging
import re
import socket
from collections import Counter
from typing import Any

import gevent
from gevent.pywsgi import WSGIHandler, WSGIServer, headers_factory
from wsproto.utilities import ProtocolError

from server.networks import network_of
from server.sockets.guard import TRANSPORT, Transport

log = logging.getLogger(__name__)
HEADERS_WITHIN = 10.0
IDLE = 75.0
STALL = 60.0
SEND_WITHIN = 300.0  # one piece of an answer, of at most about 2 MB
_LENGTH = re.compile(r"\d{1,12}", re.ASCII)
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)


class ConnectionHandler(WSGIHandler):  # type: ignore[misc]
    """One connection and the requests on it, one after the other."""

    _requests = 0

    def read_requestline(self) -> str:
        patience = IDLE if self._requests else HEADERS_WITHIN
        self._requests += 1
        self.socket.settimeout(None)
        gevent.sleep(0)
        with gevent.Timeout(patience, TimeoutError("no request")):
            line: str = super().read_requestline()
            return line

    def read_request(self, raw_requestline: str) -> object:
        with gevent.Timeout(HEADERS_WITHIN, ValueError("the headers took too long")):
            complete: object = super().read_request(raw_requestline)
        self.socket.settimeout(STALL)
        return complete

    def MessageClass(self, *arguments: Any) -> Any:
        headers = headers_factory(*arguments)
        check_framing(headers)  # before the library drops one of two
        return headers

    def _handle_client_error(self, error: Exception) -> tuple[str, bytes]:
        """One line without anything of the stranger's; the library's own quotes the request."""
        log.info("a request that can't be read (%s): the connection is closed", type(error).__name__)
        return "400", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    def _sendall(self, data: bytes) -> None:
        patience = self.socket.gettimeout()
        if patience is not None:
            self.socket.settimeout(SEND_WITHIN)
        super()._sendall(data)
        if patience is not None:
            self.socket.settimeout(patience)

    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ[TRANSPORT] = Transport(self.socket, self.rfile)
        return environ

    def _transport(self) -> Transport | None:
        found: Transport | None = (self.environ or {}).get(TRANSPORT)
        return found

    def handle_one_request(self) -> object:
        """A connection that became a WebSocket carries no further HTTP request: what is left of its last frame is no request line."""
        result: object = super().handle_one_request()
        transport = self._transport()
        return None if transport is not None and transport.upgraded else result

    def handle_error(self, kind: type[BaseException], error: BaseException, trace: object) -> None:
        """Frames and handshakes of a stranger's WebSocket that the library gives up on are no fault of ours: one line."""
        transport = self._transport()
        if transport is None or not (transport.upgraded or issubclass(kind, ProtocolError)):
            super().handle_error(kind, error, trace)
            return
        log.info("a WebSocket that can't be read (%s): the connection is closed", kind.__name__)
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # closing alone would leave the library's own copy open
        if transport.close:
            transport.close()


def check_framing(headers: Any) -> None:
    """Raises ValueError, which pywsgi answers with 400 and the connection's end."""
    lengths, codings, hosts = (headers.get_all(name, []) for name in ("Content-Length", "Transfer-Encoding", "Host"))
    if len(lengths) > 1 or any(_LENGTH.fullmatch(value.strip()) is None for value in lengths):
        raise ValueError("an odd Content-Length")
    if codings and (lengths or [value.strip().lower() for value in codings] != ["chunked"]):
        raise ValueError("an odd Transfer-Encoding")
    if len(hosts) > 1 or any(_HOST.fullmatch(value.strip()) is None for value in hosts):
        raise ValueError("an odd Host")


class BoundedServer(WSGIServer):  # type: ignore[misc]
    """At most ``per_address`` connections at a time from one IPv4 address or one IPv6 /64 (0: no limit)."""

    def __init__(self, *arguments: Any, per_address: int, **options: Any) -> None:
        super().__init__(*arguments, handler_class=ConnectionHandler, **options)
        self._per_address = per_address
        self._open: Counter[str] = Counter()

    def do_handle(self, client: socket.socket, address: Any) -> None:
        where = origin_of(address)
        if self._per_address and self._open[where] >= self._per_address:
            log.warning("%s holds %d connections: one more was refused", where, self._per_address)
            client.close()
            return
        self._open[where] += 1
        client.settimeout(HEADERS_WITHIN)  # for the TLS handshake
        super().do_handle(client, address)

    def wrap_socket_and_handle(self, client_socket: socket.socket, address: Any) -> object:
        """As the library does it, but a handshake that fails is a stranger's affair: one line."""
        try:
            wrapped = self.wrap_socket(client_socket, **self.ssl_args)
        except OSError as error:
            log.info("a TLS handshake failed (%s)", type(error).__name__)
            return None
        try:
            return self.handle(wrapped, address)
        finally:
            wrapped.close()

    def do_close(self, client: socket.socket, *rest: Any) -> None:
        where = origin_of(rest[0] if rest else "")
        self._open[where] -= 1
        if self._open[where] <= 0:
            del self._open[where]
        super().do_close(client, *rest)


def origin_of(address: Any) -> str:
    """Whom a connection is counted for; a Unix socket's peers are all one."""
    return network_of(str(address[0])) if isinstance(address, tuple) and address else ""
