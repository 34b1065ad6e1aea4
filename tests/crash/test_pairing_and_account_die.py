"""SIGKILL while a phone is paired, its PIN changed, a second one asked about, a frozen one put out, and a page told the news."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
import socketio

from server.devices.device import DeviceState
from server.signing.queue_request import NewRequest, WantedSignature
from tests.crash.asker import a_pdf
from tests.crash.stand import SIGN, Stand
from tests.server_process import PIN, Person, wait_for

PAIRING = (
    "pairing.begin.sent",
    "pairing.vault.kept",
    "pairing.journal.revealing",
    "pairing.reveal.sent",
    "pairing.journal.complete.before",
    "pairing.journal.complete.after",
)
NEW_PIN, LAST_PIN = "246801", "975310"
COUNTS_AFTER = {
    "pin.change.wrapped": PIN,
    "pin.change.prepared": PIN,
    "pin.change.decided": NEW_PIN,
    "pin.change.sent": NEW_PIN,
    "pin.change.finished": NEW_PIN,
}
PHONE_PLACES = (*PAIRING, *COUNTS_AFTER)
TELLING = ("tell.before_emit", "tell.after_emit")
ASKING = ("new_device.before_emit", "new_device.after_emit")
CLOSING = ("device.before_close", "device.after_close")
SERVER_PLACES = (*TELLING, *ASKING, *CLOSING)


def emulator(stand: Stand, *arguments: str, pairing_id: str = "") -> int:
    """A command of the emulated phone as its own process; the person confirms the digits that it shows. Returns its exit status."""
    with subprocess.Popen(
        [sys.executable, "-m", "mobile_app.emulator", *arguments, "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PHONESEAL_CRASH_AT": f"@{stand.phone_dies}", "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            event = json.loads(line) if line.startswith("{") and line.endswith("}\n") else {"event": ""}
            if event["event"] == "pairing_digits" and event["state"] == "confirm_digits":
                stand.server.app.pair_device.confirm(pairing_id, event["digits"])
        return process.wait(60)


def pair(stand: Stand, profile: Path, person: Person) -> int:
    offer = stand.server.app.pair_device.offer(person.subscriber_id, person.user_id)
    arguments = ("--server", stand.server.url, "--code", offer.code, "--pin", PIN, "--algorithm", "ecdsa_p256_sha256")
    status = emulator(stand, "pair", "--profile", str(profile), *arguments, pairing_id=offer.pairing.pairing_id)
    if status == -signal.SIGKILL:
        status = emulator(stand, "pair", "--profile", str(profile), "--resume", pairing_id=offer.pairing.pairing_id)
    return status


def active_devices(stand: Stand, person: Person) -> list[str]:
    with stand.server.app.store.read() as tx:
        devices = tx.devices.of_subscriber(person.subscriber_id)
    return [device.device_id for device in devices if device.state is DeviceState.ACTIVE]


@pytest.mark.parametrize("place", PAIRING)
def test_a_phone_that_dies_while_it_is_paired_is_paired_once(stand: Stand, tmp_path: Path, place: str) -> None:
    """It goes on where it was, or nothing of it is left and a new code does."""
    person, profile = stand.server.add_person(), tmp_path / "new"
    with stand.dying(phone=(place,)):
        status = pair(stand, profile, person)
    if place == PAIRING[-1]:
        assert status == 2, "it is paired already: there is nothing to resume"
    elif status != 0:
        assert active_devices(stand, person) == [], "the server has a phone that does not know of it"
        assert list(profile.glob("*.vault")) == [], "keys of a pairing that came to nothing"
        assert pair(stand, profile, person) == 0
    assert len(active_devices(stand, person)) == 1
    assert emulator(stand, "list", "--profile", str(profile)) == 0


@pytest.mark.parametrize("place", COUNTS_AFTER)
def test_one_pin_opens_the_vault_after_a_death_in_its_change(stand: Stand, tmp_path: Path, place: str) -> None:
    person, profile = stand.server.add_person(), tmp_path / "new"
    assert pair(stand, profile, person) == 0

    def change(old: str, new: str) -> int:
        return emulator(stand, "change-pin", "--profile", str(profile), "--pin", old, "--new-pin", new)

    with stand.dying(phone=(place,)):
        assert change(PIN, NEW_PIN) == -signal.SIGKILL
    counts = COUNTS_AFTER[place]
    assert change(PIN if counts == NEW_PIN else NEW_PIN, LAST_PIN) == 3, "both PINs count"
    assert change(counts, LAST_PIN) == 0


def test_a_second_phone_is_approved_though_the_server_dies_over_asking(stand: Stand, tmp_path: Path) -> None:
    before = set(active_devices(stand, stand.person))
    with stand.dying(server=ASKING):
        assert pair(stand, tmp_path / "second", stand.person) == 0
    (second,) = set(active_devices(stand, stand.person)) - before
    stand.server.app.end_device.unpair(second, "owner")


@pytest.mark.parametrize("place", CLOSING)
def test_a_frozen_phone_stays_out_though_the_server_dies_over_it(stand: Stand, place: str) -> None:
    (device_id,) = active_devices(stand, stand.person)
    told = len(stand.phone.events())
    with stand.dying(server=(place,)):
        stand.server.app.end_device.freeze(device_id, "owner")
    try:
        wait_for(
            lambda: any(event["event"] == "frozen" for event in stand.phone.events()[told:]), "the phone is not put out"
        )
    finally:
        stand.server.app.end_device.thaw(device_id, "owner")
        stand.phone.stop()
        stand.phone.start()
    asker, asked, _ = stand.sign(SIGN)
    stand.assert_completed(asker, asked, 1)


class Page:
    """A request's page in a browser: it watches again whenever it is connected."""

    def __init__(self, stand: Stand, request_id: str) -> None:
        self.seen: list[dict[str, Any]] = []
        self._watch = {"request_id": request_id}
        self._io = socketio.Client(reconnection_delay=0.1, reconnection_delay_max=0.2)
        self._io.on("connect", self._on_connect, namespace="/browser")
        self._io.on("request", self.seen.append, namespace="/browser")
        self._io.connect(
            stand.server.url,
            headers={"Cookie": log_in(stand)},
            transports=["websocket"],
            namespaces=["/browser"],
            wait_timeout=20,
        )

    def _on_connect(self) -> None:
        self._io.emit(
            "watch", self._watch, namespace="/browser", callback=lambda answer: self.seen.append(answer["ok"])
        )

    def close(self) -> None:
        self._io.disconnect()


