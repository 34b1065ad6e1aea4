"""A ``phoneseal://pair?…`` link that was opened on this phone: scanned with its camera app, or tapped.

Rules:
* A link only fills in the pairing screen: the person still chooses a PIN and compares the digits. Any app and any web page can open one.
* What is not exactly a pairing code is dropped here, as is every link on a phone that is paired or pairing already.
* Links come on a thread of Java's; ``opened`` is told from there and has to hand over by itself.
"""

from collections.abc import Callable
from typing import Any, Final

from mobile_app.android.java import Java
from mobile_app.device.pairing_code import read_pairing_code
from mobile_app.errors import Refused

_LONGEST: Final = 2048


class PairingLinks:
    """Listens from ``start`` on, for as long as the app lives."""

    def __init__(self, java: Java, opened: Callable[[str], None]) -> None:
        self._java = java
        self._opened = opened
        self._listener: Any = None

    def start(self) -> None:
        """Also tells of the link that the app was started with."""
        self._java.run(self._start)

    def _start(self) -> None:
        activity = self._java.activity()
        self._listener = self._java.listener(
            "org.kivy.android.PythonActivity$NewIntentListener", {"onNewIntent": self._came}
        )
        activity.registerNewIntentListener(self._listener)
        self._came(activity.getIntent())

    def _came(self, intent: Any) -> None:
        if intent is None or intent.getAction() != self._java.find("android.content.Intent").ACTION_VIEW:
            return
        link = intent.getDataString()
        if link is None or len(link) > _LONGEST:
            return
        try:
            if read_pairing_code(link, None).fingerprint is None:
                return
        except Refused:
            return
        self._opened(str(link))
