"""Identifiers: two or three letters, ``_``, 26 characters of Crockford base32 (docs/protocol.md §1).

48 bits of milliseconds first, so that keys sort by age and pages go by key; 80 random bits, so that nobody guesses one. An identifier
is still never a permission.
"""

import re
import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
PATTERN = re.compile(r"[a-z]{2,3}_[0-7][0-9a-hjkmnp-tv-z]{25}")


def base32(value: int, length: int) -> str:
    """``value`` in Crockford base32, lower case, left-filled with zeros to ``length`` characters."""
    return "".join(ALPHABET[(value >> (5 * i)) & 31] for i in range(length - 1, -1, -1))


def new_id(prefix: str, now: float) -> str:
    """A fresh identifier; ``now`` in seconds since the epoch."""
    return f"{prefix}_{base32((int(now * 1000) << 80) | secrets.randbits(80), 26)}"


def is_id(text: object, prefix: str) -> bool:
    return isinstance(text, str) and text.startswith(prefix + "_") and PATTERN.fullmatch(text) is not None
