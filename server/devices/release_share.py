"""The server's half of the vault: 32 bytes, released on a PIN proof that is counted (docs/protocol.md §5).

Rules: a try is counted as a wrong one and committed before its proof is looked at, and only then judged: neither a crash, a full disk nor
a restored phone file wins one. A right PIN takes the count back in a second commit, without which the share is not given either. Waits
and the lock are the server's; a frozen phone gets nothing. A PIN changes in two steps that may each be repeated: prepared under a proof
by the old one, then finished by name, so that a lost answer leaves no doubt which one counts.
"""

import hashlib
import hmac

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import Device, check_active
from server.devices.ports import DeviceStore, SecretSealer
from server.errors import Forbidden, TooManyTries
from server.statements import pae

WAITS = (0.0, 0.0, 30.0, 300.0, 3600.0)
"""Seconds to wait after the first, second … wrong PIN in a row; the next one after these locks."""
LOCKED_AFTER = len(WAITS) + 1


class ReleaseShare:
    def __init__(self, store: DeviceStore, clock: Clock, sealer: SecretSealer) -> None:
        self._store = store
        self._clock = clock
        self._sealer = sealer

    def __call__(self, device_id: str, nonce: bytes, proof: bytes) -> bytes:
        """The share, for a right proof. Raises ``Forbidden`` (wrong_pin, pin_locked, device_frozen) or ``TooManyTries(pin_wait)``."""
        device, wrong = self._count(device_id)
        right = hmac.compare_digest(proof, self._expected(device, nonce))
        with self._store.write() as tx:
            if right:
                check_active(tx.devices.get(device_id))
                tx.devices.set_pin_tries(device_id, 0, 0.0)
            else:
                kind = "pin_locked" if wrong >= LOCKED_AFTER else "pin_wrong"
                record(tx, kind, now=self._clock.now(), actor=device_id, subject=device_id, facts={"wrong": wrong})
            crash_point("share.before_commit")
        crash_point("share.after_commit")
        if not right:
            if wrong >= LOCKED_AFTER:
                raise Forbidden("the PIN is locked", code="pin_locked")
            details = {"tries_left": LOCKED_AFTER - wrong, "retry_after": int(WAITS[wrong - 1])}
            raise Forbidden("wrong PIN", code="wrong_pin", details=details)
        return self._sealer.open(device.sealed_vault_share, f"{device_id}:vault_share")

    def _count(self, device_id: str) -> tuple[Device, int]:
        """Commits one more wrong PIN; returns the phone as it was before, and how many there are now."""
        with self._store.write() as tx:
            device = tx.devices.get(device_id)
            check_active(device)
            now = self._clock.now()
            self._check_wait(device, now)
            wrong = device.wrong_pins + 1
            wait_until = now + WAITS[wrong - 1] if wrong <= len(WAITS) else 0.0
            tx.devices.set_pin_tries(device_id, wrong, wait_until)
            crash_point("pin_try.before_commit")
        crash_point("pin_try.after_commit")
        return device, wrong

    @staticmethod
    def _check_wait(device: Device, now: float) -> None:
        if device.wrong_pins >= LOCKED_AFTER:
            raise Forbidden("the PIN is locked", code="pin_locked")
        if now < device.pin_wait_until:
            raise TooManyTries("wait", code="pin_wait", details={"retry_after": int(device.pin_wait_until - now) + 1})

    def _expected(self, device: Device, nonce: bytes) -> bytes:
        key = self._sealer.open(device.sealed_pin_proof_key, f"{device.device_id}:pin_proof_key")
        message = pae("phoneseal.pin_proof.v1", nonce + device.device_id.encode())
        return hmac.new(key, message, hashlib.sha256).digest()

    def change_pin(
        self, device_id: str, nonce: bytes, proof: bytes, vault_share: bytes, pin_proof_key: bytes, change_id: bytes
    ) -> None:
        """Keeps a new share and proof key beside those that count, on a proof by the old PIN. Raises like a release."""
        self(device_id, nonce, proof)
        sealed_share = self._sealer.seal(vault_share, f"{device_id}:vault_share")
        sealed_key = self._sealer.seal(pin_proof_key, f"{device_id}:pin_proof_key")
        with self._store.write() as tx:
            check_active(tx.devices.get(device_id))
            tx.devices.prepare_pin_change(device_id, change_id, sealed_share, sealed_key)
            crash_point("change_pin.before_commit")
        crash_point("change_pin.after_commit")

    def finish_pin_change(self, device_id: str, change_id: bytes) -> None:
        """The phone has kept the new PIN's wrapping: from now on it counts. The same again changes nothing; wrong tries stay counted.
        Raises ``Conflict(pin_change_unknown)`` for a change that another took the place of, ``Forbidden``."""
        with self._store.write() as tx:
            check_active(tx.devices.get(device_id))
            now = self._clock.now()
            if tx.devices.finish_pin_change(device_id, change_id, now):
                record(tx, "pin_changed", now=now, actor=device_id, subject=device_id)
            crash_point("finish_pin_change.before_commit")
        crash_point("finish_pin_change.after_commit")
