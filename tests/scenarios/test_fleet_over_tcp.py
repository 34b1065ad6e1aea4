"""A fleet's idle phones are real to the server: proven, pushed to, and gone when their device is."""

import asyncio
import io
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.emulator.commands import main
from mobile_app.emulator.fleet.fleet import Fleet
from mobile_app.emulator.fleet.identities import from_file, from_profiles
from mobile_app.emulator.table_reader import ScenarioError
from mobile_app.link.fields import encode_bytes
from tests.scenarios.real_server import RealServer


@pytest.fixture(scope="module")
def profiles(server: RealServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two phones of two people."""
    folder = tmp_path_factory.mktemp("fleet")
    for login in ("cuong", "dung"):
        server.add_person(login)
        server.pair(folder / login, "--algorithm", "ecdsa_p256_sha256", login=login)
    return folder


def fleet_command(*arguments: str) -> tuple[int, list[dict[str, object]]]:
    out = io.StringIO()
    code = main(["fleet", *arguments, "--json", "--stop-after", "3"], out, io.StringIO())
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_all_of_them_stand_at_one_moment(profiles: Path) -> None:
    code, events = fleet_command("--profiles", str(profiles))
    assert code == 0
    (stood,) = [event for event in events if event["event"] == "fleet_connected"]
    assert stood["connected"] == 2
    assert [event["lost"] for event in events if event["event"] == "fleet"][-1] == 0


def test_a_request_reaches_an_idle_phone_and_a_lost_one_comes_back(
    server: RealServer, profiles: Path
) -> None:
    async def play() -> tuple[int, int]:
        identities = from_profiles(profiles)
        fleet = Fleet(identities, at_once=1)
        running = asyncio.ensure_future(fleet.run())
        async with asyncio.timeout(60):
            await fleet.all_connected()
            asked = await asyncio.to_thread(lambda: server.asker().ask(login="cuong"))
            while not fleet.counts.requests:
                await asyncio.sleep(0.02)
            await asyncio.to_thread(server.restart)
            while fleet.counts.lost < 2 or fleet.counts.connected < 2:
                await asyncio.sleep(0.02)
        running.cancel()
        for identity in identities:
            identity.release()
        assert asked.code
        return fleet.counts.refused, fleet.counts.connected

    assert asyncio.run(play()) == (0, 2)


def test_phones_of_a_file_share_nothing_with_profiles(
    server: RealServer, profiles: Path, tmp_path: Path
) -> None:
    """The file's phone claims a device that has another key: the server refuses it, and it is not tried
    again.
    """
    (known, other) = from_profiles(profiles)
    known.release()
    other.release()
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    line = {
        "server_url": known.server_url,
        "server_id": known.server_id,
        "device_id": known.device_id,
        "device_key": encode_bytes(key),
        "key_counter": known.pinned.counter,
        "request_signing_key": encode_bytes(known.pinned.request_signing_key),
        "recovery_key": encode_bytes(known.pinned.recovery_key),
    }
    file = tmp_path / "fleet.jsonl"
    file.write_text(json.dumps(line) + "\n", "utf-8")
    code, events = fleet_command("--identities", str(file))
    assert code == 3
    assert [event["refused"] for event in events if event["event"] == "fleet"][-1] == 1


@pytest.mark.parametrize("line", ["{", "{}", "[]", '{"server_url": 1}'])
def test_a_line_that_is_wrong_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "fleet.jsonl"
    file.write_text(line, "utf-8")
    with pytest.raises(ScenarioError, match="line 1"):
        from_file(file)


def test_an_empty_folder_is_no_fleet(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no paired profile"):
        from_profiles(tmp_path)
