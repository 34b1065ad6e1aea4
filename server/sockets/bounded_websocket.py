"""The WebSocket below every Socket.IO connection, read at the pace of who reads it (RFC 6455).

Rules:
* Nothing is read ahead: the next bytes are taken off the socket when the last message has been handed on, so a client that sends without
  a pause fills its own buffers and not ours. The library's reader had a list without an end instead.
* Each frame costs its connection a token, whatever is in it; who has none left waits, and everybody else is served meanwhile. A connection
  that nobody has proved gets a stranger's share.
* A message's limit holds while it arrives, its fragments added up. A stranger's is small.
* No extension is agreed to: what is not compressed can't grow.
* An answer that is not taken within ``SEND_WITHIN`` seconds ends the connection.
"""

import contextlib
import logging
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import gevent
from gevent.lock import RLock
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Event,
    Message,
    Ping,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from server.sockets.guard import TRANSPORT, Transport

log = logging.getLogger(__name__)
MESSAGE_LIMIT: Final = 1024 * 1024
STRANGERS_MESSAGE_LIMIT: Final = 64 * 1024
FRAMES_A_SECOND, BURST = 100.0, 400.0
STRANGERS_FRAMES_A_SECOND, STRANGERS_BURST = 20.0, 60.0
SEND_WITHIN = 20.0
_PIECE: Final = 4096
_UNREADABLE: Final = (CloseReason.PROTOCOL_ERROR, CloseReason.INVALID_FRAME_PAYLOAD_DATA)
_HANDSHAKE: Final = ("Upgrade", "Connection", "Host", "Sec-WebSocket-Key", "Sec-WebSocket-Version")


class BoundedWebSocket:
    """What Engine.IO asks of a WebSocket: called with an environment it shakes hands and runs ``handler``, which calls ``wait``, ``send``
    and ``close``."""

    def __init__(self, handler: Callable[["BoundedWebSocket"], Any], _server: object) -> None:
        self._handler = handler
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._events: Iterator[Event] = iter(())
        self._parts: list[str | bytes | bytearray] = []
        self._length = 0
        self._level, self._filled_at = 0.0, time.monotonic()
        self._sending = RLock()
        self._over = False

    def __call__(self, environ: dict[str, Any], _start_response: object) -> Any:
        """Raises ``RemoteProtocolError`` for a handshake that is none."""
        self._transport: Transport = environ[TRANSPORT]
        self._accept(environ)
        self._transport.upgraded = True
        self._transport.socket.settimeout(None)  # its own heartbeat watches it from here on
        return self._handler(self)

    def _accept(self, environ: dict[str, Any]) -> None:
        headers = "".join(
            f"{name}: {environ['HTTP_' + name.upper().replace('-', '_')]}\r\n"
            for name in _HANDSHAKE
            if "HTTP_" + name.upper().replace("-", "_") in environ
        )
        self._protocol.receive_data(f"GET / HTTP/1.1\r\n{headers}\r\n".encode("latin-1"))
        for event in self._protocol.events():
            if isinstance(event, Request):
                self._write(self._protocol.send(AcceptConnection()))
                return
        raise RemoteProtocolError("no handshake")

    def wait(self) -> str | bytes | None:
        """The next message, ``None`` when there will be none."""
        while not self._over:
            event = next(self._events, None)
            if event is None:
                self._read()
                continue
            self._pay()
            message = self._take(event)
            if message is not None:
                return message
        return None

    def _read(self) -> None:
        try:
            data = self._transport.reader.read1(_PIECE)
        except OSError:
            data = b""
        if not data:
            self._over = True
            return
        try:
            self._protocol.receive_data(data)
        except (LocalProtocolError, RemoteProtocolError):
            self._end("frames that can't be read")
            return
        self._events = self._protocol.events()

    def _pay(self) -> None:
        """Waits until this connection may be served again; others come first in any case."""
        proved = self._transport.proved
        rate, burst = (FRAMES_A_SECOND, BURST) if proved else (STRANGERS_FRAMES_A_SECOND, STRANGERS_BURST)
        now = time.monotonic()
        self._level = max(0.0, self._level - (now - self._filled_at) * rate) + 1.0
        self._filled_at = now
        gevent.sleep(max(0.0, (self._level - burst) / rate))

    def _take(self, event: Event) -> str | bytes | None:
        if isinstance(event, TextMessage | BytesMessage):
            return self._add(event)
        if isinstance(event, Ping):
            self._send_quietly(event.response())
        elif isinstance(event, CloseConnection):
            self._send_quietly(event.response())
            self._over = True
            if event.code in _UNREADABLE:
                self._end("frames that can't be read")
        return None

    def _add(self, event: "Message[Any]") -> str | bytes | None:
        limit = MESSAGE_LIMIT if self._transport.proved else STRANGERS_MESSAGE_LIMIT
        self._length += len(event.data)
        if self._length > limit:
            self._send_quietly(CloseConnection(CloseReason.MESSAGE_TOO_BIG, "the message is too large"))
            self._end("a message over the limit")
            return None
        if event.data or not self._parts:
            self._parts.append(event.data)
        if not event.message_finished:
            return None
        parts, self._parts, self._length = self._parts, [], 0
        if isinstance(event, TextMessage):
            return "".join(str(part) for part in parts)
        return b"".join(bytes(part) for part in parts if not isinstance(part, str))

    def _end(self, what: str) -> None:
        log.info("%s: the connection is closed", what)
        self._over = True
        if close := self._transport.close:
            close()

    def send(self, message: str | bytes) -> None:
        """Raises OSError when the other side is gone or does not take it."""
        if self._over:
            raise OSError("the connection is over")
        event: Message[Any] = BytesMessage(data=message) if isinstance(message, bytes) else TextMessage(data=str(message))
        try:
            self._write(self._protocol.send(event))
        except LocalProtocolError as error:
            raise OSError("the connection is closing") from error

    def _send_quietly(self, event: Event) -> None:
        with contextlib.suppress(OSError, LocalProtocolError):
            self._write(self._protocol.send(event))

    def _write(self, data: bytes) -> None:
        try:
            with gevent.Timeout(SEND_WITHIN, TimeoutError("not taken")), self._sending:
                self._transport.socket.sendall(data)
        except OSError:  # TimeoutError is one: half a frame may be out, nothing can follow it
            self._over = True
            with contextlib.suppress(OSError):
                self._transport.socket.shutdown(socket.SHUT_RDWR)
            raise

    def close(self) -> None:
        """Says goodbye, once, and lets ``wait`` come to its end."""
        if not self._over:
            self._send_quietly(CloseConnection(CloseReason.NORMAL_CLOSURE))
            self._over = True
            with contextlib.suppress(OSError):
                self._transport.socket.shutdown(socket.SHUT_RD)
