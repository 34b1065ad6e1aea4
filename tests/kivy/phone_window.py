"""The phone's window as a test holds it: reads what stands there, touches, types. The app runs in its own process under Xvfb."""

import importlib.util
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.server_process import wait_for

APP = Path(__file__).with_name("driven_app.py")
START_SECONDS = 60.0


class Display:
    """An X server without a screen, on a free number."""

    def __init__(self, size: str = "1000x1000x24") -> None:
        read, write = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp"],
            pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        self.name = f":{number}"

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def missing() -> str:
    """Why no window can be opened here; empty when one can."""
    if importlib.util.find_spec("kivy") is None:  # not imported: Kivy takes the process's log for itself
        return "kivy is not installed (tests/requirements.txt)"
    return "" if shutil.which("Xvfb") else "Xvfb is not installed (package xvfb)"


class PhoneWindow:
    """``stop`` it at the end. ``options`` are the app's."""

    app = APP

    def __init__(self, display: str, profile: Path, *options: str, **environment_too: str) -> None:
        self.profile, self.display, self.options = profile, display, options
        self._log_path = profile.with_name(f"{profile.name}.log")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(1.0)
        port = self._listener.getsockname()[1]
        environment = {
            **os.environ, "DISPLAY": display, "SDL_AUDIODRIVER": "dummy", "LIBGL_ALWAYS_SOFTWARE": "1",
            "KIVY_METRICS_DENSITY": "1", "LP_NUM_THREADS": "1", "TZ": "Asia/Ho_Chi_Minh",
            **environment_too,
        }  # fmt: skip
        with self._log_path.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(self.app), str(port), "--profile", str(profile), "--device-name", "Pixel 8",
                 "--cover-after", "0", *options],
                stdout=log, stderr=subprocess.STDOUT, env=environment,
            )  # fmt: skip
        connection = self._await_app()
        connection.settimeout(30)
        self._connection = connection
        self._lines = connection.makefile("rwb")

    def _await_app(self) -> socket.socket:
        until = time.monotonic() + START_SECONDS
        with self._listener:
            while self._process.poll() is None and time.monotonic() < until:
                with suppress(TimeoutError):
                    return self._listener.accept()[0]
        self._process.kill()
        self._process.wait()
        raise AssertionError(f"the app did not start:\n{self.log()}")

    def log(self) -> str:
        return self._log_path.read_text("utf-8", "replace")

    def do(self, name: str, **values: Any) -> Any:
        try:
            self._lines.write(json.dumps({"do": name, **values}).encode() + b"\n")
            self._lines.flush()
            line = self._lines.readline()
        except (OSError, ValueError) as error:  # the latter: this side has closed the line
            raise AssertionError(f"the app is gone ({error}):\n{self.log()[-4000:]}") from None
        assert line, f"the app is gone:\n{self.log()[-4000:]}"
        answer = json.loads(line)
        assert "error" not in answer, (answer["error"], self.log()[-4000:])
        return answer["ok"]

    # -- eyes -----------------------------------------------------------------------------------------
    @property
    def showing(self) -> str:
        return str(self.do("showing"))

    def texts(self) -> list[str]:
        return list(self.do("texts"))

    def sees(self, part: str) -> bool:
        return any(part in text for text in self.texts())

    def wait_screen(self, name: str, seconds: float = 30.0) -> None:
        try:
            wait_for(lambda: self.showing == name, f"screen {name} does not come", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; there stands {self.showing}: {self.texts()}\n{self.log()[-4000:]}") from None

    def wait_text(self, part: str, seconds: float = 30.0) -> str:
        """The whole text that holds ``part``."""
        def found() -> str:
            return next((text for text in self.texts() if part in text), "")

        try:
            return wait_for(found, f"“{part}” does not come", seconds)
        except AssertionError as error:
            raise AssertionError(f"{error}; there stands {self.showing}: {self.texts()}\n{self.log()[-4000:]}") from None

    def picture(self, path: Path) -> None:
        self.do("picture", path=str(path))

    # -- hands ----------------------------------------------------------------------------------------
    def place(self, text: str, *, part: bool = False, at: int = 0) -> dict[str, Any]:
        """Where a text stands, once it does; moved into view by strokes of the finger."""
        for _ in range(12):
            found = wait_for(lambda: self.do("places", text=text, part=part)[at:], f"“{text}” is not there: {self.texts()}", 20)
            one = dict(found[0])
            if one["where"] == "inside":
                return one
            self.swipe(up=one["where"] == "below")
        raise AssertionError(f"“{text}” cannot be brought into view")

    def tap(self, text: str, *, part: bool = False, at: int = 0, asleep: bool = False) -> None:
        """Once it can be pressed: what is in a list that could be scrolled feels a touch a moment later. ``asleep``: though it can't."""
        def found_awake() -> dict[str, Any] | None:
            found = self.place(text, part=part, at=at)
            return found if asleep or not found["disabled"] else None

        found = wait_for(found_awake, f"“{text}” does not wake up", 20)
        assert found is not None
        self._settle()  # what came to the front since the last tap takes one only after a moment
        self.do("stroke", points=[(found["x"], found["y"])])
        self._settle()

    def swipe(self, *, up: bool) -> None:
        ways = [(180, 300 + 20 * step) for step in range(10)]
        self.do("stroke", points=ways if up else ways[::-1])
        self._settle()
        wait_for(lambda: self.do("still"), "the list does not come to rest", every=0.1)

    def stroke(self, *points: tuple[float, float]) -> None:
        """Down at the first point, up at the last; in pixels from the bottom left."""
        self.do("stroke", points=points)
        self._settle()

    def pinch(self, apart: float, then_apart: float, x: float = 180, y: float = 480) -> None:
        """Two fingers beside this place, moved from one distance to another."""
        steps = [apart + (then_apart - apart) * step / 8 for step in range(9)]
        self.do("pinch", both=[[(x - wide / 2, y), (x + wide / 2, y)] for wide in steps])
        self._settle()

    def _settle(self) -> None:
        """The finger's events go one a frame."""
        wait_for(lambda: self.do("rested"), "the finger does not come to rest", every=0.01)

    def write(self, field: str, text: str) -> None:
        """Touch a field, then type."""
        self.tap(field)
        self.do("type", text=text)
        self._settle()

    def type_pin(self, pin: str, button: str) -> None:
        for digit in pin:
            self.tap(digit)
        self.tap(button)

    def wait_gone(self, seconds: float = 30.0) -> None:
        """Until the app has ended by itself."""
        self._process.wait(seconds)
        self._end()

    # -- life -----------------------------------------------------------------------------------------
    def kill(self) -> None:
        self._process.kill()
        self._end()

    def stop(self) -> None:
        if self._process.poll() is None:
            with suppress(AssertionError):
                self.do("stop")
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._end()

    def _end(self) -> None:
        self._process.wait()
        with suppress(OSError):
            self._lines.close()
        self._connection.close()
