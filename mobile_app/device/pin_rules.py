"""Which PINs may be chosen. Six digits; not the ones that everybody tries first.

Rules: refused are fewer than three different digits, runs up or down (wrapping from 9 to 0), a part repeated
two or three times, a mirrored half, two or three pairs, and dates: DDMMYY, MMDDYY, YYMMDD, and a year
1900–2099 with two digits before or after it are birthdays to a thief who knows the owner. What is left are
still about 875,000.
"""

import re
from itertools import pairwise
from typing import Final

from mobile_app.errors import WeakPin

PIN_LENGTH: Final = 6

_DAY: Final = r"(?:0[1-9]|[12]\d|3[01])"
_MONTH: Final = r"(?:0[1-9]|1[0-2])"
_PATTERNS: Final = (
    ("repeated", re.compile(r"(\d{1,3})\1+")),
    ("pairs", re.compile(r"(?:(\d)\1){3}|(\d)\2\2(\d)\3\3")),
    ("mirrored", re.compile(r"(\d)(\d)(\d)\3\2\1")),
    ("date", re.compile(rf"{_DAY}{_MONTH}\d\d|{_MONTH}{_DAY}\d\d|\d\d{_MONTH}{_DAY}")),
    ("date", re.compile(r"(?:19|20)\d{4}|\d{2}(?:19|20)\d{2}")),
)


def require_strong_pin(pin: bytes | bytearray) -> None:
    """Raises WeakPin with ``details["why"]``: ``length``, ``digits``, ``few_digits``, ``run``, ``repeated``,
    ``pairs``, ``mirrored``, ``date``."""
    if len(pin) != PIN_LENGTH:
        raise WeakPin(details={"why": "length"})
    if not all(0x30 <= digit <= 0x39 for digit in pin):
        raise WeakPin(details={"why": "digits"})
    if len(set(pin)) < 3:
        raise WeakPin(details={"why": "few_digits"})
    steps = {(after - before) % 10 for before, after in pairwise(pin)}
    if steps in ({1}, {9}):
        raise WeakPin(details={"why": "run"})
    text = pin.decode("ascii")
    for why, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            raise WeakPin(details={"why": why})


def wipe(secret: bytearray) -> None:
    """Overwrite a secret in place. What the runtime copied elsewhere is out of reach; what we hold is not."""
    secret[:] = bytes(len(secret))
