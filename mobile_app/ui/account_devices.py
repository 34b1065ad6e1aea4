"""The phones of this account, this one first. It can be frozen and unlinked here; the others in the browser, since a stolen phone must not
be able to shut out its owner's."""

from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from mobile_app.device.account import PhoneLine
from mobile_app.device.identity import Identity
from mobile_app.device.interaction import ConnectionState
from mobile_app.ui import theme
from mobile_app.ui.widgets import Page, Surface, load_kv


class PhoneCard(Surface):
    page = ObjectProperty(None)
    name = StringProperty("")
    state_word = StringProperty("")
    facts = StringProperty("")
    this = BooleanProperty(False)


class AccountDevicesScreen(Page):
    _identity: Identity | None = None
    _shown: object = None
    _state: object = None

    def entered(self) -> None:
        self._shown = self._state = None
        device = self.flow.device
        self.flow.in_background(lambda: device.identity, self._identity_came)
        self.flow.account.read_phones()

    def _identity_came(self, identity: Identity | None) -> None:
        self._identity = identity
        self._shown = self._state = None
        self.refresh()

    def refresh(self) -> None:
        account, state = self.flow.account, self.flow.connection
        if state != self._state and account.phones is None and not account.busy and self._state is not None:
            account.read_phones()
        self.ids.how.text = account.problem or account.state_words() or (self.t("account.asking") if account.busy else "")
        self.ids.again.disabled = not account.problem
        self.ids.gone.disabled = not account.gone
        self.ids.freeze.disabled = self.ids.unpair.disabled = account.busy or state != ConnectionState.ONLINE
        if (self._shown, self._state) != (account.phones, state):
            self._shown, self._state = account.phones, state
            self._fill()

    def _fill(self) -> None:
        rows = self.ids.phones
        rows.clear_widgets()
        phones = self.flow.account.phones or []
        for phone in sorted(phones, key=lambda phone: not self._is_this(phone)):
            rows.add_widget(self._card(phone))
        if not phones and self._identity is not None:
            rows.add_widget(self._card_of_identity(self._identity))
        self.ids.others.text = self.t("account_devices.others") if len(phones) > 1 else ""

    def _is_this(self, phone: PhoneLine) -> bool:
        return self._identity is not None and phone.device_id == self._identity.device_id

    def _card(self, phone: PhoneLine) -> PhoneCard:
        t, this = self.flow.t, self._is_this(phone)
        seen = t("account_devices.never")
        if phone.last_seen_at is not None:
            seen = t("account_devices.seen", moment=t.moment(phone.last_seen_at))
        facts = [
            t.platform(phone.platform),
            t(f"key_protection.{phone.key_protection}"),
            t("account_devices.since", moment=t.moment(phone.paired_at)),
            seen,
        ]
        frozen = phone.state == "FROZEN" or (this and self.flow.connection == ConnectionState.FROZEN)
        return self._coloured(PhoneCard(page=self, name=phone.name, facts="\n".join(facts), this=this), frozen)

    def _card_of_identity(self, identity: Identity) -> PhoneCard:
        """What this phone knows of itself while the server cannot be asked."""
        t = self.flow.t
        facts = [
            t(f"key_protection.{identity.key_protection}"),
            t("account_devices.since", moment=t.moment(identity.paired_at)),
        ]
        card = PhoneCard(page=self, name=t("account_devices.this"), facts="\n".join(facts))
        return self._coloured(card, frozen=True) if self.flow.connection == ConnectionState.FROZEN else card

    def _coloured(self, card: PhoneCard, frozen: bool) -> PhoneCard:
        card.state_word = self.t("account_devices.frozen" if frozen else "account_devices.active")
        card.ids.state.color = theme.now.amber if frozen else theme.now.jade
        card.ids.state.ground = theme.now.amber_soft if frozen else theme.now.jade_soft
        return card

    def back(self) -> None:
        self.flow.go("account")


load_kv(__file__)
