"""Reads a scenario from TOML. Strict: unknown keys, wrong types and rules that contradict each other are
refused, all at once, with paths.

Relative file names stand for files beside the scenario.
"""

import tomllib
from pathlib import Path
from typing import Literal, cast

from mobile_app.device.pin_rules import PIN_LENGTH
from mobile_app.emulator.catalogue import CATALOGUE
from mobile_app.emulator.events import EVENTS
from mobile_app.emulator.scenario import (
    Action,
    Answer,
    ClockRule,
    CodeRule,
    CodeSource,
    ConnectionAct,
    ConnectionRule,
    Counted,
    Expectation,
    RefuseAt,
    Scenario,
    Tampering,
    Untick,
)
from mobile_app.emulator.table_reader import ScenarioError, TableReader

FORMAT = 1
LARGEST_FILE = 1 << 20
LONGEST_REASON = 500
_NAMED_CODES = ("right", "wrong", "first", "second", "third")


def read_scenario(path: Path) -> Scenario:
    """Raises ScenarioError with every problem found; the file's name stands first in each."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ScenarioError([f"{path}: cannot be read: {error.strerror}"]) from error
    if len(raw) > LARGEST_FILE:
        raise ScenarioError([f"{path}: is larger than a scenario can be (1 MiB)"])
    try:
        return parse_scenario(raw.decode("utf-8"), path.parent)
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{path}: is not UTF-8 text"]) from error
    except ScenarioError as error:
        raise ScenarioError([f"{path}: {problem}" for problem in error.problems]) from error


def parse_scenario(text: str, folder: Path) -> Scenario:
    """Raises ScenarioError."""
    try:
        raw: dict[str, object] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ScenarioError([f"not TOML: {error}"]) from error
    top = TableReader(raw)
    number = top.whole("format", FORMAT, required=True)
    if number != FORMAT:
        top.problem("format", f"this emulator reads format {FORMAT}, not {number}")
    scenario = Scenario(
        title=top.text("title", longest=200),
        seed=top.whole("seed"),
        language="en" if top.text("language", "vi", one_of=("vi", "en")) == "en" else "vi",
        pin=_pin(top, "pin"),
        any_order=top.flag("any_order"),
        time_limit=top.seconds("time_limit", 60.0, most=3600.0),
        clock_offset_file=_file(top, "clock_offset_file", folder),
        codes_file=_file(top, "codes_file", folder),
        new_device=_new_device(top),
        answers=tuple(_answer(table, folder) for table in top.tables("answer")),
        connection=tuple(_connection(table, folder) for table in top.tables("connection")),
        clock=tuple(_clock(table) for table in top.tables("clock")),
        tampering=tuple(_tampering(table) for table in top.tables("tamper")),
        expect=_expectations(top, "expect"),
        forbid=_expectations(top, "forbid"),
    )
    top.done()
    if top.problems:
        raise ScenarioError(top.problems)
    return scenario


def _file(table: TableReader, key: str, folder: Path) -> Path | None:
    name = table.text(key)
    if "\0" in name:
        table.problem(key, "is no file name")
        return None
    return folder / name if name else None


def _pin(table: TableReader, key: str) -> str:
    pin = table.text(key)
    if pin and not (pin.isascii() and pin.isdigit() and len(pin) == PIN_LENGTH):
        table.problem(key, f"must be {PIN_LENGTH} digits, in quotes")
        return ""
    return pin


def _new_device(table: TableReader) -> Literal["approve", "reject", "ignore"]:
    return cast(
        Literal["approve", "reject", "ignore"],
        table.text("new_device", "ignore", one_of=("approve", "reject", "ignore")),
    )


def _answer(table: TableReader, folder: Path) -> Answer:
    answer = Answer(
        action=cast(
            Action, table.text("action", "approve", required=True, one_of=("approve", "refuse", "ignore"))
        ),
        requester=table.text("requester", longest=200),
        title=table.text("title", longest=200),
        times=table.whole("times", 1, most=1_000_000),
        code=_code(table),
        wrong_pins=table.whole("wrong_pins", most=20),
        pin=_pin(table, "pin"),
        untick=_unticks(table),
        look_at=table.positions("look_at") or (),
        reason=table.text("reason", longest=LONGEST_REASON),
        refuse_at=cast(RefuseAt, table.text("refuse_at", "details", one_of=("details", "code", "pin"))),
        delay=table.seconds("delay"),
        wait_for_file=_file(table, "wait_for_file", folder),
    )
    for key, action in (
        ("untick", "approve"),
        ("wrong_pins", "approve"),
        ("refuse_at", "refuse"),
        ("reason", "refuse"),
    ):
        if table.has(key) and answer.action != action:
            table.problem(key, f'has no meaning with action = "{answer.action}"; it belongs to "{action}"')
    table.done()
    return answer


def _code(table: TableReader) -> CodeRule:
    word = table.text("code", "right", longest=20)
    if word in _NAMED_CODES:
        return CodeRule(cast(CodeSource, word))
    if len(word) == 4 and word.isascii() and word.isdigit():
        return CodeRule("value", word)
    table.problem("code", f"must be four digits or one of {', '.join(_NAMED_CODES)}, not {word!r}")
    return CodeRule()


def _unticks(table: TableReader) -> tuple[Untick, ...]:
    found: list[Untick] = []
    for path, entry in table.entries("untick"):
        if type(entry) is int and entry >= 0:
            found.append(Untick(entry))
        elif isinstance(entry, dict):
            inner = TableReader(entry, path, table.problems)
            found.append(
                Untick(inner.whole("position", required=True), inner.text("reason", longest=LONGEST_REASON))
            )
            inner.done()
        else:
            table.problems.append(f"{path}: must be a position or {{position = …, reason = …}}")
    if len({untick.position for untick in found}) != len(found):
        table.problem("untick", "names a position twice")
    return tuple(sorted(found, key=lambda untick: untick.position))


def _connection(table: TableReader, folder: Path) -> ConnectionRule:
    after = table.table("after", required=True)
    counted: Counted | None = None
    count, event, message = 0, "", ""
    if after is not None:
        named = [key for key in ("sent", "received", "event") if after.has(key)]
        if len(named) != 1:
            after.problems.append(f"{table.path_of('after')}: must hold exactly one of sent, received, event")
        elif named[0] == "event":
            event = after.text("event", one_of=tuple(EVENTS))
            after.done()
        else:
            counted = "sent" if named[0] == "sent" else "received"
            count = after.whole(named[0], 1, least=1)
            message = after.text("message", longest=64)
            after.done()
    rule = ConnectionRule(
        act=cast(ConnectionAct, table.text("do", "drop", required=True, one_of=("drop", "offline", "kill"))),
        counted=counted,
        count=count,
        event=event,
        message=message,
        seconds=table.seconds("seconds", most=3600.0),
        until_file=_file(table, "until_file", folder),
    )
    if (rule.act == "offline") != bool(rule.seconds or rule.until_file):
        table.problem("seconds", 'seconds or until_file is needed with do = "offline", and only there')
    table.done()
    return rule


def _clock(table: TableReader) -> ClockRule:
    after = table.table("after", required=True)
    event = ""
    if after is not None:
        event = after.text("event", required=True, one_of=tuple(EVENTS))
        after.done()
    rule = ClockRule(event, table.seconds("add", required=True, most=366 * 86_400.0), table.whole("times", 1))
    table.done()
    return rule


def _tampering(table: TableReader) -> Tampering:
    name = table.text("how", required=True, one_of=tuple(CATALOGUE))
    positions = table.positions("positions")
    body_table = table.table("set")
    body = body_table.rest() if body_table is not None else {}
    known = CATALOGUE.get(name)
    if known is not None:
        if known.positions == "none" and table.has("positions"):
            table.problem("positions", f"has no meaning with {name}")
        if known.positions == "two" and (positions is None or len(positions) != 2):
            table.problem("positions", f"{name} needs exactly two positions")
        if known.body != bool(body):
            table.problem(
                "set", f"{name} needs the fields to change" if known.body else f"has no meaning with {name}"
            )
    made = Tampering(
        name=name,
        positions=positions,
        body=body,
        request=table.whole("request"),
        then="honest" if table.text("then", "stop", one_of=("stop", "honest")) == "honest" else "stop",
    )
    table.done()
    return made


def _expectations(top: TableReader, key: str) -> tuple[Expectation, ...]:
    found: list[Expectation] = []
    for path, entry in top.entries(key):
        if isinstance(entry, str):
            entry = {"event": entry}
        if not isinstance(entry, dict):
            top.problems.append(f"{path}: must be an event's name or a table with event = …")
            continue
        inner = TableReader(entry, path, top.problems)
        name = inner.text("event", required=True, one_of=tuple(EVENTS))
        found.append(Expectation(name, inner.rest()))
    return tuple(found)
