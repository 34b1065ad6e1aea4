"""The commands of the emulated device. ``main`` is the composition root: everything below is handed what it
needs.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from mobile_app.device.device import Identity, PhoneDevice
from mobile_app.device.key_vault import KeyChoice
from mobile_app.emulator import account, one_request
from mobile_app.emulator.cli import parser
from mobile_app.emulator.expectations import ExitCode
from mobile_app.emulator.fleet.command import fleet
from mobile_app.emulator.invocation import Invocation
from mobile_app.emulator.runner import Actor, Play, run
from mobile_app.emulator.scenario import Answer, Scenario
from mobile_app.emulator.scenario_file import read_scenario
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.emulator.terminal import EndOfInput
from mobile_app.errors import CheckFailed, LinkError, PhoneError, Refused, VaultError

_ARGUMENT_CODES = (
    "profile_in_use",
    "not_paired",
    "already_paired",
    "pairing_code_malformed",
    "pin_weak",
    "no_pairing_to_resume",
    "tls_required",
)


def main(argv: list[str], stdout: TextIO | None = None, stderr: TextIO | None = None) -> int:
    """Returns the exit code; argparse itself exits with 2 for wrong arguments."""
    options = parser().parse_args(argv)
    invocation = Invocation(options, stdout or sys.stdout, stderr or sys.stderr)
    try:
        return int(COMMANDS[options.command](invocation))
    except ScenarioError as error:
        for problem in error.problems:
            invocation.complain(problem)
        return ExitCode.BAD_ARGUMENTS
    except (KeyboardInterrupt, EndOfInput):
        return ExitCode.MISSING
    except PhoneError as error:
        invocation.complain_of(error)
        return exit_code_of(error)


def exit_code_of(error: PhoneError) -> ExitCode:
    if isinstance(error, CheckFailed):
        return ExitCode.SECURITY_WARNING
    if error.code in _ARGUMENT_CODES:
        return ExitCode.BAD_ARGUMENTS
    return (
        ExitCode.SERVER_REFUSED if isinstance(error, Refused | LinkError | VaultError) else ExitCode.MISSING
    )


def check_scenario(invocation: Invocation) -> ExitCode:
    scenario = read_scenario(invocation.options.file)
    invocation.stdout.write(
        f"{invocation.options.file}: ok: {len(scenario.answers)} answers, {len(scenario.connection)} connection rules, "
        f"{len(scenario.tampering)} falsifications, {len(scenario.expect)} expectations\n"
    )
    return ExitCode.PLAYED


def pair(invocation: Invocation) -> ExitCode:
    options = invocation.options
    if options.code and not options.server:
        raise ScenarioError(["--code needs --server URL (the QR code's address is in --qr)"])
    pin = bytearray() if options.resume else invocation.new_pin(invocation.given_pin())
    phone = invocation.phone(Scenario(), invocation.terminal_person)
    try:
        identity = _identity(phone.device, options, pin)
        phone.teller.tell(
            "paired",
            device_id=identity.device_id,
            credential_id=identity.credential_id,
            subscriber_name=identity.subscriber_name,
            server_id=identity.server_id,
        )
    except PhoneError as error:
        phone.teller.tell("pairing_failed", code=error.code, details=error.details)
        raise
    finally:
        phone.close()
    return ExitCode.PLAYED


def _identity(device: PhoneDevice, options: argparse.Namespace, pin: bytearray) -> Identity:
    if options.resume:
        identity = device.resume_pairing()
        if identity is None:
            raise Refused("no_pairing_to_resume")
        return identity
    choice = KeyChoice(options.algorithm, options.rsa_bits)
    return device.pair(options.qr or options.code, pin, server_url=options.server, choice=choice)


def run_phones(invocation: Invocation) -> ExitCode:
    options = invocation.options
    actor = Actor(invocation.given_pin(), options.codes_from)
    if options.scenario:
        plays = _plays(options.scenario, options.profile)
    elif options.approve_all:
        plays = [Play(Scenario(answers=(Answer("approve", times=0),)), tuple(options.profile))]
    else:
        if len(options.profile) > 1:
            raise ScenarioError(["--profile: one person at the terminal holds one phone; give a --scenario"])
        plays = [Play(Scenario(), tuple(options.profile))]
        actor = replace(actor, make=invocation.terminal_person)
        if not options.json:
            invocation.sinks.clear()  # the person reads the screen, not the events
    return run(plays, invocation.surroundings, actor, invocation.sinks, stop_after=options.stop_after)


def _plays(files: list[Path], profiles: list[Path]) -> list[Play]:
    if len(files) == 1:
        return [Play(read_scenario(files[0]), tuple(profiles))]
    if len(files) != len(profiles):
        raise ScenarioError(
            [f"--scenario: {len(files)} files for {len(profiles)} profiles; give one, or one for each"]
        )
    return [Play(read_scenario(file), (profile,)) for file, profile in zip(files, profiles, strict=True)]


COMMANDS: Mapping[str, Callable[[Invocation], ExitCode]] = {
    "check-scenario": check_scenario,
    "pair": pair,
    "run": run_phones,
    "list": one_request.list_pending,
    "history": one_request.history,
    "approve": one_request.approve,
    "refuse": one_request.refuse,
    "freeze": account.freeze,
    "unpair": account.unpair,
    "change-pin": account.change_pin,
    "fleet": fleet,
}
