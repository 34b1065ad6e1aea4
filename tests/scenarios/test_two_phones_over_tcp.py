"""Two phones on one account, and what the account screen does: over TCP, by the commands."""

import io
import json
import threading
from pathlib import Path

import pytest

from mobile_app.emulator.commands import main
from mobile_app.emulator.events import Event
from mobile_app.emulator.expectations import ExitCode
from tests.scenarios.real_server import PIN, Played, RealServer, Stage

NEW_PIN = "864209"


@pytest.fixture(scope="module")
def two_phones(server: RealServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The second phone was let in by the first."""
    folder = tmp_path_factory.mktemp("two")
    first, second = folder / "first", folder / "second"
    server.add_person("hoa")
    server.pair(first, "--algorithm", "ecdsa_p256_sha256", login="hoa")
    played: list[Played] = []
    scenario = """
        new_device = "approve"
        expect = [{event = "new_device", decision = "approve"}, {event = "pin", purpose = "approve_device"}, "new_device_answered"]
        """
    stage = Stage(server, folder)
    asking = threading.Thread(target=lambda: played.append(stage.play(scenario, first)))
    asking.start()
    server.pair(second, "--algorithm", "rsa_pss_sha256", "--device-name", "Máy thứ hai", login="hoa")
    asking.join(60)
    assert played[0].code is ExitCode.PLAYED, played[0].events
    assert played[0].fields("new_device")[0]["device_name"] == "Máy thứ hai"
    return first, second


def command(server: RealServer, *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    out, err = io.StringIO(), io.StringIO()
    code = main(
        [*arguments, "--json", "--language", "en", "--clock-offset-file", str(server.clock_file)], out, err
    )
    return code, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_first_answer_wins_and_the_other_is_told(
    stage: Stage, two_phones: tuple[Path, Path], tmp_path: Path
) -> None:
    """Both have it before them; the first person goes on when the second has looked, the second never does."""
    first, second = two_phones
    asker = stage.server.asker()
    asked = asker.ask(2, login="hoa")
    stage.tell_code(asked)
    waits = 'format = 1\ntime_limit = 40\nany_order = true\n[[answer]]\naction = "approve"\nwait_for_file = '
    played = stage.play_each(
        {
            first: waits.replace("[[", 'expect = [{event = "outcome", state = "COMPLETED", items_signed = 2}]\n[[', 1) + '"go"',
            second: waits.replace("[[", 'expect = [{event = "withdrawn", end_result = "answered_elsewhere"}]\n[[', 1) + '"never"',
        },
        sink=TouchWhenChecked(tmp_path / "go", second.name),
    )  # fmt: skip
    assert played.code is ExitCode.PLAYED, played.events
    assert asker.await_end(asked)["items_signed"] == 2


class TouchWhenChecked:
    """Touches a file when one phone has checked its documents."""

    def __init__(self, file: Path, phone: str) -> None:
        self._file = file
        self._phone = phone

    def take(self, event: Event) -> None:
        if (event.name, event.phone) == ("checked", self._phone):
            self._file.touch()


def test_another_pin_then_freeze_then_unpair(server: RealServer, two_phones: tuple[Path, Path]) -> None:
    _, second = two_phones
    on = ["--profile", str(second)]
    code, events, err = command(server, "change-pin", *on, "--pin", "999998", "--new-pin", NEW_PIN)
    assert (code, [event["event"] for event in events if event["event"] == "pin_changed"]) == (3, [])
    assert "Wrong PIN" in err
    code, events, _ = command(server, "change-pin", *on, "--pin", PIN, "--new-pin", NEW_PIN)
    assert code == 0
    assert "pin_changed" in [event["event"] for event in events]
    code, events, _ = command(server, "freeze", *on)
    assert code == 0
    assert "frozen" in [event["event"] for event in events]
    code, _, err = command(server, "list", *on, "--wait", "10")
    assert code == 3
    assert "frozen" in err


def test_an_unpaired_phone_is_unknown_here_and_there(
    server: RealServer, two_phones: tuple[Path, Path]
) -> None:
    first, _ = two_phones
    code, events, _ = command(server, "unpair", "--profile", str(first))
    assert code == 0
    assert "unpaired" in [event["event"] for event in events]
    code, _, err = command(server, "list", "--profile", str(first))
    assert code == 2
    assert "run pair first" in err
    code, events, _ = command(server, "history", "--profile", str(first))
    assert code == 0
    assert [event["event"] for event in events if event["event"] == "finished_request"]
