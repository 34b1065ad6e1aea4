"""Another phone wants to join the account: the person compares six digits, then allows or rejects it under the PIN.

The question comes by itself, perhaps under a finger that was meant for something else: its buttons sleep for a moment.
"""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty

from mobile_app.device.interaction import NewDeviceDecision
from mobile_app.ui.widgets import Page, load_kv

AWAKE_SECONDS: Final = 1.0


class NewDeviceScreen(Page):
    awake = BooleanProperty(False)
    _waking: Any = None

    def entered(self) -> None:
        self.awake = False
        self._waking = Clock.schedule_once(lambda _seconds: setattr(self, "awake", True), AWAKE_SECONDS)

    def on_leave(self, *_arguments: object) -> None:
        if self._waking is not None:
            self._waking.cancel()

    def refresh(self) -> None:
        if self.flow.new_device is not None:
            asked = self.flow.new_device[0]
            self.ids.name.text = f"{asked.device_name} ({self.flow.t.platform(asked.platform)})"
            self.ids.digits.text = f"{asked.digits[:3]} {asked.digits[3:]}"
            self.ids.until.text = self.t("new_device.until", moment=self.flow.t.moment(asked.expires_at))

    def allow(self) -> None:
        self.flow.answer_new_device(NewDeviceDecision.APPROVE)

    def reject(self) -> None:
        self.flow.answer_new_device(NewDeviceDecision.REJECT)

    def back(self) -> None:
        self.flow.answer_new_device(NewDeviceDecision.LATER)


load_kv(__file__)
