"""A column that leaves no gap for what is not there: a text that is empty takes neither height nor space."""

from typing import Any, Final

from kivy.metrics import dp
from kivy.uix.boxlayout import BoxLayout

_WIDEST: Final = 560
"""dp."""


def side_of(width: float) -> float:
    """The margin left and right of a screen's column: on a wide window its lines stay short enough to read."""
    return float(max(dp(18), (width - dp(_WIDEST)) / 2))


class Stack(BoxLayout):
    """Children lie one under the other, as wide as it is unless they have a width of their own. Those with a ``size_hint_y`` share what
    is left over, ``size_hint_min_y`` at least."""

    def __init__(self, **values: Any) -> None:
        super().__init__(orientation="vertical", **values)

    def do_layout(self, *_arguments: Any) -> None:
        left, top, right, bottom = self.padding
        shown = [child for child in reversed(self.children) if child.size_hint_y is not None or child.height > 0]
        gaps = self.spacing * max(0, len(shown) - 1)
        least = sum(_least_height(child) for child in shown)
        self.minimum_size = (self.width, top + bottom + gaps + least)
        spare = max(0.0, self.height - self.minimum_height)
        shares = sum(child.size_hint_y or 0 for child in shown) or 1
        edge = self.top - top
        for child in self.children:
            if child not in shown:
                child.pos = (self.x + left, edge)
        for child in shown:
            height = _least_height(child) + spare * (child.size_hint_y or 0) / shares
            width = child.width if child.size_hint_x is None else self.width - left - right
            edge -= height
            child.pos, child.size = (self.x + left, edge), (width, height)
            edge -= self.spacing


def _least_height(child: Any) -> float:
    return float(child.height if child.size_hint_y is None else child.size_hint_min_y or 0)
