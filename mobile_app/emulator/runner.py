"""Plays scenarios on one or several phones until they are over, and says how they ended."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType

from mobile_app.device.interaction import UserInteraction
from mobile_app.emulator.clock_mover import ClockMover
from mobile_app.emulator.events import Event, EventSink, Teller
from mobile_app.emulator.expectations import ExitCode, Watch
from mobile_app.emulator.phone import EmulatedPhone, Surroundings, require_profile
from mobile_app.emulator.scenario import Scenario
from mobile_app.emulator.scripted_person import ScriptedPerson, needs_codes
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.errors import VaultError

_WORST_FIRST = (ExitCode.SECURITY_WARNING, ExitCode.SERVER_REFUSED, ExitCode.BAD_ARGUMENTS, ExitCode.MISSING)
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Play:
    """One scenario and the profiles on which it is played, all at once."""

    scenario: Scenario
    profiles: tuple[Path, ...]


@dataclass(frozen=True)
class Actor:
    """Who sits before the phones."""

    pin: str = ""
    codes_file: Path | None = None
    make: Callable[[Teller], UserInteraction] | None = None
    """Somebody else than the scenario's person (at the terminal)."""


def check_playable(scenario: Scenario, actor: Actor, clock_file: Path | None = None) -> None:
    """Raises ScenarioError for what only shows when a scenario meets the command line."""
    problems: list[str] = []
    if scenario.clock and clock_file is None:
        problems.append("clock: needs clock_offset_file in the scenario, or --clock-offset-file")
    if actor.make is None:
        if needs_codes(scenario) and not (scenario.codes_file or actor.codes_file):
            problems.append("answer: code right or wrong needs codes_file in the scenario, or --codes-from")
        types_pins = any(answer.action == "approve" and not answer.pin for answer in scenario.answers)
        if (types_pins or scenario.new_device != "ignore") and not (scenario.pin or actor.pin):
            problems.append("pin: is needed in the scenario, by --pin, --pin-file or PHONESEAL_PIN")
    if problems:
        raise ScenarioError(problems)


def run(
    plays: Sequence[Play],
    surroundings: Surroundings,
    actor: Actor,
    sinks: list[EventSink],
    *,
    stop_after: float | None = None,
) -> ExitCode:
    """Until every play is over, one has failed, ``stop_after`` seconds passed, or SIGINT or SIGTERM came.

    A play without expectations ends by signal or ``stop_after`` only. Raises ScenarioError, VaultError.
    """
    for play in plays:
        check_playable(play.scenario, actor, _clock_file(play.scenario, surroundings))
    watches = [Watch(p.scenario.expect, p.scenario.forbid, any_order=p.scenario.any_order) for p in plays]
    with ExitStack() as stack:
        phones: list[EmulatedPhone] = []
        for play, watch in zip(plays, watches, strict=True):
            for profile in play.profiles:
                phone = _phone(play.scenario, profile, surroundings, actor, [*sinks, watch])
                stack.callback(phone.close)
                phones.append(phone)
        stop = stack.enter_context(stopped_by_signal())
        for phone in phones:
            if phone.device.identity is None:
                raise VaultError("not_paired", {"profile": phone.name})
            phone.device.start()
        _wait(plays, watches, stop, stop_after)
    return _finish(watches, sinks, surroundings)


def _phone(
    scenario: Scenario, profile: Path, surroundings: Surroundings, actor: Actor, sinks: list[EventSink]
) -> EmulatedPhone:
    require_profile(profile)
    clock_file = _clock_file(scenario, surroundings)
    surroundings = replace(surroundings, clock_offset_file=clock_file)
    clock = surroundings.clock
    if clock_file is not None:
        sinks = [*sinks, ClockMover(scenario.clock, clock_file)]

    def scripted(teller: Teller) -> UserInteraction:
        return ScriptedPerson(scenario, actor.pin, clock, teller, actor.codes_file)

    return EmulatedPhone(profile, surroundings, sinks, scenario=scenario, person=actor.make or scripted)


def _clock_file(scenario: Scenario, surroundings: Surroundings) -> Path | None:
    return surroundings.clock_offset_file or scenario.clock_offset_file


def _wait(
    plays: Sequence[Play], watches: Sequence[Watch], stop: threading.Event, stop_after: float | None
) -> None:
    began = time.monotonic()
    while not stop.is_set():
        passed = time.monotonic() - began
        if all(watch.over for watch in watches) or any(watch.failed for watch in watches):
            return
        if stop_after is not None and passed >= stop_after:
            return
        for play, watch in zip(plays, watches, strict=True):
            if play.scenario.expect and passed >= play.scenario.time_limit:
                watch.stop()
        stop.wait(POLL_SECONDS)


def _finish(watches: Sequence[Watch], sinks: list[EventSink], surroundings: Surroundings) -> ExitCode:
    codes = {watch.exit_code for watch in watches}
    code = next((worst for worst in _WORST_FIRST if worst in codes), ExitCode.PLAYED)
    fields = {
        "exit_code": int(code),
        "missing": [entry for watch in watches for entry in watch.missing],
        "came_unwanted": [watch.came_unwanted for watch in watches if watch.came_unwanted],
    }
    finished = Event("finished", "", int(surroundings.clock.now() * 1000), fields)
    for sink in sinks:
        sink.take(finished)
    return code


@contextmanager
def stopped_by_signal() -> Iterator[threading.Event]:
    """An Event that SIGINT and SIGTERM set; the handlers of before are put back. Outside the main thread
    nothing
    sets it: only there may handlers be changed."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
