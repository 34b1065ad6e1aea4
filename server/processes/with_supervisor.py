"""A child process ends with its supervisor, whatever ended that one: nobody is left holding the port or the files against the next start.

On Linux the kernel does it at once (``PR_SET_PDEATHSIG``); elsewhere web process and workers notice within a second that they have
another parent. Dying anywhere is safe for both, so SIGKILL is.
"""

import ctypes
import os
import signal
import sys

SUPERVISOR = "PHONESEAL_SUPERVISOR"
_PR_SET_PDEATHSIG = 1


def end_with_supervisor() -> None:
    """First thing in a child. Ends this process now if the supervisor is gone already; without a supervisor it does nothing."""
    if SUPERVISOR not in os.environ:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if supervisor_is_gone():
        os._exit(0)


def supervisor_is_gone() -> bool:
    """True once this process has another parent than the one that started it."""
    return os.getppid() != int(os.environ.get(SUPERVISOR, os.getppid()))
