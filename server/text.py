"""Text that people will see on two screens: NFC, one line, no control and no bidirectional formatting characters.

A name or title that can re-order or hide what stands beside it would let one screen say something that the other does not.
"""

import unicodedata

from server.errors import BadInput

_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # letters and emoji need them; they re-order nothing


def clean_text(value: object, limit: int) -> str:
    """``value`` in NFC without invisible characters, white space folded, at most ``limit`` characters. Raises ``BadInput``."""
    if not isinstance(value, str):
        raise BadInput("text was expected", code="bad_message")
    if len(value) > 20 * limit + 100:
        raise BadInput("text is too long", code="text_too_long", details={"limit": limit})
    folded = _cleaned(value)
    if len(folded) > limit:
        raise BadInput("text is too long", code="text_too_long", details={"limit": limit})
    return folded


def short_text(value: str, limit: int) -> str:
    """Like ``clean_text``, but cuts instead of refusing: for names of files, which nobody types."""
    return _cleaned(value[: 20 * limit])[:limit]


def short_file_name(value: str, limit: int) -> str:
    """Like ``short_text``, but what is too long loses its middle: the ending says what the file is, and the words before it ("bản 2") are
    what long names of one folder differ in. No letter loses its marks: a cut stands before a letter, never before a mark."""
    if len(value) > 20 * limit:
        value = value[: 10 * limit] + value[-10 * limit :]
    name = _cleaned(value)
    if len(name) <= limit:
        return name
    kept = limit // 3  # of the end
    head, end = limit - kept - 1, len(name) - kept
    while head > 0 and unicodedata.category(name[head])[0] == "M":
        head -= 1
    while end < len(name) and unicodedata.category(name[end])[0] == "M":
        end += 1
    return f"{name[:head].rstrip()}…{name[end:].lstrip()}"


def plain_login(login: str) -> str:
    """A log-in name or handle as it is stored and looked for: small letters, one way to write each, whatever the keyboard sent."""
    return unicodedata.normalize("NFC", short_text(login, 200).lower())


def _cleaned(value: str) -> str:
    spaced = "".join(" " if c in "\t\n\r" else c for c in unicodedata.normalize("NFC", value))
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _DROPPED)
    return unicodedata.normalize("NFC", " ".join(kept.split()))  # what stood apart may combine now