def log_in(stand: Stand) -> str:
    """The session's cookie."""
    with requests.Session() as browser:
        page = browser.get(f"{stand.server.url}/login", timeout=20).text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found is not None
        form = {"csrf_token": found[1], "login_name": stand.person.login, "password": stand.person.password}
        browser.post(f"{stand.server.url}/login", data=form, allow_redirects=False, timeout=20)
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


@pytest.mark.parametrize("place", TELLING)
def test_a_page_sees_the_end_though_the_server_dies_over_telling(stand: Stand, place: str) -> None:
    app = stand.server.app
    receive = app.receive_upload
    arrived = receive.keep_file(receive.write_file([a_pdf(place)]))
    owner = {"relying_party_id": app.portal.relying_party_id, "user_id": stand.person.user_id}
    document = receive.record_file(arrived, file_name="x.pdf", title=SIGN, **owner)

    def ready() -> bool:
        with app.store.read() as tx:
            return tx.documents.get(document.document_id).state == "READY"

    wait_for(ready, "the upload is not inspected")
    wanted = [WantedSignature(document.document_id, None)]
    new = NewRequest(requested_by="B", subscriber_id=stand.person.subscriber_id, documents=wanted, **owner)
    with stand.dying(server=(place,)):
        request = app.queue_request(new)
        page = Page(stand, request.request_id)
        try:
            stand.tell(request.request_id, request.verification_code)
            wait_for(lambda: page.seen and page.seen[-1]["final"], "the page does not see the end")
        finally:
            page.close()
    assert page.seen[-1]["state"] == "COMPLETED"
