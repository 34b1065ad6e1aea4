"""Kivy's App around the window. Made by ``mobile_app.main``, which hands in everything."""

from kivy.app import App

from mobile_app.ui import theme
from mobile_app.ui.cover import Cover
from mobile_app.ui.flow import Flow
from mobile_app.ui.window import PhoneWindow


class PhoneSealApp(App):
    title = "PhoneSeal"

    def __init__(self, flow: Flow, cover_after: float = 20.0) -> None:
        """``cover_after``: seconds in another window's background until the cover falls; 0: never for that."""
        super().__init__()
        self._flow = flow
        self._cover_after = cover_after
        self._cover: Cover | None = None
        self.window: PhoneWindow | None = None

    def build(self) -> PhoneWindow:
        theme.register_fonts()
        self.window = PhoneWindow(self._flow, self.pause)
        return self.window

    def on_start(self) -> None:
        assert self.window is not None
        self._cover = Cover(self._cover_after, self.window.covered)
        self._cover.watch()
        self._flow.begin(self.window)

    def on_pause(self) -> bool:
        """Android: stay when the person goes to another app."""
        if self._cover is not None:
            self._cover.fall()
        return True

    def on_resume(self) -> None:
        if self._cover is not None:
            self._cover.lift()

    def on_stop(self) -> None:
        self._flow.device.close()
