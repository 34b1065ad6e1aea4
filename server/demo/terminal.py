"""What the demo says: lines, a progress bar, a table. A bar is drawn on a terminal only; elsewhere each step is one plain line."""

import os
import shutil
import sys
import threading
import time
import unicodedata
from collections.abc import Sequence
from typing import TextIO

BAR = 28
PLAIN_EVERY = 5.0


class DemoFailed(Exception):
    """The demo can't go on; the one sentence says why and what to do. ``status`` is the exit status."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


class Terminal:
    """Lines and the bar share one lock: several threads speak."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._live = self._stream.isatty() and os.environ.get("TERM") != "dumb"
        self._lock = threading.RLock()
        self._bar = ""
        self._step, self._last, self._finished = "", 0.0, False

    def say(self, text: str = "") -> None:
        with self._lock:
            self._wipe()
            self._stream.write(text + "\n")
            self._draw()

    def progress(self, step: str, done: int, total: int) -> None:
        """How far ``step`` is. On a terminal the bar is drawn anew; elsewhere a line comes when a step begins or is done, and
        every few seconds."""
        with self._lock:
            full = total <= 0 or done >= total
            if self._live:
                filled = BAR if full else BAR * done // total
                self._wipe()
                self._bar = f"[{'█' * filled}{'·' * (BAR - filled)}] {done}/{total} {step}"
                self._draw()
                return
            now = time.monotonic()
            if step != self._step:
                self._step, self._last, self._finished = step, 0.0, False
            if not self._finished and (full or now - self._last >= PLAIN_EVERY):
                self._last, self._finished = now, full
                self._stream.write(f"{step}: {done}/{total}\n")
                self._stream.flush()

    def end_progress(self) -> None:
        with self._lock:
            self._wipe()
            self._bar = ""

    def _wipe(self) -> None:
        if self._bar:
            self._stream.write("\r\x1b[2K")

    def _draw(self) -> None:
        if self._bar:
            width = shutil.get_terminal_size().columns
            self._stream.write(cut(self._bar, width - 1))
        self._stream.flush()


def text_width(text: str) -> int:
    """Columns on a terminal: combining marks take none, wide letters two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return sum(not unicodedata.combining(letter) for letter in text) + wide


def cut(text: str, width: int) -> str:
    while text_width(text) > width and text:
        text = text[:-2] + "…" if len(text) > 1 else ""
    return text


def table(head: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 60) -> list[str]:
    """Lines of a table: columns as wide as they need, at most ``widest``."""
    cells = [[cut(cell, widest) for cell in row] for row in (head, *rows)]
    widths = [max(text_width(row[column]) for row in cells) for column in range(len(head))]
    lines = [
        "  ".join(cell + " " * (w - text_width(cell)) for cell, w in zip(row, widths, strict=True)) for row in cells
    ]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return [line.rstrip() for line in lines]
