"""Shows where the signature will stand, over a page's picture: lines around its place, nothing over it.

Each side has a light and a dark line, so it is seen on any ground, in both themes: paper stays white in the dark.
"""

from typing import Any, Final

from kivy.graphics import Color, Line
from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.widget import Widget

from mobile_app.ui import theme

_INNER: Final = theme.LIGHT.jade
_OUTER: Final = theme.LIGHT.card


class StampOutline(Widget):
    """As large as the picture. ``stamp``: a ``StampPlace`` of the page that is shown, or None."""

    stamp: Any = ObjectProperty(None, allownone=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.bind(pos=self._draw, size=self._draw, stamp=self._draw)

    @property
    def place(self) -> tuple[float, float, float, float]:
        """Left, bottom, width and height in the window's pixels."""
        left, right = self.x + self.stamp.left * self.width, self.x + self.stamp.right * self.width
        top, bottom = self.top - self.stamp.top * self.height, self.top - self.stamp.bottom * self.height
        return left, bottom, right - left, top - bottom

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        if self.stamp is None:
            return
        x, y, width, height = self.place
        with self.canvas:
            for colour, away, thick in ((_OUTER, dp(2), dp(2)), (_INNER, dp(2), dp(1.2))):
                Color(*colour)
                Line(rectangle=(x - away, y - away, width + 2 * away, height + 2 * away), width=thick)
