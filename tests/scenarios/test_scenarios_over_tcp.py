"""Scenarios against the real server, over TCP: what the person does, and what the network does to them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mobile_app.emulator.commands import main
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.scenario_file import read_scenario
from tests.scenarios.real_server import PIN, RealServer, Stage

APPROVE = '[[answer]]\naction = "approve"\n'
HERE = Path(__file__).parent


def test_sign_one(stage: Stage, phone: Path) -> None:
    asker = stage.server.asker()
    asked = asker.ask()
    stage.tell_code(asked)
    played = stage.play(
        """
        expect = ["connected", "request", "checked", "choice", {event = "verdict", verdict = "right"}, "pin",
                  "approved", {event = "signed", stage = "sending", done = 1, of = 1},
                  {event = "outcome", state = "COMPLETED", items_signed = 1}]
        """
        + APPROVE,
        phone,
    )
    assert played.code is ExitCode.PLAYED, played.events
    ended = asker.await_end(asked)
    assert (ended["state"], ended["end_result"], ended["items_signed"]) == ("COMPLETED", "ok", 1)
    (file,) = asker.files(asked)
    assert file is not None
    assert b"/ByteRange" in file


def test_the_readmes_scenario_by_the_command_line(stage: Stage, phone: Path, tmp_path: Path) -> None:
    first, second = stage.server.asker(), stage.server.asker()
    signed = first.ask()
    refused = second.ask()
    stage.tell_code(signed, refused)
    scenario = tmp_path / "scenario.toml"
    shutil.copy(HERE / "sign_one_refuse_one.toml", scenario)
    ran = subprocess.run(
        [sys.executable, "-m", "mobile_app.emulator", "run", "--profile", str(phone), "--scenario", str(scenario),
         "--json", "--clock-offset-file", str(stage.server.clock_file)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    events = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ran.returncode == 0, (ran.stderr, events)
    assert events[-1] == events[-1] | {"event": "finished", "exit_code": 0, "missing": []}
    assert {event["phone"] for event in events[:-1]} == {"an"}
    assert first.await_end(signed)["state"] == "COMPLETED"
    ended = second.await_end(refused)
    assert (ended["state"], ended["end_result"], ended["reason"]) == (
        "REFUSED",
        "user_refused",
        "Sai tên người nhận",
    )
    assert PIN not in ran.stdout + ran.stderr


def test_the_readmes_scenario_stands_in_the_documentation() -> None:
    text = (HERE / "sign_one_refuse_one.toml").read_text("utf-8")
    assert text in Path("docs/emulator.md").read_text("utf-8")
    assert read_scenario(HERE / "sign_one_refuse_one.toml").title == "Ký một, từ chối một"


@pytest.mark.parametrize(
    ("answer", "expect", "ended"),
    [
        ('action = "refuse"\nreason = "Không"', '"refused"', ("REFUSED", "user_refused", 0)),
        ('action = "refuse"\nrefuse_at = "code"', '"refused"', ("REFUSED", "user_refused", 0)),
        ('action = "refuse"\nrefuse_at = "pin"', '{event = "verdict", verdict = "right"}, "refused"', ("REFUSED", "user_refused", 0)),
        (
            'action = "approve"\ncode = "wrong"',
            '{event = "verdict", verdict = "wrong"}, {event = "outcome", end_result = "wrong_verification_code"}',
            ("REFUSED", "wrong_verification_code", 0),
        ),
        (
            'action = "approve"\nuntick = [{position = 1, reason = "Sai số tiền"}, 2]\nlook_at = [0]',
            '"looked_at", {event = "approved", refused = 2}, {event = "outcome", state = "COMPLETED", items_signed = 2, items_refused = 2}',
            ("COMPLETED", "ok", 2),
        ),
    ],
    ids=["refuse", "refuse at the code", "refuse at the PIN", "wrong code", "untick"],
)  # fmt: skip
def test_what_a_person_can_answer(
    stage: Stage, phone: Path, answer: str, expect: str, ended: tuple[str, str, int]
) -> None:
    asker = stage.server.asker()
    asked = asker.ask(4)
    stage.tell_code(asked)
    played = stage.play(f"expect = [{expect}]\n[[answer]]\n{answer}", phone)
    assert played.code is ExitCode.PLAYED, played.events
    found = asker.await_end(asked)
    assert (found["state"], found["end_result"], found["items_signed"]) == ended


def test_a_request_that_is_ignored_expires_when_the_clock_moves(stage: Stage, phone: Path) -> None:
    asker = stage.server.asker()
    asked = asker.ask(lifetime=60)
    played = stage.play(
        """
        expect = ["checked", "ignored", {event = "outcome", end_result = "expired"}]
        [[answer]]
        action = "ignore"
        [[clock]]
        after = {event = "ignored"}
        add = 90
        """,
        phone,
    )
    assert played.code is ExitCode.PLAYED, played.events
    assert asker.await_end(asked)["state"] == "EXPIRED"


def test_a_late_answer_comes_too_late(stage: Stage, phone: Path) -> None:
    asker = stage.server.asker()
    asked = asker.ask(lifetime=60)
    stage.tell_code(asked)
    played = stage.play(
        """
        expect = ["checked", {event = "outcome", end_result = "expired"}]
        forbid = ["approved"]
        [[answer]]
        action = "approve"
        delay = 120
        [[clock]]
        after = {event = "checked"}
        add = 110
        """,
        phone,
    )
    assert played.code is ExitCode.PLAYED, played.events
    assert asker.await_end(asked)["state"] == "EXPIRED"


def test_six_wrong_pins_lock(server: RealServer, stage: Stage, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    server.add_person("binh")
    server.pair(locked, "--algorithm", "ecdsa_p384_sha384", login="binh")
    asker = server.asker()
    asked = asker.ask(lifetime=86_400, login="binh")
    stage.tell_code(asked)
    played = stage.play(
        """
        expect = [{event = "pin_refused", tries_left = 1}, {event = "error", code = "pin_locked"}]
        forbid = ["approved"]
        [[answer]]
        action = "approve"
        wrong_pins = 6
        [[clock]]
        after = {event = "pin_refused"}
        add = 3601
        times = 0
        """,
        locked,
    )
    assert played.code is ExitCode.PLAYED, played.events
    assert [entry["tries_left"] for entry in played.fields("pin_refused")] == [5, 4, 3, 2, 1]
    assert asker.status(asked)["state"] in ("PUSHED", "OPENED", "QUEUED")
    asker.cancel(asked)
    assert main(["unpair", "--profile", str(locked), "--clock-offset-file", str(server.clock_file)]) == 0


@pytest.mark.parametrize(
    "connection",
    [
        'after = {sent = 1, message = "approve"}\ndo = "drop"',
        'after = {sent = 1, message = "choose_code"}\ndo = "drop"',
        'after = {sent = 1, message = "signatures"}\ndo = "drop"',
        'after = {received = 1, message = "release_share"}\ndo = "drop"',
        'after = {received = 1, message = "approve"}\ndo = "offline"\nseconds = 1',
        'after = {event = "checked"}\ndo = "offline"\nseconds = 1',
        'after = {received = 3}\ndo = "drop"',
    ],
)
def test_a_bad_line_costs_nothing(stage: Stage, phone: Path, connection: str) -> None:
    asker = stage.server.asker()
    asked = asker.ask(3)
    stage.tell_code(asked)
    played = stage.play(
        f"""
        expect = ["network", "disconnected", "connected", {{event = "outcome", state = "COMPLETED", items_signed = 3}}]
        any_order = true
        forbid = ["security_warning"]
        [[connection]]
        {connection}
        """
        + APPROVE,
        phone,
    )
    assert played.code is ExitCode.PLAYED, played.events
    assert asker.await_end(asked)["items_signed"] == 3


def test_killed_after_the_approval_and_started_again(stage: Stage, phone: Path, tmp_path: Path) -> None:
    asker = stage.server.asker()
    asked = asker.ask(2)
    stage.tell_code(asked)
    scenario = tmp_path / "killed.toml"
    scenario.write_text(
        'format = 1\n[[connection]]\nafter = {sent = 1, message = "approve"}\ndo = "kill"\n' + APPROVE,
        "utf-8",
    )
    ran = subprocess.run(
        [sys.executable, "-m", "mobile_app.emulator", "run", "--profile", str(phone), "--scenario", str(scenario),
         "--pin", PIN, "--codes-from", str(stage.codes_file), "--clock-offset-file", str(stage.server.clock_file)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert ran.returncode == -9, (ran.stdout, ran.stderr)
    assert asker.status(asked)["state"] == "SIGNING"
    played = stage.play(
        'expect = [{event = "outcome", state = "COMPLETED", items_signed = 2}]\n' + APPROVE, phone
    )
    assert played.code is ExitCode.PLAYED, played.events
    assert "choice" not in played.names()


def test_cancelled_while_the_person_thinks(stage: Stage, phone: Path, tmp_path: Path) -> None:
    asker = stage.server.asker()
    asked = asker.ask()

    class CancelWhenChecked:
        def take(self, event: object) -> None:
            if getattr(event, "name", "") == "checked":
                asker.cancel(asked)

    played = stage.play(
        """
        expect = ["checked", {event = "withdrawn", end_result = "cancelled"}]
        [[answer]]
        action = "approve"
        wait_for_file = "never"
        """,
        phone,
        sink=CancelWhenChecked(),
    )
    assert played.code is ExitCode.PLAYED, played.events
    assert asker.await_end(asked)["state"] == "CANCELLED"


def test_a_missing_event_is_named(stage: Stage, phone: Path) -> None:
    played = stage.play('time_limit = 1.5\nexpect = ["connected", {event = "outcome", state = "X"}]', phone)
    assert played.code is ExitCode.MISSING
    assert played.fields("finished")[0]["missing"] == ["outcome state='X'"]


def test_one_request_at_a_time_by_commands(
    stage: Stage, phone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = ["--profile", str(phone), "--clock-offset-file", str(stage.server.clock_file), "--json"]
    asker, other = stage.server.asker(), stage.server.asker()
    signed, refused = asker.ask(2), other.ask()
    assert main(["list", *clock]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {event["request_id"] for event in listed if event["event"] == "request"} == {
        signed.request_id, refused.request_id,
    }  # fmt: skip
    approving = ["approve", signed.request_id[:-2], "--code", signed.code, "--pin", PIN, "--untick", "1=sai"]
    assert main([*approving, *clock]) == 0
    assert main(["refuse", "oldest", "--reason", "không biết", *clock]) == 0
    assert asker.await_end(signed)["items_refused"] == 1
    assert other.await_end(refused)["reason"] == "không biết"
    capsys.readouterr()
    assert main(["history", *clock, "--limit", "2"]) == 0
    shown = [json.loads(line)["request_id"] for line in capsys.readouterr().out.splitlines()]
    assert shown == [refused.request_id, signed.request_id]
    assert main(["history", *clock, "--evidence", signed.request_id]) == 0
    evidence = json.loads(capsys.readouterr().out)
    assert {"envelope", "choice", "verdict", "approval", "acknowledgement", "outcome"} <= evidence[
        "statements"
    ].keys()
    assert [document["decision"] for document in evidence["documents"]] == ["approve", "refuse"]
