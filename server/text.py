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
    spaced = "".join(" " if c in "\t\n\r" else c for c in unicodedata.normalize("NFC", value))
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _DROPPED)
    folded = unicodedata.normalize("NFC", " ".join(kept.split()))  # what stood apart may combine now
    if len(folded) > limit:
        raise BadInput("text is too long", code="text_too_long", details={"limit": limit})
    return folded


def short_text(value: str, limit: int) -> str:
    """Like ``clean_text``, but cuts instead of refusing: for names of files, which nobody types."""
    spaced = "".join(" " if c in "\t\n\r" else c for c in unicodedata.normalize("NFC", value[: 20 * limit]))
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c) not in _DROPPED)
    return unicodedata.normalize("NFC", " ".join(kept.split()))[:limit]
