"""What this phone has answered: newest first, searched by name, each entry with its evidence."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import ObjectProperty, StringProperty

from mobile_app.device.history import FinishedRequest
from mobile_app.ui.end_colours import end_colours
from mobile_app.ui.widgets import Page, PlainButton, Surface, load_kv, on_release

ENTRIES_AT_ONCE: Final = 30
_TYPING_SECONDS: Final = 0.3


class HistoryCard(Surface):
    page = ObjectProperty(None)
    entry = ObjectProperty(None)
    who = StringProperty("")
    what = StringProperty("")
    when = StringProperty("")
    state = StringProperty("")


class HistoryScreen(Page):
    _search: Any = None
    _last: int | None = None

    def entered(self) -> None:
        self.load()

    def searched(self) -> None:
        """Each stroke would read the journal; the last one does."""
        if self._search is not None:
            self._search.cancel()
        self._search = Clock.schedule_once(lambda _seconds: self.load(), _TYPING_SECONDS)

    def load(self) -> None:
        self._last = None
        self._read(first=True)

    def _read(self, *, first: bool) -> None:
        text, before, device = self.ids.search.text.strip(), self._last, self.flow.device
        self.flow.in_background(
            lambda: device.history(limit=ENTRIES_AT_ONCE, before=before, text=text),
            lambda entries: self._show(entries, first, text),
        )

    def _show(self, entries: list[FinishedRequest], first: bool, text: str) -> None:
        if first:
            self.ids.entries.clear_widgets()
        for entry in entries:
            self.ids.entries.add_widget(self._card(entry))
            self._last = entry.finished_at
        none = first and not entries
        self.ids.empty.text = self.t("history.none_found" if text else "history.empty") if none else ""
        self.ids.more.clear_widgets()
        if len(entries) == ENTRIES_AT_ONCE:
            button = PlainButton(text=self.t("history.more"))
            on_release(button, lambda: self._read(first=False))
            self.ids.more.add_widget(button)

    def _card(self, entry: FinishedRequest) -> HistoryCard:
        t = self.flow.t
        card = HistoryCard(
            page=self,
            entry=entry,
            who=entry.relying_party_name,
            what=t.count("documents", entry.item_count),
            when=t.moment(entry.finished_at),
            state=t.end_word(entry.result.end_result),
        )
        card.ids.state.color, card.ids.state.ground = end_colours(entry.result.end_result)
        return card

    def look(self, entry: FinishedRequest) -> None:
        self.flow.history_entry = entry
        self.flow.go("evidence")


load_kv(__file__)
