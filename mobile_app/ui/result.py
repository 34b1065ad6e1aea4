"""How the request ended, and the next step."""

from kivy.properties import StringProperty

from mobile_app.ui import theme
from mobile_app.ui.widgets import Page, load_kv


class ResultScreen(Page):
    sign = StringProperty("none")

    def refresh(self) -> None:
        result, t = self.flow.result, self.flow.t
        if result is None:
            return
        good = result.end_result == "ok"
        self.sign = "check" if good else "cross" if result.end_result == "user_refused" else "alert"
        self.ids.icon.ink = self._colour(result.end_result)
        self.ids.said.text = t.end(result)
        numbers = [
            t(f"result.{name}", documents=t.count("documents", count))
            for name, count in (
                ("signed", result.items_signed), ("refused", result.items_refused), ("failed", result.items_failed),
            )
            if count
        ]  # fmt: skip
        self.ids.numbers.text = "\n".join(numbers)
        self.ids.detail.text = t("result.detail", code=result.detail) if result.detail else ""
        series = self.flow.series
        waiting = (
            series.left if series is not None
            else len([one for one in self.flow.pending if one.request_id != result.request_id])
        )  # fmt: skip
        self.ids.go_on.text = t("result.go_on", count=waiting) if waiting else t("close")
        self.ids.close.disabled = not waiting
        self.ids.close.opacity = 1 if waiting else 0

    @staticmethod
    def _colour(end_result: str) -> tuple[float, float, float, float]:
        return {"ok": theme.now.jade, "user_refused": theme.now.ink_2}.get(end_result, theme.now.amber)

    def go_on(self) -> None:
        """To the next request that waits, or home."""
        if self.flow.series is not None:
            self.flow.together.go_on()
            return
        result = self.flow.result
        waiting = [one for one in self.flow.pending if result is None or one.request_id != result.request_id]
        if waiting:
            self.flow.open(waiting[0])
        else:
            self.back()

    def history(self) -> None:
        self.flow.opened = None
        self.flow.go("history")

    def back(self) -> None:
        self.flow.leave()


load_kv(__file__)
