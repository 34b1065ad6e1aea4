"""Named places where a test may kill this process, before and after each commit to the journal and each act
that others see.

With ``PHONESEAL_CRASH_AT=name`` in the environment the process kills itself (SIGKILL: nothing is flushed,
nothing is said) when it comes to that place; ``name:n`` means the n-th time. Unset, it costs one comparison.
"""

import os
import signal
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
    "pin.change.sent",
    "pin.change.finished",
)

_wanted, _, _nth = os.environ.get("PHONESEAL_CRASH_AT", "").partition(":")
_left = int(_nth or "1")


def crash_point(name: str) -> None:
    """Kill this process if the environment asks for it here."""
    global _left
    if name != _wanted:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
