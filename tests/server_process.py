"""A real server for tests that go over TCP: ``python -m server serve`` as its own process, on a free port, with its own data folder.

Rules: nothing is shared between two servers; whatever was started is ended, the children too; everything that waits has an end and says
what did not come. ``app`` is the operator's hand: the same use cases on the same database, for what a person would do at a desk (adding
a user, registering who asks); what a browser or a phone does goes over TCP. Nobody waits for a clock: ``move_clock`` puts it forward.
"""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import requests

from mobile_app.emulator.commands import main as emulator
from server.app import UseCases, build, set_up
from server.config import Config, load_config
from server.processes.nudge import NoNudge
from server.processes.supervisor import write_config

PASSWORD = "một mật khẩu rất dài"
PIN = "135790"
START_SECONDS = 60.0
LIVE: list["ServerProcess"] = []
"""Servers that run now: their logs are shown when a test fails."""
T = TypeVar("T")


def wait_for(true: Callable[[], T], sentence: str, seconds: float = 30.0, every: float = 0.05) -> T:
    """The first truthy answer; fails with ``sentence`` when none came in time."""
    until = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        assert time.monotonic() < until, f"{sentence} (waited {seconds:.0f} s); last: {answer!r}"
        time.sleep(every)


@dataclass(frozen=True)
class Person:
    """A portal user, the password, and the account that owns their phones."""

    login: str
    name: str
    user_id: str
    subscriber_id: str
    password: str = PASSWORD


class ServerProcess:
    """``start`` and ``stop`` it. ``settings`` are those of ``server.config.Config``."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data_dir = folder / "data"
        self.log_path = folder / "server.log"
        self.clock_file = folder / "clock_offset"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        made = {"workers": 1, "free_disk_bytes": 0, "clock_offset_file": str(self.clock_file), **settings}
        self.config: Config = load_config(None, data_dir=str(self.data_dir), port=self.port, **made)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # -- its life -----------------------------------------------------------------------------------
    def start(self, *, crash_at: str = "", wait: bool = True) -> None:
        """``crash_at``: see ``server/crash_points.py``. The folder is set up first, so that ``app`` works before and without a start."""
        set_up(self.config)
        config_path = write_config(self.config, self.folder)
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        environment.pop("PHONESEAL_CRASH_AT", None)
        if crash_at:
            environment["PHONESEAL_CRASH_AT"] = crash_at
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "server", "serve", "--config", str(config_path)],
                stdout=log, stderr=subprocess.STDOUT, env=environment, start_new_session=True,
            )  # fmt: skip
        LIVE.append(self)
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self) -> None:
        wait_for(self._ready, "the server does not get ready", START_SECONDS)

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended:\n{self.log()}"
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        return False

    def stop(self) -> None:
        """SIGTERM as an operator would; what does not end in time is killed, children and their sandboxes included."""
        process, self._process = self._process, None
        if self in LIVE:
            LIVE.remove(self)
        if process is None:
            return
        children = self.pids().values()
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            pass
        finally:
            for pid in (process.pid, *children):
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)
            process.wait()
        if "app" in self.__dict__:
            self.app.store.close()
            del self.__dict__["app"]

    def pids(self) -> dict[str, int]:
        """``web``, ``worker-0``, …: the processes that run now, by name."""
        try:
            return dict(json.loads((self.data_dir / "server.pids").read_text("ascii")))
        except FileNotFoundError:
            return {}

    def kill(self, name: str) -> None:
        """SIGKILL to one child, by its name; the supervisor starts it again."""
        os.kill(self.pids()[name], signal.SIGKILL)

    def log(self) -> str:
        return self.log_path.read_text("utf-8", "replace") if self.log_path.exists() else ""

    # -- its clock ----------------------------------------------------------------------------------
    @property
    def clock_offset(self) -> float:
        return float(self.clock_file.read_text("ascii")) if self.clock_file.exists() else 0.0

    def move_clock(self, seconds: float) -> None:
        """Puts the clock of server and phones forward."""
        temporary = self.clock_file.with_suffix(".new")
        temporary.write_text(f"{self.clock_offset + seconds}", "ascii")
        temporary.replace(self.clock_file)

    # -- the operator's hand --------------------------------------------------------------------------
    @cached_property
    def app(self) -> UseCases:
        set_up(self.config)
        return build(self.config, NoNudge())

    def command(self, *arguments: str, expect: int = 0) -> str:
        """``python -m server …`` on this data folder: its standard output."""
        ran = subprocess.run(
            [sys.executable, "-m", "server", *arguments, "--data-dir", str(self.data_dir)],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ran.returncode == expect, (ran.returncode, ran.stdout, ran.stderr)
        return ran.stdout

    def add_person(self, login: str = "", name: str = "Nguyễn Thị Lấp Lánh Ánh", language: str = "vi") -> Person:
        """A portal user with an account of their own; without a ``login`` nobody else's."""
        login = login or f"anh-{uuid.uuid4().hex[:8]}"
        user = self.app.log_in.add_user(login, PASSWORD, name, f"{login}@example.vn", language)
        assert user.subscriber_id is not None
        return Person(login, name, user.user_id, user.subscriber_id)

    def add_relying_party(self, name: str = "Công ty Minh Tú", **options: Any) -> str:
        """The API key of a new relying party."""
        party = self.app.parties.add(f"{name} {uuid.uuid4().hex[:6]}", **options)
        return self.app.parties.add_key(party.relying_party_id, "tests", ("documents", "sign-requests"))

    def pair(
        self, profile: Path, person: Person, *options: str, url: str = "", confirmed: Callable[[], None] | None = None
    ) -> None:
        """A phone, through the emulator's command; what it shows is confirmed as the person does in the browser.

        ``url``: what the phone calls instead of the server (a proxy). ``confirmed`` is called after the confirmation.
        """
        offer = self.app.pair_device.offer(person.subscriber_id, person.user_id)

        def on_event(event: dict[str, Any]) -> None:
            if event["event"] == "pairing_digits" and event["state"] == "confirm_digits":
                self.app.pair_device.confirm(offer.pairing.pairing_id, event["digits"])
                if confirmed:
                    confirmed()

        arguments = ["pair", "--profile", str(profile), "--server", url or self.url, "--code", offer.code, "--pin", PIN]
        said = EventLines(on_event)
        code = emulator(
            [*arguments, "--json", "--clock-offset-file", str(self.clock_file), *options], said, io.StringIO()
        )
        assert code == 0, said.events


class EventLines(io.StringIO):
    """A stream for the emulator's ``--json`` events, read as they come."""

    def __init__(self, on_event: Callable[[dict[str, Any]], None] = lambda _event: None) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self._on_event = on_event
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        for line in text.splitlines():
            event = json.loads(line)
            with self._lock:
                self.events.append(event)
            self._on_event(event)
        return len(text)
