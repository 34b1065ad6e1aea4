"""Welcome: the code from the browser, typed or pasted, links this phone to an account."""

import sys
from typing import TYPE_CHECKING

from kivy.core.clipboard import Clipboard

from mobile_app.device.pairing_code import read_pairing_code
from mobile_app.errors import Refused
from mobile_app.ui.camera import camera_kind
from mobile_app.ui.check_code import check_code
from mobile_app.ui.qr_code import can_read
from mobile_app.ui.widgets import Page, PlainButton, QuietButton, load_kv, on_release

if TYPE_CHECKING:
    from mobile_app.ui.flow import Flow

_SCHEME = "phoneseal:"


def offer_pairing_link(flow: "Flow", link: str) -> None:
    """A link that was opened on this phone stands in the field, as if pasted; the rest is the person's. Main thread."""

    def offer(unpaired: bool) -> None:
        if unpaired and flow.showing in ("", "welcome"):
            flow.offered_link = link
            if flow.showing:
                flow.go("welcome")

    flow.bridge.run(lambda: flow.device.identity is None, offer)


class WelcomeScreen(Page):
    def entered(self) -> None:
        self.ids.code.text, self.flow.offered_link = self.flow.offered_link, ""
        self.ids.server.text = self.flow.pairing_server or self.flow.server_url
        self.say(self.flow.notice)
        self._offer_ways()

    def _offer_ways(self) -> None:
        """How a code may come without typing: only those that work here."""
        ways = {"scan": camera_kind() is not None, "picture": can_read() and sys.platform != "android", "paste": True}
        acts = {"scan": lambda: self.flow.go("scan"), "picture": lambda: self.flow.go("pick_picture"), "paste": self.paste}
        self.ids.ways.clear_widgets()
        for name in (name for name, works in ways.items() if works):
            kind = PlainButton if name == "scan" else QuietButton
            button = kind(text=self.t(f"welcome.{name}"))
            on_release(button, acts[name])
            self.ids.ways.add_widget(button)

    def say(self, sentence: str) -> None:
        self.ids.problem.text = sentence

    def code_changed(self) -> None:
        """What a QR code holds names the server itself."""
        asks_server = not self.ids.code.text.strip().lower().startswith(_SCHEME)
        for part in (self.ids.server, self.ids.server_label):
            part.disabled = not asks_server
            part.opacity = 1 if asks_server else 0

    def paste(self) -> None:
        self.ids.code.text = str(Clipboard.paste() or "").strip()

    def go_on(self) -> None:
        code, server = self.ids.code.text.strip(), self.ids.server.text.strip()
        try:
            read_pairing_code(code, server or None)
        except Refused as error:
            wrong_server = error.details.get("what") == "server_url"
            self.say(self.t("welcome.server_wrong") if wrong_server else self.flow.t.problem(error.code))
            return
        check_code(self.flow, code, server, self.say)

    def other_language(self) -> None:
        """What is typed stays."""
        self.flow.offered_link, self.flow.pairing_server = self.ids.code.text, self.ids.server.text
        self.flow.set_up(language="en" if self.flow.settings.now.language == "vi" else "vi")


load_kv(__file__)
