"""JSON of strangers as a Python value, or an error: nothing that later code would stumble over.

A lone surrogate (``\ud800`` without its other half) is no Unicode text: no database takes it and no encoder either. A number of thousands
of digits makes Python give up. Nesting without end exhausts the stack. All of them are refused here, once (RFC 8259, 8.2 and 9).
"""

import json
from typing import Any

LONGEST_NUMBER = 40


def read_json(text: str | bytes) -> Any:
    """Raises ValueError, and nothing else, for what is no JSON or holds what can't be used."""
    try:
        readable = text.decode("utf-8") if isinstance(text, bytes) else text
        readable.encode("utf-8")
        value = json.loads(readable, parse_int=_short, parse_constant=_no_number)
        whole = "\\u" not in readable or is_text(value)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not whole:
        raise ValueError("half a character")
    return value


def _short(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number without end")
    return int(digits)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def is_text(value: object) -> bool:
    """False when a lone surrogate came in by an escape: no Unicode text, and nothing could store it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
