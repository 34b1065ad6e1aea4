"""A page that asks for a PIN and shows what the server counts: tries left, and a wait during which the pad sleeps.

Its ``.kv`` rule has a ``pad``, a ``problem`` and a ``wait``; what was typed is dropped whenever the page is left.
"""

from typing import Any

from kivy.clock import Clock

from mobile_app.errors import PhoneError, WrongPin
from mobile_app.ui.widgets import Page, clock_text


class PinPage(Page):
    _ticking: Any = None
    _wait_until = 0
    """By the phone's clock, in milliseconds."""

    def entered(self) -> None:
        self.ids.pad.clear()
        self.ids.problem.text = ""
        self._ticking = Clock.schedule_interval(lambda _seconds: self.tick(), 0.5)

    def on_leave(self, *_arguments: object) -> None:
        self.ids.pad.clear()
        if self._ticking is not None:
            self._ticking.cancel()

    def covered(self) -> None:
        self.ids.pad.clear()

    def say_why(self, error: PhoneError) -> None:
        """A wrong PIN in numbers, anything else as its sentence."""
        t = self.flow.t
        if isinstance(error, WrongPin):
            tries, wait = error.details["tries_left"], error.details["retry_after"]
            assert isinstance(wait, int)
            self.ids.problem.text = t("pin.wait_first") if tries is None else t("pin.wrong", tries=tries)
            self._wait_until = self.flow.now_ms() + wait * 1000
        else:
            self.ids.problem.text = t.problem(error.code)
        self.tick()

    @property
    def ready(self) -> bool:
        """Whether a PIN would be taken now, but for a wait."""
        return not self.flow.account.busy

    def tick(self) -> None:
        left = (self._wait_until - self.flow.now_ms()) / 1000
        self.ids.wait.text = self.t("pin.wait", left=clock_text(left + 0.99)) if left > 0 else ""
        self.ids.pad.awake = left <= 0 and self.ready

    def refresh(self) -> None:
        self.tick()
