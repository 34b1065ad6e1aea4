"""One finished request: how it ended, its documents with what was decided, and the signed statements that prove it."""

from typing import Final

from mobile_app.device.history import Evidence
from mobile_app.ui.evidence_file import evidence_json
from mobile_app.ui.widgets import Page, Quiet, Words, load_kv

_IN_ORDER: Final = ("envelope", "choice", "verdict", "approval", "acknowledgement", "refusal", "withdrawal", "outcome")
"""As they were made."""


class EvidenceScreen(Page):
    def entered(self) -> None:
        entry = self.flow.history_entry
        if entry is None:
            return
        t = self.flow.t
        self.ids.who.text = entry.relying_party_name
        self.ids.person.text = t("home.person", name=entry.requested_by) if entry.requested_by else ""
        self.ids.end.text = t.end(entry.result)
        self.ids.when.text = t("evidence.when", asked=t.moment(entry.issued_at), ended=t.moment(entry.finished_at))
        self.ids.documents.clear_widgets()
        self.ids.statements.text = self.ids.saved.text = ""
        self.ids.audit.text = (
            t("evidence.audit", sequence=entry.audit_sequence, head=entry.audit_head) if entry.audit_head else ""
        )
        request_id, device = entry.result.request_id, self.flow.device
        self.ids.request_id.text = t("evidence.request_id", request_id=request_id)
        self.flow.in_background(lambda: device.evidence(request_id), self._show)

    def _show(self, evidence: Evidence) -> None:
        t = self.flow.t
        for document in evidence.documents[:50]:
            self.ids.documents.add_widget(Words(text=str(document["title"])))
            said = t(f"evidence.{document['decision']}")
            self.ids.documents.add_widget(Quiet(text=f"{said}: {document['reason']}" if document["reason"] else said))
        left = len(evidence.documents) - 50
        if left > 0:
            self.ids.documents.add_widget(Quiet(text=t("code.more", documents=t.count("documents", left))))
        names = [t(f"statement.{name}") for name in _IN_ORDER if name in evidence.statements]
        self.ids.statements.text = "\n".join(names)

    def block(self) -> None:
        entry = self.flow.history_entry
        if entry is not None:
            self.flow.account.block(entry.result.request_id)

    def export(self) -> None:
        entry, device, now = self.flow.history_entry, self.flow.device, self.flow.server_now_ms()
        if entry is not None:
            self.flow.save_file(
                f"phoneseal-{self.flow.t.file_day(entry.finished_at)}-{entry.result.request_id[:8]}.json",
                lambda: evidence_json(device, [entry], now),
                lambda sentence: setattr(self.ids.saved, "text", sentence),
            )

    def back(self) -> None:
        self.flow.go("history")


load_kv(__file__)
