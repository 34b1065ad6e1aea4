"""Choose a PIN: typed twice alike; one that anybody would try first is refused by the device's own rule."""

from kivy.properties import BooleanProperty

from mobile_app.device.pin_rules import require_strong_pin, wipe
from mobile_app.errors import WeakPin
from mobile_app.ui.widgets import Page, load_kv


class ChoosePinScreen(Page):
    again = BooleanProperty(False)
    """Whether the PIN is typed for the second time."""
    _first = bytearray()

    def entered(self) -> None:
        self._forget()
        self.ids.problem.text = ""

    def on_leave(self, *_arguments: object) -> None:
        self._forget()

    def covered(self) -> None:
        self._forget()

    def _forget(self) -> None:
        wipe(self._first)
        self._first = bytearray()
        self.again = False
        self.ids.pad.clear()

    def go_on(self) -> None:
        typed = self.ids.pad.take()
        if not self.again:
            try:
                require_strong_pin(typed)
            except WeakPin:
                wipe(typed)
                self.ids.problem.text = self.flow.t.problem("pin_weak")
                return
            self._first, self.again = typed, True
            self.ids.problem.text = ""
            return
        alike = typed == self._first
        if alike:
            self.flow.start_pairing(typed)
        else:
            wipe(typed)
            self._forget()
            self.ids.problem.text = self.t("choose_pin.differs")

    def back(self) -> None:
        self.flow.notice = ""
        self.flow.go("welcome")


load_kv(__file__)
