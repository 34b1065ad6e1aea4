"""One certificate: how it stands, what it says, how its key is kept, its chain up to the root, what was signed with it; it can be saved."""

from typing import Any

from kivy.properties import StringProperty

from mobile_app.device.certificate_facts import CertificateFacts, pem_file, read_certificate
from mobile_app.device.certificates import PhoneCertificate
from mobile_app.ui.certificate_words import how_it_stands, state_colours, state_word, time_left
from mobile_app.ui.stack import Stack
from mobile_app.ui.widgets import Page, Quiet, load_kv


class Fact(Stack):
    """What it is, and below what it says."""

    label_text = StringProperty("")
    value = StringProperty("")


class CertificateScreen(Page):
    def entered(self) -> None:
        kept: PhoneCertificate | None = self.flow.certificate
        if kept is None:
            return
        facts, device = read_certificate(kept.certificate), self.flow.device
        self.ids.saved.text = self.ids.signed.value = ""
        self._show_state(kept, facts)
        self._show_facts(kept, facts)
        self._show_chain(kept, facts)
        self.flow.in_background(
            lambda: device.signed_documents(kept.certificate_sha256), lambda count: self._show_signed(kept, count)
        )

    def _show_state(self, kept: PhoneCertificate, facts: CertificateFacts) -> None:
        t, now, ids = self.flow.t, self.flow.server_now_ms(), self.ids
        ids.state.text = state_word(t, kept, facts, now)
        ids.state.color, ids.state.ground = state_colours(kept, facts, now)
        ids.subject.text = facts.subject
        ids.left.text = time_left(t, kept, facts, now)
        ids.how.text = how_it_stands(t, kept, facts, now)

    def _show_facts(self, kept: PhoneCertificate, facts: CertificateFacts) -> None:
        t, ids = self.flow.t, self.ids
        ids.issuer.value = facts.issuer
        ids.validity.value = t("certificate.from_to", start=t.moment(facts.starts_at), end=t.moment(facts.ends_at))
        ids.number.value = _in_groups(facts.serial_number, 4)
        ids.fingerprint.value = _in_groups(kept.certificate_sha256, 8)
        ids.server.value = kept.server_name
        ids.key_kind.value = facts.key
        ids.algorithm.value = t(f"algorithm.{kept.signature_algorithm}")
        ids.key_place.value = t("certificate.key_gone") if kept.end is not None else t(f"key_protection.{kept.key_protection}")

    def _show_chain(self, kept: PhoneCertificate, facts: CertificateFacts) -> None:
        t, rows = self.flow.t, self.ids.chain
        rows.clear_widgets()
        for one in (facts, *(read_certificate(issuer) for issuer in kept.certificate_chain)):
            role = "own" if one is facts else "root" if one.issued_itself else "issuer"
            rows.add_widget(Fact(label_text=t(f"certificate_chain.{role}", day=t.day(one.ends_at)), value=one.subject))
        if not kept.certificate_chain:
            rows.add_widget(Quiet(text=t("certificate.chain_lost")))

    def _show_signed(self, kept: PhoneCertificate, count: int) -> None:
        if self.flow.certificate is kept:
            t = self.flow.t
            self.ids.signed.value = t.count("documents", count) if count else t("certificate.used_for_none")

    def export(self) -> None:
        kept: Any = self.flow.certificate
        if kept is not None:
            self.flow.save_file(
                f"phoneseal-certificate-{kept.certificate_sha256[:8]}.pem",
                lambda: pem_file(kept.certificate, kept.certificate_chain),
                lambda sentence: setattr(self.ids.saved, "text", sentence),
            )

    def back(self) -> None:
        self.flow.go("certificates")


def _in_groups(digits: str, size: int) -> str:
    return " ".join(digits[at : at + size] for at in range(0, len(digits), size))


load_kv(__file__)
