"""How each of the requests that were signed together ended."""

from kivy.properties import StringProperty

from mobile_app.ui.end_colours import end_colours
from mobile_app.ui.sign_all import Entry
from mobile_app.ui.widgets import Page, Surface, load_kv


class SeriesCard(Surface):
    who = StringProperty("")
    what = StringProperty("")
    said = StringProperty("")
    state = StringProperty("")


class SignAllEndScreen(Page):
    def refresh(self) -> None:
        series = self.flow.series
        if series is None:
            return
        self.ids.said.text = self.t("sign_all.signed", signed=series.signed, total=len(series.entries))
        self.ids.entries.clear_widgets()
        for entry in series.entries:
            self.ids.entries.add_widget(self._card(entry))

    def _card(self, entry: Entry) -> SeriesCard:
        t, result = self.flow.t, entry.result
        card = SeriesCard(
            who=entry.opened.pending.relying_party_name,
            what=t.count("documents", entry.opened.pending.item_count),
            said=t.end(result) if result is not None else t("sign_all.put_off"),
            state=t.end_word(result.end_result) if result is not None else t("sign_all.waits"),
        )
        card.ids.state.color, card.ids.state.ground = end_colours(result.end_result if result is not None else "")
        return card

    def back(self) -> None:
        self.flow.leave()

    def history(self) -> None:
        self.flow.leave()
        self.flow.go("history")


load_kv(__file__)
