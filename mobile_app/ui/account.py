"""The account this phone is linked to: its state in words, the way to its screens, language, theme, and logging out."""

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from mobile_app.device.identity import Identity
from mobile_app.ui.widgets import Page, load_kv


class AccountRow(ButtonBehavior, BoxLayout):
    """A way to another screen of the account."""

    page = ObjectProperty(None)
    title = StringProperty("")
    detail = StringProperty("")
    screen = StringProperty("")


class AccountScreen(Page):
    def entered(self) -> None:
        device = self.flow.device
        self.flow.in_background(lambda: device.identity, self._show)
        self.ids.phone.show()

    def _show(self, identity: Identity | None) -> None:
        if identity is None:
            return
        t = self.flow.t
        self.ids.name.text = identity.subscriber_name
        self.ids.server.text = identity.server_name
        self.ids.since.text = t("account.since", moment=t.moment(identity.paired_at))

    def refresh(self) -> None:
        self.ids.state.text = self.flow.account.state_words()
        self.ids.clock.text = self.flow.account.clock_words()
        now = self.flow.settings.now
        self.ids.vi.state_on = now.language == "vi"
        self.ids.en.state_on = now.language == "en"
        self.ids.light.state_on = now.theme == "light"
        self.ids.dark.state_on = now.theme == "dark"

    def set_language(self, language: str) -> None:
        self.flow.set_up(language=language)

    def set_theme(self, name: str) -> None:
        self.flow.set_up(theme_name=name)


load_kv(__file__)
