"""Watches the events of a run and says when it is over, and with which exit code.

Rules
* Every expectation must come, in the order of the file, other events between them do not matter; with
  ``any_order`` in any order.
* A field named in an expectation must be equal in the event; fields not named do not matter.
* A forbidden event ends the run as failed. A security warning that nobody expected ends it with its own code:
  it is never noise.
"""

import json
import threading
from enum import IntEnum

from mobile_app.emulator.events import Event
from mobile_app.emulator.scenario import Expectation


class ExitCode(IntEnum):
    PLAYED = 0
    MISSING = 1
    """An expected event did not come, or a forbidden one did."""
    BAD_ARGUMENTS = 2
    SERVER_REFUSED = 3
    SECURITY_WARNING = 4


def fits(expectation: Expectation, event: Event) -> bool:
    carried = {"phone": event.phone, **event.fields}  # compared as JSON: true is not 1, a tuple is a list
    return expectation.event == event.name and all(
        name in carried and json.dumps(carried[name]) == json.dumps(value)
        for name, value in expectation.fields.items()
    )


class Watch:
    """An EventSink. Thread-safe; ``wait`` is for the thread that runs the program."""

    def __init__(
        self,
        expect: tuple[Expectation, ...],
        forbid: tuple[Expectation, ...] = (),
        *,
        any_order: bool = False,
    ) -> None:
        self._missing = list(expect)
        self._expects_anything = bool(expect)
        self._expects_warning = any(entry.event == "security_warning" for entry in expect)
        self._forbid = forbid
        self._any_order = any_order
        self._changed = threading.Condition()
        self._over: ExitCode | None = None
        self._came_unwanted: str = ""

    def take(self, event: Event) -> None:
        with self._changed:
            if self._over is None:
                self._over = self._judge(event)
                self._changed.notify_all()

    def _judge(self, event: Event) -> ExitCode | None:
        for entry in self._forbid:
            if fits(entry, event):
                self._came_unwanted = str(entry)
                return ExitCode.MISSING
        candidates = self._missing if self._any_order else self._missing[:1]
        met = next((entry for entry in candidates if fits(entry, event)), None)
        if met is not None:
            self._missing.remove(met)
        if event.name == "security_warning" and not self._expects_warning:
            return ExitCode.SECURITY_WARNING
        if event.name == "refused_by_server" and met is None:
            return ExitCode.SERVER_REFUSED
        return ExitCode.PLAYED if self._expects_anything and not self._missing else None

    def stop(self) -> None:
        """Somebody asked the run to end (a signal)."""
        with self._changed:
            if self._over is None:
                self._over = ExitCode.MISSING if self._missing else ExitCode.PLAYED
            self._changed.notify_all()

    def wait(self, seconds: float | None) -> bool:
        """Whether the run is over. None waits without limit."""
        with self._changed:
            return self._changed.wait_for(lambda: self._over is not None, seconds)

    @property
    def over(self) -> bool:
        with self._changed:
            return self._over is not None

    @property
    def failed(self) -> bool:
        with self._changed:
            return self._over not in (None, ExitCode.PLAYED)

    @property
    def exit_code(self) -> ExitCode:
        """So far; a run that is not over and still misses something counts as failed."""
        with self._changed:
            if self._over is not None:
                return self._over
            return ExitCode.MISSING if self._missing else ExitCode.PLAYED

    @property
    def missing(self) -> list[str]:
        with self._changed:
            return [str(entry) for entry in self._missing]

    @property
    def came_unwanted(self) -> str:
        """The forbidden event that came; empty if none did."""
        with self._changed:
            return self._came_unwanted
