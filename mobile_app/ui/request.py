"""The request in full: who asks, until when, which documents, what was found in them. Single documents can be left out, with a reason.

Thirty rows stand there at a time and are made one a frame: a batch of thousands must not stop the window.
"""

from collections import Counter
from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from mobile_app.device.interaction import DocumentView, RequestView
from mobile_app.ui import stamp_words, theme
from mobile_app.ui.document_notes import notes
from mobile_app.ui.reason_sheet import ask_reason
from mobile_app.ui.stack import Stack
from mobile_app.ui.stamp_look import StampLook
from mobile_app.ui.untick import tick_or_untick
from mobile_app.ui.widgets import Page, PlainButton, Words, clock_text, load_kv, on_release

ROWS_AT_ONCE: Final = 30
_ROWS_A_FRAME: Final = 1


class DocumentRow(Stack):
    page = ObjectProperty(None)
    position = NumericProperty(0)
    title = StringProperty("")
    facts = StringProperty("")
    finding = StringProperty("")
    ticked = BooleanProperty(True)
    large = BooleanProperty(False)
    """Large letters need the row's whole width."""
    single = BooleanProperty(False)
    """The only document can't be left out: that is a refusal."""


class RequestScreen(Page):
    _ticking: Any = None
    _filling: Any = None
    _first = 0
    _whole: RequestView | None = None
    """The request whose rows stand here, all that belong to this stretch."""
    _shown = 0

    @property
    def comes_back(self) -> bool:
        """From one of the documents whose rows all stand here."""
        opened, first = self.flow.opened, self.flow.looking_at // ROWS_AT_ONCE * ROWS_AT_ONCE
        return opened is not None and opened.view is self._whole and first == self._first

    def entered(self) -> None:
        self._ticking = Clock.schedule_interval(lambda _seconds: self._tick(), 1.0)
        opened = self.flow.opened
        if opened is None or opened.view is None or self.comes_back:
            return
        self._show_request(opened.view)
        self._show_rows(self.flow.looking_at // ROWS_AT_ONCE * ROWS_AT_ONCE)

    def on_leave(self, *_arguments: object) -> None:
        for event in (self._ticking, self._filling):
            if event is not None:
                event.cancel()
        if self.flow.opened is None:
            self._whole = None

    def _show_request(self, view: RequestView) -> None:
        t, pending = self.flow.t, view.pending
        self.ids.who.text = pending.relying_party_name
        self.ids.person.text = t("home.person", name=pending.requested_by) if pending.requested_by else ""
        self.ids.what.text = t(
            "home.what", documents=t.count("documents", pending.item_count), pages=t.count("pages", pending.total_pages)
        )
        self.ids.when.text = t.moment(pending.issued_at)
        self.ids.place.text = self.flow.together.place()
        self.ids.later.disabled = self.flow.series is None
        self.ids.stamp_place.text = stamp_words.places(t, view.documents)
        drawn = self.flow.parts.kinds_drawn
        counted = Counter(finding for document in view.documents for finding in notes(document, drawn))
        self.ids.findings.clear_widgets()
        self.ids.findings_card.opacity = 1 if counted else 0
        for finding, count in sorted(counted.items()):
            sentence = t.finding(finding)
            if pending.item_count > 1:
                sentence = t("request.finding_count", finding=sentence, documents=t.count("documents", count))
            self.ids.findings.add_widget(Words(text=sentence))

    def _show_rows(self, first: int) -> None:
        """Thirty, from this one on."""
        if self._filling is not None:
            self._filling.cancel()
        self.ids.rows.clear_widgets()
        self.ids.more.clear_widgets()
        self._first, self._shown, self._whole = first, first, None
        self._filling = Clock.schedule_interval(lambda _seconds: self._fill(), 0)

    def _fill(self) -> bool:
        """A row; False ends it."""
        opened = self.flow.opened
        if opened is None or opened.view is None:
            return False
        documents = opened.view.documents
        end = min(len(documents), self._first + ROWS_AT_ONCE)
        last = min(end, self._shown + _ROWS_A_FRAME)
        for document in documents[self._shown : last]:
            self.ids.rows.add_widget(self._row(document, len(documents) == 1))
        self._shown = last
        self.refresh()
        if last < end:
            return True
        self._whole = opened.view
        if self._first > 0:
            self._offer(self.t("request.before", count=ROWS_AT_ONCE), self._first - ROWS_AT_ONCE)
        if last < len(documents):
            self._offer(self.t("request.more", left=len(documents) - last), last)
        return False

    def _offer(self, text: str, first: int) -> None:
        button = PlainButton(text=text)
        on_release(button, lambda: self._show_rows(first))
        self.ids.more.add_widget(button)

    def _row(self, document: DocumentView, single: bool) -> DocumentRow:
        t = self.flow.t
        facts = [t.count("pages", document.pages), t("request.checked")]
        if document.document_code:
            facts.insert(0, document.document_code)
        if not single:
            facts.append(t("stamp.signed_at", place=stamp_words.place(t, document.stamp)) if document.stamp else t("stamp.none"))
        return DocumentRow(
            page=self,
            position=document.position,
            title=document.title,
            facts=" · ".join(facts),
            single=single,
        )

    def refresh(self) -> None:
        opened = self.flow.opened
        if opened is None or opened.view is None or opened.refused is None:
            return
        refused, total = opened.refused, len(opened.view.documents)
        look, drawn = opened.stamps, self.flow.parts.kinds_drawn
        for row in self.ids.rows.children:
            if row.position >= total:  # of a request that stood here before
                continue
            row.ticked = row.position not in refused
            found = len(notes(opened.view.documents[row.position], drawn)) + (look is not None and row.position in look.over)
            row.finding = self.t("request.findings", count=found) if found else ""
        self._show_ground(look, total == 1)
        left = total - len(refused)
        self.ids.approve.disabled = left == 0 or (look is not None and look.holds_back)
        self.ids.approve.text = self.t("request.sign_count", count=left) if total > 1 else self.t("sign")
        self.ids.none_left.text = "" if left else self.t("request.none_left")
        self._tick()

    def _show_ground(self, look: StampLook | None, single: bool) -> None:
        """What is known by now of the ground that the signatures will lie on."""
        said, is_to_note = stamp_words.ground(self.flow.t, look, single) if look is not None else ("", False)
        self.ids.stamp_ground.text = said
        self.ids.stamp_ground.color = theme.now.amber if is_to_note else theme.now.ink_2

    def _tick(self) -> None:
        opened = self.flow.opened
        if opened is None or opened.view is None:
            return
        left = opened.view.seconds_left()
        self.ids.ring.text = clock_text(left)
        self.ids.ring.fraction = left * 1000 / max(1, opened.pending.expires_at - opened.pending.issued_at)

    def tick(self, position: int) -> None:
        """A tick box was pressed: put back what was left out, or ask why it is left out."""
        tick_or_untick(self.flow.t, self.flow.opened, position, self.refresh)

    def look(self, position: int) -> None:
        self.flow.looking_at = position
        self.flow.go("viewer")

    def approve(self) -> None:
        opened = self.flow.opened
        if opened is not None:
            self.flow.approve(opened.refused or {})

    def refuse(self) -> None:
        opened = self.flow.opened
        if opened is not None:
            ask_reason(
                self.flow.t,
                title=self.t("refuse.title"),
                explanation=self.t("refuse.how", who=opened.pending.relying_party_name),
                go_on=self.t("refuse.do"),
                then=self.flow.refuse,
            )

    def block(self) -> None:
        if self.flow.opened is not None:
            self.flow.account.block(self.flow.opened.request_id)

    def back(self) -> None:
        self.flow.leave()


load_kv(__file__)
