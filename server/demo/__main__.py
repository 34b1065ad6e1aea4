"""``python -m server.demo``: what ``make demo`` runs.

FILES, OUT and PORT may stand in the environment, so that no shell quotes them twice.
"""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

import requests

from server.demo.inputs import check_target, find_files, target_names
from server.demo.terminal import DemoFailed, Terminal


def make_parser() -> argparse.ArgumentParser:
    environment = os.environ
    parser = argparse.ArgumentParser("python -m server.demo", description=__doc__)
    parser.add_argument(
        "--files",
        default=environment.get("FILES", ""),
        help="a folder, a glob, or shell-quoted paths: sign them and exit",
    )
    parser.add_argument(
        "--out", default=environment.get("OUT", "") or "signed", help="folder for the signed files (default: signed)"
    )
    parser.add_argument(
        "--port", default=environment.get("PORT", "") or "8443", help="of the demo that stays up (default: 8443)"
    )
    parser.add_argument(
        "--data-dir", type=Path, default=Path("var/demo"), help="of the demo that stays up (default: var/demo)"
    )
    parser.add_argument(
        "--language", choices=("vi", "en"), default="en", help="of the reasons in the report (default: en)"
    )
    return parser


def main(arguments: list[str]) -> int:
    options = make_parser().parse_args(arguments)
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    logging.basicConfig(level=logging.ERROR)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    terminal = Terminal()
    try:
        if options.files.strip():
            return _sign_files(options, terminal)
        return _stay_up(options, terminal)
    except DemoFailed as failure:
        terminal.end_progress()
        sys.stderr.write(f"{failure}\n")
        return failure.status
    except requests.RequestException as error:
        terminal.end_progress()
        sys.stderr.write(f"the server could not be reached: {type(error).__name__}\n")
        return 1
    except KeyboardInterrupt:
        terminal.end_progress()
        terminal.say("Stopped.")
        return 130 if options.files.strip() else 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _sign_files(options: argparse.Namespace, terminal: Terminal) -> int:
    from server.demo.batch import sign_files  # each way loads what it needs: the second start is quick

    files = find_files(options.files)
    names = target_names(files)
    out = Path(options.out)
    check_target(out, names, files)
    return sign_files(files, names, out.absolute(), options.language, terminal)


def _stay_up(options: argparse.Namespace, terminal: Terminal) -> int:
    from server.demo.stay_up import stay_up

    if not options.port.isdigit() or not 0 < int(options.port) < 65536:
        raise DemoFailed(f"PORT={options.port} is no port number", 2)
    return stay_up(options.data_dir.absolute(), int(options.port), terminal)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
