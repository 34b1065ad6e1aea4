"""The commands explain themselves, and what is wrong with their arguments is said before anything is done."""

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mobile_app.clock import FileOffsetClock
from mobile_app.emulator.clock_mover import ClockMover
from mobile_app.emulator.commands import COMMANDS, exit_code_of, main
from mobile_app.emulator.events import Event
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.runner import Actor, check_playable
from mobile_app.emulator.scenario import Answer, ClockRule, CodeRule, Scenario
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.emulator.texts import Texts, both, names
from mobile_app.errors import CheckFailed, LinkError, PhoneError, Refused, ServerRefused, VaultError


def call(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(list(arguments), out, err)
    return code, out.getvalue(), err.getvalue()


def test_the_program_explains_itself_in_its_own_process() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "mobile_app.emulator", "--help"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert shown.returncode == 0
    assert shown.stderr == ""
    for command in COMMANDS:
        assert f"    {command}" in shown.stdout
    assert "exit codes:" in shown.stdout


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"mobile_app.emulator {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["dance"],
        ["pair", "--profile", "p"],
        ["run"],
        ["run", "--profile", "p", "--interactive", "--approve-all"],
    ],
)
def test_wrong_arguments_end_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_good_scenario_is_said_to_be_good(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text('format = 1\n[[answer]]\naction = "ignore"\n')
    assert call("check-scenario", str(file)) == (
        0,
        f"{file}: ok: 1 answers, 0 connection rules, 0 falsifications, 0 expectations\n",
        "",
    )


def test_a_bad_scenario_is_said_with_every_problem(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text("format = 1\nseed = -1\nx = 1\n")
    code, out, err = call("check-scenario", str(file))
    assert (code, out) == (2, "")
    assert [line.split(": ")[:2] for line in err.splitlines()] == [[str(file), "seed"], [str(file), "x"]]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--profile", "a", "--profile", "b"], "one person at the terminal"),
        (["run", "--profile", "a", "--scenario", "S", "--scenario", "S"], "2 files for 1 profiles"),
        (["run", "--profile", "a", "--scenario", "none.toml"], "cannot be read"),
        (["run", "--profile", "a", "--approve-all", "--pin", "135790"], "--codes-from"),
        (["run", "--profile", "a", "--approve-all", "--codes-from", "c"], "PHONESEAL_PIN"),
        (["run", "--profile", "a", "--pin-file", "none"], "none cannot be read"),
        (["pair", "--profile", "a", "--code", "7k2m9qwert", "--pin", "135790"], "--server"),
        (
            ["approve", "sr_1", "--profile", "a", "--untick", "x", "--code", "1234"],
            "does not begin with a position",
        ),
        (["approve", "sr_1", "--profile", "a", "--untick", "1"], "needs --code"),
    ],
)
def test_what_does_not_fit_together_is_said(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PHONESEAL_PIN", raising=False)
    Path("S").write_text("format = 1")
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_the_pin_comes_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PHONESEAL_PIN", "135790")
    assert "--codes-from" in call("run", "--profile", "a", "--approve-all")[2]
    Path("pin").write_text("135790\n")
    monkeypatch.delenv("PHONESEAL_PIN")
    assert "PHONESEAL_PIN" not in call("run", "--profile", "a", "--approve-all", "--pin-file", "pin")[2]


def test_what_a_script_needs_to_play_is_known_before_it_starts() -> None:
    approving = Scenario(answers=(Answer(code=CodeRule("first")),))
    with pytest.raises(ScenarioError, match="pin"):
        check_playable(approving, Actor())
    check_playable(approving, Actor(pin="135790"))
    check_playable(Scenario(answers=(Answer("refuse"), Answer("ignore"))), Actor())
    with pytest.raises(ScenarioError, match="pin"):
        check_playable(Scenario(new_device="approve"), Actor())


@pytest.mark.parametrize("command", ["list", "history", "freeze", "unpair", "run"])
def test_a_profile_that_is_not_there_is_not_made_by_looking_at_it(command: str, tmp_path: Path) -> None:
    code, out, err = call(command, "--profile", str(tmp_path / "new"), "--language", "en")
    assert (code, out) == (2, "")
    assert "run pair first" in err
    assert list(tmp_path.iterdir()) == []


def test_moving_the_clock_needs_the_file_that_is_moved() -> None:
    scenario = Scenario(clock=(ClockRule("checked", 60.0),))
    with pytest.raises(ScenarioError, match="clock_offset_file"):
        check_playable(scenario, Actor())
    check_playable(scenario, Actor(), Path("clock"))


def test_the_clock_is_put_forward_as_often_as_said(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    mover = ClockMover((ClockRule("checked", 60.0, 2), ClockRule("pin", 0.5, 0)), file)
    for name in ("checked", "outcome", "checked", "checked", "pin", "pin", "pin"):
        mover.take(Event(name, "a", 0, {}))
    assert float(file.read_text()) == 121.5
    before = time.time()
    assert 121.5 <= FileOffsetClock(file).now() - before <= 122.5
    assert [path.name for path in tmp_path.iterdir()] == ["clock"]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (CheckFailed("server_key_unknown"), ExitCode.SECURITY_WARNING),
        (ServerRefused("device_frozen"), ExitCode.SERVER_REFUSED),
        (Refused("pairing_rejected"), ExitCode.SERVER_REFUSED),
        (LinkError("connection_failed"), ExitCode.SERVER_REFUSED),
        (VaultError("profile_in_use"), ExitCode.BAD_ARGUMENTS),
        (VaultError("pin_locked"), ExitCode.SERVER_REFUSED),
        (Refused("pin_weak"), ExitCode.BAD_ARGUMENTS),
    ],
)
def test_errors_have_their_exit_codes(error: PhoneError, code: ExitCode) -> None:
    assert exit_code_of(error) is code


def test_every_text_has_two_languages_with_the_same_places() -> None:
    import string

    for name in names():
        vietnamese, english = both(name)
        places = [
            {field for _, field, _, _ in string.Formatter().parse(text)} for text in (vietnamese, english)
        ]
        assert places[0] == places[1], name
        assert vietnamese != english


def test_problems_are_said_with_what_to_do_next() -> None:
    assert "pair trước" in Texts("vi").problem("not_paired", {"profile": "an"})
    assert Texts("en").problem("not_paired", {"profile": "an"}).endswith("(not_paired; profile: an)")
    assert Texts("en").problem("odd_thing", {}) == "It did not work: odd_thing"
