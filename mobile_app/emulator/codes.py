"""Which code the browser shows: a file that the test or the demo writes, because the phone must not be able
to know.

The file is one JSON object, request id → code. It may appear, or get its entry, after the request has reached
the phone: the person waits for it as a person waits for a page to load, until the request is void.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from mobile_app.device.interaction import Attention
from mobile_app.emulator.scenario import CodeRule

POLL_SECONDS = 0.05


def code_in_file(path: Path, request_id: str) -> str | None:
    """None while it does not stand there yet (a half-written file counts as not there yet)."""
    try:
        shown = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    code = shown.get(request_id) if isinstance(shown, dict) else None
    return code if isinstance(code, str) else None


def await_code(path: Path, request_id: str, attention: Attention) -> str:
    """Raises AttentionLost when the request ends first."""
    while True:
        code = code_in_file(path, request_id)
        if code is not None:
            return code
        attention.wait(POLL_SECONDS)


def pick(
    rule: CodeRule, offered: Sequence[str], right: Callable[[], str], choose: Callable[[Sequence[str]], str]
) -> str:
    """The code that is tapped. ``right`` is asked only when the rule needs it; ``choose`` takes one of
    several (seeded).
    """
    if rule.source == "value":
        return rule.value
    if rule.source == "right":
        return right()
    if rule.source == "wrong":
        shown = right()
        return choose([code for code in offered if code != shown])
    return offered[("first", "second", "third").index(rule.source)]
