"""What every screen is shown with when its looks are checked: the longest texts, each state that looks different.

``STATES`` names each and puts it before the person, on a flow whose device is a stand-in that has an answer for every screen.
"""

import io
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from mobile_app.clock import milliseconds
from mobile_app.device.certificates import PhoneCertificate
from mobile_app.device.history import Evidence, FinishedRequest
from mobile_app.device.identity import Identity
from mobile_app.device.interaction import (
    Attention,
    ConnectionState,
    DocumentView,
    NewDevice,
    PendingRequest,
    PinProblem,
    PinPurpose,
    Progress,
    RequestResult,
    SecurityWarning,
    Step,
)
from mobile_app.ui.bridge import Question
from mobile_app.ui.finding_texts import FINDINGS
from mobile_app.ui.flow import Flow
from mobile_app.ui.opened_request import Intent, OpenedRequest
from mobile_app.ui.problem_texts import ENDS, PROBLEMS, WARNINGS
from mobile_app.ui.reason_sheet import ask_reason
from mobile_app.ui.sign_all import SignAll, Stand
from mobile_app.ui.stage import PinAsked
from tests.kivy.looks_account import ACCOUNT_STATES
from tests.kivy.looks_certificates import CERTIFICATE_STATES, DIGEST, PERSON, certificate
from tests.kivy.looks_hostile import hostile
from tests.kivy.looks_pages import FIELDS, STAMP, looked, page_states

PARTY = "Công ty Trách nhiệm hữu hạn Một thành viên Thương mại Dịch vụ và Xuất nhập khẩu Nguyễn Trường Thịnh Phước"
TITLE = "Phụ lục hợp đồng lao động số 2026/PLHĐLĐ-NTTP về điều chỉnh mức lương và phụ cấp trách nhiệm của người lao động.pdf"


def longest(texts: Any) -> str:
    """The code whose Vietnamese sentence is the longest."""
    return str(max(texts, key=lambda code: len(texts[code][0]) if isinstance(texts[code][0], str) else len(texts[code][0][0])))


