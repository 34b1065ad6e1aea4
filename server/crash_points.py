"""Named places at which a test may kill this process, to show that dying there loses nothing.

Each commit of the flow and each outward act has one before and one after it. ``PHONESEAL_CRASH_AT`` says where the process sends itself
SIGKILL: ``name``, or ``name:3`` for the third time it is passed, or ``@file``: a file with such names, one a line, read anew at each
place, so that a test can choose while the server runs; the process that dies takes its line out first, and dies there once; a line
``name~`` has it sleep (SIGSTOP) instead, as a process does that lives on past its lease. With
``PHONESEAL_CRASH_ONCE`` (a file made just before the kill) the others happen once too, though the supervisor starts the process again.
Config refuses a production start with either variable set. Unset, a place costs one comparison.
"""

import os
import signal
from collections import Counter
from pathlib import Path

_COMMITS = (
    # a sign request
    "queue", "prepare", "skip", "offer", "want_offers", "pushed", "opened", "code", "pin_try", "share",
    "approve", "refuse", "signatures", "finish",
    "expire", "cancel", "give_up",
    # work and messages
    "take_over", "take", "put_back", "delivered", "drop_prepared", "drop_blob", "tidy", "tidy_document", "unstick", "set_aside",
    # documents
    "upload", "inspect", "render", "render_again", "import_start", "expect_files", "expect_no_more",
    "archive", "unpack", "drop_archive", "keep_lease",
    # phones
    "prove", "change_pin", "finish_pin_change", "block", "unblock", "device", "rename",
    "set_push", "drop_push", "asked", "wake_up_claim", "wake_up_settle", "recover", "cancel_recovery",
    "pairing_offer", "pairing_check", "pairing_begin", "pairing", "pairing_confirm", "pairing_complete",
    "pairing_reject", "pairing_veto", "pairing_expire",
    # the server's own key
    "rotate",
)  # fmt: skip
_ACTS = (
    "prepare.before_blobs", "prepare.after_blobs", "embed.before_blobs", "embed.after_blobs",
    "push.before_emit", "push.after_emit", "outcome.before_emit", "outcome.after_emit", "tell.before_emit", "tell.after_emit",
    "new_device.before_emit", "new_device.after_emit", "device.before_close", "device.after_close",
    "wake_up.before_send", "wake_up.after_send",
    "drop_prepared.before_files", "drop_prepared.after_files", "keys.before_rename", "keys.after_rename",
)  # fmt: skip
CRASH_POINTS = (*(f"{name}.{side}_commit" for name in _COMMITS for side in ("before", "after")), *_ACTS)

_wanted, _, _nth = os.environ.get("PHONESEAL_CRASH_AT", "").partition(":")
_left = int(_nth or "1")
_once = os.environ.get("PHONESEAL_CRASH_ONCE", "")
_passed: Counter[str] = Counter()


def crash_point(name: str) -> None:
    """Die here if the environment says so. ``name`` must be one of ``CRASH_POINTS``."""
    global _left
    if not _wanted:
        return
    if _wanted.startswith("@"):
        line = _take_line(name, Path(_wanted[1:]))
        if line:
            os.kill(os.getpid(), signal.SIGSTOP if line.endswith("~") else signal.SIGKILL)
        return
    if name == _wanted:
        _left -= 1
        if _left == 0 and _first_time():
            os.kill(os.getpid(), signal.SIGKILL)


def _first_time() -> bool:
    if not _once:
        return True
    try:
        os.close(os.open(_once, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return False
    return True


def _take_line(name: str, path: Path) -> str:
    """The line that names this place, if this is the time that is meant; it is gone from the file then."""
    try:
        lines = path.read_text("ascii").split()
    except FileNotFoundError:
        return ""
    for line in lines:
        meant, _, nth = line.rstrip("~").partition(":")
        if meant != name:
            continue
        _passed[line] += 1
        if _passed[line] < int(nth or "1"):
            continue
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_text("\n".join(other for other in lines if other != line), "ascii")
        temporary.replace(path)
        return line
    return ""
