"""One of three codes: the one that the browser shows. Chosen by a press, sent by a second one: there is one try."""

from kivy.properties import BooleanProperty, StringProperty

from mobile_app.ui.reason_sheet import ask_reason
from mobile_app.ui.widgets import Page, PlainButton, Quiet, load_kv


class CodeButton(PlainButton):
    on = BooleanProperty(False)


class CodeScreen(Page):
    chosen = StringProperty("")

    def entered(self) -> None:
        self.chosen = ""
        opened = self.flow.opened
        if opened is None or opened.view is None:
            return
        for name, code in zip(("first", "second", "third"), opened.view.verification_codes, strict=True):
            self.ids[name].text = code
        t = self.flow.t
        left = opened.pending.item_count - len(opened.refused or {})
        self.ids.place.text = self.flow.together.place()
        self.ids.who.text = opened.pending.relying_party_name
        self.ids.what.text = t("code.what", documents=t.count("documents", left))
        titles = [document.title for document in opened.view.documents if document.position not in (opened.refused or {})]
        more = len(titles) - 3
        lines = [f"• {title}" for title in titles[:3]]
        lines += [t("code.more", documents=t.count("documents", more))] if more > 0 else []
        self.ids.titles.clear_widgets()
        for line in lines:
            self.ids.titles.add_widget(Quiet(text=line))

    def go_on(self) -> None:
        if self.chosen:
            self.flow.choose(self.chosen)

    def refuse(self) -> None:
        opened = self.flow.opened
        if opened is not None:
            ask_reason(
                self.flow.t,
                title=self.t("refuse.title"),
                explanation=self.t("refuse.how", who=opened.pending.relying_party_name),
                go_on=self.t("refuse.do"),
                then=self.flow.refuse,
            )

    def back(self) -> None:
        self.flow.leave()


load_kv(__file__)
