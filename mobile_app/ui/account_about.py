"""What this app is, which server it trusts by which key, and under whose licences it stands."""

from mobile_app.device.device import PhoneDevice
from mobile_app.device.identity import Identity
from mobile_app.ui.account_strings import LICENCES
from mobile_app.ui.version import APP_VERSION
from mobile_app.ui.widgets import Page, load_kv


def _kept(device: PhoneDevice) -> tuple[Identity | None, str]:
    return device.identity, device.account.server_key_fingerprint


class AccountAboutScreen(Page):
    def entered(self) -> None:
        device = self.flow.device
        self.ids.version.text = self.t("account_about.version", version=APP_VERSION)
        self.ids.licences.text = "\n".join(f"{name}: {licence}" for name, licence in LICENCES)
        self.flow.in_background(lambda: _kept(device), self._show)

    def _show(self, kept: tuple[Identity | None, str]) -> None:
        identity, digest = kept
        if identity is not None:
            self.ids.server.text = f"{identity.server_name}\n{identity.server_url}"
            self.ids.fingerprint.text = " ".join(digest[at : at + 8] for at in range(0, 64, 8))
            self.ids.device.text = identity.device_id

    def back(self) -> None:
        self.flow.go("account")


load_kv(__file__)
