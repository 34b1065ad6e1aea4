"""A cover with the app's name over everything while nobody should be looking: who picks up the phone, or looks over the shoulder, reads
nothing.

It falls at once when the app is paused or its window minimised or hidden, and some seconds after another window came to the front: a person
who compares the code in a browser beside it needs both. It lifts when the person is back. What was typed of a PIN is dropped when it falls.
"""

from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.properties import ColorProperty
from kivy.uix.boxlayout import BoxLayout

from mobile_app.ui import theme
from mobile_app.ui.widgets import load_kv


class Cover(BoxLayout):
    """Takes every touch. ``watch`` the window once; ``wait_seconds`` 0: stays away while the window can be seen. ``covered`` is called
    when it falls."""

    ground = ColorProperty()
    ink = ColorProperty()

    def __init__(self, wait_seconds: float, covered: Callable[[], None], **values: Any) -> None:
        super().__init__(**values)
        self._wait_seconds, self._covered = wait_seconds, covered
        self._waiting: Any = None

    def watch(self) -> None:
        Window.bind(on_minimize=self._fall, on_hide=self._fall, on_restore=self._lift, on_show=self._lift)
        Window.bind(focus=self._focus_changed, children=self._stay_in_front)

    def fall(self) -> None:
        if self.parent is None:
            self.ground, self.ink = theme.now.paper, theme.now.ink
            Window.add_widget(self)
            self._covered()

    def _stay_in_front(self, *_changed: object) -> None:
        """A sheet that opens meanwhile opens beneath it."""
        if self in Window.children and Window.children[0] is not self:
            Window.remove_widget(self)
            Window.add_widget(self)

    def lift(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        if self.parent is not None:
            Window.remove_widget(self)

    def _fall(self, *_event: object) -> None:
        self.fall()

    def _lift(self, *_event: object) -> None:
        self.lift()

    def _focus_changed(self, _window: object, is_in_front: bool) -> None:
        if is_in_front:
            self.lift()
        elif self._wait_seconds > 0:
            self._waiting = Clock.schedule_once(self._fall, self._wait_seconds)

    def on_touch_down(self, _touch: object) -> bool:
        return True

    def on_touch_move(self, _touch: object) -> bool:
        return True

    def on_touch_up(self, _touch: object) -> bool:
        return True


load_kv(__file__)
