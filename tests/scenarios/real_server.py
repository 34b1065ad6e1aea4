"""A real server (supervisor, web process, worker) for the scenarios, and what stands around a phone: the
browser's side and the asking
system's. Everything goes over TCP but two things that a person does in the browser or at the operator's desk,
which are done on the same database: confirming a pairing, and registering who asks."""

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
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from reportlab.pdfgen.canvas import Canvas

from mobile_app.emulator.commands import main
from mobile_app.emulator.events import Event, EventSink
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.phone import Surroundings
from mobile_app.emulator.runner import Actor, Play, run
from mobile_app.emulator.scenario_file import parse_scenario
from server.app import UseCases, build, set_up
from server.config import Config, load_config
from server.processes.nudge import NoNudge
from tests.server_process import ServerProcess

PIN = "135790"
LOGIN = "an"
START_SECONDS = 60.0


def a_pdf(text: str, pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=True)
    for number in range(1, pages + 1):
        canvas.drawString(72, 720, text if pages == 1 else f"{text}, page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class RealServer:
    """``start`` and ``stop`` it; ``app`` is the operator's hand on the same database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock_file = folder / "clock"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.config: Config = load_config(
            None,
            data_dir=str(folder / "data"),
            port=self.port,
            clock_offset_file=str(self.clock_file),
            workers=1,
        )
        set_up(self.config)
        self.app: UseCases = build(self.config, NoNudge())
        self.add_person(LOGIN)
        self._process: subprocess.Popen[bytes] | None = None
        self._askers: list[Asker] = []
        self._log = (folder / "server.log").open("wb")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", "serve", "--data-dir", str(self.config.data_dir), "--port", str(self.port),
             "--workers", "1", "--clock-offset-file", str(self.clock_file)],
            stdout=self._log, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        wait_until(self._ready, START_SECONDS, "the server does not get ready")

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "server.log").read_text("utf-8", "replace")
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=2).status_code == 200
        return False

    def stop(self) -> None:
        for asker in self._askers:
            asker.close()
        self._end()
        self._log.close()

    def restart(self) -> None:
        self._end()
        self.start()

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def add_person(self, login: str) -> None:
        """Another portal user with an account of their own."""
        self.app.log_in.add_user(login, "mot-mat-khau-rat-dai", f"Trần Thị {login.title()}", "", "vi")

    def _subscriber_id(self, login: str) -> str:
        with self.app.store.read() as tx:
            found = tx.subscribers.by_handle(login)
            assert found is not None
            return found.subscriber_id

    # -- phones -----------------------------------------------------------------------------------
    def pair(self, profile: Path, *options: str, login: str = LOGIN) -> None:
        """Through the command line; what the phone shows is confirmed as the person in the browser does."""
        offer = self.app.pair_device.offer(self._subscriber_id(login), None)
        out = _Lines(lambda event: self._confirm(offer.pairing.pairing_id, event))
        arguments = [
            "pair",
            "--profile",
            str(profile),
            "--server",
            self.url,
            "--code",
            offer.code,
            "--pin",
            PIN,
            "--json",
        ]
        code = main([*arguments, "--clock-offset-file", str(self.clock_file), *options], out, io.StringIO())
        assert code == 0, out.events

    def _confirm(self, pairing_id: str, event: dict[str, Any]) -> None:
        if event["event"] == "pairing_digits" and event["state"] == "confirm_digits":
            self.app.pair_device.confirm(pairing_id, event["digits"])

    def asker(self, name: str = "Phòng Kế toán") -> "Asker":
        party = self.app.parties.add(f"{name} {uuid.uuid4().hex[:6]}")
        key = self.app.parties.add_key(party.relying_party_id, "test", ("documents", "sign-requests"))
        asker = Asker(self.url, key)
        self._askers.append(asker)
        return asker


class _Lines(io.StringIO):
    """Standard output of the emulator, read as it comes."""

    def __init__(self, on_event: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self._on_event = on_event

    def write(self, text: str) -> int:
        for line in text.splitlines():
            event = json.loads(line)
            self.events.append(event)
            self._on_event(event)
        return len(text)


@dataclass(frozen=True)
class Asked:
    request_id: str
    code: str


class Asker:
    """A relying party's system, through the JSON API."""

    def __init__(self, url: str, key: str) -> None:
        self._url = f"{url}/api/v1"
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {key}"

    def _call(self, method: str, path: str, **rest: Any) -> Any:
        answer = self._session.request(method, self._url + path, timeout=60, **rest)
        assert answer.status_code in (200, 201, 204), (answer.status_code, answer.text)
        return (
            answer.json()
            if answer.headers.get("Content-Type", "").startswith("application/json")
            else answer.content
        )

    def ask(self, count: int = 1, lifetime: int = 3600, login: str = LOGIN, pages: int = 1) -> Asked:
        """Upload ``count`` documents of ``pages`` pages, ask for their signatures, and come back with the code that a browser
        would show.
        """
        return self.ask_for([(a_pdf(f"Contract {n} {uuid.uuid4()}", pages), None) for n in range(count)], lifetime, login)

    def upload(self, data: bytes) -> dict[str, Any]:
        headers = {"Content-Type": "application/pdf", "X-File-Name": "hop-dong.pdf"}
        return dict(self._call("POST", "/documents", data=data, headers=headers))

    def ask_for(
        self, documents: Sequence[tuple[bytes, Mapping[str, object] | None]], lifetime: int = 3600, login: str = LOGIN
    ) -> Asked:
        """For these documents, each with the API's placement of its signature; None: not visible."""
        wanted = [{"document_id": self.upload(data)["document_id"], "placement": placement} for data, placement in documents]
        body = {"subscriber": login, "requested_by": "Trần Thị B", "lifetime_seconds": lifetime, "documents": wanted}
        made = self._call("POST", "/sign-requests", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})
        return self.await_code(made["request_id"])

    def await_code(self, request_id: str) -> Asked:
        """The request as soon as it has a code to compare."""
        made = self._call("GET", f"/sign-requests/{request_id}")
        while made["verification_code"] is None and not made["final"]:
            made = self._call("GET", f"/sign-requests/{request_id}?wait=10&version={made['version']}")
        return Asked(request_id, made["verification_code"])

    def status(self, asked: Asked) -> dict[str, Any]:
        return dict(self._call("GET", f"/sign-requests/{asked.request_id}"))

    def await_end(self, asked: Asked, seconds: float = 30.0) -> dict[str, Any]:
        until = time.monotonic() + seconds
        found = self.status(asked)
        while not found["final"] and time.monotonic() < until:
            found = self._call("GET", f"/sign-requests/{asked.request_id}?wait=5&version={found['version']}")
        assert found["final"], found
        return dict(found)

    def close(self) -> None:
        self._session.close()

    def cancel(self, asked: Asked) -> None:
        self._call("POST", f"/sign-requests/{asked.request_id}/cancel")

    def files(self, asked: Asked) -> list[bytes | None]:
        lines = self.status(asked)["documents"]
        return [
            self._call("GET", f"/documents/{line['document_id']}/file") if line["file_url"] else None
            for line in lines
        ]


