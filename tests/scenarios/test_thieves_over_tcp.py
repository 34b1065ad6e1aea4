"""A thief with the unlocked phone in hand: what the real server says to each falsification, and that it does
no harm.

Where the true message follows (``then = "honest"``), the request ends as if nothing had happened: a false
message is refused and leaves nothing behind. A false signature value fails its item, and only that.
"""

from pathlib import Path
from typing import Any

import pytest

from mobile_app.emulator.catalogue import CATALOGUE
from mobile_app.emulator.expectations import ExitCode
from tests.scenarios.real_server import Asked, Asker, Played, Stage

SHOWN: set[str] = set()
"""The falsifications that this file played: the last test compares them with the catalogue."""


class Thief:
    """One play: ``count`` requests of three documents each, and one falsification."""

    def __init__(
        self, stage: Stage, phone: Path, how: str, *lines: str, count: int = 1, action: str = "approve"
    ) -> None:
        SHOWN.add(how)
        self.askers: list[Asker] = [stage.server.asker() for _ in range(count)]
        self.asked: list[Asked] = [asker.ask(3) for asker in self.askers]
        stage.tell_code(*self.asked)
        self._stage = stage
        self._phone = phone
        self._how = how
        self._tail = f'[[answer]]\naction = "{action}"\ntimes = 0\n[[tamper]]\nhow = "{how}"\n' + "\n".join(
            lines
        )

    def play(self, expect: str) -> Played:
        played = self._stage.play(f"any_order = true\nexpect = [{expect}]\n{self._tail}", self._phone)
        assert played.code is ExitCode.PLAYED, played.events
        return played

    def play_to_the_end(self, expect: str = "") -> dict[str, Any]:
        """The event ``tampered`` and how the last request ended for the server."""
        ends = [f'{{event = "outcome", request_id = "{one.request_id}"}}' for one in self.asked]
        played = self.play(
            ", ".join([*ends, f'{{event = "tampered", how = "{self._how}"}}', *([expect] if expect else [])])
        )
        self.said = [told for told in played.fields("tampered") if told["how"] == self._how]
        return self.askers[-1].await_end(self.asked[-1])

    def clean_up(self) -> None:
        for asker, asked in zip(self.askers, self.asked, strict=True):
            if asker.status(asked)["cancellable"]:
                asker.cancel(asked)


def numbers(ended: dict[str, Any]) -> tuple[str, int, int, int]:
    return ended["state"], ended["items_signed"], ended["items_refused"], ended["items_failed"]


@pytest.mark.parametrize(
    ("how", "lines", "failed"),
    [
        ("signature_bit", ["positions = [1]"], 1),
        ("signature_other_key", ["positions = [0, 2]"], 2),
        ("signature_other_attributes", ["positions = [2]"], 1),
        ("signature_swapped", ["positions = [0, 1]"], 2),
    ],
)
def test_a_false_value_fails_its_item_alone(
    stage: Stage, phone: Path, how: str, lines: list[str], failed: int
) -> None:
    thief = Thief(stage, phone, how, *lines)
    ended = thief.play_to_the_end()
    assert numbers(ended) == ("COMPLETED", 3 - failed, 0, failed)
    assert len(thief.said) == failed
    files = thief.askers[0].files(thief.asked[0])
    assert [file is None for file in files].count(True) == failed


@pytest.mark.parametrize(
    ("how", "lines", "error"),
    [
        ("approval_bit", [], "statement_signature_invalid"),
        ("approval_body", ["set = {item_count = 2}"], "statement_signature_invalid"),
        ("approval_resigned", ["set = {item_count = 2}"], "statement_mismatch"),
        ("approval_resigned", ['set = {verification_code = "0000"}'], "statement_mismatch"),
        ("approval_other_root", [], "statement_mismatch"),
        ("approval_other_certificate", [], "statement_mismatch"),
        ("approval_other_device", [], "statement_signature_invalid"),
        ("approval_other_key", [], "statement_signature_invalid"),
        ("approval_device_key", [], "statement_signature_invalid"),
        ("approval_oversize", [], "message_too_large"),
        ("choice_bit", [], "statement_signature_invalid"),
        ("choice_body", ['set = {code = "0000"}'], "statement_signature_invalid"),
        ("choice_other_device", [], "statement_signature_invalid"),
        ("choice_changed", [], "code_already_chosen"),
        ("refusal_after_approval", [], "request_over"),
        ("chunk_oversize", [], "too_many_items"),
        ("message_oversize", [], "connection_lost"),
    ],
)
def test_a_false_message_is_refused_and_leaves_nothing_behind(
    stage: Stage, phone: Path, how: str, lines: list[str], error: str
) -> None:
    thief = Thief(stage, phone, how, *lines, 'then = "honest"')
    ended = thief.play_to_the_end()
    assert [told.get("error") for told in thief.said] == [error]
    assert numbers(ended) == ("COMPLETED", 3, 0, 0)


@pytest.mark.parametrize("how", ["refusal_bit", "refusal_other_device"])
def test_a_false_refusal_refuses_nothing(stage: Stage, phone: Path, how: str) -> None:
    thief = Thief(stage, phone, how, 'then = "honest"', action="refuse")
    ended = thief.play_to_the_end()
    assert [told["error"] for told in thief.said] == ["statement_signature_invalid"]
    assert numbers(ended) == ("REFUSED", 0, 3, 0)


