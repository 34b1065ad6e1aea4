"""The server's keys as this phone pins them (protocol §3, key rotation).

Rules:
* The first key is pinned at pairing, together with the recovery key, which never changes.
* A next key comes only by a rotation statement with the next number, signed by the pinned key or by the
  recovery key.
* Statements are believed from the pinned key alone: a retired key signs nothing any more.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from mobile_app.device.statements import Verified, verify_statement
from mobile_app.errors import CheckFailed
from mobile_app.link.server_statements import read_key_rotation
from mobile_app.link.wire import Statement

T = TypeVar("T")


def fingerprint(key: bytes) -> str:
    """SHA-256 over the 32 raw bytes, hex."""
    return hashlib.sha256(key).hexdigest()


def key_id(key: bytes) -> str:
    return fingerprint(key)[:16]


@dataclass(frozen=True, slots=True)
class PinnedKeys:
    """What the phone trusts a server by. Keys are raw Ed25519 public keys."""

    server_id: str
    counter: int
    request_signing_key: bytes
    recovery_key: bytes

    @property
    def fingerprint(self) -> str:
        """Of the request-signing key, as a QR code and an operator show it."""
        return fingerprint(self.request_signing_key)

    def verify(self, statement: Statement, purpose: str, read: Callable[[object], T]) -> Verified[T]:
        """Believe a statement of this server. Raises CheckFailed."""
        return verify_statement(
            statement,
            purpose=purpose,
            key_id=key_id(self.request_signing_key),
            key=self.request_signing_key,
            read=read,
        )

    def rotated(self, rotations: Sequence[Statement]) -> "PinnedKeys":
        """The keys after these rotations, all of which must count: number by number, each signed by the one
        before or by the recovery key. Raises CheckFailed."""
        pinned = self
        for statement in rotations:
            pinned = pinned._rotated_once(statement)
        return pinned

    def _rotated_once(self, statement: Statement) -> "PinnedKeys":
        signer = self.request_signing_key
        if statement.key_id == key_id(self.recovery_key):
            signer = self.recovery_key
        found = verify_statement(
            statement,
            purpose="phoneseal.key_rotation.v1",
            key_id=key_id(signer),
            key=signer,
            read=read_key_rotation,
        ).body
        if found.server_id != self.server_id:
            raise CheckFailed("server_key_rotation_wrong", {"what": "server_id"})
        if found.counter != self.counter + 1:
            raise CheckFailed("server_key_rotation_wrong", {"what": "counter", "pinned": self.counter})
        if found.request_signing_key == self.recovery_key:
            raise CheckFailed("server_key_rotation_wrong", {"what": "recovery_key"})
        return replace(self, counter=found.counter, request_signing_key=found.request_signing_key)
