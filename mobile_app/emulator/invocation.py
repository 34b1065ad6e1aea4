"""One call of the program: its options, where it writes, whom it asks. Handed to the commands."""

import argparse
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from mobile_app.device.interaction import Attention, UserInteraction
from mobile_app.emulator.events import EventSink, JsonLines, PlainLines, Teller
from mobile_app.emulator.phone import EmulatedPhone, Surroundings, require_profile
from mobile_app.emulator.scenario import Scenario
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.emulator.terminal import Terminal
from mobile_app.emulator.terminal_person import TerminalPerson
from mobile_app.emulator.texts import Language, Texts
from mobile_app.errors import PhoneError
from mobile_app.link.trust import ServerTrust

PIN_VARIABLE = "PHONESEAL_PIN"


class Invocation:
    """What every command needs."""

    def __init__(self, options: argparse.Namespace, stdout: TextIO, stderr: TextIO) -> None:
        self.options = options
        self.stdout = stdout
        self.stderr = stderr
        self.language: Language = "en" if getattr(options, "language", None) == "en" else "vi"
        self.texts = Texts(self.language)
        self.terminal = Terminal(output=stderr)
        several = len(options.profile) > 1 if isinstance(getattr(options, "profile", None), list) else False
        json_wanted = getattr(options, "json", False)
        self.sinks: list[EventSink] = [JsonLines(stdout) if json_wanted else PlainLines(stdout, several)]

    def complain(self, sentence: str) -> None:
        self.stderr.write(sentence + "\n")

    def complain_of(self, error: PhoneError) -> None:
        self.complain(self.texts.problem(error.code, error.details))

    @property
    def surroundings(self) -> Surroundings:
        options = self.options
        trust = ServerTrust(options.ca_file, options.unsafe_allow_plain_http)
        made = Surroundings(trust, options.clock_offset_file, wake_up=getattr(options, "wake_up", False))
        if options.command == "run" and options.server:
            made = replace(made, server=options.server)
        return replace(made, device_name=options.device_name) if "device_name" in options else made

    def phone(
        self, scenario: Scenario, person: Callable[[Teller], UserInteraction], *extra: EventSink
    ) -> EmulatedPhone:
        """For the commands on one profile: nothing opens by itself. Only ``pair`` makes a profile."""
        if self.options.command != "pair":
            require_profile(self.options.profile)
        return EmulatedPhone(
            self.options.profile,
            self.surroundings,
            [*self.sinks, *extra],
            scenario=scenario,
            person=person,
            open_on_arrival=False,
        )

    def terminal_person(self, _teller: Teller | None = None) -> TerminalPerson:
        profile = self.options.profile
        folder = profile[0] if isinstance(profile, list) else profile
        return TerminalPerson(self.terminal, self.texts, folder / "looked_at")

    def given_pin(self) -> str:
        """The PIN of the options or the environment; empty when there is none."""
        if self.options.pin_file is not None:
            return _read_pin(self.options.pin_file)
        return str(self.options.pin or os.environ.get(PIN_VARIABLE, ""))

    def pin_or_ask(self, question: str) -> bytearray:
        given = self.given_pin()
        return (
            bytearray(given, "utf-8")
            if given
            else self.terminal.ask_secret(self.texts(question), Attention())
        )

    def new_pin(self, given: str) -> bytearray:
        """A PIN to be set: given, or typed twice alike."""
        if given:
            return bytearray(given, "utf-8")
        while True:
            first = self.terminal.ask_secret(self.texts("new_pin"), Attention())
            if first == self.terminal.ask_secret(self.texts("pin_again"), Attention()):
                return first
            self.complain(self.texts("pin_differs"))


def _read_pin(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise ScenarioError([f"--pin-file: {path} cannot be read: {error.strerror}"]) from error
