"""Signs of life: each process says how long it may be silent, and the supervisor ends one that was silent for longer.

Rules: a sign comes from where the work is done (the web process's hub, a worker's loop), so that one that hangs gives none; a worker that
takes a job says how long that may last. Datagrams on a Unix socket of the run folder: sending never blocks, never fails, and needs no
disk. A name and a process id belong to each, so that a sign of the one before is not taken for its successor's.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

SOCKET = "supervisor.sock"
START_SECONDS = 60.0
"""What a process may take from its start to its first sign."""
BEATS_BEFORE_SILENCE = 6
"""So often it gives a sign in the time after which it counts as hung."""


class Heart:
    """A child's side."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = str(folder / SOCKET)
        self._name = name
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def beat(self, seconds: float) -> None:
        """Alive, and heard of again within ``seconds``."""
        with contextlib.suppress(OSError):
            self._socket.sendto(f"{self._name} {os.getpid()} {seconds:.3f}".encode(), self._path)

    def close(self) -> None:
        self._socket.close()


class Beats:
    """The supervisor's side."""

    def __init__(self, folder: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(folder / SOCKET))
        self._socket.setblocking(False)

    def heard(self) -> Iterator[tuple[str, int, float]]:
        """Name, process id and seconds of all signs that wait."""
        with contextlib.suppress(BlockingIOError):
            while True:
                name, process_id, seconds = self._socket.recv(256).decode("ascii").split(" ")
                yield name, int(process_id), float(seconds)

    def close(self) -> None:
        self._socket.close()
