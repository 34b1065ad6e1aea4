"""Change the PIN: the present one, which the server judges at once, then the new one, typed twice alike. What is weak is refused by the
device's own rule."""

from mobile_app.device.interaction import ConnectionState
from mobile_app.device.pin_rules import require_strong_pin, wipe
from mobile_app.errors import PhoneError, WeakPin
from mobile_app.ui.account_pad import PinPage
from mobile_app.ui.account_sheet import tell_sheet
from mobile_app.ui.widgets import load_kv


class AccountPinScreen(PinPage):
    _step = "old"
    """``old``, ``new`` or ``again``."""
    _old = bytearray()
    _new = bytearray()

    def entered(self) -> None:
        self._forget()
        super().entered()

    def on_leave(self, *_arguments: object) -> None:
        self._forget()
        super().on_leave()

    def covered(self) -> None:
        """A PIN that the server is judging is the device's."""
        if not self.flow.account.busy:
            self._forget()
        super().covered()
        self.refresh()

    def _forget(self) -> None:
        """Back to the first step. What was typed is overwritten, unless the device has it now and does that itself."""
        wipe(self._old)
        wipe(self._new)
        self._old, self._new, self._step = bytearray(), bytearray(), "old"

    @property
    def ready(self) -> bool:
        return super().ready and self.flow.connection == ConnectionState.ONLINE

    def refresh(self) -> None:
        account = self.flow.account
        self.ids.state.text = account.state_words()
        if account.busy:
            self.ids.how.text = self.t("account_pin.checking" if self._step == "old" else "account_pin.changing")
        else:
            self.ids.how.text = self.t(f"account_pin.{self._step}")
        super().refresh()

    def go_on(self) -> None:
        typed, account, device = self.ids.pad.take(), self.flow.account, self.flow.device
        self.ids.problem.text = ""
        if self._step == "old":
            self._old = bytearray(typed)
            account.ask(lambda: device.account.check_pin(typed), lambda _done: self._next("new"), self._not_right)
        elif self._step == "new":
            self._choose(typed)
        elif typed == self._new:
            wipe(typed)
            old, new = self._old, self._new
            self._old, self._new = bytearray(), bytearray()
            account.ask(lambda: device.change_pin(old, new), lambda _done: self._changed(), self._not_right)
        else:
            wipe(typed)
            wipe(self._new)
            self._next("new")
            self.ids.problem.text = self.t("choose_pin.differs")
        self.refresh()

    def _choose(self, typed: bytearray) -> None:
        problem = "pin_unchanged" if typed == self._old else ""
        try:
            require_strong_pin(typed)
        except WeakPin as error:
            problem = error.code
        if problem:
            wipe(typed)
            self.ids.problem.text = self.flow.t.problem(problem)
        else:
            self._new = typed
            self._next("again")

    def _next(self, step: str) -> None:
        """An answer that comes after the person left finds nothing typed and changes nothing."""
        if self._old:
            self._step = step

    def _not_right(self, error: PhoneError) -> None:
        self._forget()
        self.say_why(error)

    def _changed(self) -> None:
        self._forget()
        t = self.flow.t
        if self.flow.showing == self.name:
            self.flow.go("account")
        tell_sheet(t, title=t("account_pin.done_title"), explanation=t("account_pin.done"))

    def back(self) -> None:
        self.flow.go("account")


load_kv(__file__)
