"""A check failed in a way that honest software does not cause. Nothing is signed, and nothing here leads on to signing.

It fills the window, over tabs and sheets; the back key does nothing; its one button sleeps until there was time to read.
"""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import NumericProperty

from mobile_app.ui.widgets import Page, load_kv

READING_SECONDS: Final = 5


class WarningScreen(Page):
    left = NumericProperty(READING_SECONDS)
    _ticking: Any = None

    def entered(self) -> None:
        self.left = READING_SECONDS
        self._ticking = Clock.schedule_interval(self._tick, 1.0)

    def on_leave(self, *_arguments: object) -> None:
        if self._ticking is not None:
            self._ticking.cancel()

    def _tick(self, _seconds: float) -> None:
        self.left = max(0, self.left - 1)

    def refresh(self) -> None:
        if self.flow.warning is not None:
            warning = self.flow.warning[0]
            self.ids.what.text = self.flow.t.warning(warning.code)
            self.ids.code.text = self.t("warning.code", code=warning.code)

    def read(self) -> None:
        if self.left == 0:
            self.flow.warning_read()


load_kv(__file__)
