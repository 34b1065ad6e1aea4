"""Connections before they are anybody's: what says nonsense is closed with one line in the log, what joins nothing is closed too.

Socket.IO's own answer to a broken packet is a traceback and an open connection: anybody could fill the log and the memory. And the
handshake alone needs no log-in, while a connection that belongs to no namespace carries nothing and costs us a socket.
"""

import contextlib
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gevent
from flask_socketio import SocketIO

log = logging.getLogger(__name__)
JOIN_WITHIN = 10.0
LOOK_AGAIN = 60.0
"""Whoever joined may leave again."""
CLOSE_WITHIN = 1.0
LAST_WORDS = 0.2
TRANSPORT = "phoneseal.transport"


@dataclass
class Transport:
    """What a connection's environment holds under ``TRANSPORT``: its socket, what reads it (and may hold bytes already), and who ends the
    connection when its frames are unreadable."""

    socket: Any
    reader: Any
    close: Callable[[], object] | None = None
    upgraded: bool = False
    """It carries a WebSocket, and no further HTTP request."""
    proved: bool = False
    """Somebody showed a key or a session: no stranger any more."""


def guard_connections(socketio: SocketIO, namespaces: tuple[str, ...]) -> None:
    """From now on every new connection of ``socketio`` is watched: it joins one of ``namespaces`` within ``JOIN_WITHIN`` seconds, is
    looked at again each ``LOOK_AGAIN``, and ends with its first packet that can't be read."""
    server = socketio.server
    accept, receive = server.eio.handlers["connect"], server.eio.handlers["message"]

    def connected(connection: str, environ: dict[str, Any]) -> object:
        if transport := environ.get(TRANSPORT):
            transport.close = lambda: gevent.spawn(hang_up, server, connection)
        gevent.spawn_later(JOIN_WITHIN, look, connection)
        answer: object = accept(connection, environ)
        return answer

    def message(connection: str, data: object) -> None:
        try:
            receive(connection, data)
        except Exception as error:  # noqa: BLE001 - whatever the library makes of a stranger's packet
            log.info("a packet that can't be read (%s): the connection is closed", type(error).__name__)
            gevent.spawn(hang_up, server, connection)

    def look(connection: str) -> None:
        if connection not in server.eio.sockets:
            return
        if any(server.manager.sid_from_eio_sid(connection, name) for name in namespaces):
            gevent.spawn_later(LOOK_AGAIN, look, connection)
            return
        log.info("a connection that joined nothing is closed")
        hang_up(server, connection)

    server.eio.on("connect", connected)
    server.eio.on("message", message)


def prove(server: Any, sid: str, namespace: str) -> None:
    """The connection of a Socket.IO client is no stranger's any more."""
    connection = server.manager.eio_sid_from_sid(sid, namespace)
    if transport := server.environ.get(connection, {}).get(TRANSPORT):
        transport.proved = True


def hang_up(server: Any, connection: str) -> None:
    """Ends an Engine.IO connection politely, and the TCP connection below it for good: a stranger need not answer a closing frame."""
    transport = server.environ.get(connection, {}).get(TRANSPORT)
    with contextlib.suppress(KeyError, OSError), gevent.Timeout(CLOSE_WITHIN, False):
        server.eio.disconnect(connection)  # may wait for a writer that is gone
    server.eio.sockets.pop(connection, None)
    gevent.sleep(LAST_WORDS)
    if transport is not None:
        with contextlib.suppress(OSError):
            transport.socket.shutdown(socket.SHUT_RDWR)
