"""What each command does. Every one returns an exit status: 0 done, 1 the answer is no, 2 it could not be asked."""

import argparse
import getpass
import logging
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from server.app import COUNTER_SETTING, UseCases, build, database_path, set_up
from server.audit.audit_log import record
from server.audit.verify_log import verify_log
from server.clock import iso_utc
from server.commands.parser import make_parser
from server.commands.verify_files import verify_files
from server.config import Config, ConfigError, load_config
from server.crash_points import crash_point
from server.errors import BadInput, PhoneSealError
from server.pdf.stamp import StampFonts
from server.processes.logs import set_up_logging
from server.processes.nudge import NoNudge
from server.signing.credential import CredentialState
from server.text import plain_login

Command = Callable[[UseCases, argparse.Namespace], int]


def read_config(arguments: argparse.Namespace) -> Config:
    names = ("data_dir", "host", "port", "public_url", "workers", "clock_offset_file")
    overrides = {name: getattr(arguments, name, None) for name in names}
    return load_config(Path(arguments.config) if arguments.config else None, **overrides)


def run(arguments: argparse.Namespace) -> int:
    config = read_config(arguments)
    if arguments.command == "serve":
        from server.processes.supervisor import Supervisor  # the only command that starts processes

        return Supervisor(config).run()
    if arguments.command == "verify":
        return verify_files(config, arguments)
    set_up(config)
    app = build(config, NoNudge())
    name = f"{arguments.command} {getattr(arguments, 'action', '')}".strip()
    return COMMANDS[name](app, arguments)


def say(text: str = "") -> None:
    sys.stdout.write(text + "\n")


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_file:
        return Path(arguments.password_file).read_text("utf-8").rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Once more: "):
        raise BadInput("the two passwords differ", code="bad_input")
    return first


def _subscriber(app: UseCases, given: str) -> str:
    with app.store.read() as tx:
        found = tx.subscribers.by_handle(plain_login(given))
        return found.subscriber_id if found else tx.subscribers.get(given).subscriber_id


def users_add(app: UseCases, arguments: argparse.Namespace) -> int:
    user = app.log_in.add_user(
        arguments.login,
        _password(arguments),
        arguments.name,
        arguments.email,
        arguments.language,
        role="operator" if arguments.operator else "user",
    )
    say(f"{user.user_id} {user.login} (subscriber {user.subscriber_id})")
    shown = StampFonts().shown(user.name)
    if shown != user.name:
        say(f"The visible signature has no letters for some of this name. It will say: {shown}")
    return 0


def users_set_password(app: UseCases, arguments: argparse.Namespace) -> int:
    app.log_in.set_password(arguments.login, _password(arguments))
    return 0


def parties_add(app: UseCases, arguments: argparse.Namespace) -> int:
    party = app.parties.add(arguments.name, live_limit=arguments.open_requests)
    say(party.relying_party_id)
    say(app.parties.add_key(party.relying_party_id, "first", tuple(arguments.scopes)))
    return 0


def parties_list(app: UseCases, _arguments: argparse.Namespace) -> int:
    for party, keys in app.parties.all():
        say(f"{party.relying_party_id}  {party.state:9}  {party.kind:6}  {party.name}")
        for key in keys:
            state = "revoked" if key.revoked_at else "active"
            say(f"    {key.key_id}  {state:8}  {' '.join(key.scopes)}  {key.label}")
    return 0


def parties_add_key(app: UseCases, arguments: argparse.Namespace) -> int:
    say(app.parties.add_key(arguments.relying_party_id, arguments.label, tuple(arguments.scopes)))
    return 0


def parties_revoke_key(app: UseCases, arguments: argparse.Namespace) -> int:
    if app.parties.revoke_key(arguments.key_id):
        return 0
    say("no such key, or it was revoked already")
    return 1


def parties_suspend(app: UseCases, arguments: argparse.Namespace) -> int:
    app.parties.set_state(arguments.relying_party_id, "SUSPENDED")
    return 0


def parties_resume(app: UseCases, arguments: argparse.Namespace) -> int:
    app.parties.set_state(arguments.relying_party_id, "ACTIVE")
    return 0


def devices_list(app: UseCases, arguments: argparse.Namespace) -> int:
    for line in app.read_devices.of_subscriber(_subscriber(app, arguments.subscriber)):
        device = line.device
        live = sum(credential.state is CredentialState.ACTIVE for credential in line.credentials)
        say(f"{device.device_id}  {device.state:9}  {device.key_protection:16}  {live} credentials  {device.name}")
    return 0


def devices_offer(app: UseCases, arguments: argparse.Namespace) -> int:
    offer = app.pair_device.offer(_subscriber(app, arguments.subscriber), None)
    say(f"{offer.pairing.pairing_id} {offer.code[:5]}-{offer.code[5:]}")
    return 0


def devices_freeze(app: UseCases, arguments: argparse.Namespace) -> int:
    app.end_device.freeze(arguments.device_id, "operator")
    return 0


def devices_unpair(app: UseCases, arguments: argparse.Namespace) -> int:
    app.end_device.unpair(arguments.device_id, "operator")
    return 0


def devices_recover(app: UseCases, arguments: argparse.Namespace) -> int:
    recovery = app.end_device.recover(_subscriber(app, arguments.subscriber), arguments.staff)
    hours = (recovery.effective_at - recovery.created_at) / 3600
    say(f"{recovery.recovery_id}: a new phone may be paired in {hours:.1f} hours; the account page shows it until then")
    return 0


