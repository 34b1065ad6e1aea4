"""The scripted person follows the first rule that fits; what is told is what the phone verified; a run's end
is judged by its events.
"""

import json
import random
from pathlib import Path

import pytest

from mobile_app.device.interaction import (
    Approve,
    Attention,
    AttentionLost,
    ConnectionState,
    Ignore,
    NewDevice,
    NewDeviceDecision,
    PinProblem,
    PinPurpose,
    Progress,
    Refuse,
    RequestResult,
    SecurityWarning,
    Step,
)
from mobile_app.emulator.codes import pick
from mobile_app.emulator.scenario import Answer, CodeRule, Scenario, Untick
from mobile_app.emulator.scripted_person import ScriptedPerson, needs_codes
from mobile_app.emulator.telling_person import TellingPerson
from tests.unit.emulator.emulator_fakes import OTHER_REQUEST, REQUEST, FakeRequest, KeptEvents, make_teller


class HandClock:
    def __init__(self) -> None:
        self.time = 1000.0

    def now(self) -> float:
        self.time += 0.5
        return self.time


def person(
    *answers: Answer, codes_file: Path | None = None, seed: int = 1
) -> tuple[ScriptedPerson, KeptEvents]:
    teller, kept = make_teller()
    scenario = Scenario(seed=seed, answers=answers, new_device="approve")
    return ScriptedPerson(scenario, "135790", HandClock(), teller, codes_file), kept


def test_each_answer_serves_as_many_requests_as_it_says() -> None:
    scripted, _ = person(Answer("refuse", reason="một"), Answer("approve", times=0))
    decisions = [scripted.decide(FakeRequest(request_id=f"sr_{n}"), Attention()) for n in range(3)]
    assert decisions == [Refuse("một"), Approve(), Approve()]


def test_the_same_request_gets_the_same_answer_again() -> None:
    scripted, _ = person(Answer("refuse"))
    assert (
        scripted.decide(FakeRequest(), Attention())
        == scripted.decide(FakeRequest(), Attention())
        == Refuse("")
    )


def test_answers_are_for_the_requester_and_the_title_that_they_name() -> None:
    scripted, _ = person(
        Answer("refuse", requester="Kế toán", title="Phụ lục"),
        Answer("approve", requester="Nhân sự", times=0),
    )
    assert scripted.decide(FakeRequest(requester="Phòng Kế toán"), Attention()) == Ignore()
    assert (
        scripted.decide(FakeRequest(request_id="sr_2", requester="Phòng Nhân sự"), Attention()) == Approve()
    )


def test_unticked_positions_go_with_their_reasons() -> None:
    scripted, _ = person(Answer(untick=(Untick(0, "sai"), Untick(2))))
    assert scripted.decide(FakeRequest(), Attention()) == Approve(refused={0: "sai", 2: ""})


def test_documents_are_opened_before_deciding() -> None:
    scripted, kept = person(Answer(look_at=(2, 0)))
    scripted.decide(FakeRequest(), Attention())
    assert [event.fields["position"] for event in kept.events] == [2, 0]
    assert kept.last("looked_at")["bytes"] == 5


def test_a_late_answer_waits_by_the_clock_and_for_the_file(tmp_path: Path) -> None:
    go = tmp_path / "go"
    scripted, _ = person(Answer(delay=3, wait_for_file=go))
    attention = Attention()
    attention.on_lost(go.touch)
    attention.cancel("expired")
    with pytest.raises(AttentionLost):
        scripted.decide(FakeRequest(), attention)
    scripted_again, _ = person(Answer(delay=3, wait_for_file=go))
    assert scripted_again.decide(FakeRequest(), Attention()) == Approve()


def test_the_pin_is_wrong_as_often_as_the_scenario_says_then_right() -> None:
    scripted, _ = person(Answer(wrong_pins=2))
    request = FakeRequest()
    scripted.decide(request, Attention())
    pins = [bytes(_pin(scripted, request)) for _ in range(4)]
    assert b"135790" not in pins[:2]
    assert pins[2:] == [b"135790", b"135790"]
    assert all(pin.isdigit() and len(pin) == 6 for pin in pins)


def _pin(scripted: ScriptedPerson, request: FakeRequest) -> bytearray:
    pin = scripted.enter_pin(PinPurpose.SIGN, request.pending, None, Attention())
    assert pin is not None
    return pin


def test_the_same_seed_types_the_same_wrong_pins() -> None:
    typed = []
    for _ in range(2):
        scripted, _kept = person(Answer(wrong_pins=3), seed=42)
        request = FakeRequest()
        scripted.decide(request, Attention())
        typed.append([bytes(_pin(scripted, request)) for _ in range(3)])
    assert typed[0] == typed[1]


def test_the_right_code_is_the_one_in_the_file_even_if_it_comes_late(tmp_path: Path) -> None:
    file = tmp_path / "codes.json"
    scripted, _ = person(Answer(code=CodeRule("right")), codes_file=file)
    request = FakeRequest()
    scripted.decide(request, Attention())
    file.write_text("{half", "utf-8")

    class Patient(Attention):
        def wait(self, seconds: float) -> None:
            file.write_text(json.dumps({OTHER_REQUEST: "1111", REQUEST: "2222"}), "utf-8")

    assert scripted.choose_code(request, Patient()) == "2222"


