"""Devices, their sessions, credentials, pairings, recoveries and the server's key rotations."""

import json
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from server.devices.device import (
    DEVICE_MOVES,
    PAIRING_MOVES,
    Device,
    DeviceState,
    Pairing,
    PairingState,
    Recovery,
)
from server.errors import Conflict, IllegalMove, NotFound
from server.signing.credential import Credential, CredentialState
from server.statements import Statement, lp, read_statement
from server.storage.rows import Readers, assignments, dump, insert, to_entity

_DEVICE: Readers = {"state": DeviceState}
_PAIRING: Readers = {"state": PairingState}


def _read_chain(stored: bytes) -> tuple[bytes, ...]:
    chain, at = [], 0
    while at < len(stored):
        size = int.from_bytes(stored[at : at + 4], "big")
        chain.append(stored[at + 4 : at + 4 + size])
        at += 4 + size
    return tuple(chain)


_CREDENTIAL: Readers = {"state": CredentialState, "certificate_chain": _read_chain}


class DeviceTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, device: Device) -> None:
        insert(self._db, "devices", asdict(device))

    def find(self, device_id: str) -> Device | None:
        row = self._db.execute("SELECT * FROM devices WHERE device_id = ?", (device_id,)).fetchone()
        return to_entity(Device, row, _DEVICE) if row else None

    def get(self, device_id: str) -> Device:
        device = self.find(device_id)
        if device is None:
            raise NotFound("no such device", code="device_unknown")
        return device

    def of_subscriber(self, subscriber_id: str) -> list[Device]:
        rows = self._db.execute("SELECT * FROM devices WHERE subscriber_id = ? ORDER BY device_id", (subscriber_id,))
        return [to_entity(Device, row, _DEVICE) for row in rows]

    def move(self, device: Device, new: DeviceState, *, now: float) -> Device:
        if new not in DEVICE_MOVES[device.state]:
            raise Conflict(f"device is {device.state}", code="device_" + device.state.lower())
        ended = now if new is DeviceState.UNPAIRED else None
        done = self._db.execute(
            "UPDATE devices SET state = ?, ended_at = ? WHERE device_id = ? AND state = ?",
            (new, ended, device.device_id, device.state),
        )
        if done.rowcount != 1:
            raise Conflict("the device has moved on", code="device_moved")
        if new is not DeviceState.ACTIVE:
            self._db.execute("DELETE FROM device_sessions WHERE device_id = ?", (device.device_id,))
        if new is DeviceState.UNPAIRED:
            self._db.execute("UPDATE credentials SET state = 'ENDED' WHERE device_id = ?", (device.device_id,))
        return replace(device, state=new, ended_at=ended)

    def rename(self, device_id: str, name: str) -> None:
        self._db.execute("UPDATE devices SET name = ? WHERE device_id = ?", (name, device_id))

    def use_counter(self, device_id: str, counter: int) -> None:
        """Raises ``Conflict(counter_replayed)`` unless ``counter`` is greater than any accepted before."""
        done = self._db.execute(
            "UPDATE devices SET counter = ? WHERE device_id = ? AND counter < ?", (counter, device_id, counter)
        )
        if done.rowcount != 1:
            raise Conflict("the statement's counter was used", code="counter_replayed")

    def set_pin_tries(self, device_id: str, wrong_pins: int, wait_until: float) -> None:
        self._db.execute(
            "UPDATE devices SET wrong_pins = ?, pin_wait_until = ? WHERE device_id = ?",
            (wrong_pins, wait_until, device_id),
        )

    # PIN changes -------------------------------------------------------------------------------------------------------

    def prepare_pin_change(
        self, device_id: str, change_id: bytes, sealed_vault_share: bytes, sealed_pin_proof_key: bytes
    ) -> None:
        """Keeps what the next PIN needs beside what counts; a change that was prepared before is void, unless it was this one."""
        if self.pin_change(device_id, change_id) is None:
            self._db.execute(
                "INSERT OR REPLACE INTO pin_changes (device_id, change_id, sealed_vault_share, sealed_pin_proof_key, done_at)"
                " VALUES (?, ?, ?, ?, NULL)",
                (device_id, change_id, sealed_vault_share, sealed_pin_proof_key),
            )

    def finish_pin_change(self, device_id: str, change_id: bytes, now: float) -> bool:
        """Has the prepared PIN count. False when it did already. Raises ``Conflict(pin_change_unknown)``."""
        change = self.pin_change(device_id, change_id)
        if change is None:
            raise Conflict("no such PIN change was prepared", code="pin_change_unknown")
        if change["done_at"] is not None:
            return False
        self._db.execute(
            "UPDATE devices SET sealed_vault_share = ?, sealed_pin_proof_key = ? WHERE device_id = ?",
            (change["sealed_vault_share"], change["sealed_pin_proof_key"], device_id),
        )
        self._db.execute(
            "UPDATE pin_changes SET sealed_vault_share = NULL, sealed_pin_proof_key = NULL, done_at = ? WHERE device_id = ?",
            (now, device_id),
        )
        return True

    def pin_change(self, device_id: str, change_id: bytes) -> sqlite3.Row | None:
        """The change of this name, prepared or done."""
        row: sqlite3.Row | None = self._db.execute(
            "SELECT * FROM pin_changes WHERE device_id = ? AND change_id = ?", (device_id, change_id)
        ).fetchone()
        return row

    def seen(self, device_id: str, at: float) -> None:
        self._db.execute("UPDATE devices SET last_seen_at = ? WHERE device_id = ?", (at, device_id))

    # sessions ----------------------------------------------------------------------------------------------------------

    def add_session(self, token_sha256: str, device_id: str, now: float, expires_at: float) -> None:
        self._db.execute("DELETE FROM device_sessions WHERE expires_at <= ?", (now,))
        insert(
            self._db,
            "device_sessions",
            {"token_sha256": token_sha256, "device_id": device_id, "expires_at": expires_at},
        )

    def by_session(self, token_sha256: str, now: float) -> Device | None:
        row = self._db.execute(
            "SELECT devices.* FROM device_sessions JOIN devices USING (device_id) WHERE token_sha256 = ? AND expires_at > ?",
            (token_sha256, now),
        ).fetchone()
        return to_entity(Device, row, _DEVICE) if row else None

    # credentials -------------------------------------------------------------------------------------------------------

    def add_credential(self, credential: Credential) -> None:
        values = asdict(credential)
        values["certificate_chain"] = b"".join(lp(der) for der in credential.certificate_chain)
        insert(self._db, "credentials", values)

    def credential(self, credential_id: str) -> Credential:
        row = self._db.execute("SELECT * FROM credentials WHERE credential_id = ?", (credential_id,)).fetchone()
        if row is None:
            raise NotFound("no such credential", code="credential_unknown")
        return to_entity(Credential, row, _CREDENTIAL)

    def credentials_of(self, subscriber_id: str) -> list[Credential]:
        rows = self._db.execute(
            "SELECT * FROM credentials WHERE subscriber_id = ? ORDER BY credential_id", (subscriber_id,)
        )
        return [to_entity(Credential, row, _CREDENTIAL) for row in rows]

    # key rotations -----------------------------------------------------------------------------------------------------

    def add_rotation(self, counter: int, statement: Statement, now: float) -> None:
        values = {
            "counter": counter,
            "key_id": statement.key_id,
            "statement": dump(statement.to_json()),
            "created_at": now,
        }
        insert(self._db, "key_rotations", values)

    def rotations_after(self, counter: int) -> list[Statement]:
        rows = self._db.execute("SELECT statement FROM key_rotations WHERE counter > ? ORDER BY counter", (counter,))
        return [read_statement(json.loads(row[0])) for row in rows]


