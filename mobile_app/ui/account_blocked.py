"""Whom the person has blocked: each can be let in again."""

from kivy.properties import ObjectProperty, StringProperty

from mobile_app.device.interaction import ConnectionState
from mobile_app.link.account_wire import BlockedRequester
from mobile_app.ui.widgets import Page, Surface, load_kv


class BlockedCard(Surface):
    page = ObjectProperty(None)
    block_id = StringProperty("")
    who = StringProperty("")
    what = StringProperty("")
    since = StringProperty("")


class AccountBlockedScreen(Page):
    _shown: object = None
    _state: object = None

    def entered(self) -> None:
        self._shown = self._state = None
        self.flow.account.read_blocked()

    def refresh(self) -> None:
        account, state = self.flow.account, self.flow.connection
        if state != self._state and account.blocked is None and not account.busy and self._state is not None:
            account.read_blocked()
        self._state = state
        self.ids.done.text = account.done
        self.ids.news.text = account.problem or account.state_words() or (self.t("account.asking") if account.busy else "")
        self.ids.again.disabled = account.blocked is not None or account.busy or state != ConnectionState.ONLINE
        if self._shown != account.blocked:
            self._shown = account.blocked
            self._fill()
        self.ids.none.text = self.t("account_blocked.none") if account.blocked == [] else ""

    def _fill(self) -> None:
        self.ids.blocked.clear_widgets()
        for block in self.flow.account.blocked or []:
            self.ids.blocked.add_widget(self._card(block))

    def _card(self, block: BlockedRequester) -> BlockedCard:
        t = self.flow.t
        whole = t("account_blocked.whole")
        of_person = t("account_blocked.person", who=block.relying_party_name)
        return BlockedCard(
            page=self,
            block_id=block.block_id,
            who=block.person or block.relying_party_name,
            what=of_person if block.person else whole,
            since=t("account_blocked.since", moment=t.moment(block.blocked_at)),
        )

    def back(self) -> None:
        self.flow.go("account")


load_kv(__file__)
