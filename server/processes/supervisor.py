"""``python -m server serve``: starts one web process and the workers, and starts again whatever dies.

Rules: set-up (keys, schema) runs here, once, before anybody else; the listening socket is opened here, so that connections wait while
the web process is started again; a child that dies at once is started again with a growing pause, and one that gives no sign of life
(heartbeat.py) is ended and started again; SIGTERM and SIGINT end every child.
"""

import contextlib
import dataclasses
import errno
import fcntl
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from server.app import set_up
from server.config import Config, ConfigError
from server.processes.file_limit import raise_file_limit
from server.processes.heartbeat import START_SECONDS, Beats
from server.processes.listening_socket import listen
from server.processes.with_supervisor import SUPERVISOR

log = logging.getLogger(__name__)
GRACE = 4.0
LAST_BREATH = 5.0
LONGEST_PAUSE = 10.0
LONGEST_RUN_FOLDER = 80  # bytes; a Unix socket's whole path may have 107 (unix(7)), on other systems 103


@dataclass
class Child:
    """One process and how to start it again."""

    name: str
    arguments: list[str]
    fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    not_before: float = 0.0
    silent_until: float = 0.0

    def start(self) -> None:
        environment = {**os.environ, SUPERVISOR: str(os.getpid())}
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.arguments], pass_fds=self.fds, env=environment, start_new_session=True
        )
        self.started = time.monotonic()
        self.silent_until = self.started + START_SECONDS

    def hear(self, process_id: int, seconds: float) -> None:
        """A sign of life of this process or of one before it."""
        if self.process is not None and self.process.pid == process_id:
            self.silent_until = time.monotonic() + seconds

    def look(self) -> None:
        """Ends the process when it hangs; starts it again when it has ended and its pause is over."""
        if self.process is not None and self.process.poll() is None and time.monotonic() > self.silent_until:
            log.error("%s gives no sign of life: it is ended", self.name)
            self.process.kill()
            self.process.wait()
        if self.process is None:
            if time.monotonic() >= self.not_before:
                self.start()
            return
        status = self.process.poll()
        if status is None:
            return
        self.failures = self.failures + 1 if time.monotonic() - self.started < 10 else 0
        pause = 0.0 if self.failures == 0 else min(0.1 * 2**self.failures, LONGEST_PAUSE)
        log.warning("%s ended with %d; starting it again in %.1f s", self.name, status, pause)
        self.process, self.not_before = None, time.monotonic() + pause


def write_config(config: Config, folder: Path) -> Path:
    """The checked configuration for the children, as TOML."""
    lines = []
    for setting in dataclasses.fields(Config):
        value: Any = getattr(config, setting.name)
        text = json.dumps(str(value)) if isinstance(value, str | Path) else json.dumps(value)
        lines.append(f"{setting.name} = {text}")
    path = folder / "config.toml"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    path.chmod(0o600)
    return path


class Supervisor:
    def __init__(self, config: Config) -> None:
        self._config = config
        self._stopping = False

    def run(self) -> int:
        """Blocks until told to stop. Returns the exit status."""
        lock = self._lock()
        try:
            listener = self._listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ConfigError(f"port {self._config.port} is in use: choose another with --port") from error
            raise ConfigError(f"can't listen on {self._config.host}:{self._config.port}: {error.strerror}") from error
        raise_file_limit()
        set_up(self._config)
        run_folder = self._make_run_folder()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        try:
            config_path = write_config(self._config, run_folder)
            children = self._children(config_path, run_folder, listener.fileno())
            beats = Beats(run_folder)
            for child in children:
                child.start()
            self._write_pids(children)
            log.warning("serving %s", self._config.base_url)
            while not self._stopping:
                self._watch(children, beats)
                self._write_pids(children)
                time.sleep(0.1)
            self._end(children)
            beats.close()
        finally:
            shutil.rmtree(run_folder, ignore_errors=True)
            listener.close()
            os.close(lock)
        return 0

    @staticmethod
    def _watch(children: list[Child], beats: Beats) -> None:
        for name, process_id, seconds in beats.heard():
            for child in children:
                if child.name == name:
                    child.hear(process_id, seconds)
        for child in children:
            child.look()

    def _listen(self) -> socket.socket:
        """The last supervisor's web process may hold the port for a moment when both were killed while it was being started."""
        until = time.monotonic() + (LAST_BREATH if self._last_was_killed() else 0.0)
        while True:
            try:
                return listen(self._config)
            except OSError as error:
                if error.errno != errno.EADDRINUSE or time.monotonic() >= until:
                    raise
            time.sleep(0.1)

    def _last_was_killed(self) -> bool:
        """Its run folder is there still."""
        note = self._config.data_dir / "server.run"
        return note.exists() and Path(note.read_text("utf-8")).is_dir()

    def _make_run_folder(self) -> Path:
        """For the nudges' sockets, whose paths must be short. That of a supervisor that was killed goes."""
        note = self._config.data_dir / "server.run"
        if note.exists():
            shutil.rmtree(note.read_text("utf-8"), ignore_errors=True)
        folder = tempfile.mkdtemp(prefix="phoneseal-")
        if len(os.fsencode(folder)) > LONGEST_RUN_FOLDER:
            Path(folder).rmdir()
            folder = tempfile.mkdtemp(prefix="phoneseal-", dir="/tmp")
        note.write_text(folder, "utf-8")
        return Path(folder)

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _lock(self) -> int:
        """Two servers on one data folder would both be right and together wrong."""
        self._config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        fd = os.open(self._config.data_dir / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(fd)
            raise ConfigError(f"a server is running on {self._config.data_dir} already") from error
        return fd

    def _children(self, config_path: Path, run_folder: Path, listener_fd: int) -> list[Child]:
        common = [str(config_path), str(run_folder)]
        web = Child("web", ["server.processes.web_main", *common, str(listener_fd)], fds=(listener_fd,))
        workers = [
            Child(f"worker-{n}", ["server.processes.worker_main", *common, str(n)])
            for n in range(self._config.worker_count)
        ]
        return [web, *workers]

    def _write_pids(self, children: list[Child]) -> None:
        """``server.pids``: for operators, and for tests that kill."""
        pids = {child.name: child.process.pid for child in children if child.process is not None}
        text = json.dumps(pids)
        path = self._config.data_dir / "server.pids"
        if not path.exists() or path.read_text("ascii") != text:
            temporary = path.with_suffix(".new")
            temporary.write_text(text, "ascii")
            temporary.replace(path)

    @staticmethod
    def _end(children: list[Child]) -> None:
        for child in children:
            if child.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    child.process.terminate()
        deadline = time.monotonic() + GRACE
        for child in children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
