"""Android's parts, joined: what ``mobile_app.main`` uses in the place of the desktop's.

The window is private before the first frame: ``PhoneSealActivity`` sets FLAG_SECURE, and a start without it is refused here.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import certifi

from mobile_app.android.biometric_unlock import BiometricUnlock
from mobile_app.android.java import Java
from mobile_app.android.keystore_key import KeystoreKey
from mobile_app.android.keystore_vault import KeystoreVault
from mobile_app.android.pairing_link import PairingLinks
from mobile_app.android.pdf_renderer import AndroidPages, kinds_drawn
from mobile_app.android.reachability import StayReachable, WakeUpNotice
from mobile_app.android.texts import Text
from mobile_app.android.wake_up import WokenByDistributor
from mobile_app.device.interaction import PendingRequest
from mobile_app.device.profile import Profile
from mobile_app.errors import PhoneError
from mobile_app.link.trust import ServerTrust
from mobile_app.ui.page_picture import Pages, ReadChecked
from mobile_app.ui.parts import PhoneParts

_OWN_CA: Final = Path(__file__).resolve().parents[1] / "assets" / "ca.pem"
"""An organisation that builds the app for its own server puts its CA here; then no other is believed."""


def private_folder() -> Path:
    """The app's own folder, which no other app reads and no backup takes."""
    return Path(os.environ["ANDROID_PRIVATE"])


def server_trust() -> ServerTrust:
    """Named explicitly: Python on a phone finds no system store."""
    return ServerTrust(_OWN_CA if _OWN_CA.is_file() else Path(certifi.where()))


def device_name(java: Java) -> str:
    """What the browser shows at pairing: maker and model."""
    build = java.run(lambda: java.find("android.os.Build"))
    name = f"{java.run(lambda: build.MANUFACTURER)} {java.run(lambda: build.MODEL)}".strip()
    return name[:64] or "Android"


def require_private_window(java: Java) -> None:
    """Raises PhoneError("window_not_private"): screens of this app are not for screenshots, recorders and the list of recent apps."""

    def flags() -> int:
        return int(java.activity().getWindow().getAttributes().flags)

    if not java.run(flags) & int(java.run(lambda: java.find("android.view.WindowManager$LayoutParams").FLAG_SECURE)):
        raise PhoneError("window_not_private")


class AndroidPhone:
    """One profile's parts."""

    def __init__(self, java: Java, profile: Profile, text: Callable[[Text], str]) -> None:
        self._java = java
        self._profile = profile
        self.biometrics = BiometricUnlock(java, profile)
        self.vault = KeystoreVault(profile, KeystoreKey(java), self.biometrics)
        self.reachability = StayReachable(java, profile, text)
        self.wake_up = WokenByDistributor(java, text)
        self._notice = WakeUpNotice(java, text)

    @property
    def parts(self) -> PhoneParts:
        return PhoneParts(self._pages, self.biometrics, self.reachability, kinds_drawn(self._java.sdk))

    def _pages(self, read: ReadChecked) -> Pages:
        return AndroidPages(self._java, self._profile.cache, read)

    def pending_changed(self, pending: Sequence[PendingRequest]) -> None:
        """From the device's threads, which go on while the app is not in front."""
        self._notice.pending_changed(pending)

    def came_to_front(self) -> None:
        self._notice.came_to_front()

    def went_to_back(self) -> None:
        """From now on Java may have to speak for itself, in the language of now. Raises PhoneError("wake_up_refused")."""
        if self.wake_up.chosen():
            self.wake_up.say()

    def listen_for_links(self, opened: Callable[[str], None]) -> None:
        """For as long as this lives. ``opened`` is told on a thread of Java's."""
        self._links = PairingLinks(self._java, opened)  # Java does not keep Python's listener
        self._links.start()
