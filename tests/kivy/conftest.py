"""Real windows for the phone's tests: Xvfb, a real server over TCP, and a phone that is paired on its screen.

Without Xvfb or Kivy these tests are skipped with the reason; where CI is set in the environment they fail instead.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.kivy.phone_window import Display, PhoneWindow, missing
from tests.scenarios.real_server import Asked, Asker
from tests.server_process import PIN, Person, ServerProcess, wait_for


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    why = missing()
    if why and os.environ.get("CI"):
        pytest.fail(f"no window can be opened: {why}")
    if why:
        pytest.skip(why)
    made = Display()
    yield made.name
    made.stop()


OpenWindow = Callable[..., PhoneWindow]
NOTHING_WAITS = "Không có yêu cầu nào đang chờ"


@pytest.fixture
def open_window(display: str) -> Iterator[OpenWindow]:
    """``open_window(profile, *options, **environment)``: closed at the test's end."""
    opened: list[PhoneWindow] = []

    def make(profile: Path, *options: str, **environment: str) -> PhoneWindow:
        window = PhoneWindow(display, profile, *options, **environment)
        opened.append(window)
        return window

    yield make
    for window in opened:
        window.stop()


@dataclass
class OneMorePhone:
    """A person with a phone whose window is open and paired, and a system that asks for signatures."""

    window: PhoneWindow
    person: Person
    server: ServerProcess
    asker: Asker
    askers: dict[str, Asker] = field(default_factory=dict)
    spent: bool = False
    """A test that leaves it unable to sign says so: the next one gets another."""

    def is_at_rest(self) -> bool:
        """As a test expects to find it: connected, on Home, nothing waits."""
        if self.spent:
            return False
        try:
            wait_for(lambda: self.window.showing == "home" and self.window.sees(NOTHING_WAITS), "not at rest", 2)
            wait_for(lambda: self.window.sees("Đã kết nối"), "not connected", 20)
        except AssertionError:
            return False
        return True

    def stop(self) -> None:
        for asker in (self.asker, *self.askers.values()):
            asker.close()
        self.window.stop()

    def ask(self, count: int = 1, lifetime: int = 3600, pages: int = 1) -> Asked:
        """By a system of its own (``asker`` is the last one): whoever was refused has to wait before asking the same person again."""
        self.asker = Asker(self.server.url, self.server.add_relying_party())
        asked = self.asker.ask(count, lifetime, self.person.login, pages)
        self.askers[asked.request_id] = self.asker
        return asked

    def ask_for(self, *documents: tuple[bytes, Mapping[str, object] | None]) -> Asked:
        """These, each with the place of its signature."""
        self.asker = Asker(self.server.url, self.server.add_relying_party())
        asked = self.asker.ask_for(documents, login=self.person.login)
        self.askers[asked.request_id] = self.asker
        return asked

    def asker_of(self, asked: Asked) -> Asker:
        return self.askers[asked.request_id]

    def reopen(self, **environment: str) -> None:
        """The app is closed and started again, with these variables set."""
        self.window.stop()
        window = self.window
        self.window = PhoneWindow(window.display, window.profile, *window.options, **environment)


def pair_on_screen(window: PhoneWindow, server: ServerProcess, person: Person, language: str = "vi") -> None:
    """As a person does it: type the code, choose a PIN twice, confirm the digits in the browser."""
    go_on = {"vi": "Tiếp tục", "en": "Continue"}[language]
    offer = server.app.pair_device.offer(person.subscriber_id, person.user_id)
    window.wait_screen("welcome")
    window.write("XXXXX-XXXXX", offer.code)
    window.tap(go_on)
    window.wait_screen("choose_pin")
    window.type_pin(PIN, go_on)
    window.type_pin(PIN, go_on)
    window.wait_screen("pairing")
    digits = wait_for(lambda: shown_digits(window), "no digits are shown")
    server.app.pair_device.confirm(offer.pairing.pairing_id, digits)
    window.wait_screen("home")


def shown_digits(window: PhoneWindow) -> str:
    """The six digits on the screen, without the gap; empty while there are none."""
    for text in window.texts():
        plain = text.replace(" ", "")
        if len(plain) == 6 and plain.isdecimal():
            return plain
    return ""


class Phones:
    """Phones paired on their screens. One serves the tests of a module as long as each leaves it at rest; after a test that failed
    half-way the next begins with a phone and a person of its own."""

    def __init__(self, display: str, server: ServerProcess, folder: Path) -> None:
        self._display, self._server, self._folder = display, server, folder
        self._made: list[OneMorePhone] = []

    def one_at_rest(self) -> OneMorePhone:
        if self._made and self._made[-1].is_at_rest():
            return self._made[-1]
        for phone in self._made[-1:]:
            phone.stop()
        return self._pair_another()

    def _pair_another(self) -> OneMorePhone:
        server, person = self._server, self._server.add_person()
        options = ("--server", server.url, "--clock-offset-file", str(server.clock_file), "--files", str(self._folder / "files"))
        window = PhoneWindow(self._display, self._folder / f"phone-{len(self._made)}", *options)
        phone = OneMorePhone(window, person, server, Asker(server.url, server.add_relying_party()))
        self._made.append(phone)
        pair_on_screen(window, server, person)
        return phone

    def stop(self) -> None:
        for phone in self._made[-1:]:
            phone.stop()


@pytest.fixture(scope="module")
def phones(
    display: str, running_server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Phones]:
    made = Phones(display, running_server, tmp_path_factory.mktemp("phones"))
    yield made
    made.stop()


@pytest.fixture
def paired(phones: Phones) -> OneMorePhone:
    """A phone on Home with nothing waiting."""
    return phones.one_at_rest()
