"""The person at the terminal sees what a phone shows and decides; the PIN is never echoed; a void question
lets go.
"""

import os
import pty
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile_app.device.interaction import (
    Approve,
    Attention,
    AttentionLost,
    ConnectionState,
    Ignore,
    NewDevice,
    NewDeviceDecision,
    PinProblem,
    PinPurpose,
    Progress,
    Refuse,
    RequestResult,
    SecurityWarning,
    Step,
)
from mobile_app.emulator.terminal import EndOfInput, Terminal
from mobile_app.emulator.terminal_person import TerminalPerson
from mobile_app.emulator.texts import Texts
from tests.unit.emulator.emulator_fakes import REQUEST, FakeRequest


class Typist:
    """A LineSource that types what it was given and keeps what it was told."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, prompt: str, attention: Attention) -> str:
        self.said.append(prompt)
        if not self.lines:
            raise EndOfInput
        return self.lines.pop(0)

    def ask_secret(self, prompt: str, attention: Attention) -> bytearray:
        return bytearray(self.ask(prompt, attention), "utf-8")


def at_terminal(folder: Path, *lines: str) -> tuple[TerminalPerson, Typist]:
    typist = Typist(*lines)
    return TerminalPerson(typist, Texts("en"), folder), typist


@pytest.mark.parametrize(
    ("lines", "decision"),
    [
        (["s"], Approve()),
        (["S"], Approve()),
        ([""], Ignore()),
        ([], Ignore()),
        (["r", "not mine"], Refuse("not mine")),
        (["what?", "s"], Approve()),
        (["u", "0 2", "wrong sum", ""], Approve(refused={0: "wrong sum", 2: ""})),
        (["u", "7", ""], Ignore()),
        (["u", "0 1 2", "s"], Approve()),
    ],
)
def test_decisions_at_the_terminal(tmp_path: Path, lines: list[str], decision: object) -> None:
    person, _ = at_terminal(tmp_path, *lines)
    assert person.decide(FakeRequest(), Attention()) == decision


def test_who_asks_what_and_how_many_is_said_first(tmp_path: Path) -> None:
    person, typist = at_terminal(tmp_path)
    person.decide(FakeRequest(), Attention())
    said = "\n".join(typist.said)
    for shown in (
        "Phòng Kế toán",
        "Trần Thị B",
        "3 documents, 6 pages",
        "Hợp đồng 2",
        "Note: layers",
        "checked",
    ):
        assert shown in said


def test_a_document_is_saved_to_look_at_it(tmp_path: Path) -> None:
    person, _ = at_terminal(tmp_path / "seen", "o", "2", "o", "9", "s")
    person.decide(FakeRequest(), Attention())
    assert [path.name for path in (tmp_path / "seen").iterdir()] == [f"{REQUEST}-2.pdf"]
    assert (tmp_path / "seen" / f"{REQUEST}-2.pdf").read_bytes() == b"%PDF\x02"


def test_only_one_of_the_three_codes_is_taken(tmp_path: Path) -> None:
    person, typist = at_terminal(tmp_path, "9999", "2222")
    assert person.choose_code(FakeRequest(), Attention()) == "2222"
    assert "1111  2222  3333" in typist.said[0]
    assert at_terminal(tmp_path, "")[0].choose_code(FakeRequest(), Attention()) is None


def test_why_the_pin_is_asked_again_is_said(tmp_path: Path) -> None:
    person, typist = at_terminal(tmp_path, "135790", "")
    pin = person.enter_pin(PinPurpose.SIGN, None, PinProblem("wrong_pin", 3, 30.0), Attention())
    assert pin == bytearray(b"135790")
    assert "3 tries left; wait 30 s" in typist.said[0]
    assert person.enter_pin(PinPurpose.SIGN, None, PinProblem("pin_wait", None, 12.0), Attention()) is None


@pytest.mark.parametrize(
    ("lines", "decision"),
    [
        (["a"], NewDeviceDecision.APPROVE),
        (["n"], NewDeviceDecision.REJECT),
        ([""], NewDeviceDecision.LATER),
        ([], NewDeviceDecision.LATER),
    ],
)
def test_another_device_shows_its_digits(
    tmp_path: Path, lines: list[str], decision: NewDeviceDecision
) -> None:
    person, typist = at_terminal(tmp_path, *lines)
    assert (
        person.approve_new_device(NewDevice("pa_1", "Máy mới", "android", "424242", 0), Attention())
        is decision
    )
    assert "424242" in typist.said[0]


def test_all_that_a_screen_shows_is_said(tmp_path: Path) -> None:
    person, typist = at_terminal(tmp_path, "")
    person.show_connection(ConnectionState.ONLINE, 0)
    person.show_pending([FakeRequest().pending])
    person.show_pairing("confirm_digits", "314159", 200.4)
    person.show_pairing("waiting_first_device", "314159", 200.4)
    person.show_pairing("complete", "314159", 0)
    for done in range(101):
        person.show_progress(Progress(REQUEST, Step.SIGNING, done, 100))
    person.show_result(RequestResult(REQUEST, "ok", "COMPLETED", 3, 0, 0))
    person.show_problem("disk_full", {}, None)
    person.warn(SecurityWarning("server_key_unknown", {}, None), Attention())
    said = "\n".join(typist.said)
    for shown in (
        "online",
        "waiting: 1",
        "314159",
        "first phone",
        "Linked",
        "Signed 3",
        "disk_full",
        "SECURITY WARNING",
    ):
        assert shown in said
    assert sum("Signing" in line for line in typist.said) == 11


class Pty:
    """A terminal with somebody typing at its other end."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        self.output = os.fdopen(os.dup(slave), "w")
        self.slave = slave
        self.terminal = Terminal(slave, self.output)

    def close(self) -> None:
        self.output.close()
        os.close(self.slave)
        os.close(self.master)

    def seen(self) -> bytes:
        os.set_blocking(self.master, False)
        try:
            return os.read(self.master, 65536)
        except BlockingIOError:
            return b""


@pytest.fixture
def tty() -> Iterator[Pty]:
    made = Pty()
    yield made
    made.close()


def test_a_secret_is_read_without_echo(tty: Pty) -> None:
    class Types(Attention):
        """Types once the question stands there."""

        def check(self) -> None:
            os.write(tty.master, b"135790\n")

    assert tty.terminal.ask_secret("PIN: ", Types()) == bytearray(b"135790")
    assert tty.terminal.ask("name: ", Types()) == "135790"
    seen = tty.seen()
    assert b"PIN: " in seen
    secret_part = seen.split(b"name: ")[0]
    assert b"135790" not in secret_part
    assert b"135790" in seen


def test_a_void_question_lets_go(tty: Pty) -> None:
    attention = Attention()
    threading.Timer(0.05, attention.cancel, ["expired"]).start()
    with pytest.raises(AttentionLost, match="expired"):
        tty.terminal.ask("? ", attention)


def test_lines_typed_at_once_are_read_one_by_one_and_the_end_is_told() -> None:
    read, write = os.pipe()
    os.write(write, "một\r\nhai\n".encode())
    os.close(write)
    with Path(os.devnull).open("w") as output:
        terminal = Terminal(read, output)
        assert [terminal.ask("", Attention()), terminal.ask("", Attention())] == ["một", "hai"]
        with pytest.raises(EndOfInput):
            terminal.ask("", Attention())
    os.close(read)
