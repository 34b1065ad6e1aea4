"""Named places at which a test may kill this process, to show that dying there loses nothing.

Each commit and each outward act has one before and one after it. ``PHONESEAL_CRASH_AT=name`` (or ``name:3`` for the third time it is
passed) makes the process send itself SIGKILL there. Config refuses a production start with that variable set.
"""

import os
import signal

CRASH_POINTS = (
    "queue.before_commit",
    "queue.after_commit",
    "prepare.before_blobs",
    "prepare.after_blobs",
    "prepare.after_commit",
    "offer.before_commit",
    "offer.after_commit",
    "push.before_emit",
    "push.after_emit",
    "pushed.before_commit",
    "pushed.after_commit",
    "code.before_commit",
    "code.after_commit",
    "share.before_commit",
    "share.after_commit",
    "approve.before_commit",
    "approve.after_commit",
    "refuse.before_commit",
    "refuse.after_commit",
    "signatures.before_commit",
    "signatures.after_commit",
    "embed.before_blobs",
    "embed.after_blobs",
    "finish.before_commit",
    "finish.after_commit",
    "outcome.before_emit",
    "outcome.after_emit",
    "expire.before_commit",
    "expire.after_commit",
    "cancel.before_commit",
    "cancel.after_commit",
    "upload.before_commit",
    "upload.after_commit",
    "inspect.before_commit",
    "inspect.after_commit",
    "pairing.before_commit",
    "pairing.after_commit",
)

_target, _, _count = os.environ.get("PHONESEAL_CRASH_AT", "").partition(":")
_left = int(_count or "1")


def crash_point(name: str) -> None:
    """Die here if the environment says so. ``name`` must be one of ``CRASH_POINTS``."""
    if _target != name:
        return
    global _left
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
