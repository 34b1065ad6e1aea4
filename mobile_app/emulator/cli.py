"""The command line of the emulated device: what can be asked, in argparse. What is done stands in
``commands.py``.
"""

import argparse
from pathlib import Path
from typing import TypeAlias

from mobile_app.device.key_vault import SIGNATURE_ALGORITHMS

DESCRIPTION = """\
PhoneSeal's emulated device: the phone's own core with a scripted person, or you at the terminal, in front of it.
Scenario files, events and examples: docs/emulator.md"""

EXIT_CODES = """\
exit codes: 0 done, everything expected came; 1 an expected event is missing or a forbidden one came;
2 wrong arguments or scenario; 3 the server refused or was not reached; 4 security warning"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="python -m mobile_app.emulator",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _pair(commands)
    _run(commands)
    _one_request(commands)
    _account(commands)
    _fleet(commands)
    check = commands.add_parser(
        "check-scenario", help="say what is wrong with a scenario file, or that nothing is"
    )
    check.add_argument("file", type=Path, metavar="FILE")
    return top


_Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def _command(commands: _Commands, name: str, says: str, *, several: bool = False) -> argparse.ArgumentParser:
    """A command on one profile (or several), with the options that all of them have."""
    sub = commands.add_parser(
        name,
        help=says,
        description=says,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    sub.add_argument(
        "--profile",
        type=Path,
        required=True,
        metavar="DIR",
        action="append" if several else "store",
        help="the folder of this phone's keys and journal" + (" (again for each phone)" if several else ""),
    )
    _connection_options(sub)
    return sub


def _connection_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--json", action="store_true", help="events as JSON, one object a line, on standard output"
    )
    sub.add_argument("--language", choices=("vi", "en"), help="language of the terminal (default: vi)")
    sub.add_argument(
        "--clock-offset-file", type=Path, metavar="FILE", help="seconds in this file are added to the clock"
    )
    sub.add_argument("--ca-file", type=Path, metavar="FILE", help="trust this CA instead of the web's")
    sub.add_argument(
        "--unsafe-allow-plain-http",
        action="store_true",
        help="allow http to other machines (documents can be read)",
    )


def _fleet(commands: _Commands) -> None:
    says = "many idle phones in one thread, to measure what a connection costs the server"
    sub = commands.add_parser("fleet", help=says, description=says, epilog=EXIT_CODES)
    source = sub.add_mutually_exclusive_group(required=True)
    source.add_argument("--profiles", type=Path, metavar="DIR", help="a folder of paired profiles")
    source.add_argument(
        "--identities", type=Path, metavar="FILE", help="one JSON object a line: docs/emulator.md"
    )
    sub.add_argument("--count", type=int, metavar="N", help="only the first N")
    sub.add_argument(
        "--at-once", type=int, default=50, metavar="N", help="connecting at a time (default: %(default)s)"
    )
    sub.add_argument("--stop-after", type=float, metavar="SECONDS", help="end then (default: by signal)")
    _connection_options(sub)


def _pin_options(sub: argparse.ArgumentParser) -> None:
    group = sub.add_mutually_exclusive_group()
    group.add_argument(
        "--pin", default="", help="six digits; others on this machine can see it while it runs"
    )
    group.add_argument(
        "--pin-file", type=Path, metavar="FILE", help="a file with the PIN; or PHONESEAL_PIN is set"
    )


def _codes_option(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--codes-from", type=Path, metavar="FILE", help="JSON: request id → the code that the browser shows"
    )


def _pair(commands: _Commands) -> None:
    sub = _command(commands, "pair", "link this phone to an account")
    where = sub.add_mutually_exclusive_group(required=True)
    where.add_argument("--qr", metavar="URI", help="phoneseal://pair?… as the QR code says")
    where.add_argument("--code", help="the code that the browser shows, typed; needs --server")
    where.add_argument("--resume", action="store_true", help="go on with a pairing that was interrupted")
    sub.add_argument("--server", metavar="URL", help="the server's address, with --code")
    sub.add_argument(
        "--algorithm", choices=SIGNATURE_ALGORITHMS, default="rsa_pkcs1_sha256", help="default: %(default)s"
    )
    sub.add_argument("--rsa-bits", type=int, choices=(2048, 3072), default=2048, help="default: %(default)s")
    sub.add_argument(
        "--device-name", default="PhoneSeal emulator", help="shown in the browser (default: %(default)s)"
    )
    _pin_options(sub)


def _run(commands: _Commands) -> None:
    sub = _command(commands, "run", "be a phone: stay connected and answer requests", several=True)
    who = sub.add_mutually_exclusive_group()
    who.add_argument(
        "--scenario",
        type=Path,
        action="append",
        metavar="FILE",
        help="what the person does; one for all phones, or one for each --profile in order",
    )
    who.add_argument(
        "--interactive", action="store_true", help="you are the person (default without a scenario)"
    )
    who.add_argument(
        "--approve-all", action="store_true", help="approve everything with the codes of --codes-from"
    )
    sub.add_argument(
        "--stop-after", type=float, metavar="SECONDS", help="end the run then (default: by signal)"
    )
    sub.add_argument("--server", metavar="URL", help="the server's address, if it has moved since the pairing")
    sub.add_argument(
        "--wake-up",
        action="store_true",
        help="sleep without a connection until the server wakes the phone by Web Push (on this machine)",
    )
    _pin_options(sub)
    _codes_option(sub)


def _one_request(commands: _Commands) -> None:
    listing = _command(commands, "list", "the requests that wait for this phone")
    listing.add_argument(
        "--wait", type=float, default=10.0, metavar="SECONDS", help="for the server (default: 10)"
    )
    history = _command(commands, "history", "the requests that this phone has finished; needs no connection")
    history.add_argument("--limit", type=int, default=20, help="newest first (default: %(default)s)")
    history.add_argument("--text", default="", help="only where a name holds this text")
    history.add_argument(
        "--evidence", metavar="REQUEST", help="the signed statements kept about one request, as JSON"
    )
    approve = _command(commands, "approve", "approve one request")
    approve.add_argument("request", metavar="REQUEST", help="its id, or the beginning of it, or 'oldest'")
    approve.add_argument("--code", help="the code that the browser shows")
    approve.add_argument(
        "--untick",
        action="append",
        default=[],
        metavar="POSITION[=REASON]",
        help="a document (from 0) that is not to be signed; again for each",
    )
    _pin_options(approve)
    _codes_option(approve)
    refuse = _command(commands, "refuse", "refuse one request")
    refuse.add_argument("request", metavar="REQUEST", help="its id, or the beginning of it, or 'oldest'")
    refuse.add_argument("--reason", default="", help="at most 500 characters")
    for sub in (approve, refuse):
        sub.add_argument(
            "--wait", type=float, default=60.0, metavar="SECONDS", help="for the end (default: 60)"
        )


def _account(commands: _Commands) -> None:
    for name, says in (
        (
            "freeze",
            "have the server withhold this phone's key share until the account's owner or staff lift it",
        ),
        ("unpair", "end the link to the account and destroy the keys; the history stays"),
        ("change-pin", "set another PIN"),
    ):
        sub = _command(commands, name, says)
        sub.add_argument(
            "--wait", type=float, default=20.0, metavar="SECONDS", help="for the server (default: 20)"
        )
        if name == "change-pin":
            _pin_options(sub)
            sub.add_argument("--new-pin", default="", help="six digits; asked for when not given")
