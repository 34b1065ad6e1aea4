"""Time, as a collaborator. Nothing on the phone reads the system clock except through this.

The phone's clock may be wrong. What matters by law or protocol (expiry, times in statements) is judged by the
server's clock, reckoned from the signed time of the last ``server_hello`` (``device.session``); this clock
only counts on from there.
"""

import time
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970-01-01 UTC, as this phone believes."""
        ...


class SystemClock:
    def now(self) -> float:
        return time.time()


class FileOffsetClock:
    """For testers: the system clock plus the number of seconds that stands in a file, read anew each time.

    A missing or empty file means no offset. One file can move the clocks of server and emulated phones
    together.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> float:
        try:
            offset = self._path.read_text("ascii").strip()
        except FileNotFoundError:
            offset = ""
        return time.time() + (float(offset) if offset else 0.0)


def milliseconds(clock: Clock) -> int:
    """The phone's time as the protocol writes times: whole milliseconds since 1970-01-01 UTC."""
    return int(clock.now() * 1000)
