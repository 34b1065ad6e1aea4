"""A thousand other phones: their rows seeded through the storage, their connections kept by the emulator's fleet.

The fleet says hello, proves each phone's own device key and answers heartbeats, as a phone without requests does.
"""

import json
import secrets
import subprocess
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from server.devices.device import Device, DeviceState
from server.ids import new_id
from server.statements import b64
from server.subscribers.subscriber import Subscriber
from tests.bench.stand import Stand, end, wait_until


def seed_phones(stand: Stand, count: int) -> Path:
    """``count`` accounts with a phone each; returns the file that the fleet reads its identities from."""
    app = stand.app
    now = app.clock.now()
    path = stand.folder / f"identities-{count}.jsonl"
    with path.open("w", encoding="ascii") as file, app.store.write() as tx:
        for number in range(count):
            key = ec.generate_private_key(ec.SECP256R1())
            public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            device_id, subscriber_id = new_id("dev", now), new_id("sub", now)
            tx.subscribers.add(Subscriber(subscriber_id, f"Người {number}", f"idle-{secrets.token_hex(6)}", now))
            tx.devices.add(
                Device(
                    device_id=device_id,
                    subscriber_id=subscriber_id,
                    name="idle",
                    platform="fleet",
                    state=DeviceState.ACTIVE,
                    device_key=public,
                    approval_key=public,
                    key_protection="file",
                    sealed_vault_share=b"",
                    sealed_pin_proof_key=b"",
                    counter=0,
                    wrong_pins=0,
                    pin_wait_until=0.0,
                    paired_at=now,
                )
            )
            identity = {
                "server_url": stand.url,
                "server_id": app.signer.server_id,
                "device_id": device_id,
                "device_key": b64(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
                "request_signing_key": b64(app.signer.public_key),
                "recovery_key": b64(app.keys.recovery_public),
                "key_counter": app.signer.counter,
            }
            file.write(json.dumps(identity) + "\n")
    return path


class IdlePhones:
    """Connected when made, by as many processes as files."""

    def __init__(self, stand: Stand, identities: list[Path], count: int, *, seconds: float = 120) -> None:
        self._stand = stand
        self._before = stand.phones_connected()
        self.count = count
        began = time.monotonic()
        self._processes: list[subprocess.Popen[str]] = [
            stand.start_process("mobile_app.emulator", "fleet", "--identities", str(path), "--json", log="fleet.log")
            for path in identities
        ]
        self.wait_all(seconds)
        self.seconds_to_connect = time.monotonic() - began

    def close(self) -> None:
        """Returns once the server has noticed."""
        for process in self._processes:
            end(process)
        wait_until(lambda: self._stand.phones_connected() <= self._before, 60, "the phones stay connected", 0.1)

    def wait_all(self, seconds: float = 120) -> None:
        wanted = self._before + self.count
        wait_until(lambda: self._stand.phones_connected() >= wanted, seconds, f"not all {self.count} phones connect", 0.1)
