"""A worker's own bounds: memory for its life, and a watchdog for each job that does not come back to Python at all."""

import contextlib
import faulthandler
import os
import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

MEMORY = 2 << 30
"""Bytes of address space that jobs may take on top of what the worker has loaded at its start."""
SHARE_FOR_ONE = 0.75
"""Of its job's lease that one document may take: what ends in time can still be recorded."""
_AFTER_THE_LEASE = 5.0
_LONGEST = 3600.0
_RENEWING = frozenset(("unpack_archive",))
"""Kinds of work that renew their lease: an hour, whatever the lease."""


def limit_memory() -> None:
    """From now on an allocation beyond ``MEMORY`` fails in this process; its children set their own limits."""
    in_use = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * os.sysconf("SC_PAGESIZE")
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = in_use + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


@contextlib.contextmanager
def watchdog(kind: str, lease_seconds: float) -> Iterator[None]:
    """Ends this process, with a traceback in the log, when the work inside goes on after its lease: by then its results would be
    refused, and the supervisor starts another worker. Works also when a library never gives the interpreter back. A job inside another
    has its own time; the outer one's begins anew after it."""
    _running.append(_LONGEST if kind in _RENEWING else lease_seconds + _AFTER_THE_LEASE)
    _arm()
    try:
        yield
    finally:
        _running.pop()
        _arm()


_running: list[float] = []
_tell: list[Callable[[float], None]] = []


def tell_limits(tell: Callable[[float], None]) -> None:
    """``tell`` is called with the seconds that the job in hand may take, and with 0 between two jobs."""
    _tell[:] = [tell]


def _arm() -> None:
    for tell in _tell:
        tell(_running[-1] if _running else 0.0)
    if _running:
        faulthandler.dump_traceback_later(_running[-1], exit=True, file=sys.__stderr__ or sys.stderr)
    else:
        faulthandler.cancel_dump_traceback_later()
