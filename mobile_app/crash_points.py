"""Named places where a test may kill this process, before and after each commit to the journal and each act
that others see.

``PHONESEAL_CRASH_AT`` in the environment says where the process kills itself (SIGKILL: nothing is flushed,
nothing is said): ``name``; ``name:n``, the n-th time; or ``@file``, a file with such names, one a line, read
anew at each place: the process that dies takes its line out first. With ``PHONESEAL_CRASH_ONCE`` (a file made
just before the kill) the others too happen once, whoever starts the phone again. Unset, a place costs one
comparison.
"""

import os
import signal
from collections import Counter
from pathlib import Path
from typing import Final

CRASH_POINTS: Final = (
    "pairing.begin.sent",
    "pairing.vault.kept",
    "pairing.journal.revealing",
    "pairing.reveal.sent",
    "pairing.journal.complete.before",
    "pairing.journal.complete.after",
    "request.journal.received.before",
    "request.journal.received.after",
    "request.opened.sent",
    "request.journal.choice.before",
    "request.journal.choice.after",
    "request.choice.sent",
    "request.journal.verdict.after",
    "request.share.released",
    "request.journal.approval.before",
    "request.journal.approval.after",
    "request.approval.sent",
    "request.journal.acknowledgement.after",
    "request.journal.values.before",
    "request.journal.values.after",
    "request.values.sent",
    "request.journal.receipt.after",
    "request.journal.outcome.before",
    "request.journal.outcome.after",
    "request.journal.refusal.before",
    "request.journal.refusal.after",
    "request.refusal.sent",
    "pin.change.wrapped",
    "pin.change.prepared",
    "pin.change.decided",
    "pin.change.sent",
    "pin.change.finished",
)

_wanted, _, _nth = os.environ.get("PHONESEAL_CRASH_AT", "").partition(":")
_left = int(_nth or "1")
_once = os.environ.get("PHONESEAL_CRASH_ONCE", "")
_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Kill this process if the environment asks for it here."""
    global _left
    if not _wanted:
        return
    if _wanted.startswith("@"):
        if not _takes_line(name, Path(_wanted[1:])):
            return
    elif name != _wanted:
        return
    else:
        _left -= 1
        if _left or not _first_time():
            return
    os.kill(os.getpid(), signal.SIGKILL)


def _first_time() -> bool:
    if not _once:
        return True
    try:
        os.close(os.open(_once, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _takes_line(name: str, path: Path) -> bool:
    """True when the file names this place, and this is the time that is meant; the line is gone then."""
    try:
        lines = path.read_text("ascii").split()
    except FileNotFoundError:
        return False
    for line in lines:
        meant, _, nth = line.partition(":")
        if meant != name:
            continue
        _passed[line] += 1
        if _passed[line] < int(nth or "1"):
            continue
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_text("\n".join(other for other in lines if other != line), "ascii")
        temporary.replace(path)
        return True
    return False
