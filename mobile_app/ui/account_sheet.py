"""A sheet over a screen: a question in plain words before something that cannot be taken back lightly, or a sentence to read."""

from collections.abc import Callable

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.modalview import ModalView

from mobile_app.ui.strings import Strings
from mobile_app.ui.widgets import load_kv


class AccountSheet(ModalView):
    """``go_on`` is empty when there is only something to read."""

    title = StringProperty("")
    explanation = StringProperty("")
    go_on = StringProperty("")
    keep = StringProperty("")
    then = ObjectProperty(None)

    def done(self) -> None:
        self.dismiss(animation=False)
        self.then()


def ask_sheet(t: Strings, *, title: str, explanation: str, go_on: str, then: Callable[[], None]) -> None:
    """``then`` is called if the person goes on. The safe way out is as large as the other."""
    AccountSheet(title=title, explanation=explanation, go_on=go_on, keep=t("cancel"), then=then).open(animation=False)


def tell_sheet(t: Strings, *, title: str, explanation: str) -> None:
    AccountSheet(title=title, explanation=explanation, keep=t("close")).open(animation=False)


load_kv(__file__)
