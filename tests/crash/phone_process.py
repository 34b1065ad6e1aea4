"""The emulated phone as a process of its own, and its owner, who starts it again whenever it has died."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from tests.server_process import PIN, wait_for


class PhoneProcess:
    """``start`` it; ``deaths`` counts how often it was killed. ``crash_file``: where it shall die (see mobile_app/crash_points.py)."""

    def __init__(self, profile: Path, scenario: Path, codes_file: Path, clock_file: Path, crash_file: Path) -> None:
        self.profile = profile
        self.log_path = profile.with_suffix(".log")
        self.deaths = 0
        self.unexpected: list[int] = []
        self._arguments = [
            sys.executable, "-m", "mobile_app.emulator", "run", "--profile", str(profile), "--pin", PIN, "--json",
            "--scenario", str(scenario), "--codes-from", str(codes_file), "--clock-offset-file", str(clock_file),
        ]  # fmt: skip
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PHONESEAL_CRASH_AT": f"@{crash_file}"}
        self._crash_file = crash_file
        self._left_dead = False
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner: threading.Thread | None = None

    def start(self, *, wait: bool = True, once_at: str = "") -> None:
        """``once_at``: it dies there and its owner leaves it so (``ended``)."""
        self._stopping.clear()
        self._left_dead = bool(once_at)
        if once_at:
            self._crash_file.write_text(once_at, "ascii")
        begun = len(self.events())
        self._launch()
        self._owner = threading.Thread(target=self._keep, name="owner", daemon=True)
        self._owner.start()
        if wait:
            wait_for(
                lambda: any(event["event"] == "connected" for event in self.events()[begun:]),
                "the phone does not connect",
            )

    def _launch(self) -> None:
        with self._lock, self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self._arguments, stdout=log, stderr=subprocess.STDOUT, env=self._environment, start_new_session=True
            )

    def _keep(self) -> None:
        while True:
            assert self._process is not None
            status = self._process.wait()
            if self._stopping.is_set():
                return
            if status != -signal.SIGKILL:
                self.unexpected.append(status)
                return
            self.deaths += 1
            if self._left_dead:
                return
            self._launch()

    @property
    def ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def kill(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()

    def stop(self) -> None:
        self._stopping.set()
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._owner is not None:
            self._owner.join(5)

    def events(self) -> list[dict[str, Any]]:
        """What it told so far, over all its lives; a line that was cut off by a kill is left out."""
        if not self.log_path.exists():
            return []
        found = []
        for line in self.log_path.read_text("utf-8", "replace").splitlines():
            if line.startswith("{"):
                try:
                    found.append(json.loads(line))
                except ValueError:
                    continue
        return found
