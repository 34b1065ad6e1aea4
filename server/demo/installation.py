"""The demo's own installation: a data folder, one portal user, one relying party, one server.

``demo.json`` (mode 0600) keeps the password, the PIN and the API key: all random, made once, and only good on this machine.
"""

import json
import secrets
import socket
import time
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path

import requests

from server.demo.phone import Phone, write_private
from server.demo.processes import Processes
from server.demo.terminal import DemoFailed
from server.demo.visitor import Visitor

HOST = "127.0.0.1"
LOGIN = "demo"
NAME = "Nguyễn Thị Lấp Lánh Ánh"
PARTY = "PhoneSeal demo"
START_SECONDS = 90.0


@dataclass(frozen=True)
class Secrets:
    """``api_key`` is empty until the relying party is registered."""

    login: str
    password: str
    pin: str
    api_key: str = ""


class Installation:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.port = port
        self.data_dir = folder / "server"
        self.secrets = Secrets(LOGIN, "", "")

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def root_certificate(self) -> Path:
        return self.data_dir / "keys" / "development_ca.crt"

    def seed(self) -> None:
        """On the first start: user and relying party, by the same use cases that the operator's commands call."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = self.folder / "demo.json"
        if kept.exists():
            self.secrets = Secrets(**json.loads(kept.read_text("utf-8")))
        else:
            self.secrets = Secrets(LOGIN, secrets.token_urlsafe(9), strong_pin())
            self._keep()
        if not self.secrets.api_key:
            self.secrets = replace(self.secrets, api_key=self._register())
            self._keep()

    def _keep(self) -> None:
        write_private(self.folder / "demo.json", json.dumps(asdict(self.secrets), indent=1))

    def _register(self) -> str:
        """Returns the relying party's API key."""
        from server.app import build, set_up  # loaded on the first start only
        from server.config import load_config
        from server.errors import Conflict
        from server.processes.nudge import NoNudge

        config = load_config(None, data_dir=self.data_dir, port=self.port)
        set_up(config)
        app = build(config, NoNudge())
        try:
            try:
                app.log_in.add_user(LOGIN, self.secrets.password, NAME, "demo@example.com")
            except Conflict:  # an earlier first start was interrupted here
                app.log_in.set_password(LOGIN, self.secrets.password)
            party = app.parties.add(PARTY)
            return app.parties.add_key(party.relying_party_id, "demo")
        finally:
            app.store.close()

    def start_server(self, processes: Processes) -> None:
        """Starts the server and waits until it is ready. Raises ``DemoFailed``."""
        log_path = self.folder / "server.log"
        arguments = ("serve", "--data-dir", str(self.data_dir), "--port", str(self.port), "--host", HOST)
        with log_path.open("a", encoding="utf-8") as log:
            begins = log.tell()
            process = processes.start("server", *arguments, stdout=log, stderr=log)
        until = time.monotonic() + START_SECONDS
        while not self._ready():
            if process.poll() is not None:
                raise DemoFailed(f"the server did not start: {_last_line(log_path, begins)}")
            if time.monotonic() > until:
                raise DemoFailed(f"the server is not ready after {START_SECONDS:.0f} s; see {log_path}")
            time.sleep(0.05)

    def _ready(self) -> bool:
        try:
            return requests.get(f"{self.base_url}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def visitor(self) -> Visitor:
        return Visitor(self.base_url, self.secrets.login, self.secrets.password)

    def phone(self, processes: Processes) -> Phone:
        """The demo's phone, paired on first use as a person does it: code from the browser, digits compared."""
        phone = Phone(processes, self.folder / "phone", self.secrets.pin, self.base_url)
        if not phone.paired:
            visitor = self.visitor()
            visitor.log_in()
            pairing_id, qr = visitor.start_pairing()
            phone.pair(qr, lambda digits: visitor.compare_digits(pairing_id, digits))
        return phone


def strong_pin() -> str:
    """Six different random digits that neither run up or down nor form a date."""
    while True:
        digits = secrets.SystemRandom().sample("0123456789", 6)
        steps = {(int(b) - int(a)) % 10 for a, b in pairwise(digits)}
        pairs = ["".join(digits[i : i + 2]) for i in (0, 2, 4)]
        if steps not in ({1}, {9}) and all(int(pair) > 31 for pair in pairs):
            return "".join(digits)


def require_free(port: int) -> None:
    """Raises ``DemoFailed`` in one line when something listens there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise DemoFailed(
                f"port {port} is in use: stop what runs there, or choose another, as in: make demo PORT={port + 1}"
            ) from error


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _last_line(path: Path, begins: int) -> str:
    with path.open("rb") as log:
        log.seek(begins)
        lines = log.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"see {path}"
