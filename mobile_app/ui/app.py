"""Kivy's App around the window. Made by ``mobile_app.main``, which hands in everything."""

from kivy.app import App

from mobile_app.ui import theme
from mobile_app.ui.flow import Flow
from mobile_app.ui.window import PhoneWindow


class PhoneSealApp(App):
    title = "PhoneSeal"

    def __init__(self, flow: Flow) -> None:
        super().__init__()
        self._flow = flow
        self.window: PhoneWindow | None = None

    def build(self) -> PhoneWindow:
        theme.register_fonts()
        self.window = PhoneWindow(self._flow)
        return self.window

    def on_start(self) -> None:
        assert self.window is not None
        self._flow.begin(self.window)

    def on_pause(self) -> bool:
        """Android: stay when the person goes to another app."""
        return True

    def on_stop(self) -> None:
        self._flow.device.close()
