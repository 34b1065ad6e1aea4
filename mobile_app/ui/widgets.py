"""The pieces that screens are made of. They know colours and touch, no words and no rules."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kivy.clock import Clock
from kivy.graphics import Color, Ellipse, SmoothLine
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, ColorProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.screenmanager import Screen
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from mobile_app.ui import theme
from mobile_app.ui.stack import Stack
from mobile_app.ui.visible import visible

_LEAST_BODY: Final = dp(120)


def load_kv(python_file: str) -> None:
    """The ``.kv`` beside a screen's ``.py``; once, when the module is imported."""
    Builder.load_file(str(Path(python_file).with_suffix(".kv")))


class Words(Label):
    """Text that wraps and is as high as it needs; whatever it holds can be seen (``visible``)."""

    def texture_update(self, *arguments: Any) -> None:
        self._label.text = visible(self.text)
        super().texture_update(*arguments)


class Strong(Words):
    pass


class Quiet(Words):
    pass


class Heading(Words):
    pass


class Pill(Label):
    """A state: a word on its colour."""

    ground = ColorProperty()


class Surface(Stack):
    """A card."""


class PushButton(ButtonBehavior, Label):
    """At least 48 dp high, grows with its text; the text shrinks to where its longest word fits."""

    size_wanted = NumericProperty(16)
    least_height = NumericProperty(52)
    shared_height = NumericProperty(0)
    """What its neighbours in a ``Pair`` need."""
    radius = NumericProperty(10)
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
            SmoothLine(circle=(self.center_x, self.center_y, radius), width=width, overdraw_width=1.2)
            Color(*(theme.now.amber if urgent else theme.now.jade))
            if self.fraction > 0:
                turn = 360 * min(1.0, self.fraction)
                SmoothLine(circle=(self.center_x, self.center_y, radius, 0, turn), width=width, overdraw_width=1.2)


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
                Color(*theme.now.ink_2)
                SmoothLine(circle=(x + side / 2, y + side / 2, side / 2 - 1), width=1, overdraw_width=1.2)
                if at < self.count:
                    Color(*theme.now.ink)
                    Ellipse(pos=(x, y), size=(side, side))


class Pair(BoxLayout):
    """Buttons side by side, all as high as the highest needs; ``stacked``: one under the other."""

    stacked = BooleanProperty(False)

    def add_widget(self, widget: Widget, *arguments: Any, **options: Any) -> None:
        super().add_widget(widget, *arguments, **options)
        widget.bind(least_height=self._level)
        self._level()

    def on_stacked(self, *_changed: object) -> None:
        self.orientation = "vertical" if self.stacked else "horizontal"
        self._level()

    def _level(self, *_changed: object) -> None:
        if not self.children:
            return
        highest = max(button.least_height for button in self.children)
        for button in self.children:
            button.shared_height = highest
        count = len(self.children)
        self.height = highest * count + self.spacing * (count - 1) if self.stacked else highest


class Dock(Stack):
    """Actions, fixed at the thumb."""


class Page(Screen):
    """Header, a body that scrolls, actions docked below. ``flow`` is handed in; the children of a screen's rule go into the body,
    a ``Dock`` below it. Where the window is too low for both, the actions scroll with the body."""

    title = StringProperty("")
    back_label = StringProperty("")
    can_go_back = BooleanProperty(False)
    shows_connection = BooleanProperty(False)
    fills_window = BooleanProperty(False)
    """The body is as high as the window leaves it, at least."""
    side = NumericProperty(18)
    is_low = BooleanProperty(False)
    flow: Any = ObjectProperty(None)

    def __init__(self, flow: Any, **values: Any) -> None:
        self.flow = flow
        super().__init__(**values)
        place_dock = Clock.create_trigger(self._place_dock, 0)  # once all is laid out: while it moves, its height is another
        for part in (self, self.ids.header, self.ids.dock):
            part.bind(height=place_dock)

    def _place_dock(self, _seconds: float) -> None:
        dock = self.ids.dock
        left = self.height - self.ids.header.height - dock.height
        self.is_low = left < _LEAST_BODY + (dp(40) if self.is_low else 0)
        place = self.ids.body if self.is_low else self.ids.frame
        if dock.parent is not place:
            dock.parent.remove_widget(dock)
            place.add_widget(dock)

    def t(self, name: str, /, **values: object) -> str:
        return str(self.flow.t(name, **values))

    def add_widget(self, widget: Widget, *arguments: Any, **options: Any) -> None:
        if "dock" in self.ids:
            place = self.ids.dock if isinstance(widget, Dock) else self.ids.body
            place.add_widget(widget, *arguments, **options)
        else:
            super().add_widget(widget, *arguments, **options)

    def on_pre_enter(self, *_arguments: object) -> None:
        if not self.comes_back:
            self.ids.scroll.scroll_y = 1
        self.entered()
        self.refresh()

    @property
    def comes_back(self) -> bool:
        """Whether the person returns to what they left here a moment ago: it stands where it stood."""
        return False

    def entered(self) -> None:
        """The person comes to this screen."""

    def refresh(self) -> None:
        """What the device said has changed."""

    def back(self) -> None:
        """The back key, and the arrow in the header."""

    def covered(self) -> None:
        """The app is in the background now: drop what was typed of a PIN."""


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
