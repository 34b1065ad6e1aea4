"""Puts the shared clock forward when the scenario says so: server and phones read the same file (see
``mobile_app.clock``).
"""

import threading
from pathlib import Path

from mobile_app.emulator.events import Event
from mobile_app.emulator.scenario import ClockRule


def put_forward(file: Path, seconds: float) -> None:
    """Add ``seconds`` to the offset in ``file``; a reader finds the old or the new number, never half of one."""
    try:
        before = float(file.read_text("ascii").strip() or "0")
    except FileNotFoundError:
        before = 0.0
    new = file.with_name(file.name + ".new")
    new.write_text(f"{before + seconds:.3f}\n", "ascii")
    new.replace(file)


class ClockMover:
    """An EventSink. Thread-safe."""

    def __init__(self, rules: tuple[ClockRule, ...], file: Path) -> None:
        self._left = {rule: rule.times for rule in rules}
        self._file = file
        self._lock = threading.Lock()

    def take(self, event: Event) -> None:
        with self._lock:
            for rule, left in self._left.items():
                if rule.event == event.name and (rule.times == 0 or left > 0):
                    self._left[rule] = left - 1
                    put_forward(self._file, rule.add)