def keys_show(app: UseCases, _arguments: argparse.Namespace) -> int:
    say(f"server id    {app.signer.server_id}")
    say(f"signing key  number {app.signer.counter}, fingerprint {app.signer.fingerprint}")
    return 0


def keys_rotate(app: UseCases, arguments: argparse.Namespace) -> int:
    """The statement and the setting that makes the new key sign are committed together; running processes must be started again."""
    recovery = Path(arguments.recovery_key).read_bytes() if arguments.recovery_key else None
    with app.store.write() as tx:  # one rotation at a time: a second one must not replace the key file of the first
        counter, now = int(tx.settings.get(COUNTER_SETTING) or "1"), app.clock.now()
        statement = app.keys.rotate(counter, now, recovery_pem=recovery)
        tx.devices.add_rotation(counter + 1, statement, now)
        tx.settings.set(COUNTER_SETTING, str(counter + 1))
        facts = {"counter": counter + 1, "by_recovery_key": recovery is not None}
        record(tx, "request_signing_key_rotated", now=now, actor="operator", subject="server", facts=facts)
        crash_point("rotate.before_commit")
    crash_point("rotate.after_commit")
    say(f"key number {counter + 1} signs from the next start on: restart the server now")
    return 0


def audit_verify(app: UseCases, _arguments: argparse.Namespace) -> int:
    result = verify_log(app.store, app.blobs)
    say(f"{result.entries} entries, {result.statements} statements, {result.files} signed files")
    say(f"head {result.head}")
    for problem in result.problems:
        say(f"PROBLEM {problem}")
    say("the audit log is whole" if not result.problems else f"{len(result.problems)} problems")
    return 0 if not result.problems else 1


def requests_list(app: UseCases, arguments: argparse.Namespace) -> int:
    if arguments.retry:
        jobs = app.unstick.retry(arguments.retry, "operator")
        say(f"{jobs} jobs wait for the workers now")
        return 0
    if arguments.set_aside:
        first = app.set_aside(arguments.set_aside, "operator", arguments.note or "")
        say("set aside" if first else "it was set aside before; nothing has changed")
        return 0
    if arguments.note is not None:
        raise BadInput("--note goes with --set-aside", code="bad_input")
    found = app.unstick.set_aside_ones() if arguments.show_set_aside else app.unstick.listed(stuck=arguments.stuck)
    for line in found:
        request, why = line.request, ", ".join(f"{code} x{count}" for code, count in line.reasons.items())
        said = f"{request.request_id}  {request.state:10}  {request.items_total:6} documents  {line.work.last_error or why}"
        if line.aside is not None:
            said += f"  set aside {iso_utc(line.aside.at)} by {line.aside.actor}  {line.aside.note}"
        say(said.rstrip())
    return 0


def backup(app: UseCases, arguments: argparse.Namespace) -> int:
    """Files first, then the database, so that every file that the copy speaks of is there; keys last."""
    target = Path(arguments.target)
    target.mkdir(parents=True, mode=0o700)
    data = app.config.data_dir
    shutil.copytree(data / "blobs", target / "blobs", ignore=shutil.ignore_patterns("incoming", "pages", ".*"))
    app.store.back_up(target / database_path(app.config).name)
    shutil.copytree(
        data / "blobs", target / "blobs", ignore=_already(data / "blobs", target / "blobs"), dirs_exist_ok=True
    )
    shutil.copytree(data / "keys", target / "keys")
    say(f"backed up to {target}; it holds the keys: keep it as safe as the server")
    return 0


def _already(source: Path, target: Path) -> Callable[[str, list[str]], set[str]]:
    """Second pass: only what has appeared since the first, so that the database copied between them finds all its files."""

    def ignore(folder: str, names: list[str]) -> set[str]:
        there = target / Path(folder).relative_to(source)
        skipped = {name for name in names if name in ("incoming", "pages") or name.startswith(".")}
        return skipped | {name for name in names if (there / name).is_file()}

    return ignore


COMMANDS: dict[str, Command] = {
    "users add": users_add,
    "users set-password": users_set_password,
    "relying-parties add": parties_add,
    "relying-parties list": parties_list,
    "relying-parties add-key": parties_add_key,
    "relying-parties revoke-key": parties_revoke_key,
    "relying-parties suspend": parties_suspend,
    "relying-parties resume": parties_resume,
    "devices list": devices_list,
    "devices offer": devices_offer,
    "devices freeze": devices_freeze,
    "devices unpair": devices_unpair,
    "devices recover": devices_recover,
    "keys show": keys_show,
    "keys rotate": keys_rotate,
    "audit verify": audit_verify,
    "requests": requests_list,
    "backup": backup,
}


def main(argv: list[str]) -> int:
    arguments = make_parser().parse_args(argv)
    set_up_logging(arguments.command, logging.INFO if arguments.command == "serve" else logging.ERROR)
    try:
        return run(arguments)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
    except PhoneSealError as error:
        sys.stderr.write(f"{error.code}: {error}\n")
    except FileExistsError as error:
        sys.stderr.write(f"{error.filename} exists already\n")
    except OSError as error:
        sys.stderr.write(f"{error}\n")
    return 2
