"""A scenario: what the person does, what happens to the network, what is falsified, and what must come of it.

The value objects only; ``scenario_file.py`` reads them from TOML, docs/emulator.md describes them for
testers. Times are seconds.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Action = Literal["approve", "refuse", "ignore"]
RefuseAt = Literal["details", "code", "pin"]
CodeSource = Literal["right", "wrong", "first", "second", "third", "value"]
ConnectionAct = Literal["drop", "offline", "kill"]
Counted = Literal["sent", "received"]


@dataclass(frozen=True)
class CodeRule:
    """Which of the three codes is tapped. ``right`` and ``wrong`` need the file that says what the browser
    shows.
    """

    source: CodeSource = "right"
    value: str = ""


@dataclass(frozen=True)
class Untick:
    position: int
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What the person does with a request. The first answer that fits and is not used up is taken."""

    action: Action = "approve"
    requester: str = ""
    """Only for requests whose relying party or asking person holds this text; empty fits all."""
    title: str = ""
    """Only for requests with a document whose title holds this text; empty fits all."""
    times: int = 1
    """How many requests this answer serves; 0 = any number."""
    code: CodeRule = CodeRule()
    wrong_pins: int = 0
    pin: str = ""
    """The PIN to end with, instead of the scenario's."""
    untick: tuple[Untick, ...] = ()
    look_at: tuple[int, ...] = ()
    """Positions that the person opens before deciding."""
    reason: str = ""
    refuse_at: RefuseAt = "details"
    delay: float = 0.0
    """Seconds of the (shifted) clock that pass before the person does anything."""
    wait_for_file: Path | None = None
    """The person does nothing until this file exists."""


@dataclass(frozen=True)
class ConnectionRule:
    """After so many messages, or at an event, the network fails."""

    act: ConnectionAct
    counted: Counted | None = None
    count: int = 0
    message: str = ""
    """Only messages of this name are counted; empty counts all."""
    event: str = ""
    seconds: float = 0.0
    until_file: Path | None = None


@dataclass(frozen=True)
class ClockRule:
    """At an event the shared clock is put forward."""

    event: str
    add: float
    times: int = 1
    """At how many events of this name; 0 = each."""


@dataclass(frozen=True)
class Tampering:
    name: str
    positions: tuple[int, ...] | None = None
    """None: all."""
    body: dict[str, object] = field(default_factory=dict)
    request: int = 0
    """Which of the requests opened in this run, counted from 1; 0 = each."""
    then: Literal["stop", "honest"] = "stop"
    """After a falsified message: answer with the server's word, or send the true message too and go on."""


@dataclass(frozen=True)
class Expectation:
    """An event that must come: its name, and the fields that it must carry."""

    event: str
    fields: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.event + "".join(f" {name}={value!r}" for name, value in self.fields.items())


@dataclass(frozen=True)
class Scenario:
    title: str = ""
    seed: int = 0
    language: Literal["vi", "en"] = "vi"
    pin: str = ""
    any_order: bool = False
    """Whether the expectations may come in any order."""
    time_limit: float = 60.0
    """Wall-clock seconds after which an expectation that has not come is missing."""
    clock_offset_file: Path | None = None
    codes_file: Path | None = None
    new_device: Literal["approve", "reject", "ignore"] = "ignore"
    answers: tuple[Answer, ...] = ()
    connection: tuple[ConnectionRule, ...] = ()
    clock: tuple[ClockRule, ...] = ()
    tampering: tuple[Tampering, ...] = ()
    expect: tuple[Expectation, ...] = ()
    forbid: tuple[Expectation, ...] = ()
