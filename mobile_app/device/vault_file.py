"""The vault's file: its form, and the box inside it (protocol §5 for what opens the box)."""

from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.device.pin_keys import GCM_NONCE_BYTES, SALT_BYTES, PinKeys
from mobile_app.device.signature_algorithms import SigningKey
from mobile_app.errors import VaultError
from mobile_app.link import fields

_FILE_FIELDS = fields.names("version device_key signature_algorithm salt gcm_nonce wrapped")


class VaultFiles(Protocol):
    """Where the vault's files lie: the profile, or the profile behind a phone's key store. See ``Profile`` for each."""

    def write(self, name: str, content: bytes) -> None: ...

    def read(self, name: str) -> bytes: ...

    def rename(self, old: str, new: str) -> None: ...

    def exists(self, name: str) -> bool: ...

    def shred(self, name: str) -> None: ...

    def names(self, suffix: str) -> list[str]: ...


def pkcs8(key: SigningKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def spki(key: SigningKey) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def p256_key(pkcs8: bytes) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(pkcs8, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise VaultError("vault_tampered", {"what": "key_type"})
    return key


@dataclass(frozen=True, slots=True)
class StoredVault:
    """The vault's file, read."""

    device_key: bytes
    signature_algorithm: str
    salt: bytes
    gcm_nonce: bytes
    wrapped: bytes

    def content(self) -> bytes:
        return fields.write_json(
            {
                "version": 1,
                "device_key": fields.encode_bytes(self.device_key),
                "signature_algorithm": self.signature_algorithm,
                "salt": fields.encode_bytes(self.salt),
                "gcm_nonce": fields.encode_bytes(self.gcm_nonce),
                "wrapped": fields.encode_bytes(self.wrapped),
            }
        ).encode()


def _read(content: bytes) -> StoredVault:
    try:
        found = fields.record(fields.parse_json(content.decode("ascii")), _FILE_FIELDS)
        fields.integer(found["version"], "version", 1, 1)
        return StoredVault(
            fields.octets(found["device_key"], "device_key", 32, 4096),
            fields.code(found["signature_algorithm"], "signature_algorithm"),
            fields.octets(found["salt"], "salt", SALT_BYTES, SALT_BYTES),
            fields.octets(found["gcm_nonce"], "gcm_nonce", GCM_NONCE_BYTES, GCM_NONCE_BYTES),
            fields.octets(found["wrapped"], "wrapped", 32, 16384),
        )
    except (fields.Malformed, UnicodeDecodeError) as error:
        raise VaultError("vault_tampered", {"what": "file"}) from error


def stored_vault(files: VaultFiles, file_name: str) -> StoredVault:
    try:
        return _read(files.read(file_name))
    except FileNotFoundError as error:
        raise VaultError("vault_missing") from error


def open_box(stored: StoredVault, pin_keys: PinKeys, vault_share: bytes) -> bytes | None:
    try:
        return pin_keys.cipher(vault_share).decrypt(stored.gcm_nonce, stored.wrapped, None)
    except InvalidTag:
        return None
