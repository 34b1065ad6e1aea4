"""How large a text may be so that its longest word fits: a word is never broken in two.

Rules: measured once a word, at one size, and reckoned from there. Never smaller than ``LEAST``: what does not fit then is broken.
"""

from functools import lru_cache
from typing import Final

from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp

from mobile_app.ui import theme

LEAST: Final = 11
"""dp."""
_MEASURED_AT: Final = 100


@lru_cache(maxsize=4096)
def word_width(word: str, bold: bool) -> float:
    """For a font size of 1."""
    measured = CoreLabel(font_name=theme.FONT, font_size=_MEASURED_AT, bold=bold).get_extents(word)
    return float(measured[0]) / _MEASURED_AT


def font_size(text: str, wanted: float, width: float, bold: bool = True) -> float:
    """``wanted``, or as much as ``width`` leaves to the longest word."""
    widest = max((word_width(word, bold) for word in text.split()), default=0.0)
    if widest <= 0 or width <= 0:
        return wanted
    return float(min(wanted, max(dp(LEAST), (width - 1) / widest)))
