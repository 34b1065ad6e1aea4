"""What fingers do over a page: two of them zoom, one that crosses it turns it where there is nothing to move.

It sees each touch before the widgets do. What a pinch has taken over, they don't get.
"""

import math
from collections.abc import Callable
from typing import Any, Final

from kivy.core.window import Window
from kivy.uix.modalview import ModalView
from kivy.uix.widget import Widget

_SWIPE_SHARE: Final = 0.2
"""Of the page's width."""


class Fingers:
    """``watch`` while the page is shown. ``pinched`` gets how much farther apart two fingers are than when they came down, ``swiped`` +1
    for a stroke to the left (the next page) or -1."""

    def __init__(
        self,
        over: Widget,
        *,
        pinched: Callable[[float], None],
        pinch_began: Callable[[], None],
        pinch_ended: Callable[[], None],
        swiped: Callable[[int], None],
    ) -> None:
        self._over = over
        self._pinched, self._pinch_began, self._pinch_ended, self._swiped = pinched, pinch_began, pinch_ended, swiped
        self._down: dict[int, tuple[float, float]] = {}
        self._began: dict[int, tuple[float, float]] = {}
        self._apart = 0.0
        self._was_pinch = False

    def watch(self) -> None:
        Window.bind(on_touch_down=self._on_down, on_touch_move=self._on_move, on_touch_up=self._on_up)

    def rest(self) -> None:
        Window.unbind(on_touch_down=self._on_down, on_touch_move=self._on_move, on_touch_up=self._on_up)
        self._down.clear()
        self._began.clear()
        self._was_pinch = False

    def _is_on_page(self, touch: Any) -> bool:
        if isinstance(Window.children[0], ModalView):
            return False
        return bool(self._over.collide_point(*self._over.parent.to_widget(*touch.pos))) and not touch.is_mouse_scrolling

    def _on_down(self, _window: object, touch: Any) -> bool:
        if len(self._down) >= 2 or not self._is_on_page(touch):
            return False
        self._down[touch.uid] = self._began[touch.uid] = touch.pos
        if len(self._down) < 2:
            return False
        self._apart, self._was_pinch = self._distance(), True
        self._pinch_began()
        return True

    def _distance(self) -> float:
        (x, y), (other_x, other_y) = self._down.values()
        return max(1.0, math.hypot(other_x - x, other_y - y))

    def _on_move(self, _window: object, touch: Any) -> bool:
        if touch.uid not in self._down:
            return False
        self._down[touch.uid] = touch.pos
        if len(self._down) == 2:
            self._pinched(self._distance() / self._apart)
        return self._was_pinch

    def _on_up(self, _window: object, touch: Any) -> bool:
        if touch.uid not in self._down:
            return False
        x, y = self._began.pop(touch.uid)
        del self._down[touch.uid]
        if not self._was_pinch:
            across, along = touch.x - x, touch.y - y
            if abs(across) > self._over.width * _SWIPE_SHARE and abs(across) > 2 * abs(along):
                self._swiped(1 if across < 0 else -1)
        elif len(self._down) == 1:
            self._pinch_ended()
        if not self._down:
            self._was_pinch = False
        return False
