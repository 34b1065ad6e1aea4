"""On the PIN screen: a finger or a face in the place of typing, where this phone has that and the person chose it.

The button is there only while it is offered: for signing only, and not again for a question that had a wrong answer, where the PIN is
typed.
"""

from typing import Any

from kivy.properties import BooleanProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from mobile_app.device.interaction import PinPurpose
from mobile_app.device.pin_rules import wipe
from mobile_app.ui.stage import PinAsked
from mobile_app.ui.widgets import PlainButton, load_kv


class BiometricButton(BoxLayout):
    flow: Any = ObjectProperty(None, allownone=True)
    offered = BooleanProperty(False)
    _asked: PinAsked | None = None
    _vault_name = ""

    def on_offered(self, *_changed: object) -> None:
        self.clear_widgets()
        if self.offered:
            self.add_widget(PlainButton(text=self.flow.t("biometrics.use"), on_release=lambda _pressed: self.ask()))

    def offer(self, asked: PinAsked | None) -> None:
        """For this question, once; the dialogue comes by itself."""
        if asked is self._asked:
            return
        self._asked, self.offered = asked, False
        biometrics = self.flow.parts.biometrics
        if (
            asked is None
            or biometrics is None
            or asked.purpose == PinPurpose.APPROVE_DEVICE
            or asked.problem is not None
        ):
            return

        def vault_name() -> str:
            identity = self.flow.device.identity
            return identity.vault_name if identity is not None and biometrics.ready(identity.vault_name) else ""

        self.flow.bridge.run(vault_name, lambda name: self._found(asked, name))

    def _found(self, asked: PinAsked, vault_name: str) -> None:
        if vault_name and asked is self._asked:
            self._vault_name, self.offered = vault_name, True
            self.ask()

    def ask(self) -> None:
        asked, flow = self._asked, self.flow
        if asked is None or not self.offered:
            return
        biometrics, title, instead = (
            flow.parts.biometrics,
            flow.t("biometrics.prompt"),
            flow.t("biometrics.type_instead"),
        )

        def answered(pin: bytearray | None) -> None:
            if pin is not None and flow.pin is asked:
                flow.give_pin(pin)
            elif pin is not None:
                wipe(pin)  # the question has gone meanwhile

        def failed(error: Any) -> None:
            self.offered = False
            flow.notice = flow.t.problem(error.code)
            flow.refresh()

        flow.bridge.run(lambda: biometrics.ask(self._vault_name, title, instead), answered, failed)


load_kv(__file__)
