"""The account this phone is linked to, language and theme, and what the app is."""

from mobile_app.device.identity import Identity
from mobile_app.ui.widgets import Page, load_kv


class AccountScreen(Page):
    def entered(self) -> None:
        device = self.flow.device
        self.flow.in_background(lambda: device.identity, self._show)

    def _show(self, identity: Identity | None) -> None:
        if identity is None:
            return
        t = self.flow.t
        self.ids.name.text = identity.subscriber_name
        self.ids.server.text = t("account.server", name=identity.server_name, url=identity.server_url)
        self.ids.since.text = t("account.since", moment=t.moment(identity.paired_at))
        self.ids.device.text = t("account.device", device_id=identity.device_id)

    def refresh(self) -> None:
        t, skew = self.flow.t, round(self.flow.skew_ms / 1000)
        self.ids.clock.text = t("account.clock_right") if abs(skew) < 5 else t("account.clock_off", seconds=abs(skew))
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