def test_no_code_in_time_ends_with_the_request(tmp_path: Path) -> None:
    scripted, _ = person(Answer(code=CodeRule("right")), codes_file=tmp_path / "codes.json")
    request = FakeRequest()
    scripted.decide(request, Attention())
    attention = Attention()
    attention.cancel("expired")
    with pytest.raises(AttentionLost):
        scripted.choose_code(request, attention)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (CodeRule("right"), {"2222"}),
        (CodeRule("wrong"), {"1111", "3333"}),
        (CodeRule("first"), {"1111"}),
        (CodeRule("second"), {"2222"}),
        (CodeRule("third"), {"3333"}),
        (CodeRule("value", "0420"), {"0420"}),
    ],
)
def test_codes_are_picked_by_rule(rule: CodeRule, expected: set[str]) -> None:
    hand = random.Random(3)
    offered = ("1111", "2222", "3333")
    assert {
        pick(rule, offered, lambda: "2222", lambda c: hand.choice(list(c))) for _ in range(20)
    } == expected


def test_only_approvals_by_the_browsers_code_need_the_file() -> None:
    assert needs_codes(Scenario(answers=(Answer(code=CodeRule("wrong")),)))
    assert not needs_codes(
        Scenario(answers=(Answer(code=CodeRule("first")), Answer("refuse"), Answer("ignore")))
    )


def test_refusing_at_a_later_step_leaves_the_question_first() -> None:
    scripted, _ = person(Answer("refuse", refuse_at="code", reason="không phải tôi"))
    request = FakeRequest()
    assert scripted.decide(request, Attention()) == Approve()
    assert scripted.choose_code(request, Attention()) is None
    assert scripted.decide(request, Attention()) == Refuse("không phải tôi")


def test_another_phone_is_answered_as_the_scenario_says() -> None:
    scripted, _ = person()
    asked = NewDevice("pa_1", "Điện thoại mới", "android", "123456", 0)
    assert scripted.approve_new_device(asked, Attention()) is NewDeviceDecision.APPROVE


# -- what is told


def telling(*answers: Answer) -> tuple[TellingPerson, KeptEvents]:
    teller, kept = make_teller()
    scripted = ScriptedPerson(Scenario(answers=answers), "135790", HandClock(), teller)
    return TellingPerson(scripted, teller), kept


def test_a_request_is_told_from_arrival_to_outcome() -> None:
    teller, kept = telling(Answer(code=CodeRule("first"), untick=(Untick(1),)))
    request, attention = FakeRequest(), Attention()
    teller.show_connection(ConnectionState.CONNECTING, 0)
    teller.show_connection(ConnectionState.ONLINE, 5)
    teller.show_pending([request.pending])
    teller.show_pending([request.pending])
    teller.show_progress(Progress(REQUEST, Step.CHECKING, 3, 3))
    teller.decide(request, attention)
    teller.choose_code(request, attention)
    teller.enter_pin(PinPurpose.SIGN, request.pending, None, attention)
    teller.enter_pin(PinPurpose.SIGN, request.pending, PinProblem("wrong_pin", 4, 0.0), attention)
    teller.show_progress(Progress(REQUEST, Step.SIGNING, 0, 2))
    teller.show_progress(Progress(REQUEST, Step.SENDING, 2, 2))
    teller.show_result(RequestResult(REQUEST, "ok", "COMPLETED", 2, 1, 0))
    teller.show_connection(ConnectionState.OFFLINE, 5)
    assert kept.names == [
        "connected",
        "request",
        "checking",
        "checked",
        "choice",
        "verdict",
        "pin",
        "pin_refused",
        "pin",
        "approved",
        "signed",
        "signed",
        "outcome",
        "disconnected",
    ]
    assert kept.last("verdict")["verdict"] == "right"
    assert kept.last("approved")["refused"] == 1
    assert kept.last("checked")["findings"] == ["layers"]
    assert "135790" not in "".join(event.as_json() for event in kept.events)


def test_a_wrong_code_is_told_when_the_server_said_so() -> None:
    teller, kept = telling(Answer(code=CodeRule("first")))
    request, attention = FakeRequest(), Attention()
    teller.decide(request, attention)
    teller.choose_code(request, attention)
    assert "verdict" not in kept.names
    teller.show_result(RequestResult(REQUEST, "wrong_verification_code", "REFUSED", 0, 0, 0))
    assert kept.names[-2:] == ["verdict", "outcome"]
    assert kept.last("verdict")["verdict"] == "wrong"


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (RequestResult(REQUEST, "user_refused", "REFUSED", 0, 0, 0), ["refused", "outcome"]),
        (RequestResult(REQUEST, "document_mismatch", "", 0, 0, 0, "gap_touched"), ["refused", "outcome"]),
        (RequestResult(REQUEST, "answered_elsewhere", "", 0, 0, 0), ["withdrawn", "outcome"]),
        (RequestResult(REQUEST, "cancelled", "CANCELLED", 0, 0, 0), ["outcome"]),
    ],
)
def test_ends_are_told_by_their_kind(result: RequestResult, told: list[str]) -> None:
    teller, kept = telling()
    teller.show_result(result)
    assert kept.names == told


def test_states_of_the_device_are_told() -> None:
    teller, kept = telling()
    teller.show_connection(ConnectionState.FROZEN, 0)
    teller.show_connection(ConnectionState.FROZEN, 0)
    teller.show_connection(ConnectionState.REFUSED, 0)
    teller.show_connection(ConnectionState.UNPAIRED, 0)
    teller.show_problem("disk_full", {"bytes": 3}, None)
    teller.warn(SecurityWarning("server_key_unknown", {}, None), Attention())
    assert kept.names == ["frozen", "refused_by_server", "unpaired", "error", "security_warning"]


def test_an_unknown_event_cannot_be_told() -> None:
    teller, _ = make_teller()
    with pytest.raises(ValueError, match="no such event"):
        teller.tell("sunrise")
