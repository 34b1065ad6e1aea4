"""The command line: what may be asked, in one place."""

import argparse

DESCRIPTION = "PhoneSeal: documents signed with a key that never leaves the signer's phone."


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m server", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_verify(commands)
    users = _group(commands, "users", "portal users")
    add = users("add", "add a portal user with a subscriber of their own")
    add.add_argument("login")
    add.add_argument("--name", required=True, help="as it stands in certificates and stamps")
    add.add_argument("--email", default="")
    add.add_argument("--language", choices=("vi", "en"), default="vi")
    add.add_argument("--password-file", help="read the password from this file instead of asking")
    add.add_argument("--operator", action="store_true", help="may see and retry every unfinished request in the browser")
    password = users("set-password", "set a user's password and end their sessions")
    password.add_argument("login")
    password.add_argument("--password-file")

    parties = _group(commands, "relying-parties", "who may ask for signatures by the API")
    add = parties("add", "register a relying party and print its first API key")
    add.add_argument("name", help="as phones show it")
    add.add_argument("--scopes", nargs="+", default=["documents", "sign-requests"])
    add.add_argument("--open-requests", type=int, default=5, help="how many may be open for one subscriber")
    parties("list", "list relying parties and their keys")
    key = parties("add-key", "add an API key and print it, once")
    key.add_argument("relying_party_id")
    key.add_argument("--label", default="")
    key.add_argument("--scopes", nargs="+", default=["documents", "sign-requests"])
    parties("revoke-key", "revoke an API key").add_argument("key_id")
    parties("suspend", "refuse everything from a relying party").add_argument("relying_party_id")
    parties("resume", "let a suspended relying party ask again").add_argument("relying_party_id")

    devices = _group(commands, "devices", "phones")
    devices("list", "list a subscriber's phones").add_argument("subscriber", help="handle or id")
    devices("offer", "print a pairing code for a subscriber").add_argument("subscriber", help="handle or id")
    devices("freeze", "withhold a phone's share at once").add_argument("device_id")
    devices("unpair", "end a phone for good").add_argument("device_id")
    recover = devices("recover", "let a subscriber who lost every phone pair a new one, after a delay")
    recover.add_argument("subscriber", help="handle or id")
    recover.add_argument("--staff", required=True, help="who decided it; goes into the audit log")

    keys = _group(commands, "keys", "the server's own keys")
    rotate = keys("rotate", "make a new request-signing key; phones follow a signed statement")
    rotate.add_argument("--recovery-key", help="sign the statement with the offline recovery key (after a theft)")
    keys("show", "print the server id and fingerprints")

    audit = _group(commands, "audit", "the audit log")
    audit("verify", "check the whole chain, the evidence and the signed files")
    _add_requests(commands)
    backup = commands.add_parser(
        "backup", help="copy database, keys and files into a new folder, while the server runs"
    )
    backup.add_argument("target")
    _options(backup)
    return parser


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", help="TOML file; see docs/operations.md")
    parser.add_argument("--data-dir", help="overrides data_dir")


def _group(commands, name: str, text: str):  # type: ignore[no-untyped-def]
    parser = commands.add_parser(name, help=text)
    inner = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    def add(action: str, help_text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = inner.add_parser(action, help=help_text)
        _options(made)
        return made

    return add


def _add_requests(commands) -> None:  # type: ignore[no-untyped-def]
    requests = commands.add_parser(
        "requests", help="list sign requests that did not finish, run one again, or set one aside"
    )
    act = requests.add_mutually_exclusive_group()
    act.add_argument("--stuck", action="store_true", help="only those that an operator must look at")
    act.add_argument(
        "--show-set-aside", action="store_true", help="failed ones that were set aside: when, by whom, the note"
    )
    act.add_argument("--retry", metavar="REQUEST", help="let the workers take this request's work again at once")
    act.add_argument("--set-aside", metavar="REQUEST", help="take a failed request off the list: seen, nothing to do")
    requests.add_argument("--note", help="with --set-aside: why; goes into the audit log")
    _options(requests)


def _add_serve(commands) -> None:  # type: ignore[no-untyped-def]
    serve = commands.add_parser("serve", help="start the server: supervisor, web process, workers")
    _options(serve)
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.add_argument("--public-url", help="what phones and browsers use, if it is not http(s)://host:port")
    serve.add_argument("--workers", type=int, help="signing workers; 0 is one per core")
    serve.add_argument("--clock-offset-file", help="tests only: seconds to add to the clock")


def _add_verify(commands) -> None:  # type: ignore[no-untyped-def]
    verify = commands.add_parser("verify", help="print each signature of PDF files and what changed after it")
    verify.add_argument("files", nargs="+", metavar="FILE")
    verify.add_argument("--json", action="store_true", help="one JSON document on standard output")
    verify.add_argument("--trust", action="append", default=[], metavar="FILE", help="roots to trust for signers: PEM (several) or DER")
    verify.add_argument(
        "--trust-timestamps",
        action="append",
        default=[],
        metavar="FILE",
        help="roots to trust for time-stamp authorities; without it, the signers' roots",
    )
    verify.add_argument("--language", choices=("vi", "en"), default="vi")
    _options(verify)