@dataclass
class Played:
    code: ExitCode
    events: list[Event]

    def names(self) -> list[str]:
        return [event.name for event in self.events]

    def fields(self, name: str) -> list[dict[str, Any]]:
        return [dict(event.fields) for event in self.events if event.name == name]


class Stage:
    """Where a scenario is played: a server, paired phones, and the file that tells the codes."""

    def __init__(self, server: RealServer | ServerProcess, folder: Path) -> None:
        self.server = server
        self.codes_file = folder / "codes.json"
        self._codes: dict[str, str] = {}
        self._lock = threading.Lock()

    def tell_code(self, *asked: Asked) -> None:
        with self._lock:
            self._codes.update({one.request_id: one.code for one in asked})
            self.codes_file.write_text(json.dumps(self._codes), "utf-8")

    def play(self, scenario: str, *profiles: Path, sink: EventSink | None = None) -> Played:
        """``sink``: somebody else who follows the events."""
        kept = KeptEvents()
        limit = "" if "time_limit" in scenario else "time_limit = 40\n"
        played = parse_scenario(f"format = 1\n{limit}{scenario}", self.codes_file.parent)
        surroundings = Surroundings(clock_offset_file=self.server.clock_file)
        code = run(
            [Play(played, profiles)],
            surroundings,
            Actor(PIN, self.codes_file),
            [kept, sink] if sink else [kept],
        )
        return Played(code, kept.events)

    def play_each(self, scenarios: Mapping[Path, str], sink: EventSink) -> Played:
        """Another scenario on each profile, at once; each text is whole."""
        kept = KeptEvents()
        plays = [
            Play(parse_scenario(text, self.codes_file.parent), (profile,))
            for profile, text in scenarios.items()
        ]
        surroundings = Surroundings(clock_offset_file=self.server.clock_file)
        code = run(plays, surroundings, Actor(PIN, self.codes_file), [kept, sink])
        return Played(code, kept.events)


class KeptEvents:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def take(self, event: Event) -> None:
        self.events.append(event)


def wait_until(true: Callable[[], bool], seconds: float, sentence: str) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, sentence
        time.sleep(0.05)
