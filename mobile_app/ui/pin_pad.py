"""The number pad and what was typed on it. The digits live in one ``bytearray`` that is overwritten when it is handed over or dropped."""

from typing import Any

from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.boxlayout import BoxLayout

from mobile_app.device.pin_rules import PIN_LENGTH, wipe
from mobile_app.ui.widgets import load_kv


class PinPad(BoxLayout):
    """``count`` digits were typed so far; ``complete`` when a PIN is whole; ``awake`` while it takes digits."""

    count = NumericProperty(0)
    complete = BooleanProperty(False)
    awake = BooleanProperty(True)

    def __init__(self, **values: Any) -> None:
        self._typed = bytearray()
        super().__init__(**values)

    def press(self, digit: str) -> None:
        if self.awake and len(self._typed) < PIN_LENGTH:
            self._typed.append(ord(digit))
            self._changed()

    def erase(self) -> None:
        if self.awake and self._typed:
            self._typed[-1] = 0
            del self._typed[-1]
            self._changed()

    def clear(self) -> None:
        wipe(self._typed)
        self._typed = bytearray()
        self._changed()

    def take(self) -> bytearray:
        """What was typed; the pad forgets it. Whoever takes it overwrites it."""
        taken, self._typed = self._typed, bytearray()
        self._changed()
        return taken

    def _changed(self) -> None:
        self.count = len(self._typed)
        self.complete = self.count == PIN_LENGTH


load_kv(__file__)
