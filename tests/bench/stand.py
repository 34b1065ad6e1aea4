"""What a measurement stands on: an installation with people and phones, its server, and the bench's own hand on the same store.

Accounts, idle phones and documents are seeded through the storage before they are needed: they are the bench's fixture, not what it
measures. Everything measured goes over HTTP and Socket.IO to a server started by ``python -m server serve``.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import requests

from server.app import UseCases, build, set_up
from server.config import Config, load_config
from server.documents.document import Document, DocumentState
from server.ids import new_id
from server.pdf.checker_version import CHECKER_VERSION
from server.processes.nudge import NoNudge
from server.users.user import User
from tests.bench.contracts import PAGE_BOXES

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PASSWORD = "a long password for the bench"
START_SECONDS = 60.0


class Stand:
    """Use it as a context: leaving it ends every process it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = int(free.getsockname()[1])
        self.url = f"http://{HOST}:{self.port}"
        self.config: Config = load_config(None, data_dir=str(folder / "data"), port=self.port, request_lifetime=3600)
        set_up(self.config)
        self.app: UseCases = build(self.config, NoNudge())
        self._processes: list[subprocess.Popen[str]] = []
        self._server: subprocess.Popen[str] | None = None

    def __enter__(self) -> "Stand":
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            end(process)
        self.app.store.close()

    # --- processes -------------------------------------------------------------------------------------------------------

    def start_process(self, module: str, *arguments: str, log: str, pipe: bool = False) -> subprocess.Popen[str]:
        """``python -m module arguments``; standard output goes to the caller (``pipe``) or to the log."""
        with (self.folder / log).open("a", encoding="utf-8") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if pipe else file,
                stderr=file,
                text=True,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def start_server(self) -> None:
        config = self.folder / "config.toml"
        config.write_text(f"request_lifetime = {self.config.request_lifetime}\n", "utf-8")
        self._server = self.start_process(
            "server", "serve", "--config", str(config), "--data-dir", str(self.config.data_dir), "--port", str(self.port),
            log="server.log",
        )  # fmt: skip
        wait_until(self._ready, START_SECONDS, f"the server does not get ready: see {self.folder / 'server.log'}")

    def _ready(self) -> bool:
        assert self._server is not None and self._server.poll() is None, (self.folder / "server.log").read_text("utf-8")
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=5).status_code == 200
        return False

    def server_processes(self) -> dict[str, psutil.Process]:
        """``web``, ``worker-0`` … as they run now."""
        return {name: psutil.Process(pid) for name, pid in self._pids().items() if name != "supervisor"}

    def _pids(self) -> dict[str, int]:
        for _ in range(100):
            with suppress(ValueError):  # it is being written
                return dict(json.loads((self.config.data_dir / "server.pids").read_text("utf-8")))
            time.sleep(0.01)
        raise TimeoutError("server.pids can't be read")

    def restart_web(self) -> None:
        """Kills the web process; the supervisor starts another. Returns once that one is there."""
        before = self._pids()["web"]
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: self._pids().get("web", before) != before, 20, "the web process does not come back")

    def phones_connected(self) -> int:
        """0 also while the web process is being started again."""
        with suppress(requests.RequestException):
            return int(requests.get(f"{self.url}/readyz", timeout=20).json()["phones"])
        return 0

    def warm_up_workers(self) -> None:
        """Waits until no job is left."""
        wait_until(lambda: requests.get(f"{self.url}/readyz", timeout=20).json()["jobs_waiting"] == 0, 60, "jobs are left")

    # --- what is there before -----------------------------------------------------------------------------------------------

    def add_user(self, login: str, name: str) -> User:
        return self.app.log_in.add_user(login, PASSWORD, name, "", "vi")

    def add_documents(self, user: User, contents: Iterable[bytes]) -> list[str]:
        """READY documents of the portal, as if they had been uploaded before."""
        ids: list[str] = []
        group: list[bytes] = []
        for content in contents:
            group.append(content)
            if len(group) == 500:
                ids += self._add_group(user, group)
                group = []
        return ids + (self._add_group(user, group) if group else [])

    def _add_group(self, user: User, group: Sequence[bytes]) -> list[str]:
        now = self.app.clock.now()
        digests = self.app.blobs.write_group("documents", group)
        documents = [
            Document(
                document_id=new_id("doc", now),
                relying_party_id=self.app.portal.relying_party_id,
                user_id=user.user_id,
                title=f"Hợp đồng dịch vụ {number + 1}",
                document_code=f"HD-{number + 1:05}",
                file_name=f"hop-dong-{number + 1}.pdf",
                state=DocumentState.READY,
                uploaded_sha256=sha256,
                current_sha256=sha256,
                current_length=len(content),
                created_at=now,
                pages=len(PAGE_BOXES),
                checked_by=CHECKER_VERSION,
                page_boxes=PAGE_BOXES,
            )
            for number, (content, sha256) in enumerate(zip(group, digests, strict=True))
        ]
        with self.app.store.write() as tx:
            for document in documents:
                tx.documents.add(document)
        return [document.document_id for document in documents]

    def code_of(self, request_id: str) -> str:
        """What the browser will show."""
        with self.app.store.read() as tx:
            return tx.requests.get(request_id).verification_code


def end(process: subprocess.Popen[str]) -> None:
    """Ends a process and all that it started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(8)
        except subprocess.TimeoutExpired:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.stdout is not None:
        process.stdout.close()


def wait_until(true: Callable[[], bool], seconds: float, sentence: str, every: float = 0.02) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(sentence)
        time.sleep(every)


class MemoryWatch:
    """Looks at the memory of processes (and of their children) until it is left; ``growth`` is the peak over the start, in MiB."""

    def __init__(self, processes: dict[str, psutil.Process]) -> None:
        self._processes = processes
        self._start = {name: _rss(process) for name, process in processes.items()}
        self._peak = dict(self._start)
        self._cpu = {name: _cpu(process) for name, process in processes.items()}
        self.cpu_seconds: dict[str, float] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.cpu_seconds = {name: _cpu(process) - self._cpu[name] for name, process in self._processes.items()}

    def _run(self) -> None:
        while not self._stop.wait(0.1):
            for name, process in self._processes.items():
                self._peak[name] = max(self._peak[name], _rss(process))

    @property
    def growth(self) -> dict[str, float]:
        return {name: (self._peak[name] - self._start[name]) / 2**20 for name in self._processes}


def _rss(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        children = process.children(recursive=True)
        return int(process.memory_info().rss + sum(_own_rss(child) for child in children))
    return 0


def _own_rss(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_info().rss)
    return 0


def _cpu(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0
