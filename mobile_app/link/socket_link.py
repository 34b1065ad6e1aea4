"""Socket.IO to the server: one connection, WebSocket only, acknowledgements with time limits.

Rules:
* The library's own reconnection is off: after each connection the phone must prove itself anew, which is
  ``device.session``'s.
* A call whose connection breaks fails at once, not at its time limit. Whether the server acted is unknown
  then.
* No message is longer than 1 MiB: a longer one ends the connection.
* Events may come on several threads and in any order; nothing here sorts them.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from typing import Final

import socketio
import socketio.exceptions

from mobile_app.errors import LinkError, ServerRefused
from mobile_app.link.bounded_websocket import BoundedWebSocket
from mobile_app.link.ports import EventHandler
from mobile_app.link.trust import ServerTrust
from mobile_app.link.wire import ErrorAnswer, read_answer

NAMESPACE: Final = "/device"


class _Call:
    """One acknowledgement that is waited for."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: tuple[object, ...] | None = None

    def resolve(self, *answer: object) -> None:
        self.answer = answer
        self.done.set()


class SocketLink:
    """See ``ports.EventSocket``."""

    def __init__(self, client: socketio.Client, on_event: EventHandler, on_disconnect: Callable[[], None]) -> None:
        self._client = client
        self._on_disconnect = on_disconnect
        self._lock = threading.Lock()
        self._calls: set[_Call] = set()
        self._lost = False
        client.on("disconnect", self._disconnected, namespace=NAMESPACE)
        client.on("*", lambda event, *data: on_event(event, data[0] if len(data) == 1 else None), namespace=NAMESPACE)

    def call(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object:
        call = _Call()
        with self._lock:
            if self._lost:
                raise LinkError("connection_lost", {"event": event})
            self._calls.add(call)
        try:
            self._client.emit(event, dict(message), namespace=NAMESPACE, callback=call.resolve)
            if not call.done.wait(timeout):
                raise LinkError("no_answer", {"event": event})
        except socketio.exceptions.SocketIOError as error:
            raise LinkError("connection_lost", {"event": event}) from error
        finally:
            with self._lock:
                self._calls.discard(call)
        if call.answer is None:
            raise LinkError("connection_lost", {"event": event})
        answer = read_answer(call.answer[0] if len(call.answer) == 1 else None)
        if isinstance(answer, ErrorAnswer):
            raise ServerRefused(answer.code, answer.details)
        return answer

    def close(self) -> None:
        self._client.disconnect()
        self._disconnected()

    def abandon(self) -> None:
        """It never came to be a connection, or was one for a moment: nothing of it stays open."""
        with self._lock:
            self._lost = True
        self._close_transport()

    def _disconnected(self, *_reason: object) -> None:
        with self._lock:
            if self._lost:
                return
            self._lost = True
            calls = list(self._calls)
        for call in calls:
            call.done.set()
        self._close_transport()
        self._on_disconnect()

    def _close_transport(self) -> None:
        """When the server ends the connection, engine.io leaves the TCP socket to the garbage collector."""
        websocket = getattr(self._client.eio, "ws", None)
        if websocket is None:
            return
        with contextlib.suppress(
            OSError, AttributeError
        ):  # the reading thread may be gone already, and its socket with it
            websocket.sock.shutdown(socket.SHUT_RDWR)  # wakes the reading thread
        websocket.shutdown()


class SocketIoConnector:
    """See ``ports.SocketConnector``."""

    def __init__(self, trust: ServerTrust) -> None:
        self._trust = trust

    def connect(
        self, server_url: str, on_event: EventHandler, on_disconnect: Callable[[], None], *, timeout: float = 10.0
    ) -> SocketLink:
        client = socketio.Client(
            reconnection=False,
            handle_sigint=False,
            request_timeout=timeout,
            http_session=self._trust.http_session(server_url),
            websocket_extra_options={"class_": BoundedWebSocket},
        )
        link = SocketLink(client, on_event, on_disconnect)
        try:
            client.connect(
                server_url,
                transports=["websocket"],
                namespaces=[NAMESPACE],
                socketio_path="/socket.io",
                wait_timeout=timeout,
            )
        except (socketio.exceptions.SocketIOError, ValueError, OSError) as error:
            client.disconnect()
            link.abandon()
            raise LinkError("connection_failed") from error
        return link