def test_a_false_approval_alone_ends_the_request_and_signs_nothing(stage: Stage, phone: Path) -> None:
    thief = Thief(stage, phone, "approval_bit")
    thief.play('"tampered", {event = "outcome", state = "REFUSED", end_result = "device_error"}')
    ended = thief.askers[0].status(thief.asked[0])
    assert (ended["state"], ended["reason"]) == ("REFUSED", "statement_signature_invalid")
    assert numbers(ended)[1] == 0
    thief.clean_up()


@pytest.mark.parametrize(
    ("how", "error"),
    [("approval_counter_replayed", "counter_replayed"), ("pin_proof_replayed", "challenge_unknown")],
)
def test_what_was_used_once_is_refused_the_second_time(
    stage: Stage, phone: Path, how: str, error: str
) -> None:
    only_second = [] if how == "pin_proof_replayed" else ["request = 2"]
    thief = Thief(stage, phone, how, *only_second, 'then = "honest"', count=2)
    ended = thief.play_to_the_end()
    assert [told["error"] for told in thief.said] == [error]
    assert numbers(ended) == ("COMPLETED", 3, 0, 0)


@pytest.mark.parametrize(
    ("how", "statement", "warning"),
    [
        ("approval_replayed", "acknowledgement", "acknowledgement_wrong"),
        ("choice_replayed", "verdict", "verdict_wrong"),
    ],
)
def test_a_replayed_statement_gets_the_old_answer_and_the_phone_is_warned(
    stage: Stage, phone: Path, how: str, statement: str, warning: str
) -> None:
    """The core notices that the answer is about another request: nothing of the second one is signed."""
    thief = Thief(stage, phone, how, "request = 2", count=2)
    played = thief.play(f'"tampered", {{event = "security_warning", code = "{warning}"}}')
    (told,) = played.fields("tampered")
    second = told["request_id"]
    assert told["answer"][statement]["request_id"] != second
    for asker, asked in zip(thief.askers, thief.asked, strict=True):
        if asked.request_id == second:
            assert asker.status(asked)["items_signed"] == 0
    thief.clean_up()


def test_values_of_another_request_sign_nothing(stage: Stage, phone: Path) -> None:
    thief = Thief(stage, phone, "chunk_replayed", "request = 2", 'then = "honest"', count=2)
    thief.play_to_the_end()
    (told,) = thief.said
    receipt = told["answer"]["receipt"]
    assert receipt["accepted"] == 0
    assert receipt["rejected"] == [{"position": n, "code": "signature_invalid"} for n in range(3)]
    ends = {
        one.request_id: asker.await_end(one) for asker, one in zip(thief.askers, thief.asked, strict=True)
    }
    assert numbers(ends.pop(told["request_id"]))[1:] == (0, 0, 3)
    assert [numbers(ended) for ended in ends.values()] == [("COMPLETED", 3, 0, 0)]


def test_duplicates_and_disorder_change_nothing(stage: Stage, phone: Path) -> None:
    twice = Thief(stage, phone, "chunk_duplicated")
    assert numbers(twice.play_to_the_end()) == ("COMPLETED", 3, 0, 0)
    assert twice.said[0]["answer"]["receipt"]["missing"] == 0
    reordered = Thief(stage, phone, "chunk_reordered")
    assert numbers(reordered.play_to_the_end()) == ("COMPLETED", 3, 0, 0)
    assert [told["answer"]["receipt"]["missing"] for told in reordered.said] == [1, 0]


def test_omitted_items_are_missed_until_they_come(stage: Stage, phone: Path) -> None:
    thief = Thief(stage, phone, "items_omitted", "positions = [1]", 'then = "honest"')
    ended = thief.play_to_the_end()
    assert [told["answer"]["receipt"]["missing"] for told in thief.said] == [1]
    assert numbers(ended) == ("COMPLETED", 3, 0, 0)


def test_a_value_that_nobody_asked_for_is_rejected(stage: Stage, phone: Path) -> None:
    thief = Thief(stage, phone, "items_extra", 'then = "honest"')
    ended = thief.play_to_the_end()
    ((rejected,),) = [told["answer"]["receipt"]["rejected"] for told in thief.said]
    assert rejected["position"] == 3
    assert numbers(ended) == ("COMPLETED", 3, 0, 0)


@pytest.mark.parametrize(
    ("how", "error"), [("hello_other_device", "device_unknown"), ("proof_other_device", "proof_invalid")]
)
def test_another_devices_name_opens_no_connection(stage: Stage, phone: Path, how: str, error: str) -> None:
    SHOWN.add(how)
    played = stage.play(
        f'expect = ["tampered", "refused_by_server", {{event = "error", code = "{error}"}}]\nforbid = ["connected"]\n'
        f'[[tamper]]\nhow = "{how}"',
        phone,
    )
    assert played.code is ExitCode.PLAYED, played.events


def test_every_falsification_of_the_catalogue_was_played(request: pytest.FixtureRequest) -> None:
    here = [item for item in request.session.items if item.path == request.node.path]
    if len(here) < 30:
        pytest.skip("only a part of this file was chosen")
    assert set(CATALOGUE) == SHOWN