class PairingTable:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, pairing: Pairing) -> None:
        insert(self._db, "pairings", asdict(pairing))

    def find(self, pairing_id: str) -> Pairing | None:
        row = self._db.execute("SELECT * FROM pairings WHERE pairing_id = ?", (pairing_id,)).fetchone()
        return to_entity(Pairing, row, _PAIRING) if row else None

    def get(self, pairing_id: str) -> Pairing:
        pairing = self.find(pairing_id)
        if pairing is None:
            raise NotFound("no such pairing", code="pairing_unknown")
        return pairing

    def by_code(self, code_sha256: str) -> Pairing | None:
        row = self._db.execute("SELECT * FROM pairings WHERE code_sha256 = ?", (code_sha256,)).fetchone()
        return to_entity(Pairing, row, _PAIRING) if row else None

    def waiting_for(self, subscriber_id: str, state: PairingState) -> list[Pairing]:
        rows = self._db.execute(
            "SELECT * FROM pairings WHERE subscriber_id = ? AND state = ? ORDER BY pairing_id", (subscriber_id, state)
        )
        return [to_entity(Pairing, row, _PAIRING) for row in rows]

    def move(self, pairing: Pairing, new: PairingState, **changes: Any) -> Pairing:
        if new not in PAIRING_MOVES[pairing.state]:
            raise IllegalMove(f"{pairing.state} -> {new}")
        done = self._db.execute(
            f"UPDATE pairings SET state = ?{assignments(changes)} WHERE pairing_id = ? AND state = ?",  # noqa: S608
            (new, *changes.values(), pairing.pairing_id, pairing.state),
        )
        if done.rowcount != 1:
            raise Conflict("the pairing has moved on", code="pairing_moved")
        return replace(pairing, state=new, **changes)

    def overdue(self, now: float) -> list[Pairing]:
        rows = self._db.execute(
            "SELECT * FROM pairings WHERE finished_at IS NULL AND expires_at <= ? LIMIT 100", (now,)
        ).fetchall()
        return [to_entity(Pairing, row, _PAIRING) for row in rows]

    def add_recovery(self, recovery: Recovery) -> None:
        insert(self._db, "recoveries", asdict(recovery))

    def recovery_of(self, subscriber_id: str) -> Recovery | None:
        """The newest recovery that was neither used nor cancelled."""
        row = self._db.execute(
            "SELECT * FROM recoveries WHERE subscriber_id = ? AND used_at IS NULL AND cancelled_at IS NULL"
            " ORDER BY recovery_id DESC LIMIT 1",
            (subscriber_id,),
        ).fetchone()
        return to_entity(Recovery, row, {}) if row else None

    def use_recovery(self, recovery_id: str, now: float) -> None:
        self._db.execute(
            "UPDATE recoveries SET used_at = ? WHERE recovery_id = ? AND used_at IS NULL", (now, recovery_id)
        )

    def cancel_recovery(self, recovery_id: str, now: float) -> None:
        self._db.execute(
            "UPDATE recoveries SET cancelled_at = ? WHERE recovery_id = ? AND used_at IS NULL AND cancelled_at IS NULL",
            (now, recovery_id),
        )
