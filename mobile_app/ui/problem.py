"""Something did not work that is no attack: what it was, and what to do next. The request stays as it is."""

from mobile_app.ui.widgets import Page, load_kv


class ProblemScreen(Page):
    def refresh(self) -> None:
        if self.flow.problem is not None:
            self.ids.said.text = self.flow.t.problem(self.flow.problem[0])

    def back(self) -> None:
        self.flow.leave()


load_kv(__file__)
