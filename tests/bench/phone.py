"""The phone of a measurement: the emulated device as a process of its own, which makes every check.

Nobody thinks at it: the verification code lies in its file before it is asked for. Times of events are those at which the bench read
them; of a ``pin`` it is the earlier time that the phone itself wrote down, so that both errors count against us.
"""

import json
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from server.users.user import User
from tests.bench.stand import Stand, end

PIN = "482915"
SECONDS = 120.0


@dataclass(frozen=True)
class Told:
    """One event, and when it came (``time.time()``)."""

    event: str
    request_id: str
    at: float
    fields: dict[str, Any]


class Phone:
    """Paired and connected when made. ``answers`` False: it takes requests in and leaves them."""

    def __init__(self, stand: Stand, user: User, *, answers: bool = True, algorithm: str = "rsa_pkcs1_sha256") -> None:
        self._stand = stand
        self._profile = stand.folder / f"phone-{user.login}"
        self._codes_file = stand.folder / f"codes-{user.login}.json"
        self._codes: dict[str, str] = {}
        self._told: list[Told] = []
        self._changed = threading.Condition()
        self._pair(user, algorithm)
        scenario = stand.folder / f"person-{user.login}.toml"
        action = 'action = "approve"\ncode = "right"' if answers else 'action = "ignore"'
        scenario.write_text(f'format = 1\n[[answer]]\ntimes = 0\n{action}\n', "utf-8")
        self._codes_file.write_text("{}", "utf-8")
        self._process = stand.start_process(
            "mobile_app.emulator", "run", "--profile", str(self._profile), "--pin", PIN, "--json",
            "--scenario", str(scenario), "--codes-from", str(self._codes_file), log="phone.log", pipe=True,
        )  # fmt: skip
        self.process = psutil.Process(self._process.pid)
        threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        self.wait("connected")

    def _pair(self, user: User, algorithm: str) -> None:
        """By a typed code; the digits on the phone are confirmed as in the browser."""
        app = self._stand.app
        assert user.subscriber_id is not None
        offer = app.pair_device.offer(user.subscriber_id, user.user_id)
        process = self._stand.start_process(
            "mobile_app.emulator", "pair", "--profile", str(self._profile), "--server", self._stand.url, "--code", offer.code,
            "--pin", PIN, "--algorithm", algorithm, "--json", log="phone.log", pipe=True,
        )  # fmt: skip
        assert process.stdout is not None
        confirmed = False
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "pairing_digits" and event["digits"] and not confirmed:
                app.pair_device.confirm(offer.pairing.pairing_id, event["digits"])
                confirmed = True
        assert process.wait() == 0, (self._stand.folder / "phone.log").read_text("utf-8")

    def tell_code(self, request_id: str) -> None:
        self._codes[request_id] = self._stand.code_of(request_id)
        new = self._codes_file.with_suffix(".new")
        new.write_text(json.dumps(self._codes), "utf-8")
        new.replace(self._codes_file)

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            now = time.time()
            fields = json.loads(line)
            if fields["event"] == "pin":
                now = fields["at"] / 1000
            told = Told(fields["event"], str(fields.get("request_id") or ""), now, fields)
            with self._changed:
                self._told.append(told)
                self._changed.notify_all()

    def wait(self, event: str, request_id: str = "", seconds: float = SECONDS, **wanted: object) -> Told:
        """The first such event, also one that came before. Raises ``TimeoutError``."""
        until = time.monotonic() + seconds
        seen = 0
        with self._changed:
            while True:
                for told in self._told[seen:]:
                    if (told.event, told.request_id) == (event, request_id) and wanted.items() <= told.fields.items():
                        return told
                    if told.event in ("security_warning", "error"):
                        raise AssertionError(told.fields)
                seen = len(self._told)
                if not self._changed.wait(until - time.monotonic()):
                    raise TimeoutError(f"{event} {wanted} did not come; the last: {self._told[-3:]}")

    def close(self) -> None:
        end(self._process)


def log_of(stand: Stand) -> Path:
    return stand.folder / "phone.log"
