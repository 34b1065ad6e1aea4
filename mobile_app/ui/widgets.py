"""The pieces that screens are made of. They know colours and touch, no words and no rules."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.graphics import Color, Ellipse, Line
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.screenmanager import Screen
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from mobile_app.ui import theme

_ICONS: dict[str, tuple[tuple[float, ...], ...]] = {
    "check": ((0.2, 0.5, 0.42, 0.28, 0.82, 0.74),),
    "back": ((0.62, 0.2, 0.34, 0.5, 0.62, 0.8),),
    "next": ((0.38, 0.2, 0.66, 0.5, 0.38, 0.8),),
    "minus": ((0.22, 0.5, 0.78, 0.5),),
    "plus": ((0.22, 0.5, 0.78, 0.5), (0.5, 0.22, 0.5, 0.78)),
    "cross": ((0.26, 0.26, 0.74, 0.74), (0.26, 0.74, 0.74, 0.26)),
    "erase": ((0.12, 0.5, 0.34, 0.78, 0.9, 0.78, 0.9, 0.22, 0.34, 0.22, 0.12, 0.5), (0.48, 0.38, 0.74, 0.62), (0.48, 0.62, 0.74, 0.38)),
    "alert": ((0.5, 0.86, 0.06, 0.12, 0.94, 0.12, 0.5, 0.86), (0.5, 0.62, 0.5, 0.38), (0.5, 0.26, 0.5, 0.24)),
    "none": (),
}  # fmt: skip


def load_kv(python_file: str) -> None:
    """The ``.kv`` beside a screen's ``.py``; once, when the module is imported."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))


class Words(Label):
    """Text that wraps and is as high as it needs."""


class Strong(Words):
    pass


class Quiet(Words):
    pass


class Heading(Words):
    pass


class Pill(Label):
    """A state: a word on its colour."""

    ground = ColorProperty()


class Icon(Widget):
    """Drawn with lines, as the font has no signs."""

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
            for stroke in _ICONS[self.sign]:
                points = [
                    (left if at % 2 == 0 else bottom) + value * side for at, value in enumerate(stroke)
                ]
                Line(points=points, width=max(1.1, side / 22), cap="round", joint="round")


class Surface(BoxLayout):
    """A card."""


class PushButton(ButtonBehavior, Label):
    """At least 48 dp high, grows with its text."""

    fill = ColorProperty()
    edge = ColorProperty()
    ink = ColorProperty()


class PrimaryButton(PushButton):
    """The one primary action of a screen."""


class PlainButton(PushButton):
    pass


class RefuseButton(PushButton):
    """Outlined: refusing is no danger."""


class QuietButton(PushButton):
    """Words that can be pressed."""


class IconButton(ButtonBehavior, BoxLayout):
    """48 dp square. ``label`` says what it does, to those who can't see it."""

    sign = StringProperty("none")
    label = StringProperty("")
    ink = ColorProperty()

    def __init__(self, **values: Any) -> None:
        self.ink = theme.now.ink
        super().__init__(**values)


class TickBox(ButtonBehavior, Widget):
    """On or off; the screen decides what a press means."""

    ticked = BooleanProperty(True)
    label = StringProperty("")


class Field(TextInput):
    """One line of input."""


class Bar(Widget):
    """Progress from 0 to 1."""

    fraction = NumericProperty(0.0)


class CountdownRing(Widget):
    """Time left as a ring and as a text in it."""

    fraction = NumericProperty(1.0)
    text = StringProperty("")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.bind(pos=self._draw, size=self._draw, fraction=self._draw)
        self._draw()

    def _draw(self, *_changed: object) -> None:
        self.canvas.before.clear()
        side = min(self.size)
        width = max(2.0, side / 24)
        radius = side / 2 - width
        urgent = self.fraction < 0.2
        with self.canvas.before:
            Color(*theme.now.line)
            Line(circle=(self.center_x, self.center_y, radius), width=width)
            Color(*(theme.now.amber if urgent else theme.now.jade))
            if self.fraction > 0:
                turn = 360 * min(1.0, self.fraction)
                Line(circle=(self.center_x, self.center_y, radius, 0, turn), width=width, cap="none")


class PinDots(Widget):
    """How many digits were typed, never which."""

    count = NumericProperty(0)
    length = NumericProperty(6)

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.bind(pos=self._draw, size=self._draw, count=self._draw)
        self._draw()

    def _draw(self, *_changed: object) -> None:
        self.canvas.clear()
        side = self.height * 0.5
        step = side * 2
        middle = self.x + self.width / 2  # center_x is still the old one while the width is being told of
        left = middle - step * (self.length - 1) / 2
        with self.canvas:
            for at in range(int(self.length)):
                x, y = left + at * step - side / 2, self.center_y - side / 2
                Color(*(theme.now.ink if at < self.count else theme.now.line))
                Ellipse(pos=(x, y), size=(side, side))


class Dock(BoxLayout):
    """Actions, fixed at the thumb."""


class Page(Screen):
    """Header, a body that scrolls, actions docked below. ``flow`` is handed in; the children of a screen's rule go into the body,
    a ``Dock`` below it."""

    title = StringProperty("")
    back_label = StringProperty("")
    can_go_back = BooleanProperty(False)
    shows_connection = BooleanProperty(False)
    body_gap = NumericProperty(0)
    flow: Any = ObjectProperty(None)

    def __init__(self, flow: Any, **values: Any) -> None:
        self.flow = flow
        super().__init__(**values)

    def t(self, name: str, /, **values: object) -> str:
        return str(self.flow.t(name, **values))

    def add_widget(self, widget: Widget, *arguments: Any, **options: Any) -> None:
        if "dock" in self.ids:
            place = self.ids.dock if isinstance(widget, Dock) else self.ids.body
            place.add_widget(widget, *arguments, **options)
        else:
            super().add_widget(widget, *arguments, **options)

    def on_pre_enter(self, *_arguments: object) -> None:
        self.ids.scroll.scroll_y = 1
        self.entered()
        self.refresh()

    def entered(self) -> None:
        """The person comes to this screen."""

    def refresh(self) -> None:
        """What the device said has changed."""

    def back(self) -> None:
        """The back key, and the arrow in the header."""


def clock_text(seconds: float) -> str:
    """``04:33``; from an hour on ``1:04:33``."""
    whole = max(0, math.floor(seconds))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def on_release(widget: Widget, act: Callable[[], None]) -> None:
    """Have a press do something, for widgets made in Python."""
    widget.bind(on_release=lambda *_arguments: act())


load_kv(__file__)
