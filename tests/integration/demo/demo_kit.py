"""Running the demo as ``make demo`` does, in a process of its own, and finding whatever it leaves behind."""

import os
import shlex
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CORPUS = ROOT / "tests" / "pdf_corpus"
MARK = "PHONESEAL_TEST_MARK"


class Demo:
    """``environment`` holds FILES, OUT, PORT; every process that comes of it carries the same mark."""

    def __init__(self, temporary: Path, *arguments: str, **environment: str) -> None:
        temporary.mkdir(exist_ok=True)
        self._mark = uuid.uuid4().hex
        self.process = subprocess.Popen(
            [sys.executable, "-m", "server.demo", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment, MARK: self._mark, "TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def lines(self) -> Iterator[str]:
        """What it prints, as it comes."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            yield line.rstrip("\n")

    def wait_for_line(self, text: str) -> list[str]:
        """Every line until one holds ``text``."""
        seen = []
        for line in self.lines():
            seen.append(line)
            if text in line:
                return seen
        raise AssertionError(f"{text!r} did not come: {seen}")

    def end(self) -> tuple[int, str]:
        """Exit status and what was printed."""
        printed = "\n".join(self.lines())
        return self.process.wait(), printed

    def stop(self, number: signal.Signals) -> None:
        """Sends a signal, and waits until not one of its processes is left (half a minute at most: a few seconds on an idle machine)."""
        began = time.monotonic()
        self.process.send_signal(number)
        while (left := self.processes()) and time.monotonic() - began < 30:
            if self.process.poll() is None and self.process.stdout is not None and number != signal.SIGKILL:
                self.process.wait(30)
            time.sleep(0.05)
        assert left == {}, left

    def processes(self) -> dict[int, str]:
        """All that carry the mark and live, by command line."""
        found = {}
        wanted = f"{MARK}={self._mark}".encode()
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and wanted in (folder / "environ").read_bytes():
                    found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
        return found

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)


def quoted(*files: Path) -> str:
    return shlex.join(str(file) for file in files)
