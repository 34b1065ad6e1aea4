"""Ends what the demo has started if the demo itself is killed. Run as a script; its standard input is the demo's only word to it.

Lines: ``group <number>`` and ``forget <number>`` (process groups), ``folder <path>`` (temporary, to be removed), ``bye`` (the demo has
cleaned up itself). When the input ends without ``bye``, every group gets SIGTERM, then SIGKILL, and the folders are removed.
It imports nothing of the project, so that it starts at once and cannot fail with it.
"""

import contextlib
import os
import shutil
import signal
import sys
import time

GRACE = 4.5


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end_groups(groups: set[int]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        for group in groups:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(group, number)
        deadline = time.monotonic() + GRACE
        while number is signal.SIGTERM and time.monotonic() < deadline and any(map(_alive, groups)):
            time.sleep(0.05)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    folders: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "bye":
            return
        if word == "group":
            groups.add(int(rest))
        elif word == "forget":
            groups.discard(int(rest))
        elif word == "folder":
            folders.append(rest)
    end_groups(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
