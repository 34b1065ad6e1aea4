"""The request is under way: being fetched and checked, signed, sent. It can be left; what is approved goes on."""

from mobile_app.device.interaction import ConnectionState, Step
from mobile_app.ui.opened_request import Intent
from mobile_app.ui.widgets import Page, load_kv


class ProgressScreen(Page):
    def refresh(self) -> None:
        opened = self.flow.opened
        if opened is None:
            return
        progress = opened.progress
        if self.flow.connection != ConnectionState.ONLINE:
            step = "offline"
        elif progress is None:
            step = "refusing" if opened.intent == Intent.REFUSE else "asking"
        else:
            step = str(progress.step)
        done, total = (progress.done, progress.total) if progress else (0, opened.pending.item_count)
        if progress is not None and progress.step == Step.SENDING and done >= total:
            step = "sent"
        self.ids.place.text = self.flow.together.place()
        self.ids.who.text = opened.pending.relying_party_name
        self.ids.step.text = self.t(f"progress.{step}")
        self.ids.numbers.text = self.t("progress.numbers", done=done, total=total) if progress else ""
        self.ids.bar.fraction = done / total if total else 0.0

    def back(self) -> None:
        self.flow.leave()


load_kv(__file__)
