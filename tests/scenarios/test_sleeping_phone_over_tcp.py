"""A phone that sleeps is woken, connects and signs: the server, the emulated phone and the push service between them, each a process or a
listener of its own, and nothing but TCP in between."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.real_server import Asked, Asker
from tests.server_process import PIN, Person, ServerProcess, wait_for

SERVER_SETTINGS = {"wake_up_private_addresses": True}


def emulator(server: ServerProcess, command: str, profile: Path, *options: str) -> "subprocess.Popen[str]":
    always = ["--profile", str(profile), "--pin", PIN, "--json", "--clock-offset-file", str(server.clock_file)]
    call = [sys.executable, "-m", "mobile_app.emulator", command, *always, *options]
    return subprocess.Popen(call, stdout=subprocess.PIPE, text=True)


class SleepingPhone:
    """``run --wake-up`` in its own process, by its events."""

    def __init__(self, server: ServerProcess, profile: Path, person: Person) -> None:
        self.person = person
        self.profile = profile
        self._codes: dict[str, str] = {}
        self._codes_file = profile.with_suffix(".codes")
        self._codes_file.write_text("{}")
        self._process = emulator(
            server, "run", profile, "--wake-up", "--approve-all", "--codes-from", str(self._codes_file)
        )
        self.events: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.events.append(json.loads(line))

    def tell_code(self, asked: Asked) -> None:
        self._codes[asked.request_id] = asked.code
        whole = self._codes_file.with_suffix(".new")
        whole.write_text(json.dumps(self._codes))
        whole.replace(self._codes_file)

    def names(self) -> list[str]:
        return [event["event"] for event in self.events]

    def await_event(self, name: str, times: int = 1) -> dict[str, Any]:
        def came() -> dict[str, Any] | None:
            found = [event for event in self.events if event["event"] == name]
            return found[times - 1] if len(found) >= times else None

        found = wait_for(came, f"{name} does not come {times} times: {self.names()}")
        assert found is not None
        return found

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._reader.join(20)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def asleep(running_server: ServerProcess, tmp_path: Path) -> Iterator[SleepingPhone]:
    person = running_server.add_person()
    profile = tmp_path / "phone"
    running_server.pair(profile, person, "--algorithm", "ecdsa_p256_sha256")
    phone = SleepingPhone(running_server, profile, person)
    phone.await_event("asleep")
    phone.await_event("disconnected")
    yield phone
    phone.stop()


def test_a_sleeping_phone_is_woken_signs_and_sleeps_again(asleep: SleepingPhone, running_server: ServerProcess) -> None:
    assert asleep.names() == ["connected", "asleep", "disconnected"]
    asker = Asker(running_server.url, running_server.add_relying_party())
    for time in (1, 2):
        asked = asker.ask(1, 3600, asleep.person.login, 1)
        asleep.tell_code(asked)
        assert 3500 < asleep.await_event("woken", time)["ttl"] <= 3600
        assert asleep.await_event("outcome", time)["state"] == "COMPLETED"
        assert asker.await_end(asked)["items_signed"] == 1
        asleep.await_event("asleep", time + 1)
        asleep.await_event("disconnected", time + 1)
    asker.close()
    order = [name for name in asleep.names() if name in ("asleep", "woken", "connected", "request", "push_refused")]
    assert order == ["connected", "asleep", *["woken", "connected", "request", "asleep"] * 2]


def test_a_sleeping_phone_is_woken_for_its_word_on_a_new_one(
    asleep: SleepingPhone, running_server: ServerProcess, tmp_path: Path
) -> None:
    """It is asked; the person of ``--approve-all`` says nothing of phones."""
    offer = running_server.app.pair_device.offer(asleep.person.subscriber_id, asleep.person.user_id)
    where = ["--server", running_server.url, "--code", offer.code]
    second = emulator(running_server, "pair", tmp_path / "second", *where)
    assert second.stdout is not None
    digits = ""
    while not digits:
        event = json.loads(second.stdout.readline())
        digits = event["digits"] if event.get("state") == "confirm_digits" else ""
    running_server.app.pair_device.confirm(offer.pairing.pairing_id, digits)
    asleep.await_event("woken")
    assert asleep.await_event("new_device")["digits"] == digits
    second.terminate()
    second.communicate(timeout=20)


def test_a_phone_that_comes_back_elsewhere_is_woken_there(running_server: ServerProcess, tmp_path: Path) -> None:
    """The phone runs twice, each time at another port: the server holds the last, and calls nobody else."""
    person = running_server.add_person()
    profile = tmp_path / "phone"
    running_server.pair(profile, person, "--algorithm", "ecdsa_p256_sha256")
    first = SleepingPhone(running_server, profile, person)
    first.await_event("asleep")
    first.stop()
    second = SleepingPhone(running_server, profile, person)
    second.await_event("asleep")
    asker = Asker(running_server.url, running_server.add_relying_party())
    asked = asker.ask(1, 3600, person.login, 1)
    second.tell_code(asked)
    second.await_event("woken")
    assert asker.await_end(asked)["items_signed"] == 1
    asker.close()
    second.stop()
    assert "woken" not in first.names()
