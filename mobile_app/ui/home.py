"""Home: what waits for the person, each request on its card, and whether the phone is connected."""

from typing import Any, Final

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from mobile_app.device.interaction import SHUT_OUT, ConnectionState, PendingRequest
from mobile_app.ui.opened_request import Intent
from mobile_app.ui.reason_sheet import ask_reason
from mobile_app.ui.widgets import Page, PrimaryButton, Surface, clock_text, load_kv, on_release

CARDS_AT_ONCE: Final = 20


class RequestCard(Surface):
    """One pending request. Texts are made by the screen."""

    pending = ObjectProperty(None)
    page = ObjectProperty(None)
    who = StringProperty("")
    what = StringProperty("")
    person = StringProperty("")
    when = StringProperty("")
    fraction = NumericProperty(1.0)
    left = StringProperty("")
    is_one_of_many = BooleanProperty(False)
    """Then the screen's one primary action is to sign them all."""


class HomeScreen(Page):
    nothing = StringProperty("")
    shut_out = BooleanProperty(False)
    """Nothing comes because the server does not listen: that is no sign that all is done."""
    _ticking: Any = None
    _at_most = CARDS_AT_ONCE

    def entered(self) -> None:
        self._at_most = CARDS_AT_ONCE
        self._ticking = Clock.schedule_interval(lambda _seconds: self._tick(), 1.0)

    def on_leave(self, *_arguments: object) -> None:
        if self._ticking is not None:
            self._ticking.cancel()

    def refresh(self) -> None:
        flow = self.flow
        self.shut_out = flow.connection in SHUT_OUT
        self.nothing = self.t(f"connection.{flow.connection}" if self.shut_out else "home.empty")
        self.ids.notice.text = flow.notice
        self.ids.state.text = (
            "" if flow.connection == ConnectionState.ONLINE else self.t(f"connection_help.{flow.connection}")
        )
        self.ids.empty.opacity = 0 if flow.pending else 1
        self.ids.count.text = self.t("home.count", count=len(flow.pending)) if flow.pending else ""
        self._show_cards()
        many = len(flow.pending) > 1
        for card in self.ids.cards.children:
            card.ids.sign.disabled = flow.connection in SHUT_OUT
            card.is_one_of_many = many
        self._offer_all(many)
        self.ids.clock.text = flow.account.clock_words()
        self._tick()

    def _show_cards(self) -> None:
        """The first twenty, and as many more as were asked for. A card that stands stays: a finger may be on it."""
        cards, pending = self.ids.cards, self.flow.pending[: self._at_most]
        standing = {card.pending: card for card in cards.children}
        if [card.pending for card in reversed(cards.children)] != list(pending):
            cards.clear_widgets()
            for one in pending:
                cards.add_widget(standing.get(one) or self._card(one))
        left = len(self.flow.pending) - len(pending)
        self.ids.more.text = self.t("request.more", left=left) if left else ""

    def show_more(self) -> None:
        self._at_most += CARDS_AT_ONCE
        self.refresh()

    def _offer_all(self, many: bool) -> None:
        """The button is docked only while there are several."""
        dock = self.ids.dock
        if not many:
            dock.clear_widgets()
            return
        if not dock.children:
            made = PrimaryButton()
            on_release(made, self.flow.together.begin)
            dock.add_widget(made)
        button = dock.children[0]
        button.text = self.t("sign_all", count=len(self.flow.pending))
        button.disabled = self.flow.connection in SHUT_OUT or self.flow.series is not None

    def _card(self, pending: PendingRequest) -> RequestCard:
        t = self.flow.t
        return RequestCard(
            pending=pending,
            page=self,
            who=pending.relying_party_name,
            person=t("home.person", name=pending.requested_by) if pending.requested_by else "",
            what=t("home.what", documents=t.count("documents", pending.item_count), pages=t.count("pages", pending.total_pages)),
            when=t.moment(pending.issued_at),
        )  # fmt: skip

    def _tick(self) -> None:
        now = self.flow.server_now_ms()
        for card in self.ids.cards.children:
            left = max(0, card.pending.expires_at - now) / 1000
            card.left = clock_text(left)
            card.fraction = left * 1000 / max(1, card.pending.expires_at - card.pending.issued_at)

    def look(self, pending: PendingRequest) -> None:
        self.flow.open(pending)

    def sign(self, pending: PendingRequest) -> None:
        self.flow.open(pending, Intent.SIGN)

    def refuse(self, pending: PendingRequest) -> None:
        ask_reason(
            self.flow.t,
            title=self.t("refuse.title"),
            explanation=self.t("refuse.how", who=pending.relying_party_name),
            go_on=self.t("refuse.do"),
            then=lambda reason: self.flow.open(pending, Intent.REFUSE, reason),
        )

    def forget_notice(self) -> None:
        self.flow.notice = ""
        self.refresh()


load_kv(__file__)