def two_pages() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for number in (1, 2):
        canvas.drawString(72, 720, f"Page {number}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def pending(number: int = 1, count: int = 12, now: int = 0) -> PendingRequest:
    return PendingRequest(f"request-{number}", PARTY, PERSON, count, count * 3, 9_000, now - 200_000, now + 7_100_000, "RECEIVED")


class View:
    """A checked request."""

    def __init__(self, waiting: PendingRequest) -> None:
        self.pending = waiting
        self._bytes = two_pages()
        found = tuple(sorted(FINDINGS, key=lambda code: -len(FINDINGS[code][0])))[:3]
        self.documents = [
            DocumentView(at, TITLE, "HĐLĐ-2026-000123", "sign", 2, 9_000, 1, found if at == 0 else (), len(self._bytes), STAMP, FIELDS)
            for at in range(waiting.item_count)
        ]
        self.verification_codes = ("2946", "7180", "5512")

    def seconds_left(self) -> float:
        return 7_100.0

    def open_document(self, position: int) -> bytes:
        return self._bytes


class StandInDevice:
    """Answers as a paired phone with a past would; nothing here reaches a server."""

    def __init__(self, now: int) -> None:
        self._now = now
        self.identity = Identity(
            "https://ky.cong-ty-nguyen-truong-thinh-phuoc.example.vn:8443", "server", "Cổng ký số Nguyễn Trường Thịnh Phước",
            "subscriber", PERSON, "4f3c2b1a-0000-4000-8000-123456789abc", "credential", "rsa_pkcs1_sha256", certificate(), DIGEST,
            "file", "vault", now - 90_000_000,
        )  # fmt: skip
        self.kept_certificates: list[PhoneCertificate] = []
        self.wake_up: Any = SimpleNamespace(is_possible=False)
        self.account = SimpleNamespace(
            logged_out=False, refusal="", server_key_fingerprint=DIGEST, phones=lambda: [], blocked_requesters=lambda: []
        )

    def open_request(self, request_id: str) -> None:
        raise KeyError(request_id)

    def history(self, *, limit: int = 100, before: int | None = None, text: str = "") -> list[FinishedRequest]:
        ends = ["ok", "user_refused", "cancelled", "wrong_verification_code", "answered_elsewhere"] if before is None and not text else []
        return [
            FinishedRequest(RequestResult(f"done-{end}", end, "", 2, 1, 1), PARTY, PERSON, 12, self._now, self._now - at, 41, DIGEST)
            for at, end in enumerate(ends)
        ]

    def evidence(self, request_id: str) -> Evidence:
        documents = tuple({"title": TITLE, "decision": "refuse", "reason": "Sai số tiền ở điều 5, đề nghị sửa lại"} for _ in "12")
        return Evidence(request_id, None, dict.fromkeys(("envelope", "choice", "verdict", "approval", "outcome"), "{}"), documents)

    def certificates(self) -> list[PhoneCertificate]:
        return self.kept_certificates

    def signed_documents(self, certificate_sha256: str) -> int:
        return 1_204 if self.kept_certificates[0].ended_at is None else 0

    def close(self) -> None:
        pass


def question() -> Question[Any]:
    return Question(Attention())


def at_rest(flow: Flow, now: int) -> None:
    """Nothing opened, nothing asked, connected."""
    flow.warning = None
    flow.opened, flow.result, flow.problem, flow.pin, flow.new_device, flow.together.series = None, None, None, None, None, None
    flow.pending, flow.notice, flow.skew_ms, flow.connection = (), "", 0, ConnectionState.ONLINE
    flow.pairing_state = flow.pairing_digits = flow.offered_link = ""
    flow.history_entry = flow.certificate = None
    flow.parts = replace(flow.parts, kinds_drawn=None)
    flow.account.problem = flow.account.done = ""


def opened(flow: Flow, now: int, count: int = 12) -> OpenedRequest:
    made = flow.opened = OpenedRequest(pending(1, count, now), Intent.LOOK, refused={})
    made.view = View(made.pending)  # type: ignore[assignment]
    made.stamps = looked(made)
    return made


def _welcome(flow: Flow, now: int) -> str:
    flow.notice = flow.t.problem(longest(PROBLEMS))
    return "welcome"


def _pairing(flow: Flow, now: int) -> str:
    flow.pairing_state, flow.pairing_digits = "waiting_first_device", "483920"
    return "pairing"


def _home(flow: Flow, now: int) -> str:
    flow.pending = tuple(pending(number, 12, now) for number in (1, 2, 3))
    return "home"


def _home_troubled(flow: Flow, now: int) -> str:
    flow.connection, flow.skew_ms, flow.pending = ConnectionState.FROZEN, 4_000_000, (pending(1, 1, now),)
    flow.notice = flow.t.problem(longest(PROBLEMS))
    return "home"


def _progress(flow: Flow, now: int) -> str:
    series(flow, now)
    assert flow.opened is not None
    flow.opened.progress = Progress("request-1", Step.SENDING, 1000, 1000)
    return "progress"


def series(flow: Flow, now: int) -> SignAll:
    made = flow.together.series = SignAll([pending(number, 12, now) for number in (1, 2, 3)])
    for entry in made.entries:
        entry.stand = Stand.CHOSEN
        entry.opened.view = View(entry.opened.pending)  # type: ignore[assignment]
    flow.opened = made.entries[0].opened
    return made


def _request(flow: Flow, now: int) -> str:
    series(flow, now)
    assert flow.opened is not None and flow.opened.refused is not None
    flow.opened.refused.update(dict.fromkeys(range(12), ""))
    return "request"


def _request_of_one(flow: Flow, now: int) -> str:
    opened(flow, now, 1)
    return "request"


def _viewer(flow: Flow, now: int) -> str:
    opened(flow, now)
    flow.looking_at = 0
    return "viewer"


def _code(flow: Flow, now: int) -> str:
    series(flow, now)
    return "code"


def _pin(flow: Flow, now: int) -> str:
    made = opened(flow, now)
    flow.pin = PinAsked(PinPurpose.RESUME, made.pending, None, question(), now)
    return "pin"


def _pin_waits(flow: Flow, now: int) -> str:
    series(flow, now)
    flow.pin = PinAsked(PinPurpose.SIGN, pending(1, 12, now), PinProblem("wrong_pin", 3, 3600.0), question(), now)
    return "pin"


def _result(end: str, **items: int) -> Callable[[Flow, int], str]:
    def show(flow: Flow, now: int) -> str:
        flow.pending = tuple(pending(number, 12, now) for number in (2, 3))
        counts = {"items_signed": 1, "items_refused": 1, "items_failed": 1} | items
        flow.result = RequestResult("request-1", end, "COMPLETED", **counts, detail="" if end == "ok" else "internal")
        return "result"

    return show


def _sign_all_end(flow: Flow, now: int) -> str:
    made = series(flow, now)
    for entry, end in zip(made.entries, ("ok", longest(ENDS), ""), strict=True):
        entry.result = RequestResult(entry.request_id, end, "", 1, 0, 0) if end else None
    return "sign_all"


def _problem(flow: Flow, now: int) -> str:
    flow.problem = (longest(PROBLEMS), {})
    return "problem"


def _warning(flow: Flow, now: int) -> str:
    flow._warn(SecurityWarning(longest(WARNINGS), {}, None), None)
    return ""


def _new_device(flow: Flow, now: int) -> str:
    asked = NewDevice("pairing", "Điện thoại Samsung Galaxy S24 Ultra của Nguyễn Phúc Bảo Quỳnh", "android", "483920", now + 300_000)
    flow.new_device = (asked, question())
    return "new_device"


def _evidence(flow: Flow, now: int) -> str:
    flow.history_entry = flow.device.history()[0]
    return "evidence"


def _reason(flow: Flow, now: int) -> str:
    flow.go("home")
    t = flow.t
    ask_reason(t, title=t("untick.title"), explanation=TITLE, go_on=t("untick.do"), keep=t("untick.keep"), then=lambda _reason: None)
    return ""


STATES: dict[str, Callable[[Flow, int], str]] = {
    "welcome": _welcome, "scan": lambda flow, now: "scan", "pick_picture": lambda flow, now: "pick_picture",
    "choose_pin": lambda flow, now: "choose_pin", "pairing": _pairing, "home_empty": lambda flow, now: "home", "home": _home,
    "home_troubled": _home_troubled, "progress": _progress, "request": _request, "request_of_one": _request_of_one, "viewer": _viewer,
    "code": _code, "pin": _pin, "pin_waits": _pin_waits, "result_ok": _result("ok", items_refused=0, items_failed=0),
    "result_refused": _result("user_refused", items_signed=0, items_refused=12, items_failed=0),
    "result_in_part": _result("ok"), "result": _result("server_error"),
    "sign_all": _sign_all_end, "problem": _problem, "warning": _warning, "new_device": _new_device,
    **CERTIFICATE_STATES, "history": lambda flow, now: "history", "evidence": _evidence, "reason": _reason,
    "account": lambda flow, now: "account", **ACCOUNT_STATES, **hostile(pending, opened, _new_device),
    **page_states(opened),
}  # fmt: skip


def now_ms(clock: Any) -> int:
    return milliseconds(clock)
