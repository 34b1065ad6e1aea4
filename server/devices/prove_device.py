"""Hello: a phone proves its device key against a fresh nonce, and gets a session for its HTTP calls (docs/protocol.md §2.1)."""

import hashlib
import hmac
import secrets

from server.audit.audit_log import record
from server.clock import Clock
from server.crash_points import crash_point
from server.devices.device import Device, check_active
from server.devices.ports import DeviceStore
from server.errors import BadInput, NotAuthenticated
from server.statements import RequestSigner, Statement, b64, read_body, verify_p256

SESSION_LIFETIME = 3600.0
HELLO_FIELDS = frozenset({"version", "device_id", "server_id", "nonce", "phone_nonce"})


class ProveDevice:
    def __init__(self, store: DeviceStore, clock: Clock, signer: RequestSigner) -> None:
        self._store = store
        self._clock = clock
        self._signer = signer

    def rotations_after(self, counter: int) -> list[Statement]:
        """The rotations that lead from that key to the one which signs here. One that was made since this process started is kept back
        until the restart: a phone that followed it would take our words for a stranger's."""
        with self._store.read() as tx:
            return tx.devices.rotations_after(counter)[: max(0, self._signer.counter - counter)]

    def __call__(
        self, device_id: str, nonce: bytes, phone_nonce: bytes, statement: Statement
    ) -> tuple[Statement, str, Device]:
        """Checks the proof; returns the signed hello, the access token and the device. Raises ``NotAuthenticated`` (device_unknown,
        proof_invalid), ``VerificationFailed(proof_invalid)``, ``Forbidden``."""
        with self._store.read() as tx:
            device = tx.devices.find(device_id)
        if device is None:
            raise NotAuthenticated("no such device", code="device_unknown")
        if statement.key_id != device_id:
            raise NotAuthenticated("another phone's statement", code="proof_invalid")
        verify_p256(statement, device.device_key, code="proof_invalid")
        fields = read_body(statement, "phoneseal.device_hello.v1", HELLO_FIELDS)
        expected = {
            "device_id": device_id,
            "server_id": self._signer.server_id,
            "nonce": b64(nonce),
            "phone_nonce": b64(phone_nonce),
        }
        for name, value in expected.items():
            if not isinstance(fields[name], str) or not hmac.compare_digest(fields[name].encode(), value.encode()):
                raise BadInput(f"another {name}", code="statement_mismatch", details={"field": name})
        check_active(device)
        token = secrets.token_urlsafe(32)
        with self._store.write() as tx:
            now = self._clock.now()
            expires_at = now + SESSION_LIFETIME
            tx.devices.add_session(hashlib.sha256(token.encode()).hexdigest(), device_id, now, expires_at)
            if device.last_seen_at is None:
                record(tx, "device_first_seen", now=now, actor=device_id, subject=device_id)
            tx.devices.seen(device_id, now)
            crash_point("prove.before_commit")
        crash_point("prove.after_commit")
        hello = self._signer.sign(
            "phoneseal.server_hello.v1",
            {
                "version": 1,
                "server_id": self._signer.server_id,
                "device_id": device_id,
                "nonce": b64(nonce),
                "phone_nonce": b64(phone_nonce),
                "server_time": int(now * 1000),
                "session_expires_at": int(expires_at * 1000),
            },
        )
        return hello, token, device

    def by_token(self, token: str) -> Device:
        """The active device behind an access token. Raises ``NotAuthenticated(session_invalid)``."""
        with self._store.read() as tx:
            device = tx.devices.by_session(hashlib.sha256(token.encode()).hexdigest(), self._clock.now())
        if device is None:
            raise NotAuthenticated("no such session", code="session_invalid")
        check_active(device)
        return device

    def still_active(self, device_id: str) -> None:
        """Raises ``Forbidden`` when the phone was frozen or unpaired since it proved itself."""
        with self._store.read() as tx:
            check_active(tx.devices.get(device_id))
