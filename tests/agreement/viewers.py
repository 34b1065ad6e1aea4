"""The four viewers that must agree: PDFium, poppler, mupdf and pdf.js, each in a process of its own.

Rules:
* a viewer is asked for pages at a width in pixels and answers with grey pictures (``numpy.uint8``, 255 is paper), or with the error
  that it met: a viewer that draws nothing where others draw something disagrees;
* one that hangs longer than ``SECONDS`` a page or dies is ended, started anew and asked once more (a machine may merely be slow); if
  that fails too, its answer is an error;
* a viewer that is not installed is missing by name: ``missing()``; who asks decides whether that fails.
"""

import json
import os
import re
import selectors
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from PIL import Image

from tests.agreement.pdfjs import PACKAGE

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0
START_SECONDS = 120.0

_SIZE = re.compile(r"^Page\s+(\d+) size:\s+([\d.]+) x ([\d.]+) pts", re.MULTILINE)
_TURN = re.compile(r"^Page\s+(\d+) rot:\s+(-?\d+)", re.MULTILINE)

Picture = np.ndarray[Any, np.dtype[np.uint8]]
#: Page index and width in pixels.
Asked = tuple[int, int]


@dataclass(frozen=True)
class Answer:
    """What one viewer made of one file: the number of its pages (0 where it could not open it) and the pictures asked for."""

    count: int
    pictures: tuple[Picture | str, ...]


class Viewer(Protocol):
    """Draws pages of a file."""

    name: str

    def draw(self, path: Path, pages: list[Asked]) -> Answer:
        """The pictures of ``pages``; an error's text in the place of a picture that could not be made."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class ProcessViewer:
    """A viewer behind ``drawing_process``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._child: subprocess.Popen[bytes] | None = None

    def draw(self, path: Path, pages: list[Asked]) -> Answer:
        told = ""
        for _ in range(2):
            try:
                self._start()
                return self._ask(path, pages)
            except (OSError, EOFError, TimeoutError) as error:
                self.close()
                told = f"{self.name} ended: {type(error).__name__}"
        return Answer(0, (told,) * len(pages))

    def close(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _start(self) -> None:
        if self._child is None:
            command = [sys.executable, "-m", "tests.agreement.drawing_process", self.name]
            self._child = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
            )
            self._line(time.monotonic() + START_SECONDS)

    def _ask(self, path: Path, pages: list[Asked]) -> Answer:
        until = time.monotonic() + SECONDS * max(1, len(pages))
        assert self._child is not None and self._child.stdin is not None
        self._child.stdin.write(json.dumps({"path": str(path), "pages": pages}).encode() + b"\n")
        told = json.loads(self._line(until))
        return Answer(
            told["count"], tuple(one if isinstance(one, str) else self._picture(one, until) for one in told["pages"])
        )

    def _line(self, until: float) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            line += self._read(1, until)
        return bytes(line)

    def _picture(self, size: list[int], until: float) -> Picture:
        width, height = size
        data = bytearray()
        while len(data) < width * height:
            data += self._read(width * height - len(data), until)
        return np.frombuffer(bytes(data), np.uint8).reshape(height, width)

    def _read(self, most: int, until: float) -> bytes:
        assert self._child is not None and self._child.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._child.stdout, selectors.EVENT_READ)
            if not selector.select(max(0.0, until - time.monotonic())):
                raise TimeoutError
        data = os.read(self._child.stdout.fileno(), min(most, 1 << 20))
        if not data:
            raise EOFError
        return data


class Poppler:
    """poppler by its programs; one call a page. Its own idea of a page's size gives the resolution: it knows no user units."""

    name = "poppler"

    def draw(self, path: Path, pages: list[Asked]) -> Answer:
        last = max((index for index, _ in pages), default=0) + 1
        told = _output(["pdfinfo", "-f", "1", "-l", str(last), str(path)]).decode(errors="replace")
        count = re.search(r"^Pages:\s+(\d+)", told, re.MULTILINE)
        sizes = {int(page): (float(across), float(down)) for page, across, down in _SIZE.findall(told)}
        turns = {int(page): int(turn) for page, turn in _TURN.findall(told)}
        pictures: list[Picture | str] = []
        for index, width in pages:
            size = sizes.get(index + 1)
            across = 0.0 if size is None else size[1 if turns.get(index + 1, 0) % 180 else 0]
            pictures.append(self._page(path, index, 72 * width / across) if across > 0 else "no size")
        return Answer(int(count[1]) if count else 0, tuple(pictures))

    def close(self) -> None:
        """Nothing stays open."""

    def _page(self, path: Path, index: int, resolution: float) -> Picture | str:
        page = ["-f", str(index + 1), "-l", str(index + 1)]
        data = _output(["pdftoppm", "-q", *page, "-cropbox", "-r", f"{resolution:.6f}", str(path)])
        parts = data.split(b"\n", 3)
        if len(parts) != 4 or parts[0] != b"P6":
            return "no picture"
        across, down = map(int, parts[1].split())
        grey = Image.frombytes("RGB", (across, down), parts[3]).convert("L")
        return np.asarray(grey)


def _output(command: list[str]) -> bytes:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=SECONDS).stdout
    except subprocess.TimeoutExpired:
        return b""


class Viewers:
    """All four, asked at the same time; use as a context manager."""

    def __init__(self) -> None:
        self._viewers: list[Viewer] = [
            ProcessViewer("pdfium"),
            Poppler(),
            ProcessViewer("mupdf"),
            ProcessViewer("pdfjs"),
        ]
        self._threads = ThreadPoolExecutor(len(self._viewers))

    def draw(self, path: Path, pages: list[Asked]) -> dict[str, Answer]:
        """Every viewer's answer by its name."""
        asked = {viewer.name: self._threads.submit(viewer.draw, path, pages) for viewer in self._viewers}
        return {name: answer.result() for name, answer in asked.items()}

    def __enter__(self) -> "Viewers":
        return self

    def __exit__(self, *_: object) -> None:
        for viewer in self._viewers:
            viewer.close()
        self._threads.shutdown()


def missing() -> list[str]:
    """What has to be installed before all four can draw."""
    programs = [name for name in ("pdftoppm", "pdfinfo", "chromium") if shutil.which(name) is None]
    packages = [name for name in ("pymupdf", "pypdfium2", "playwright") if find_spec(name) is None]
    return [*programs, *packages, *([] if (PACKAGE / "build" / "pdf.mjs").is_file() else ["pdfjs-dist"])]
