"""The certificates that this phone knows of: the one it signs with first, then those it signed with before. A touch opens one."""

from typing import Any, Final

from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior

from mobile_app.device.certificate_facts import read_certificate
from mobile_app.device.certificates import PhoneCertificate
from mobile_app.ui.certificate_words import state_colours, state_word, time_left
from mobile_app.ui.widgets import Page, Surface, load_kv

_NONE: Final = (0, 0, 0, 0)


class CertificateCard(ButtonBehavior, Surface):
    """All of it can be pressed."""

    page: Any = ObjectProperty(None)
    subject = StringProperty("")
    state_word = StringProperty("")
    state_colours = ListProperty([_NONE, _NONE])
    issuer = StringProperty("")
    valid = StringProperty("")
    left = StringProperty("")

    def __init__(self, kept: PhoneCertificate, **values: Any) -> None:
        self.kept = kept
        super().__init__(**values)

    def on_release(self) -> None:
        self.page.look(self.kept)


class CertificatesScreen(Page):
    empty = BooleanProperty(False)
    """This phone signs with none."""

    @property
    def comes_back(self) -> bool:
        """From one of them: the list stands where it stood."""
        return self.flow.certificate is not None and bool(self.ids.in_use.children or self.ids.before.children)

    def entered(self) -> None:
        self.flow.certificate = None
        self.flow.in_background(self.flow.device.certificates, self._show)

    def _show(self, found: list[PhoneCertificate]) -> None:
        for place, ended in ((self.ids.in_use, False), (self.ids.before, True)):
            place.clear_widgets()
            for kept in found:
                if (kept.ended_at is not None) == ended:
                    place.add_widget(self._card(kept))
        self.empty = not self.ids.in_use.children
        self.ids.in_use_title.text = "" if self.empty else self.t("certificates.in_use")
        self.ids.before_title.text = self.t("certificates.before") if self.ids.before.children else ""

    def _card(self, kept: PhoneCertificate) -> CertificateCard:
        t, now, facts = self.flow.t, self.flow.server_now_ms(), read_certificate(kept.certificate)
        return CertificateCard(
            kept,
            page=self,
            subject=facts.subject,
            state_word=state_word(t, kept, facts, now),
            state_colours=state_colours(kept, facts, now),
            issuer=t("certificate.issued_by", name=facts.issuer),
            valid=t("certificate.valid", start=t.day(facts.starts_at), end=t.day(facts.ends_at)),
            left=time_left(t, kept, facts, now),
        )

    def look(self, kept: PhoneCertificate) -> None:
        self.flow.certificate = kept
        self.flow.go("certificate")


load_kv(__file__)
