"""The emulated phone, as a program of its own: paired once, then online until it is ended.

The person before it is scripted and approves everything, but even so can't know the verification code: it is written to a file by whoever
reads it off the requester's screen, as two people with two screens would tell each other.
"""

import contextlib
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from server.demo.processes import Processes
from server.demo.terminal import DemoFailed

Event = dict[str, Any]
CONNECT_SECONDS = 60.0
TOO_SHORT = 5.0  # seconds
PERSON = """\
format = 1
title = "approves everything, after a moment of thought"
pin = "{pin}"
# Expecting a warning lets the run go on after one; what never comes keeps it from ending before its time.
time_limit = 3600.0
any_order = true
expect = ["security_warning", {{event = "tampered", how = "never"}}]

[[answer]]
action = "approve"
times = 0
code = "right"
delay = {delay:.1f}
"""


class Phone:
    def __init__(self, processes: Processes, folder: Path, pin: str, server_url: str) -> None:
        """``server_url``: where the server is today; the demo may take another port each time."""
        self._processes = processes
        self._folder = folder
        self._profile = folder / "profile"
        self._pin = pin
        self._server_url = server_url
        self._codes: dict[str, str] = {}
        self._lock = threading.Lock()
        self._connected = threading.Event()
        self._gone: int | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def paired(self) -> bool:
        return (self._folder / "paired").exists()

    def pair(self, qr: str, compare: Callable[[str], None]) -> None:
        """Links the phone; ``compare`` is called with the digits on its screen. Raises ``DemoFailed``."""
        pin_file = write_private(self._folder / "pin.txt", self._pin + "\n")
        arguments = ("pair", "--profile", str(self._profile), "--qr", qr, "--pin-file", str(pin_file), "--json")
        events: list[Event] = []
        with self._log().open("a", encoding="utf-8") as log:
            process = self._processes.start(
                "mobile_app.emulator", *arguments, "--device-name", "Demo phone", stdout=subprocess.PIPE, stderr=log
            )
            for event in _events(process):
                if event["event"] == "pairing_digits" and event["digits"] and not events:
                    compare(event["digits"])
                    events.append(event)
                elif event["event"] == "pairing_failed":
                    events.append(event)
            status = self._processes.wait(process)
        if status != 0:
            raise DemoFailed(f"the phone could not be paired ({events[-1:] or status}); see {self._log()}")
        (self._folder / "paired").touch()

    def go_online(self, on_event: Callable[[Event], None], *, think: float) -> None:
        """Connects and waits until it is connected; ``on_event`` runs in a thread of its own. ``think``: seconds before an answer."""
        write_private(self._folder / "person.toml", PERSON.format(pin=self._pin, delay=think))
        self._write_codes()
        threading.Thread(target=self._stay_online, args=(on_event,), name="phone", daemon=True).start()
        for _ in range(int(CONNECT_SECONDS * 10)):
            if self._connected.wait(0.1):
                return
            self.check()
            self._processes.check()
        raise DemoFailed(f"the phone could not connect; see {self._log()}")

    def check(self) -> None:
        """Raises ``DemoFailed`` when the phone has gone for good."""
        if self._gone is not None:
            raise DemoFailed(f"the emulated phone ended with {self._gone}; see {self._log()}")

    def _stay_online(self, on_event: Callable[[Event], None]) -> None:
        """Starts the phone again when its scenario's time is over; one that ends at once has a problem that starting does not mend."""
        codes, scenario = self._folder / "codes.json", self._folder / "person.toml"
        arguments = (
            "--profile", str(self._profile), "--server", self._server_url,
            "--scenario", str(scenario), "--codes-from", str(codes), "--json",
        )  # fmt: skip
        lasted = TOO_SHORT
        status = 0
        while lasted >= TOO_SHORT:
            began = time.monotonic()
            with self._log().open("a", encoding="utf-8") as log, contextlib.suppress(DemoFailed):
                process = self._processes.start(
                    "mobile_app.emulator", "run", *arguments, stdout=subprocess.PIPE, stderr=log, may_end=True
                )
                for event in _events(process):
                    if event["event"] == "connected":
                        self._connected.set()
                    on_event(event)
                status = self._processes.wait(process)
            lasted = time.monotonic() - began
        self._gone = status

    def tell_code(self, request_id: str, code: str) -> None:
        """Somebody reads the code off the requester's screen to the person at the phone."""
        with self._lock:
            if self._codes.get(request_id) == code:
                return
            self._codes[request_id] = code
            self._write_codes()

    def _write_codes(self) -> None:
        write_private(self._folder / "codes.json", json.dumps(self._codes))

    def _log(self) -> Path:
        return self._folder / "phone.log"


def _events(process: subprocess.Popen[str]) -> Iterator[Event]:
    """The events of a running phone, until it ends."""
    if process.stdout is None:
        return
    for line in process.stdout:
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            yield event


def write_private(path: Path, text: str) -> Path:
    """Whole or not at all, readable by the owner only."""
    temporary = path.with_name(path.name + ".new")
    temporary.unlink(missing_ok=True)
    fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
    return path
