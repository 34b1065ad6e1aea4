"""The PIN, after the code. Wrong tries and waits are the server's count; the pad sleeps until a wait is over."""

from typing import Any

from kivy.clock import Clock

from mobile_app.device.interaction import PinPurpose
from mobile_app.ui.widgets import Page, clock_text, load_kv


class PinScreen(Page):
    _ticking: Any = None

    def entered(self) -> None:
        self.ids.pad.clear()
        self._ticking = Clock.schedule_interval(lambda _seconds: self._tick(), 0.5)

    def on_leave(self, *_arguments: object) -> None:
        self.ids.pad.clear()
        if self._ticking is not None:
            self._ticking.cancel()

    def refresh(self) -> None:
        asked = self.flow.pin
        self.ids.biometrics.offer(asked)
        if asked is None:
            self.ids.pad.clear()
            return
        t, opened = self.flow.t, self.flow.opened
        if asked.purpose == PinPurpose.APPROVE_DEVICE:
            self.ids.how.text = t("pin.approve_device")
        elif asked.purpose == PinPurpose.SIGN and self.flow.series is not None and len(self.flow.series.chosen()) > 1:
            chosen = [entry.opened for entry in self.flow.series.chosen()]
            count = sum(one.pending.item_count - len(one.refused or {}) for one in chosen)
            names = ", ".join(dict.fromkeys(one.pending.relying_party_name for one in chosen))
            self.ids.how.text = t("sign_all.pin", total=len(chosen), documents=t.count("documents", count), names=names)
        elif asked.request is not None:
            left = asked.request.item_count - len((opened.refused if opened else None) or {})
            documents = t.count("documents", left)
            self.ids.how.text = t(f"pin.{asked.purpose}", documents=documents, who=asked.request.relying_party_name)
        if asked.problem is None:
            self.ids.problem.text = ""
        elif asked.problem.tries_left is not None:
            self.ids.problem.text = t("pin.wrong", tries=asked.problem.tries_left)
        else:
            self.ids.problem.text = t("pin.wait_first")
        self._tick()

    def _tick(self) -> None:
        asked = self.flow.pin
        left = 0.0
        if asked is not None and asked.problem is not None:
            left = asked.problem.retry_after - (self.flow.now_ms() - asked.asked_at) / 1000
        self.ids.wait.text = self.t("pin.wait", left=clock_text(left + 0.99)) if left > 0 else ""
        self.ids.pad.awake = left <= 0

    def covered(self) -> None:
        self.ids.pad.clear()

    def go_on(self) -> None:
        self.flow.give_pin(self.ids.pad.take())

    def back(self) -> None:
        self.ids.pad.clear()
        self.flow.leave()


load_kv(__file__)
