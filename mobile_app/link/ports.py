"""The two ways to the server as interfaces, at the level of raw messages. The emulator wraps them to spoil or
drop messages.

Rules:
* ``EventSocket.call`` gives the content of ``ok``; an ``{"error": …}`` answer raises ``ServerRefused`` with
  the server's code.
* What fails on the way (no answer in time, connection gone, not the protocol's shape) raises ``LinkError``;
  nobody may conclude from it whether the server acted.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

EventHandler = Callable[[str, object], Mapping[str, object] | None]
"""(event name, message) → the acknowledgement. Called on the link's threads, several at once, in no promised
order."""


class EventSocket(Protocol):
    """One connected Socket.IO connection to namespace ``/device``. Dead after ``close`` or a lost
    connection."""

    def call(self, event: str, message: Mapping[str, object], *, timeout: float = 20.0) -> object:
        """Send and wait for the acknowledgement (seconds). Thread-safe. Raises LinkError, ServerRefused."""
        ...

    def close(self) -> None: ...


class SocketConnector(Protocol):
    def connect(
        self,
        server_url: str,
        on_event: EventHandler,
        on_disconnect: Callable[[], None],
        *,
        timeout: float = 10.0,
    ) -> EventSocket:
        """Open a connection. ``on_disconnect`` is called once when it is lost. Raises LinkError."""
        ...


class WebLink(Protocol):
    """HTTP below one server's URL. Thread-safe."""

    def post_json(self, path: str, message: Mapping[str, object], *, max_bytes: int = 1 << 20) -> object: ...

    def get_json(self, path: str, access_token: str, *, max_bytes: int) -> object: ...

    def get_stream(
        self, path: str, access_token: str, *, max_bytes: int, byte_range: tuple[int, int] | None = None
    ) -> Iterator[bytes]:
        """The body in pieces. ``byte_range`` is (first, last) inclusive and must be answered by 206 with just
        that range."""
        ...

    def close(self) -> None: ...


class WebConnector(Protocol):
    def open(self, server_url: str) -> WebLink:
        """Raises LinkError("tls_required") for plain http to anything but loopback, unless that was allowed
        explicitly."""
        ...
