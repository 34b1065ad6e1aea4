"""The phone app on Android: its composition root. ``mobile_app.main`` hands over to it where Android runs it.

There are no options: one profile in the app's own folder, TLS by the web's authorities or the app's own, the keys behind the key store.
"""

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from mobile_app.android.java import Java
from mobile_app.android.phone_parts import (
    AndroidPhone,
    device_name,
    private_folder,
    require_private_window,
    server_trust,
)
from mobile_app.clock import SystemClock
from mobile_app.device.device import AboutThisPhone, PhoneDevice
from mobile_app.device.interaction import PendingRequest
from mobile_app.device.profile import Profile
from mobile_app.errors import PhoneError
from mobile_app.link.http_link import HttpConnector
from mobile_app.link.socket_link import SocketIoConnector
from mobile_app.ui.version import APP_VERSION

if TYPE_CHECKING:
    from mobile_app.ui.app import PhoneSealApp
    from mobile_app.ui.bridge import Bridge

_FRAMES: Final = 30


def prepare_kivy() -> None:
    """Before Kivy is imported: its files in the app's own folder."""
    home = private_folder() / "kivy"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ["KIVY_HOME"] = str(home)
    os.environ["KIVY_NO_ARGS"] = "1"
    os.environ["KIVY_NO_FILELOG"] = "1"
    os.environ["KIVY_LOG_MODE"] = "PYTHON"  # else every address that is fetched stands in the phone's log
    from kivy.config import Config

    Config.set("graphics", "maxfps", str(_FRAMES))
    Config.set("graphics", "multisamples", "0")
    Config.set("kivy", "exit_on_escape", "0")


def telling_bridge(pending_changed: Callable[[Sequence[PendingRequest]], None]) -> "Bridge":
    """A bridge that also tells ``pending_changed`` what waits: while the app is not in front, Kivy's clock stands still."""
    from mobile_app.ui.bridge import Bridge

    class TellingBridge(Bridge):
        def show_pending(self, pending: Sequence[PendingRequest]) -> None:
            super().show_pending(pending)
            pending_changed(pending)

    return TellingBridge()


def make_app(java: Java) -> "PhoneSealApp":
    """Everything joined. Raises PhoneError("window_not_private")."""
    require_private_window(java)
    prepare_kivy()
    from kivy.clock import Clock

    from mobile_app.android.texts import said
    from mobile_app.ui.app import PhoneSealApp
    from mobile_app.ui.flow import Flow
    from mobile_app.ui.settings import KeptSettings
    from mobile_app.ui.welcome import offer_pairing_link

    profile = Profile(private_folder() / "phone")
    settings = KeptSettings(profile)
    phone = AndroidPhone(java, profile, lambda text: said(text, settings.now.language))
    bridge, clock, trust = telling_bridge(phone.pending_changed), SystemClock(), server_trust()
    device = PhoneDevice(
        profile=profile,
        vault=phone.vault,
        interaction=bridge,
        sockets=SocketIoConnector(trust),
        web=HttpConnector(trust),
        clock=clock,
        about=AboutThisPhone(device_name(java), "android", APP_VERSION),
        random_bytes=os.urandom,
        push_receiver=phone.wake_up,
    )
    flow = Flow(device, bridge, settings, clock, "", phone.parts)
    phone.listen_for_links(lambda link: Clock.schedule_once(lambda _seconds: offer_pairing_link(flow, link), 0))
    bridge.run(phone.reachability.begin)
    app = PhoneSealApp(flow)
    app.bind(on_resume=lambda _app: bridge.run(phone.came_to_front), on_pause=lambda _app: bridge.run(phone.went_to_back))
    return app


def main() -> int:
    from mobile_app.android.jnius_java import JniusJava  # there is Java only on a phone

    try:
        app = make_app(JniusJava())
    except PhoneError as error:
        print(f"PhoneSeal does not start: {error}")
        return 1
    app.run()
    return 0
