"""The phone app: composition root. ``python -m mobile_app.main --help``.

Kivy reads its settings from the environment when it is imported, so the options are read first, and Kivy comes in after them.
"""

import argparse
import logging
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if not __package__:  # Android runs this file by itself
    import app_root  # type: ignore[import-not-found]  # noqa: F401

from mobile_app.clock import Clock, FileOffsetClock, SystemClock
from mobile_app.device.device import AboutThisPhone, PhoneDevice
from mobile_app.device.file_vault import FileVault
from mobile_app.device.profile import Profile
from mobile_app.errors import VaultError
from mobile_app.link.http_link import HttpConnector
from mobile_app.link.trust import ServerTrust
from mobile_app.ui.theme import missing_fonts
from mobile_app.ui.version import APP_VERSION

if TYPE_CHECKING:
    from mobile_app.ui.app import PhoneSealApp

_DEFAULT_PROFILE: Final = Path.home() / ".phoneseal" / "phone"
_SWITCH_SECONDS: Final = 0.001
"""How long a thread that computes may keep the interpreter while the window waits for it: Python's own 5 ms, many times a frame, make the
window stumble while documents are checked."""
_NOT_NEEDED: Final = "aiohttp"
"""Where it is installed, the socket library loads it for a kind of client that is not used here: a quarter of the app's start."""
_SMALLEST: Final = 320
"""dp: what no screen can be narrower or lower than."""
_FRAMES: Final = 30
"""A second: these screens hardly move, and a phone's battery is short."""


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mobile_app.main", description="PhoneSeal's phone app in a window.")
    parser.add_argument("--profile", type=Path, default=_DEFAULT_PROFILE, help="folder of this phone; each window needs its own")
    parser.add_argument("--server", default="", help="address that the pairing screen offers for typed codes")
    parser.add_argument("--size", default="360x800", help="of the window, in dp (default %(default)s)")
    parser.add_argument("--text-size", type=float, default=1.0, metavar="FACTOR", help="larger or smaller text (1.0 to 2.0)")
    parser.add_argument("--device-name", default=platform.node()[:64] or "PhoneSeal", help="shown in the browser at pairing")
    parser.add_argument("--ca-file", type=Path, help="believe this CA instead of the system's")
    parser.add_argument(
        "--unsafe-allow-plain-http", action="store_true", help="testers only: others can read what is sent"
    )
    parser.add_argument("--clock-offset-file", type=Path, help="testers only: a file with seconds to add to the clock")
    parser.add_argument("--files", type=Path, help="folder for what the person saves (default: PhoneSeal in their downloads)")
    parser.add_argument(
        "--cover-after", type=float, default=20.0, metavar="SECONDS",
        help="hide what is shown so long after another window came to the front; 0: never (default %(default)s)",
    )  # fmt: skip
    parser.add_argument("--verbose", action="store_true", help="say what Kivy and the device log")
    return parser.parse_args(arguments)


def prepare_kivy(options: argparse.Namespace) -> None:
    """Before Kivy is imported: its files in the profile, no arguments of ours, the window's size."""
    home = options.profile / "kivy"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["KIVY_HOME"] = str(home)
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_METRICS_FONTSCALE"] = str(min(2.0, max(0.8, options.text_size)))
    if not options.verbose:
        os.environ["KIVY_LOG_MODE"] = "PYTHON"
        logging.getLogger("kivy").addFilter(_is_worth_saying)
    from kivy.config import Config

    width, _, height = options.size.partition("x")
    Config.set("graphics", "width", width)
    Config.set("graphics", "height", height)
    for side in ("minimum_width", "minimum_height"):
        Config.set("graphics", side, str(_SMALLEST))
    Config.set("graphics", "maxfps", str(_FRAMES))
    Config.set("graphics", "multisamples", "0")
    Config.set("input", "mouse", "mouse,disable_multitouch")
    Config.set("kivy", "exit_on_escape", "0")


def _is_worth_saying(record: logging.LogRecord) -> bool:
    """Kivy calls it critical that X has no second clipboard (xclip, xsel), which nothing here uses, that there is no camera, which is
    asked for and then not offered, and that a way of input is missing, of which the window needs one and brings that itself."""
    said = record.getMessage().lstrip()
    missing = said.startswith("Input:") and "is not supported by your " in said
    return record.levelno >= logging.ERROR and not missing and not said.startswith(("Cutbuffer", "Camera"))


def make_app(options: argparse.Namespace) -> "PhoneSealApp":
    """Everything joined. Raises VaultError("profile_in_use")."""
    prepare_kivy(options)
    sys.setswitchinterval(_SWITCH_SECONDS)
    sys.modules.setdefault(_NOT_NEEDED, None)  # type: ignore[arg-type]
    from mobile_app.link.socket_link import SocketIoConnector
    from mobile_app.ui.app import PhoneSealApp
    from mobile_app.ui.bridge import Bridge
    from mobile_app.ui.flow import Flow
    from mobile_app.ui.parts import PhoneParts
    from mobile_app.ui.pdf_pages import PdfPages
    from mobile_app.ui.settings import KeptSettings

    profile = Profile(options.profile)
    clock: Clock = FileOffsetClock(options.clock_offset_file) if options.clock_offset_file else SystemClock()
    trust = ServerTrust(options.ca_file, options.unsafe_allow_plain_http)
    bridge = Bridge()
    device = PhoneDevice(
        profile=profile,
        vault=FileVault(profile),
        interaction=bridge,
        sockets=SocketIoConnector(trust),
        web=HttpConnector(trust),
        clock=clock,
        about=AboutThisPhone(options.device_name, sys.platform, APP_VERSION),
        random_bytes=os.urandom,
    )
    flow = Flow(device, bridge, KeptSettings(profile), clock, options.server, PhoneParts(PdfPages))
    flow.files = options.files or flow.files
    return PhoneSealApp(flow, options.cover_after)


def main(arguments: Sequence[str] | None = None) -> int:
    if "ANDROID_ARGUMENT" in os.environ:
        from mobile_app.android.android_main import main as android_main

        return android_main()
    options = read_options(sys.argv[1:] if arguments is None else arguments)
    missing = missing_fonts()
    if missing:
        sys.stderr.write(f"{missing[0]} is missing: run `make phone`, which sets it up.\n")
        return 1
    try:
        app = make_app(options)
    except VaultError as error:
        if error.code != "profile_in_use":
            raise
        sys.stderr.write(f"Another window uses {options.profile}: close it, or give another --profile.\n")
        return 1
    app.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
