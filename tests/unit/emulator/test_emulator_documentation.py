"""docs/emulator.md says what the program does."""

from pathlib import Path

from mobile_app.emulator.catalogue import CATALOGUE
from mobile_app.emulator.events import EVENTS
from mobile_app.emulator.scenario_file import parse_scenario

FOLDER = Path("/scenarios")


def test_the_documentation_names_every_event_and_every_misbehaviour() -> None:
    page = Path("docs/emulator.md").read_text("utf-8")
    for name in (*EVENTS, *CATALOGUE):
        assert f"`{name}`" in page, name


def test_the_documentation_shows_scenarios_that_are_right() -> None:
    page = Path("docs/emulator.md").read_text("utf-8")
    shown = [part.split("```")[0] for part in page.split("```toml\n")[1:]]
    assert shown
    for text in shown:
        parse_scenario(text, FOLDER)
