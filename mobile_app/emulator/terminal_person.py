"""The person at the terminal: sees what a phone's screen shows, in the same order, and decides."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from mobile_app.device.interaction import (
    Approve,
    Attention,
    AttentionLost,
    ConnectionState,
    Decision,
    Ignore,
    NewDevice,
    NewDeviceDecision,
    PendingRequest,
    PinProblem,
    PinPurpose,
    Progress,
    Refuse,
    RequestResult,
    RequestView,
    SecurityWarning,
    Step,
)
from mobile_app.emulator.terminal import EndOfInput, LineSource
from mobile_app.emulator.texts import Texts

LISTED_DOCUMENTS = 50
"""More are counted, not listed."""


class TerminalPerson:
    """Implements UserInteraction. ``viewing_folder`` is where documents are saved for a viewer."""

    def __init__(self, terminal: LineSource, texts: Texts, viewing_folder: Path) -> None:
        self._terminal = terminal
        self._texts = texts
        self._viewing_folder = viewing_folder
        self._progress: tuple[Step, int] | None = None

    def _say(self, text_name: str, /, **values: object) -> None:
        self._terminal.say(self._texts(text_name, **values))

    # -- what a screen shows
    # ------------------------------------------------------------------------------------
    def show_connection(self, state: ConnectionState, clock_skew_ms: int) -> None:
        self._say("connection", state=state)

    def show_pending(self, pending: Sequence[PendingRequest]) -> None:
        self._say("waiting", count=len(pending))

    def show_pairing(self, state: str, digits: str, expires_in: float) -> None:
        if state == "confirm_digits":
            self._say("pairing", digits=digits, seconds=round(expires_in))
        elif state == "waiting_first_device":
            self._say("pairing_first_device")
        elif state == "complete":
            self._say("pairing_complete")

    def show_progress(self, progress: Progress) -> None:
        tenth = progress.done * 10 // max(progress.total, 1)
        if self._progress != (progress.step, tenth):
            self._progress = (progress.step, tenth)
            self._say(f"progress_{progress.step}", done=progress.done, total=progress.total)

    def show_result(self, result: RequestResult) -> None:
        self._say(
            "result",
            end_result=result.end_result,
            signed=result.items_signed,
            refused=result.items_refused,
            failed=result.items_failed,
        )

    def show_problem(self, code: str, details: Mapping[str, object], request_id: str | None) -> None:
        self._say("problem", code=code)

    def warn(self, warning: SecurityWarning, attention: Attention) -> None:
        self._say("warning", code=warning.code)
        try:
            self._terminal.ask(self._texts("warning_read"), attention)
        except (AttentionLost, EndOfInput):
            return

    # -- what a person decides
    # ----------------------------------------------------------------------------------
    def decide(self, request: RequestView, attention: Attention) -> Decision:
        self._show_request(request)
        try:
            return self._decision(request, attention)
        except EndOfInput:
            return Ignore()

    def _show_request(self, request: RequestView) -> None:
        pending = request.pending
        self._say("asks", who=pending.relying_party_name, person=pending.requested_by)
        self._say(
            "counts",
            items=pending.item_count,
            pages=pending.total_pages,
            bytes=pending.total_bytes,
            seconds=round(request.seconds_left()),
        )
        for document in request.documents[:LISTED_DOCUMENTS]:
            self._say(
                "document",
                position=document.position,
                title=document.title,
                code=document.document_code,
                right=document.processing_right,
                pages=document.pages,
            )
            for finding in document.findings:
                self._say("finding", finding=finding)
            if not document.findings:
                self._say("checked")

    def _decision(self, request: RequestView, attention: Attention) -> Decision:
        while True:
            answer = self._terminal.ask(self._texts("what"), attention).lower()
            if answer == "":
                return Ignore()
            if answer == self._texts.key("sign"):
                return Approve()
            if answer == self._texts.key("untick"):
                refused = self._unticked(request, attention)
                if refused is not None:
                    return Approve(refused=refused)
            elif answer == self._texts.key("save"):
                self._save(request, attention)
            elif answer == self._texts.key("refuse"):
                return Refuse(self._terminal.ask(self._texts("reason"), attention)[:500])

    def _unticked(self, request: RequestView, attention: Attention) -> dict[int, str] | None:
        refused: dict[int, str] = {}
        for word in self._terminal.ask(self._texts("untick"), attention).split():
            if not (word.isdecimal() and int(word) < len(request.documents)):
                self._say("bad_position", position=word)
                return None
            refused[int(word)] = ""
        if len(refused) == len(request.documents):
            self._say("nothing_left")
            return None
        for position in sorted(refused):
            refused[position] = self._terminal.ask(
                self._texts("untick_reason", position=position), attention
            )[:500]
        return refused

    def _save(self, request: RequestView, attention: Attention) -> None:
        word = self._terminal.ask(self._texts("open_which"), attention)
        if not (word.isdecimal() and int(word) < len(request.documents)):
            self._say("bad_position", position=word)
            return
        self._viewing_folder.mkdir(parents=True, exist_ok=True)
        path = self._viewing_folder / f"{request.pending.request_id}-{int(word)}.pdf"
        path.write_bytes(request.open_document(int(word)))
        self._say("saved", path=path)

    def choose_code(self, request: RequestView, attention: Attention) -> str | None:
        prompt = self._texts("code", codes="  ".join(request.verification_codes))
        while True:
            try:
                code = self._terminal.ask(prompt, attention)
            except EndOfInput:
                return None
            if code == "" or code in request.verification_codes:
                return code or None
            self._say("code_unknown")

    def enter_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        attention: Attention,
    ) -> bytearray | None:
        if problem is not None and problem.code == "wrong_pin":
            self._say("pin_wrong", tries=problem.tries_left, seconds=round(problem.retry_after))
        elif problem is not None:
            self._say("pin_wait", seconds=round(problem.retry_after))
        try:
            return self._terminal.ask_secret(self._texts("pin"), attention) or None
        except EndOfInput:
            return None

    def approve_new_device(self, new_device: NewDevice, attention: Attention) -> NewDeviceDecision:
        self._say(
            "new_device", name=new_device.device_name, platform=new_device.platform, digits=new_device.digits
        )
        try:
            answer = self._terminal.ask(self._texts("new_device_what"), attention).lower()
        except EndOfInput:
            return NewDeviceDecision.LATER
        if answer == self._texts.key("allow"):
            return NewDeviceDecision.APPROVE
        return NewDeviceDecision.REJECT if answer == self._texts.key("reject") else NewDeviceDecision.LATER
