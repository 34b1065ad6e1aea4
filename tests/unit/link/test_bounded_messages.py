"""A server, or whoever stands in its place, can't fill the phone's memory through the socket."""

import base64
import hashlib
import json
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from mobile_app.errors import LinkError
from mobile_app.link.bounded_websocket import MAX_MESSAGE
from mobile_app.link.socket_link import SocketIoConnector
from mobile_app.link.trust import ServerTrust

FAR_TOO_MUCH = 64 * MAX_MESSAGE
PIECE = bytes(65536)
SLOWEST = 120.0
"""Seconds: no figure of this test, only the end of waiting on a machine that does much else."""


def frame(opcode: int, content: bytes, *, last: bool = True, announced: int | None = None) -> bytes:
    length = len(content) if announced is None else announced
    return bytes([(0x80 if last else 0) | opcode, 127]) + length.to_bytes(8, "big") + content


class Flood:
    """Answers one handshake, lets the phone join, and then sends ``frames`` until the phone hangs up."""

    def __init__(self, frames: Callable[[], Iterator[bytes]], *, joined: bool = True) -> None:
        """``joined``: the phone is let in first; else it never comes to be connected."""
        self._frames = frames
        self._joined = joined
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.sent = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        connection, _ = self._listener.accept()
        connection.settimeout(SLOWEST)
        with connection:
            head = connection.recv(65536).decode()
            key = next(
                line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key")
            )
            digest = hashlib.sha1(
                key.encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False
            ).digest()
            accept = base64.b64encode(digest).decode()
            connection.sendall(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
            )
            hello = {"sid": "a", "upgrades": [], "pingInterval": 25000, "pingTimeout": 20000, "maxPayload": 1000000}
            connection.sendall(frame(1, b"0" + json.dumps(hello).encode()))
            connection.recv(65536)
            if self._joined:
                connection.sendall(frame(1, b'40/device,{"sid":"b"}'))
            try:
                for piece in self._frames():
                    connection.sendall(piece)
                    self.sent += len(piece)
            except OSError:
                return

    def close(self) -> None:
        self._thread.join(SLOWEST)
        self._listener.close()
        assert not self._thread.is_alive()


def one_frame() -> Iterator[bytes]:
    yield frame(1, b"", announced=FAR_TOO_MUCH)
    for _ in range(FAR_TOO_MUCH // len(PIECE)):
        yield PIECE


def many_frames() -> Iterator[bytes]:
    yield frame(1, b"4", last=False)
    for _ in range(FAR_TOO_MUCH // len(PIECE)):
        yield frame(0, PIECE, last=False)


@pytest.mark.parametrize("frames", [one_frame, many_frames])
def test_an_endless_message_ends_the_connection(frames: Callable[[], Iterator[bytes]]) -> None:
    flood, lost = Flood(frames), threading.Event()
    try:
        link = SocketIoConnector(ServerTrust()).connect(flood.url, lambda *_: None, lost.set)
        try:
            assert lost.wait(SLOWEST)
        finally:
            link.close()
    except LinkError:
        pass  # it may end before the link is handed out
    finally:
        flood.close()
    assert flood.sent < FAR_TOO_MUCH / 2, "what the phone did not take, besides buffers of the system"


@pytest.mark.parametrize("frames", [one_frame, many_frames, lambda: iter(())])
def test_a_connection_that_never_came_to_be_leaves_no_socket_open(frames: Callable[[], Iterator[bytes]]) -> None:
    """Collected afterwards (conftest.py), where it would be found in whichever test runs then."""
    flood = Flood(frames, joined=False)
    try:
        with pytest.raises(LinkError, match="connection_failed"):
            SocketIoConnector(ServerTrust()).connect(flood.url, lambda *_: None, lambda: None, timeout=5)
    finally:
        flood.close()
    assert flood.sent < FAR_TOO_MUCH / 2
