"""The Android app in its own process, with a finger, over the stand-in for Java: what ``driven_app.py`` is for the desktop's.

    python tests/android/driven_android.py PORT --profile FOLDER …

The composition root is Android's own; only Java is a stand-in. Besides touches, a test moves the phone itself: the finger on the sensor, a
link that another app opens, whether this app is in front.
"""

import os
import socket
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

# ruff: noqa: E402
from fake_android import Screen, android, intent_of
from fake_java import FakeJava
from fake_keystore import Phone

from tests.kivy.driven_app import Driver


class AndroidDriver(Driver):
    def __init__(self, app: Any, connection: socket.socket, java: FakeJava, phone: Phone, screen: Screen) -> None:
        super().__init__(app, connection)
        self._java, self._phone, self._screen = java, phone, screen

    def do_open_link(self, link: str) -> None:
        (listener,) = self._screen.link_listeners
        self._java.run(lambda: listener.call("onNewIntent", intent_of(self._java, link)))

    def do_go_to_front(self, in_front: bool) -> None:
        self._screen.in_front = in_front

    def do_person(self, acts: str) -> None:
        self._phone.person = acts

    def do_install_distributors(self, apps: dict[str, str]) -> None:
        self._screen.distributors.installed = apps

    def do_distributor_answers(self, answer: str) -> None:
        """From now on. ``endpoint``, or a reason for which it fails; what waits for an answer gets it."""
        self._screen.distributors.answers = answer
        if answer == "endpoint" and self._screen.distributors.chosen:
            self._screen.distributors.answer({"endpoint": "https://push.example.net/late", "problem": ""})

    def do_wake(self) -> None:
        self._screen.distributors.wake()

    def do_enrol_another_finger(self) -> None:
        self._phone.enrol_another_finger()

    def do_seen(self) -> dict[str, Any]:
        """What Android showed, and what runs."""
        notices = [notice["setContentTitle"] for notice in self._screen.notices.values()]
        return {
            "prompts": self._phone.prompts,
            "notices": notices,
            "services": len(self._screen.services),
            "pdfs": self._screen.open_pdfs,
            "woken_by": self._screen.distributors.chosen,
        }


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[sys.argv.index("--profile") + 1])
    os.environ["ANDROID_PRIVATE"] = str(folder)
    phone, screen = Phone(), Screen()
    with android(phone, screen, int(os.environ.get("TEST_ANDROID_SDK", "35"))) as java:
        from mobile_app.android.android_main import make_app, prepare_kivy

        prepare_kivy()
        from kivy.config import Config

        Config.set("graphics", "width", "360")
        Config.set("graphics", "height", "800")
        app = make_app(java)
        driver = AndroidDriver(app, socket.create_connection(("127.0.0.1", port)), java, phone, screen)
        app.bind(on_start=lambda _app: driver.start())
        app.run()


if __name__ == "__main__":
    main()
