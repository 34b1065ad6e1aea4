"""A WebSocket client connection on asyncio streams (framing by wsproto): text messages only, one reader."""

import asyncio
import ssl
from collections import deque
from typing import Self
from urllib.parse import urlsplit

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, RejectConnection, Request, TextMessage
from wsproto.utilities import ProtocolError

from mobile_app.errors import LinkError

LONGEST_MESSAGE = 1 << 20
_READ = 16 * 1024


class WebSocket:
    """Raises LinkError("connection_failed") and LinkError("connection_lost")."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = WSConnection(ConnectionType.CLIENT)
        self._messages: deque[str] = deque()
        self._part = ""
        self._accepted = False

    @classmethod
    async def open(cls, server_url: str, path: str, trust: ssl.SSLContext | None = None) -> Self:
        """``server_url`` is http or https; ``trust`` is for https."""
        parts = urlsplit(server_url)
        secure = parts.scheme == "https"
        context = (trust or ssl.create_default_context()) if secure else None
        try:
            streams = await asyncio.open_connection(
                parts.hostname, parts.port or (443 if secure else 80), ssl=context, limit=_READ
            )
        except OSError as error:
            raise LinkError("connection_failed") from error
        socket = cls(*streams)
        try:
            await socket._send(Request(host=parts.netloc, target=parts.path.rstrip("/") + path))
            while not socket._accepted:
                await socket._read()
        except BaseException:
            socket.abort()
            raise
        return socket

    async def send(self, text: str) -> None:
        await self._send(TextMessage(text))

    async def receive(self) -> str:
        """The next whole message."""
        while not self._messages:
            await self._read()
        return self._messages.popleft()

    def abort(self) -> None:
        """Break the connection, as a network does."""
        transport = self._writer.transport
        transport.abort()

    async def _send(self, event: Request | TextMessage | CloseConnection) -> None:
        try:
            self._writer.write(self._protocol.send(event))
            await self._writer.drain()
        except (OSError, ProtocolError) as error:
            raise LinkError("connection_lost") from error

    async def _read(self) -> None:
        try:
            received = await self._reader.read(_READ)
            self._protocol.receive_data(received or None)
            for event in self._protocol.events():
                self._take(event)
        except (OSError, ProtocolError) as error:
            raise LinkError("connection_lost") from error
        if not received:
            raise LinkError("connection_lost")

    def _take(self, event: object) -> None:
        if isinstance(event, AcceptConnection):
            self._accepted = True
        elif isinstance(event, TextMessage):
            self._part += event.data
            if len(self._part) > LONGEST_MESSAGE:
                raise LinkError("answer_too_long", {"max_bytes": LONGEST_MESSAGE})
            if event.message_finished:
                self._messages.append(self._part)
                self._part = ""
        elif isinstance(event, Ping):
            self._writer.write(self._protocol.send(event.response()))
        elif isinstance(event, CloseConnection | RejectConnection):
            raise LinkError("connection_lost")
