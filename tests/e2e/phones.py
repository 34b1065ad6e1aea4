"""The emulated phone in a test: ``python -m mobile_app.emulator run`` as its own process, its events read as they come."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.server_process import PIN, Person, ServerProcess

APPROVE = '[[answer]]\naction = "approve"\n'


class Playing:
    """A scenario that is being played. ``events`` are the objects that the emulator printed so far."""

    def __init__(self, process: subprocess.Popen[str], errors: Path) -> None:
        self.events: list[dict[str, Any]] = []
        self._process = process
        self._errors = errors
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.events.append(json.loads(line))
                self._changed.notify_all()

    def all(self, name: str, **fields: object) -> list[dict[str, Any]]:
        with self._changed:
            return [event for event in self.events if event["event"] == name and fields.items() <= event.items()]

    def wait(self, name: str, seconds: float = 30.0, **fields: object) -> dict[str, Any]:
        """The first such event, now or as soon as it comes."""
        until = time.monotonic() + seconds
        while True:
            found = self.all(name, **fields)
            if found:
                return found[0]
            with self._changed:
                left = until - time.monotonic()
                ended = self._process.poll() is not None and not self._reader.is_alive()
                assert left > 0 and not ended, f"no event {name} {fields}: {self.story()}"
                self._changed.wait(min(left, 0.2))

    def names(self) -> list[str]:
        with self._changed:
            return [event["event"] for event in self.events]

    def end(self, seconds: float = 75.0, expect: int = 0) -> None:
        """Waits until the scenario is over; everything that it expects must have come."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the phone is still busy: {self.story()}") from None
        self._reader.join(10)
        assert code == expect, (code, self.story())

    def stop(self) -> None:
        """The person puts the phone away."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._reader.join(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def story(self) -> str:
        return "\n".join([*map(str, self.events), self._errors.read_text("utf-8", "replace")])


class Phone:
    """A paired phone of ``person``, and the person's eyes on the browser (``tell_code``)."""

    def __init__(self, server: ServerProcess, folder: Path, person: Person) -> None:
        self.server = server
        self.profile = folder
        self.person = person
        self._codes: dict[str, str] = {}
        self._runs = 0

    def pair(self, *options: str, url: str = "") -> "Phone":
        """A quick one by default: the algorithm matters to other tests."""
        self.server.pair(self.profile, self.person, "--algorithm", "ecdsa_p256_sha256", *options, url=url)
        return self

    def beside(self, name: str) -> Path:
        """A file that belongs to this phone's tests, not to the phone."""
        return self.profile.with_name(f"{self.profile.name}.{name}")

    def tell_code(self, request_id: str, code: str) -> None:
        """The person reads the code in the browser."""
        self._codes[request_id] = code
        new = self.beside("codes.new")
        new.write_text(json.dumps(self._codes), "utf-8")
        new.replace(self.beside("codes.json"))

    @contextmanager
    def plays(self, scenario: str) -> Iterator[Playing]:
        """The phone in use until the end of the block. ``scenario``: docs/emulator.md, without its first line."""
        file = self.beside(f"{self._runs + 1}.toml")
        file.write_text(f"format = 1\n{scenario}", "utf-8")
        codes = ["--codes-from", str(self.beside("codes.json"))]
        with self._emulator("run", "--scenario", str(file), *codes) as playing:
            yield playing

    @contextmanager
    def joins(self, *options: str) -> Iterator[Playing]:
        """The phone while it is being paired: ``--qr URI``, or ``--server URL --code CODE``."""
        with self._emulator("pair", "--algorithm", "ecdsa_p256_sha256", *options) as playing:
            yield playing

    @contextmanager
    def _emulator(self, command: str, *options: str) -> Iterator[Playing]:
        self._runs += 1
        errors = self.beside(f"{self._runs}.err")
        with errors.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "mobile_app.emulator", command, "--profile", str(self.profile), "--json",
                 "--pin", PIN, "--clock-offset-file", str(self.server.clock_file), *options],
                stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8",
            )  # fmt: skip
        playing = Playing(process, errors)
        try:
            yield playing
        finally:
            playing.stop()
