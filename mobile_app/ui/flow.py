"""Which screen stands before the person, and what the device said last. Main thread only.

Rules:
* The person opens a request (``open``, ``sign_now``, ``refuse``); the device then asks. A question about a request that the person has left
  is answered with "leave it", so nothing comes to the front by itself: only a resumed signing, another phone and a warning do.
* A request's end is shown on its own screen while the person is in it, as a sentence on Home otherwise.
* A void question is closed; the device says why by a result, and shows nothing when it stops.
* "Sign all" (``sign_all``) leads through its requests one by one; where each stands is kept there.
* Here is no rule of signing: each answer goes to the device as the person gave it.

Longer than other files: the questions share what is open, and which screen follows is read best in one place.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kivy.clock import Clock as Frames

from mobile_app.clock import Clock, milliseconds
from mobile_app.device.certificates import PhoneCertificate
from mobile_app.device.device import PhoneDevice
from mobile_app.device.history import FinishedRequest
from mobile_app.device.interaction import (
    SHUT_OUT,
    Approve,
    ConnectionState,
    Decision,
    Ignore,
    Mismatch,
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
)
from mobile_app.errors import CheckFailed, PhoneError
from mobile_app.ui import theme
from mobile_app.ui.account_flow import AccountRoom
from mobile_app.ui.bridge import Bridge, Question
from mobile_app.ui.document_notes import notes
from mobile_app.ui.evidence_file import files_folder, save
from mobile_app.ui.opened_request import Intent, OpenedRequest
from mobile_app.ui.page_picture import reader_of
from mobile_app.ui.parts import PhoneParts
from mobile_app.ui.settings import KeptSettings
from mobile_app.ui.sign_all import SignAll
from mobile_app.ui.sign_all_flow import Together
from mobile_app.ui.stage import PinAsked, Stage
from mobile_app.ui.stamp_look import StampLook
from mobile_app.ui.strings import Language, Strings
from mobile_app.ui.theme import ThemeName


class Flow:
    """Implements ``bridge.Screens``; the screens call the rest."""

    def __init__(
        self, device: PhoneDevice, bridge: Bridge, settings: KeptSettings, clock: Clock, server_url: str, parts: PhoneParts
    ) -> None:
        self.device = device
        self.parts = parts
        self.bridge = bridge
        self.settings = settings
        self.server_url = server_url
        self.files = files_folder()
        """Where the person finds what is saved for them."""
        self.t = Strings(settings.now.language)
        self.connection = ConnectionState.OFFLINE
        self.skew_ms = 0
        self.pending: tuple[PendingRequest, ...] = ()
        self.notice = ""
        self._notice_of_refusal = ""  # the server does not listen to this phone: no longer true once it does
        self.pairing_state = ""
        self.pairing_digits = ""
        self.pairing_code = ""
        self.pairing_server = ""
        self.offered_link = ""
        self.opened: OpenedRequest | None = None
        self.result: RequestResult | None = None
        self.problem: tuple[str, Mapping[str, object]] | None = None
        self.pin: PinAsked | None = None
        self.new_device: tuple[NewDevice, Question[NewDeviceDecision]] | None = None
        self.warning: tuple[SecurityWarning, Question[None] | None] | None = None
        self._decision: Question[Decision] | None = None
        self._code: Question[str | None] | None = None
        self.together = Together(self)
        self.account = AccountRoom(self)
        self.looking_at = 0
        self.history_entry: FinishedRequest | None = None
        self.certificate: PhoneCertificate | None = None
        self._clock = clock
        self._stage: Stage | None = None
        theme.use(settings.now.theme)

    # -- begin ----------------------------------------------------------------------------------------
    def begin(self, stage: Stage) -> None:
        """Show the first screen and set the device to work."""
        self._stage = stage
        self.bridge.connect(self)
        self.bridge.run(self._begin_device, self._begun, self.pairing_failed)

    def _begin_device(self) -> bool:
        self.account.begin()
        self.device.start()
        return self.device.identity is not None or self.device.resume_pairing() is not None

    def _begun(self, paired: bool) -> None:
        if self.pairing_state != "complete":
            self.go("home" if paired else "welcome")

    def go(self, name: str) -> None:
        """A screen that the person asked for, or that follows from what they did."""
        if self._stage is not None and not self.warning:
            self._stage.show(self.account.instead_of(name))

    @property
    def showing(self) -> str:
        return self._stage.showing if self._stage is not None else ""

    def refresh(self) -> None:
        if self._stage is not None:
            self._stage.refresh()

    def now_ms(self) -> int:
        """By the phone's clock."""
        return milliseconds(self._clock)

    def server_now_ms(self) -> int:
        """By the server's clock, as last measured."""
        return self.now_ms() + self.skew_ms

    # -- pairing --------------------------------------------------------------------------------------
    def start_pairing(self, pin: bytearray) -> None:
        """With the code that the person gave. The device overwrites ``pin``."""
        code, server = self.pairing_code, self.pairing_server or None
        self.pairing_state = "making_keys"
        self.notice = ""
        self.go("pairing")
        self.bridge.run(lambda: self.device.pair(code, pin, server_url=server), failed=self.pairing_failed)

    def cancel_pairing(self) -> None:
        self.pairing_state = "cancelling"
        self.refresh()
        self.bridge.run(self.device.cancel_pairing)

    def pairing_failed(self, error: PhoneError) -> None:
        self.pairing_state = self.pairing_digits = ""
        if isinstance(error, CheckFailed):
            self._warn(SecurityWarning(error.code, error.details, None), None)
            return
        self.notice = "" if error.code == "pairing_cancelled" else self.t.problem(error.code)
        self.go("welcome")

    def pairing_changed(self, state: str, digits: str, expires_in: float) -> None:
        self.pairing_state, self.pairing_digits = state, digits
        if state == "complete":
            self.notice = self.t("pairing.complete")
            self.go("home")
        elif self.showing == "pairing":
            self.refresh()
        else:
            self.go("pairing")

    # -- a request ------------------------------------------------------------------------------------
    def open(self, pending: PendingRequest, intent: Intent = Intent.LOOK, reason: str = "") -> None:
        if self.series is not None:
            self.series.put_off(pending.request_id)
        self._open(OpenedRequest(pending, intent, reason, refused={}))

    def _open(self, opened: OpenedRequest) -> None:
        self.opened, self.looking_at = opened, 0
        self.notice, self.problem, self.result = "", None, None
        self.go("progress")
        self.bridge.open_request(self.device.open_request, opened.request_id, self._gone)

    def _gone(self, request_id: str) -> None:
        """It ended just before the person opened it. Its result may be on its way to the screen, and takes over then."""
        if self.opened is not None and self.opened.request_id == request_id and self.showing == "progress":
            self.leave()
            self.notice = self.t("home.gone")
            self.refresh()

    def leave(self) -> None:
        """Back to Home; the request goes on waiting."""
        series = self.series
        if series is not None and series.is_signing and self.pin is None:
            series.is_hidden = True
        else:
            self.together.end()
        self.opened = None
        self._answer_open_questions()
        self.go("home")

    @property
    def series(self) -> SignAll | None:
        """The requests that the person signs together, if they do."""
        return self.together.series

    # -- its questions --------------------------------------------------------------------------------

    def _answer_open_questions(self) -> None:
        decision, self._decision = self._decision, None
        code, self._code = self._code, None
        pin, self.pin = self.pin, None
        if decision is not None:
            decision.answer(Ignore())
        if code is not None:
            code.answer(None)
        if pin is not None:
            pin.question.answer(None)

    def approve(self, refused: Mapping[int, str]) -> None:
        """Sign all but ``refused``; code and PIN follow."""
        decision, self._decision = self._decision, None
        if decision is not None:
            self._look_no_longer()
            self.go("progress")
            decision.answer(Approve(dict(refused)))

    def distrust(self, error: CheckFailed) -> None:
        """What is drawn is not what was checked: nothing of the request is signed."""
        decision, self._decision = self._decision, None
        if decision is not None:
            self._look_no_longer()
            self.go("progress")
            decision.answer(Mismatch(error.code, error.details))

    def _look_no_longer(self) -> None:
        if self.opened is not None and self.opened.stamps is not None:
            self.opened.stamps.stop()

    def refuse(self, reason: str) -> None:
        """The whole request, from any of its screens."""
        opened, decision = self.opened, self._decision
        if opened is None:
            return
        self._decision = None
        self._look_no_longer()
        opened.progress = None
        if decision is not None:
            opened.intent = Intent.REFUSE
            self.go("progress")
            decision.answer(Refuse(reason))
        else:
            self._answer_open_questions()
            opened.intent, opened.reason = Intent.REFUSE, reason
            self._open(opened)

    def choose(self, code: str) -> None:
        question, self._code = self._code, None
        if question is not None:
            self.go("progress")
            question.answer(code)

    def give_pin(self, pin: bytearray) -> None:
        asked, self.pin = self.pin, None
        if asked is not None:
            self.go("progress" if self.opened is not None else "home")
            if asked.purpose == PinPurpose.SIGN and asked.request is not None:
                self.together.pin_given(asked.request.request_id, pin)
            asked.question.answer(pin)

    def ask_decision(self, request: RequestView, question: Question[Decision]) -> None:
        opened = self._in(request.pending.request_id)
        if opened is None or not question.is_open:
            question.answer(Ignore())
            return
        opened.view = request
        if self.series is not None and self.series.decided(opened.request_id) and opened.intent != Intent.REFUSE:
            question.answer(Approve(dict(opened.refused or {})))
        elif opened.intent == Intent.REFUSE:
            question.answer(Refuse(opened.reason))
        else:
            self._decision = question
            look = self._look_at_stamps(opened, request)
            if opened.intent == Intent.SIGN and not any(notes(one, self.parts.kinds_drawn) for one in request.documents):
                look.when_known(lambda: self._sign_or_show(question, look))
            else:
                self.go("request")

    def _look_at_stamps(self, opened: OpenedRequest, request: RequestView) -> StampLook:
        opened.stamps = StampLook(
            self.parts.pages(reader_of(request)),
            request.documents,
            run=self.bridge.run,
            later=lambda then, seconds: Frames.schedule_once(lambda _seconds: then(), seconds),
            told=self.refresh,
            distrusted=self.distrust,
        )
        opened.stamps.begin()
        return opened.stamps

    def _sign_or_show(self, question: Question[Decision], look: StampLook) -> None:
        """The person asked to sign at once: there must be nothing to show them first."""
        if self._decision is question and look.is_clear:
            self.approve({})
        elif self._decision is question:
            self.go("request")

    def ask_code(self, request: RequestView, question: Question[str | None]) -> None:
        opened = self._in(request.pending.request_id)
        if opened is None or not question.is_open:
            question.answer(None)
            return
        opened.view = request
        self._code = question
        self.go("code")

    def ask_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        question: Question[bytearray | None],
    ) -> None:
        if not question.is_open:
            return
        if purpose == PinPurpose.RESUME and request is not None and self.opened is None:
            self.opened = OpenedRequest(request, Intent.SIGN, refused={})
        if request is not None and self._in(request.request_id) is None:
            question.answer(None)
            return
        request_id = request.request_id if request is not None and purpose == PinPurpose.SIGN else ""
        if self.together.answers_pin(request_id, problem, question):
            return
        self.pin = PinAsked(purpose, request, problem, question, self.now_ms())
        self.go("pin")

    def progress_changed(self, progress: Progress) -> None:
        opened = self._in(progress.request_id)
        if opened is not None:
            opened.progress = progress
            if self.series is not None and self.series.is_signing and not self.series.is_hidden:
                self.opened = opened
            self.refresh()

    def result_came(self, result: RequestResult) -> None:
        if self.together.ended(result):
            pass
        elif self._in(result.request_id) is not None:
            self.result = result
            self.go("result")
        else:
            self.notice = self.t.end(result)
            self.refresh()

    def problem_came(self, code: str, details: Mapping[str, object], request_id: str | None) -> None:
        if request_id is not None and self._in(request_id) is not None:
            self.together.end()
            self.problem = (code, details)
            self.go("problem")
        else:
            self.notice = self.t.problem(code)
            if self.connection in SHUT_OUT:
                self._notice_of_refusal = self.notice
            self.refresh()

    def question_void(self, question: Question[Any]) -> None:
        """Its screen is closed by the result that follows; a question that no request ends is closed here."""
        if self._decision is question:
            self._decision = None
        elif self._code is question:
            self._code = None
        elif self.pin is not None and self.pin.question is question:
            self.pin = None
            if self.opened is None:
                self.go("home")
        elif self.new_device is not None and self.new_device[1] is question:
            self.new_device = None
            self.go("home")
        elif self.warning is not None and self.warning[1] is question:
            self.warning_read()

    def _in(self, request_id: str) -> OpenedRequest | None:
        opened = self.opened
        if opened is not None and opened.request_id == request_id:
            return opened
        return self.series.decided(request_id) if self.series is not None else None

    # -- what comes by itself ---------------------------------------------------------------------------
    def connection_changed(self, state: ConnectionState, clock_skew_ms: int) -> None:
        self.connection, self.skew_ms = state, clock_skew_ms
        if state == ConnectionState.ONLINE and self.notice == self._notice_of_refusal:
            self.notice = self._notice_of_refusal = ""
        self.refresh()

    def pending_changed(self, pending: Sequence[PendingRequest]) -> None:
        self.pending = tuple(pending)
        self.refresh()

    def ask_new_device(self, new_device: NewDevice, question: Question[NewDeviceDecision]) -> None:
        if question.is_open:
            self.new_device = (new_device, question)
            self.go("new_device")

    def answer_new_device(self, decision: NewDeviceDecision) -> None:
        asked, self.new_device = self.new_device, None
        self.together.end()
        self.opened = None
        self.go("home")
        if asked is not None:
            asked[1].answer(decision)

    def ask_warning_read(self, warning: SecurityWarning, question: Question[None]) -> None:
        if question.is_open:
            self._warn(warning, question)

    def _warn(self, warning: SecurityWarning, question: Question[None] | None) -> None:
        self.go("warning")
        self.warning = (warning, question)
        self.together.end()
        self.opened = None
        self.refresh()

    def warning_read(self) -> None:
        asked, self.warning = self.warning, None
        question = asked[1] if asked is not None else None
        if question is None:  # a pairing that was broken off
            self.go("welcome")
        else:
            self.go("home")
            question.answer(None)

    # -- settings ---------------------------------------------------------------------------------------
    def set_up(self, *, language: Language | None = None, theme_name: ThemeName | None = None) -> None:
        self.settings.change(language=language, theme=theme_name)
        self.t = Strings(self.settings.now.language)
        theme.use(self.settings.now.theme)
        if self._stage is not None:
            self._stage.rebuild()

    def save_file(self, name: str, make: Callable[[], bytes], tell: Callable[[str], None]) -> None:
        """Write what ``make`` gives to the folder for files; ``tell`` gets a sentence that says where."""

        def save_it() -> str:
            try:
                return self.t("file.saved", path=save(self.files, name, make()))
            except OSError:
                return self.t("file.not_saved", path=self.files)

        self.in_background(save_it, tell)

    def in_background(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """For what a screen reads from files: a job that fails is told as a sentence on Home."""
        self.bridge.run(job, done, lambda error: self.problem_came(error.code, error.details, None))
