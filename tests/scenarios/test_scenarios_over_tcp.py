"""Scenarios against the real server, over TCP: what the person does, what the network does."""

from pathlib import Path

from mobile_app.emulator.expectations import ExitCode
from tests.scenarios.real_server import Stage


def test_sign_one(stage: Stage, phone: Path) -> None:
    asker = stage.server.asker()
    asked = asker.ask()
    stage.tell_code(asked)
    played = stage.play(
        """
        expect = ["connected", "request", "checked", "choice", {event = "verdict", verdict = "right"}, "pin", "approved",
                  {event = "signed", stage = "sending", done = 1, of = 1}, {event = "outcome", state = "COMPLETED", items_signed = 1}]
        [[answer]]
        action = "approve"
        """,
        phone,
    )
    assert played.code is ExitCode.PLAYED, played.events
    ended = asker.await_end(asked)
    assert (ended["state"], ended["end_result"], ended["items_signed"]) == ("COMPLETED", "ok", 1)
    (file,) = asker.files(asked)
    assert file is not None
    assert b"/ByteRange" in file
