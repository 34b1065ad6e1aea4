"""“Ký tất cả” on the screens: leads the person from one request to the next, then asks for the one PIN.

Where each stands, and the rules, are in ``sign_all``. Main thread only.
"""

from typing import TYPE_CHECKING

from mobile_app.device.interaction import PinProblem, RequestResult
from mobile_app.ui.bridge import Question
from mobile_app.ui.sign_all import SignAll, Stand

if TYPE_CHECKING:
    from mobile_app.ui.flow import Flow


class Together:
    """``series`` is None while the person signs single requests."""

    def __init__(self, flow: "Flow") -> None:
        self._flow = flow
        self.series: SignAll | None = None

    def begin(self) -> None:
        """Lead through all that waits now."""
        if self.series is None and self._flow.pending:
            self.series = SignAll(self._flow.pending)
            self.go_on()

    def go_on(self) -> None:
        """To the next one that was not looked at; then the PIN for those that have their code; then how they ended."""
        series = self.series
        entry = None if series is None else series.next_to_look_at() or series.next_chosen()
        if series is None or (entry is None and not any(entry.result for entry in series.entries)):
            self._flow.leave()
        elif entry is None:
            self._flow.opened = None
            self._flow.go("sign_all")
        else:
            self._flow._open(entry.opened)

    def put_off(self) -> None:
        """Not this one now; on to the next."""
        if self.series is not None and self._flow.opened is not None:
            self.series.put_off(self._flow.opened.request_id)
            self._flow._answer_open_questions()
            self.go_on()

    def place(self) -> str:
        """``Yêu cầu 2/3``, when the person goes through several."""
        if self.series is None or self._flow.opened is None:
            return ""
        number, total = self.series.place(self._flow.opened.request_id)
        return self._flow.t("sign_all.place", number=number, total=total) if number else ""

    def end(self) -> None:
        series, self.series = self.series, None
        if series is not None:
            series.drop_pin()

    def answers_pin(
        self, request_id: str, problem: PinProblem | None, question: Question[bytearray | None]
    ) -> bool:
        """Whether the PIN need not be asked for: it was given for all, or there is more to look at first."""
        series = self.series
        entry = None if series is None else series.entry(request_id)
        if series is None or entry is None:
            return False
        entry.stand = Stand.CHOSEN
        if problem is not None:
            series.drop_pin()
        pin = series.pin_for(entry, self._flow.now_ms())
        if pin is not None:
            question.answer(pin)
            return True
        if series.next_to_look_at() is not None or series.is_hidden:
            question.answer(None)
            if series.is_hidden:
                self.end()
            else:
                self.go_on()
            return True
        self._flow.opened = entry.opened
        return False

    def pin_given(self, request_id: str, pin: bytearray) -> None:
        """One PIN for all of them: the others are walked through again."""
        series = self.series
        entry = None if series is None else series.entry(request_id)
        if series is None or entry is None:
            return
        entry.stand = Stand.GIVEN
        series.keep_pin(pin, self._flow.now_ms())
        for other in series.chosen():
            self._flow.bridge.walk_again(self._flow.device.open_request, other.request_id)

    def ended(self, result: RequestResult) -> bool:
        """Whether it is one of them; shows what follows."""
        series = self.series
        if series is None or not series.ended(result):
            return False
        is_open = self._flow.opened is not None and self._flow.opened.request_id == result.request_id
        if series.left == 0 and series.is_hidden:
            self._flow.notice = self._flow.t("sign_all.signed", signed=series.signed, total=len(series.entries))
            self.end()
            self._flow.refresh()
        elif series.left == 0:
            self._flow.opened = None
            self._flow.go("sign_all")
        elif is_open and not series.is_signing:
            self._flow.result = result
            self._flow.go("result")
        else:
            self._flow.refresh()
        return True
