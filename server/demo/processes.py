"""The programs of the demo: started, watched, and always ended.

Rules: each runs in a process group of its own, so that Ctrl-C reaches the demo alone and the demo ends them in order; a small guard
process ends them when the demo itself is killed.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from server.demo import guard
from server.demo.terminal import DemoFailed

ROOT = Path(__file__).resolve().parents[2]
GRACE = 4.6  # the server's supervisor gives its own children 4 s


class Processes:
    """Use it as a context: leaving it ends everything that still runs."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[str]] = []
        self._may_end: set[int] = set()
        self._lock = threading.RLock()
        self._ending = False
        self._guard = subprocess.Popen(
            [sys.executable, "-I", guard.__file__], stdin=subprocess.PIPE, text=True, start_new_session=True
        )

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        self.end_all()

    def guard_folder(self, folder: Path) -> None:
        """A temporary folder that must not be left behind, however the demo ends."""
        self._tell(f"folder {folder}")

    def start(
        self, module: str, *arguments: str, stderr: IO[str], stdout: IO[str] | int, may_end: bool = False
    ) -> subprocess.Popen[str]:
        """``python -m module arguments``, from the project's folder. ``stdout`` may be ``subprocess.PIPE``; a program that ``may_end`` is
        watched by whoever starts it. Raises ``DemoFailed`` when everything is being ended."""
        with self._lock:
            if self._ending:
                raise DemoFailed("the demo is ending")
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                text=True,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
                start_new_session=True,
            )
            self._running.append(process)
            if may_end:
                self._may_end.add(process.pid)
            self._tell(f"group {process.pid}")
        return process

    def check(self) -> None:
        """Raises ``DemoFailed`` when a program that should run on has ended."""
        with self._lock:
            running = [process for process in self._running if process.pid not in self._may_end]
        for process in running:
            if process.poll() is not None:
                name = process.args[2] if isinstance(process.args, list) else "a program"
                raise DemoFailed(
                    f"{name} has ended unexpectedly ({process.returncode}): see its log in the data folder"
                )

    def wait(self, process: subprocess.Popen[str]) -> int:
        """For a program that ends by itself."""
        status = process.wait()
        self._forget(process)
        return status

    def end_all(self) -> None:
        """At most five seconds, whatever they do."""
        with _deaf_to_signals():
            with self._lock:
                self._ending = True
                running = self._running[:]
            for process in running:
                process.terminate()
            deadline = time.monotonic() + GRACE
            for process in running:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.01, deadline - time.monotonic()))
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                self._forget(process)

    def end_guard(self) -> None:
        """After the last folder was removed."""
        self._tell("bye")
        if self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.stdin.close()
        self._guard.wait()

    def _forget(self, process: subprocess.Popen[str]) -> None:
        with self._lock:
            if process in self._running:  # its own watcher and the end of everything may both come here
                self._running.remove(process)
                self._tell(f"forget {process.pid}")

    def _tell(self, line: str) -> None:
        if self._guard.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ValueError):
                self._guard.stdin.write(line + "\n")
                self._guard.stdin.flush()


@contextlib.contextmanager
def _deaf_to_signals() -> Iterator[None]:
    """A second Ctrl-C must not interrupt the ending."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
