"""A sheet that asks for a reason: for refusing a request, or for leaving one document out."""

from collections.abc import Callable

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.modalview import ModalView

from mobile_app.ui.strings import Strings
from mobile_app.ui.widgets import load_kv

LONGEST_REASON = 500


class ReasonSheet(ModalView):
    title = StringProperty("")
    explanation = StringProperty("")
    field_label = StringProperty("")
    go_on = StringProperty("")
    keep = StringProperty("")
    then = ObjectProperty(None)

    def done(self) -> None:
        self.dismiss(animation=False)
        self.then(self.ids.reason.text[:LONGEST_REASON])


def ask_reason(
    t: Strings, *, title: str, explanation: str, go_on: str, then: Callable[[str], None], keep: str = ""
) -> ReasonSheet:
    """Opens it; ``then`` gets the reason (may be empty) if the person goes on."""
    sheet = ReasonSheet(
        title=title,
        explanation=explanation,
        field_label=t("reason.label"),
        go_on=go_on,
        keep=keep or t("back"),
        then=then,
    )
    sheet.open(animation=False)
    return sheet


load_kv(__file__)
