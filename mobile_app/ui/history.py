"""What this phone has answered: newest first, searched by name, narrowed by how it ended and when, each entry with its evidence; what is
found can be saved to a file."""

from itertools import islice
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from mobile_app.device.history import FinishedRequest
from mobile_app.ui.end_colours import end_colours
from mobile_app.ui.evidence_file import evidence_json
from mobile_app.ui.history_search import Search, found
from mobile_app.ui.widgets import Page, PlainButton, PushButton, Surface, load_kv, on_release

ENTRIES_AT_ONCE: Final = 30
_TYPING_SECONDS: Final = 0.3


class FilterButton(PushButton):
    """One of a few, the one that holds is on."""

    on = BooleanProperty(False)


class HistoryCard(Surface):
    page = ObjectProperty(None)
    entry = ObjectProperty(None)
    who = StringProperty("")
    what = StringProperty("")
    when = StringProperty("")
    state = StringProperty("")


class HistoryScreen(Page):
    end = StringProperty("all")
    period = StringProperty("any")
    _search: Any = None
    _last: int | None = None
    _reading = False

    @property
    def comes_back(self) -> bool:
        """From an entry: what was sought and found stays."""
        return self.flow.history_entry is not None and bool(self.ids.entries.children)

    def entered(self) -> None:
        self.ids.saved.text = ""
        if not self.comes_back:
            self.ids.search.text, self.end, self.period = "", "all", "any"
            self.load()
        self.flow.history_entry = None

    def searched(self) -> None:
        """Each stroke would read the journal; the last one does."""
        if self._search is not None:
            self._search.cancel()
        self._search = Clock.schedule_once(lambda _seconds: self.load(), _TYPING_SECONDS)

    def narrow(self, *, end: str = "", period: str = "") -> None:
        self.end, self.period = end or self.end, period or self.period
        self.load()

    def load(self) -> None:
        self._last, self._reading = None, True
        self._read(first=True)

    def _wanted(self) -> Search:
        return Search(self.ids.search.text.strip(), self.end, self.period)

    def _read_on(self) -> None:
        """The next page, once however often it is asked for."""
        if not self._reading:
            self._reading = True
            self._read(first=False)

    def _read(self, *, first: bool) -> None:
        wanted, before, device, now = self._wanted(), self._last, self.flow.device, self.flow.server_now_ms()
        self.flow.in_background(
            lambda: list(islice(found(device, wanted, now, before), ENTRIES_AT_ONCE)),
            lambda entries: self._show(entries, first, wanted),
        )

    def _show(self, entries: list[FinishedRequest], first: bool, wanted: Search) -> None:
        if wanted != self._wanted():
            return
        if first:
            self.ids.entries.clear_widgets()
        for entry in entries:
            self.ids.entries.add_widget(self._card(entry))
            self._last = entry.finished_at
        self._reading = False
        none = first and not entries
        self.ids.empty.text = self.t("history.none_found" if wanted.is_narrowed else "history.empty") if none else ""
        self.ids.export.disabled = none
        self.ids.more.clear_widgets()
        if len(entries) == ENTRIES_AT_ONCE:
            button = PlainButton(text=self.t("history.more"))
            on_release(button, self._read_on)
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

    def export(self) -> None:
        """All that is found, not only what stands on the screen so far."""
        wanted, device, now = self._wanted(), self.flow.device, self.flow.server_now_ms()
        self.flow.save_file(
            f"phoneseal-{self.flow.t.file_day(now)}.json",
            lambda: evidence_json(device, found(device, wanted, now), now),
            lambda sentence: setattr(self.ids.saved, "text", sentence),
        )

    def look(self, entry: FinishedRequest) -> None:
        self.flow.history_entry = entry
        self.flow.go("evidence")


load_kv(__file__)
