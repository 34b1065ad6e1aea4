"""Time, as a collaborator. Nothing in the server reads the system clock except through this."""

import os
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since the epoch (UTC)."""
        ...


class SystemClock:
    def now(self) -> float:
        return time.time()


class FileOffsetClock:
    """For testers: the system clock plus the number of seconds in a small file, read anew each time.

    One file moves the clocks of web process, workers and emulated phones together. Config refuses it in production.
    """

    def __init__(self, path: str) -> None:
        self._path = path

    def now(self) -> float:
        try:
            fd = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            return time.time()
        try:
            text = os.read(fd, 64).decode("ascii").strip()
        finally:
            os.close(fd)
        return time.time() + float(text or "0")


def iso_utc(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds, as it stands in statements, exports and the API."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
