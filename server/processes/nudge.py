"""Nudges between processes: datagrams on Unix sockets in a run folder. Lossy on purpose: everybody also looks every second.

A worker binds ``worker-<n>.sock``, the web process ``web.sock``. Content is a subject (what may have changed) or nothing.
"""

import contextlib
import os
import socket
from pathlib import Path

WEB = "web.sock"


class SocketNudge:
    """``server.work.Nudge``. Sending never blocks and never fails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def _send(self, name: str, content: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendto(content, str(self._folder / name))

    def workers(self) -> None:
        with contextlib.suppress(OSError):
            for name in os.listdir(self._folder):  # noqa: PTH208 (a hot path; names are all we need)
                if name.startswith("worker-"):
                    self._send(name, b"")

    def web(self, subject: str = "") -> None:
        self._send(WEB, subject.encode())


class NudgeListener:
    """Binds one name in the run folder and waits for datagrams."""

    def __init__(self, folder: Path, name: str) -> None:
        path = folder / name
        path.unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))

    def wait(self, seconds: float) -> bytes | None:
        """The first datagram, or None after ``seconds``. More of them that wait already are swallowed by ``drain``."""
        self.socket.settimeout(max(seconds, 0.001))
        try:
            return self.socket.recv(256)
        except (TimeoutError, BlockingIOError):
            return None

    def drain(self) -> bool:
        """Swallows what waits. Was there anything?"""
        self.socket.setblocking(False)
        came = False
        with contextlib.suppress(BlockingIOError):
            while True:
                self.socket.recv(256)
                came = True
        return came


class NoNudge:
    """For commands that change something while no server runs, and for tests: the others look every second anyway."""

    def workers(self) -> None:
        return

    def web(self, subject: str = "") -> None:
        return
