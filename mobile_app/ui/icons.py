"""Signs, drawn with lines, as the font has none. Each is a list of strokes: x, y, x, y … in a square from 0 to 1."""

import math
from typing import Any, Final

from kivy.graphics import Color, SmoothLine
from kivy.metrics import dp
from kivy.properties import ColorProperty, StringProperty
from kivy.uix.widget import Widget

from mobile_app.ui import theme

Stroke = tuple[float, ...]


def arc(x: float, y: float, radius: float, first: float = 0, last: float = 360) -> Stroke:
    """Degrees, from the right and against the clock."""
    steps = [math.radians(first + (last - first) * step / 24) for step in range(25)]
    return tuple(value for turn in steps for value in (x + radius * math.cos(turn), y + radius * math.sin(turn)))


ICONS: Final[dict[str, tuple[Stroke, ...]]] = {
    "check": ((0.2, 0.5, 0.42, 0.28, 0.82, 0.74),),
    "back": ((0.62, 0.2, 0.34, 0.5, 0.62, 0.8),),
    "next": ((0.38, 0.2, 0.66, 0.5, 0.38, 0.8),),
    "minus": ((0.22, 0.5, 0.78, 0.5),),
    "plus": ((0.22, 0.5, 0.78, 0.5), (0.5, 0.22, 0.5, 0.78)),
    "cross": ((0.26, 0.26, 0.74, 0.74), (0.26, 0.74, 0.74, 0.26)),
    "erase": ((0.12, 0.5, 0.34, 0.78, 0.9, 0.78, 0.9, 0.22, 0.34, 0.22, 0.12, 0.5), (0.48, 0.38, 0.74, 0.62), (0.48, 0.62, 0.74, 0.38)),
    "alert": ((0.5, 0.86, 0.06, 0.12, 0.94, 0.12, 0.5, 0.86), (0.5, 0.62, 0.5, 0.38), (0.5, 0.26, 0.5, 0.24)),
    "home": ((0.1, 0.48, 0.5, 0.86, 0.9, 0.48), (0.22, 0.42, 0.22, 0.12, 0.78, 0.12, 0.78, 0.42),
             (0.42, 0.12, 0.42, 0.36, 0.58, 0.36, 0.58, 0.12)),
    "certificates": (arc(0.5, 0.6, 0.28), (0.38, 0.6, 0.47, 0.51, 0.63, 0.69), (0.36, 0.34, 0.3, 0.06, 0.5, 0.18, 0.7, 0.06, 0.64, 0.34)),
    "history": (arc(0.5, 0.5, 0.4), (0.5, 0.74, 0.5, 0.5, 0.66, 0.4)),
    "account": (arc(0.5, 0.66, 0.2), arc(0.5, 0.1, 0.36, 0, 180)),
    "done": (arc(0.5, 0.5, 0.44), (0.3, 0.5, 0.45, 0.35, 0.72, 0.64)),
    "none": (),
}  # fmt: skip


class Icon(Widget):
    sign = StringProperty("none")
    ink = ColorProperty()

    def __init__(self, **values: Any) -> None:
        self.ink = theme.now.ink
        super().__init__(**values)
        self.bind(pos=self._draw, size=self._draw, sign=self._draw, ink=self._draw)
        self._draw()

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        side = min(self.size)
        left, bottom = self.center_x - side / 2, self.center_y - side / 2
        with self.canvas:
            Color(*self.ink)
            for stroke in ICONS[self.sign]:
                points = [(left if at % 2 == 0 else bottom) + value * side for at, value in enumerate(stroke)]
                SmoothLine(points=points, width=max(1.25, min(side / 24, dp(2.4))), overdraw_width=1.2)
