"""Pairing goes on: keys are made, then six digits stand on both screens until the person has confirmed them in the browser."""

from mobile_app.ui.widgets import Page, load_kv

_WITH_DIGITS = ("confirm_digits", "waiting_first_device")


class PairingScreen(Page):
    def refresh(self) -> None:
        state = self.flow.pairing_state or "making_keys"
        digits = self.flow.pairing_digits
        shows_digits = state in _WITH_DIGITS and len(digits) == 6
        self.ids.digits.text = f"{digits[:3]} {digits[3:]}" if shows_digits else ""
        self.ids.how.text = self.t(f"pairing.{state}") if state != "complete" else ""
        self.ids.cancel.disabled = state == "cancelling"

    def back(self) -> None:
        if not self.ids.cancel.disabled:
            self.flow.cancel_pairing()


load_kv(__file__)
