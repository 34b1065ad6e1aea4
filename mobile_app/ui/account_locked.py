"""Logged out: nothing of the account is shown until the server has judged the PIN. Offline nobody can, which is said; what ends the
pairing is offered only where no PIN can open it any more."""

from mobile_app.device.interaction import ConnectionState
from mobile_app.errors import PhoneError
from mobile_app.ui.account_pad import PinPage
from mobile_app.ui.widgets import load_kv


class LockedScreen(PinPage):
    _pin_locked = False

    def entered(self) -> None:
        self._pin_locked = False
        super().entered()

    @property
    def ready(self) -> bool:
        return super().ready and self.flow.connection == ConnectionState.ONLINE and not self._pin_locked

    def refresh(self) -> None:
        self.ids.state.text = self.flow.account.state_words()
        self.ids.how.text = self.t("account_pin.checking" if self.flow.account.busy else "locked.how")
        self.ids.unpair.disabled = not (self._pin_locked or self.flow.account.gone)
        super().refresh()

    def go_on(self) -> None:
        self.ids.problem.text = ""
        self.flow.account.log_in(self.ids.pad.take(), self._failed)

    def _failed(self, error: PhoneError) -> None:
        self._pin_locked = error.code == "pin_locked"
        self.say_why(error)


load_kv(__file__)
