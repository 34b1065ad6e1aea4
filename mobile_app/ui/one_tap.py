"""A tap counts for what the person saw when they began to tap: the second of two quick ones does nothing on a screen that came in between.

Without this, tapping "Từ chối" twice would refuse without a reason, and tapping "Tiếp tục" twice would cancel the pairing that it began.
Rule: after something else has come to the front, a tap is let through once ``PAUSE_SECONDS`` have passed since the last one, or where it
is more than a thumb's width away.
"""

import math
import time
from collections.abc import Callable
from typing import Any, Final

from kivy.core.window import Window
from kivy.metrics import dp

PAUSE_SECONDS: Final = 0.4
_THUMB: Final = 48
"""dp."""


class OneTap:
    """``on_top`` says what lies in front: equal answers for the same thing. ``watch`` the window once."""

    def __init__(self, on_top: Callable[[], object]) -> None:
        self._on_top = on_top
        self._seen: object = None
        self._place = (-math.inf, -math.inf)
        self._at = -math.inf

    def watch(self) -> None:
        Window.bind(on_touch_down=self._touched)

    @property
    def is_over(self) -> bool:
        """Whether a tap anywhere would count."""
        return time.monotonic() - self._at >= PAUSE_SECONDS or self._seen == self._on_top()

    def _touched(self, _window: object, touch: Any) -> bool:
        """True: nobody else gets it."""
        near = math.dist(self._place, touch.pos) < dp(_THUMB)
        swallowed = near and not self.is_over
        self._place, self._at = touch.pos, time.monotonic()
        if not swallowed:
            self._seen = self._on_top()
        return swallowed
