"""A terminal that can be interrupted: a line is read while the question is still wanted, a PIN without echo."""

import contextlib
import os
import select
import sys
import termios
from collections.abc import Iterator
from typing import Protocol, TextIO

from mobile_app.device.interaction import Attention

POLL_SECONDS = 0.1


class EndOfInput(Exception):
    """The terminal was closed."""


class LineSource(Protocol):
    def say(self, text: str) -> None: ...

    def ask(self, prompt: str, attention: Attention) -> str: ...

    def ask_secret(self, prompt: str, attention: Attention) -> bytearray: ...


class Terminal:
    """Asks on ``output`` and reads from the file descriptor ``fd``. One thread at a time."""

    def __init__(self, fd: int = 0, output: TextIO | None = None) -> None:
        self._fd = fd
        self._output = output if output is not None else sys.stderr
        self._pending = bytearray()

    def say(self, text: str) -> None:
        self._output.write(text + "\n")
        self._output.flush()

    def ask(self, prompt: str, attention: Attention) -> str:
        """A line without its end. Raises AttentionLost, EndOfInput."""
        self._output.write(prompt)
        self._output.flush()
        return self._line(attention).decode("utf-8", "replace").strip()

    def ask_secret(self, prompt: str, attention: Attention) -> bytearray:
        """As ``ask``, without echo; the bytes are the caller's to overwrite."""
        with self._no_echo():
            self._output.write(prompt)
            self._output.flush()
            line = self._line(attention)
        self._output.write("\n")
        return line

    def _line(self, attention: Attention) -> bytearray:
        while True:
            end = self._pending.find(b"\n")
            if end >= 0:
                line = self._pending[:end]
                self._pending[: end + 1] = b""
                return line.rstrip(b"\r")
            attention.check()
            if select.select([self._fd], [], [], POLL_SECONDS)[0]:
                read = os.read(self._fd, 4096)
                if not read:
                    raise EndOfInput
                self._pending += read

    @contextlib.contextmanager
    def _no_echo(self) -> Iterator[None]:
        if not os.isatty(self._fd):
            yield
            return
        before = termios.tcgetattr(self._fd)
        silent = [*before[:3], before[3] & ~termios.ECHO, *before[4:]]
        termios.tcsetattr(self._fd, termios.TCSAFLUSH, silent)
        try:
            yield
        finally:
            termios.tcsetattr(self._fd, termios.TCSAFLUSH, before)
