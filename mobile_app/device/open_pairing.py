"""A pairing between ``reveal`` and its completion, and what completes it."""

import hashlib
from dataclasses import dataclass

from mobile_app.device.certificate_check import check_certificate
from mobile_app.device.identity import Identity
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.errors import CheckFailed
from mobile_app.link import fields
from mobile_app.link.pairing_wire import StatusAnswer
from mobile_app.link.server_statements import PairingCompleted, read_pairing_completed


@dataclass(frozen=True, slots=True)
class OpenPairing:
    """A pairing that the server may know of, as the journal keeps it. Keys are base64url text."""

    server_url: str
    pairing_id: str
    server_id: str
    server_name: str
    subscriber_name: str
    request_signing_key: str
    recovery_key: str
    key_counter: int
    transcript_sha256: str
    digits: str
    signing_key: str
    signature_algorithm: str
    begun_at: int

    @property
    def pinned(self) -> PinnedKeys:
        return PinnedKeys(
            self.server_id,
            self.key_counter,
            fields.octets32(self.request_signing_key, "request_signing_key"),
            fields.octets32(self.recovery_key, "recovery_key"),
        )

    @classmethod
    def read(cls, text: str) -> "OpenPairing":
        """What ``text`` gave."""
        found = fields.parse_json(text)
        assert isinstance(found, dict)
        return cls(**found)

    def text(self) -> str:
        return fields.write_json({name: getattr(self, name) for name in self.__slots__})


def checked_identity(opened: OpenPairing, status: StatusAnswer, key_protection: str) -> Identity:
    """Everything that completes the pairing is checked here; only then does this phone know who it is."""
    if status.completed is None or status.credential is None:
        raise CheckFailed("pairing_incomplete")
    verified = opened.pinned.verify(status.completed, "phoneseal.pairing_completed.v1", read_pairing_completed)
    completed, credential = verified.body, status.credential
    _check_completed(opened, completed)
    if credential.credential_id != completed.credential_id:
        raise CheckFailed("pairing_certificate_wrong", {"what": "credential_id"})
    if credential.signature_algorithm != opened.signature_algorithm:
        raise CheckFailed("pairing_certificate_wrong", {"what": "signature_algorithm"})
    if hashlib.sha256(credential.certificate).hexdigest() != completed.certificate_sha256:
        raise CheckFailed("pairing_certificate_wrong", {"what": "digest"})
    check_certificate(
        credential.certificate,
        credential.certificate_chain,
        signing_key=fields.octets(opened.signing_key, "signing_key", 32, 1024),
        subscriber_name=opened.subscriber_name,
        at=completed.at,
    )
    return Identity(
        server_url=opened.server_url,
        server_id=opened.server_id,
        server_name=opened.server_name,
        subscriber_id=completed.subscriber_id,
        subscriber_name=completed.subscriber_name,
        device_id=completed.device_id,
        credential_id=completed.credential_id,
        signature_algorithm=opened.signature_algorithm,
        certificate=credential.certificate,
        certificate_sha256=completed.certificate_sha256,
        key_protection=key_protection,
        vault_name=opened.pairing_id,
        paired_at=completed.at,
    )


def _check_completed(opened: OpenPairing, completed: PairingCompleted) -> None:
    for name in ("server_id", "pairing_id", "transcript_sha256", "subscriber_name", "key_counter"):
        if getattr(completed, name) != getattr(opened, name):
            raise CheckFailed("pairing_completed_wrong", {"what": name})
