"""The person of a scenario: answers each request by the first rule that fits, with a seeded hand and a
patience that can be shortened
by moving the clock file.
"""

import random
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from mobile_app.clock import Clock
from mobile_app.device.interaction import (
    Approve,
    Attention,
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
)
from mobile_app.emulator.codes import await_code, pick
from mobile_app.emulator.events import Teller
from mobile_app.emulator.scenario import Answer, Scenario

POLL_SECONDS = 0.02


class NoCodesFile(Exception):
    """The scenario wants the right (or a wrong) code and nobody said where the browser's codes are written."""


class ScriptedPerson:
    """Implements UserInteraction. ``pin`` is the right PIN; ``codes_file`` overrides the scenario's."""

    def __init__(
        self, scenario: Scenario, pin: str, clock: Clock, teller: Teller, codes_file: Path | None = None
    ) -> None:
        self._scenario = scenario
        self._pin = pin
        self._clock = clock
        self._tell = teller.tell
        self._codes_file = codes_file or scenario.codes_file
        self._hand = random.Random(scenario.seed)  # noqa: S311 - repeatable on purpose, guards nothing
        self._used = [0] * len(scenario.answers)
        self._answers: dict[str, Answer] = {}
        self._wrong_pins_given: dict[str, int] = {}
        self._turned_back: dict[str, threading.Event] = {}
        self.reopen: Callable[[str, threading.Event], None] = lambda _request_id, _seen: None
        """Set by whoever holds the device: has a request put before the person again; the event is set when
        it is.
        """

    # -- nothing to look at for a script
    # ----------------------------------------------------------------------
    def show_connection(self, state: ConnectionState, clock_skew_ms: int) -> None: ...

    def show_pending(self, pending: Sequence[PendingRequest]) -> None: ...

    def show_pairing(self, state: str, digits: str, expires_in: float) -> None: ...

    def show_progress(self, progress: Progress) -> None: ...

    def show_result(self, result: RequestResult) -> None: ...

    def show_problem(self, code: str, details: Mapping[str, object], request_id: str | None) -> None: ...

    def warn(self, warning: SecurityWarning, attention: Attention) -> None: ...

    # -- answers
    # ----------------------------------------------------------------------------------------------
    def decide(self, request: RequestView, attention: Attention) -> Decision:
        answer = self._answer_for(request)
        if answer is None or answer.action == "ignore":
            return Ignore()
        self._wait(answer, attention)
        for position in answer.look_at:
            content = request.open_document(position)
            self._tell(
                "looked_at",
                request_id=request.pending.request_id,
                position=position,
                title=request.documents[position].title,
                bytes=len(content),
            )
        if answer.action == "refuse":
            turned_back = self._turned_back.get(request.pending.request_id)
            if turned_back is not None:
                turned_back.set()
            now = answer.refuse_at == "details" or turned_back is not None
            return Refuse(answer.reason) if now else Approve()
        return Approve(refused={untick.position: untick.reason for untick in answer.untick})

    def choose_code(self, request: RequestView, attention: Attention) -> str | None:
        request_id = request.pending.request_id
        answer = self._answers.get(request_id)
        if answer is None:
            return None
        if answer.action == "refuse" and answer.refuse_at == "code":
            self._turn_back(request_id)
            return None
        return pick(
            answer.code,
            request.verification_codes,
            lambda: self._right_code(request_id, attention),
            lambda codes: self._hand.choice(list(codes)),
        )

    def enter_pin(
        self,
        purpose: PinPurpose,
        request: PendingRequest | None,
        problem: PinProblem | None,
        attention: Attention,
    ) -> bytearray | None:
        request_id = request.request_id if request else ""
        answer = self._answers.get(request_id, Answer())
        if answer.action == "refuse":
            self._turn_back(request_id)
            return None
        right = answer.pin or self._scenario.pin or self._pin
        if self._wrong_pins_given.get(request_id, 0) < answer.wrong_pins:
            self._wrong_pins_given[request_id] = self._wrong_pins_given.get(request_id, 0) + 1
            return self._wrong_pin(right)
        return bytearray(right, "ascii")

    def approve_new_device(
        self,
        new_device: NewDevice,
        attention: Attention,
    ) -> NewDeviceDecision:
        return {
            "approve": NewDeviceDecision.APPROVE,
            "reject": NewDeviceDecision.REJECT,
            "ignore": NewDeviceDecision.LATER,
        }[self._scenario.new_device]

    # -- inside
    # -----------------------------------------------------------------------------------------------
    def _answer_for(self, request: RequestView) -> Answer | None:
        request_id = request.pending.request_id
        if request_id not in self._answers:
            for number, answer in enumerate(self._scenario.answers):
                if (answer.times == 0 or self._used[number] < answer.times) and _fits(answer, request):
                    self._used[number] += 1
                    self._answers[request_id] = answer
                    break
        return self._answers.get(request_id)

    def _wait(self, answer: Answer, attention: Attention) -> None:
        until = self._clock.now() + answer.delay
        while self._clock.now() < until:
            attention.wait(POLL_SECONDS)
        while answer.wait_for_file is not None and not answer.wait_for_file.exists():
            attention.wait(POLL_SECONDS)

    def _turn_back(self, request_id: str) -> None:
        """Leave the code or the PIN unanswered, to refuse when the request is opened again."""
        seen = self._turned_back[request_id] = threading.Event()
        self.reopen(request_id, seen)

    def _right_code(self, request_id: str, attention: Attention) -> str:
        if self._codes_file is None:
            raise NoCodesFile("the scenario names no codes_file and none was given with --codes-from")
        return await_code(self._codes_file, request_id, attention)

    def _wrong_pin(self, right: str) -> bytearray:
        while True:
            pin = "".join(self._hand.choice("0123456789") for _ in right)
            if pin != right:
                return bytearray(pin, "ascii")


def needs_codes(scenario: Scenario) -> bool:
    """Whether some answer asks for the right or a wrong code, which only the browser's side can tell."""
    return any(
        answer.code.source in ("right", "wrong") and answer.action == "approve" for answer in scenario.answers
    )


def _fits(answer: Answer, request: RequestView) -> bool:
    pending = request.pending
    asked_by = f"{pending.relying_party_name}\n{pending.requested_by}"
    return answer.requester in asked_by and any(
        answer.title in document.title for document in request.documents
    )
