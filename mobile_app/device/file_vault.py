"""The key vault as a file in the profile: for desktops, the emulator and phones without a keystore.

Rules:
* The device key lies in the file as it is (the file is 0600); approval key and signing key lie in one
  AES-256-GCM box under PIN and share.
* A PIN change writes the new box beside the old. The salt stays, so that one PIN proof serves whichever box
  the server's share opens: the process may die between the server's yes and the rename without costing the
  person a try. A box that the share opens takes the old one's place for good; one that it does not open stays,
  since the server may just be about to have it count.
* Private keys exist in memory from ``unlock`` to ``close`` only.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from mobile_app.crash_points import crash_point
from mobile_app.device.key_vault import KeyChoice, PinAttempt, PublicKeys
from mobile_app.device.pin_keys import GCM_NONCE_BYTES, SALT_BYTES, PinKeys
from mobile_app.device.pin_rules import require_strong_pin, wipe
from mobile_app.device.signature_algorithms import (
    SigningKey,
    csr_padding,
    digest_for_csr,
    make_signing_key,
    signer,
)
from mobile_app.device.vault_file import StoredVault, VaultFiles, open_box, p256_key, pkcs8, spki, stored_vault
from mobile_app.errors import VaultError
from mobile_app.link import fields

_SUFFIX = ".vault"
_NEXT = ".next.vault"
_ECDSA = ec.ECDSA(hashes.SHA256())
_BOX_FIELDS = fields.names("approval_key signing_key signature_algorithm")


class UnlockedFileKeys:
    """Approval key and signing key in memory. See ``key_vault.UnlockedKeys``."""

    def __init__(self, approval_key: ec.EllipticCurvePrivateKey, sign: Callable[[bytes], bytes]) -> None:
        self._approval_key: ec.EllipticCurvePrivateKey | None = approval_key
        self._sign: Callable[[bytes], bytes] | None = sign

    def sign(self, dtbs: Sequence[bytes]) -> list[bytes]:
        sign = self._sign
        if sign is None:
            raise VaultError("vault_closed")
        return [sign(one) for one in dtbs]

    def sign_approval(self, message: bytes) -> bytes:
        if self._approval_key is None:
            raise VaultError("vault_closed")
        return self._approval_key.sign(message, _ECDSA)

    def close(self) -> None:
        self._approval_key = None
        self._sign = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self.close()


class NewFileVault:
    """Keys just made. See ``key_vault.NewVault``."""

    def __init__(self, files: VaultFiles, choice: KeyChoice, csr_common_name: str) -> None:
        self._files = files
        self._algorithm = choice.signature_algorithm
        self._keys: dict[str, SigningKey] = {
            "device": ec.generate_private_key(ec.SECP256R1()),
            "approval": ec.generate_private_key(ec.SECP256R1()),
            "signing": make_signing_key(choice),
        }
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, csr_common_name)])
        csr = (
            x509.CertificateSigningRequestBuilder()
            .subject_name(name)
            .sign(
                self._keys["signing"],
                digest_for_csr(self._algorithm),
                rsa_padding=csr_padding(self._algorithm),
            )
        )
        self._public_keys = PublicKeys(
            spki(self._keys["device"]),
            spki(self._keys["approval"]),
            spki(self._keys["signing"]),
            csr.public_bytes(serialization.Encoding.DER),
        )

    @property
    def public_keys(self) -> PublicKeys:
        return self._public_keys

    def prove(self, role: str, message: bytes) -> bytes:
        algorithm = self._algorithm if role == "signing" else "ecdsa_p256_sha256"
        return signer(self._key(role), algorithm)(message)

    def keep(self, vault_name: str, pin: bytearray, vault_share: bytes) -> bytes:
        require_strong_pin(pin)
        salt, gcm_nonce = os.urandom(SALT_BYTES), os.urandom(GCM_NONCE_BYTES)
        box = fields.write_json(
            {
                "approval_key": fields.encode_bytes(pkcs8(self._key("approval"))),
                "signing_key": fields.encode_bytes(pkcs8(self._key("signing"))),
                "signature_algorithm": self._algorithm,
            }
        ).encode()
        pin_keys = PinKeys(pin, salt)
        wrapped = pin_keys.cipher(vault_share).encrypt(gcm_nonce, box, None)
        stored = StoredVault(pkcs8(self._key("device")), self._algorithm, salt, gcm_nonce, wrapped)
        self._files.write(vault_name + _SUFFIX, stored.content())
        pin_proof_key = pin_keys.pin_proof_key
        pin_keys.wipe()
        return pin_proof_key

    def close(self) -> None:
        self._keys.clear()

    def _key(self, role: str) -> SigningKey:
        if role not in self._keys:
            raise VaultError("vault_closed")
        return self._keys[role]


class FilePinAttempt:
    """See ``key_vault.PinAttempt``."""

    def __init__(self, files: VaultFiles, vault_name: str, pin: bytearray) -> None:
        self._files = files
        self.vault_name = vault_name
        self._salt = stored_vault(files, vault_name + _SUFFIX).salt
        self._pin_keys = PinKeys(pin, self._salt)

    def proof(self, nonce: bytes, device_id: str) -> bytes:
        return self._pin_keys.proof(nonce, device_id)

    def unlock(self, vault_share: bytes) -> UnlockedFileKeys:
        found = fields.record(fields.parse_json(self._box(vault_share).decode("ascii")), _BOX_FIELDS)
        # The box was opened with its authentication tag, so the key is the one that was put in: proving anew that an RSA key is
        # consistent would cost 37 ms (2048 bits) to 115 ms (3072) of every approval.
        signing_key = serialization.load_der_private_key(
            fields.octets(found["signing_key"], "signing_key", 32, 8192), None, unsafe_skip_rsa_key_validation=True
        )
        algorithm = fields.code(found["signature_algorithm"], "signature_algorithm")
        approval_key = p256_key(fields.octets(found["approval_key"], "approval_key", 32, 4096))
        return UnlockedFileKeys(approval_key, signer(signing_key, algorithm))

    def wrap_anew(self, vault_share: bytes, new_pin: bytearray, new_share: bytes) -> bytes:
        """Write the box under a new PIN and share beside the present one; the salt stays. Returns the new
        proof key."""
        box = self._box(vault_share)
        current = stored_vault(self._files, self.vault_name + _SUFFIX)
        new_keys = PinKeys(new_pin, self._salt)
        gcm_nonce = os.urandom(GCM_NONCE_BYTES)
        wrapped = new_keys.cipher(new_share).encrypt(gcm_nonce, box, None)
        new = replace(current, gcm_nonce=gcm_nonce, wrapped=wrapped)
        self._files.write(self.vault_name + _NEXT, new.content())
        crash_point("pin.change.wrapped")
        pin_proof_key = new_keys.pin_proof_key
        new_keys.wipe()
        return pin_proof_key

    def stretched(self) -> bytearray:
        """What the PIN was stretched to. For a vault that may keep it; the caller overwrites it."""
        return self._pin_keys.stretched()

    def close(self) -> None:
        self._pin_keys.wipe()

    def _box(self, vault_share: bytes) -> bytes:
        """The private keys. After an interrupted PIN change the server's share says which of two boxes
        counts."""
        box = open_box(stored_vault(self._files, self.vault_name + _SUFFIX), self._pin_keys, vault_share)
        if box is None and self._files.exists(self.vault_name + _NEXT):
            box = open_box(stored_vault(self._files, self.vault_name + _NEXT), self._pin_keys, vault_share)
            if box is not None:
                self._files.rename(self.vault_name + _NEXT, self.vault_name + _SUFFIX)
        if box is None:
            raise VaultError("vault_tampered", {"what": "box"})
        return box


class FileVault:
    """See ``key_vault.KeyVault``."""

    key_protection = "file"

    def __init__(self, files: VaultFiles) -> None:
        self._files = files
        self._device_keys: dict[str, ec.EllipticCurvePrivateKey] = {}

    def make(self, choice: KeyChoice, csr_common_name: str) -> NewFileVault:
        return NewFileVault(self._files, choice, csr_common_name)

    def sign_as_device(self, vault_name: str, message: bytes) -> bytes:
        key = self._device_keys.get(vault_name)
        if key is None:
            key = self._device_keys[vault_name] = p256_key(stored_vault(self._files, vault_name + _SUFFIX).device_key)
        return key.sign(message, _ECDSA)

    def attempt(self, vault_name: str, pin: bytearray) -> "FilePinAttempt":
        try:
            return FilePinAttempt(self._files, vault_name, pin)
        finally:
            wipe(pin)

    def begin_pin_change(self, attempt: PinAttempt, vault_share: bytes, new_pin: bytearray, new_share: bytes) -> bytes:
        assert isinstance(attempt, FilePinAttempt)
        require_strong_pin(new_pin)
        return attempt.wrap_anew(vault_share, new_pin, new_share)

    def finish_pin_change(self, vault_name: str) -> None:
        if self._files.exists(vault_name + _NEXT):
            self._files.rename(vault_name + _NEXT, vault_name + _SUFFIX)

    def erase(self, vault_name: str) -> None:
        self._device_keys.pop(vault_name, None)
        for suffix in (_NEXT, _SUFFIX):
            self._files.shred(vault_name + suffix)

    def names(self) -> list[str]:
        names = (name.removesuffix(_SUFFIX).removesuffix(".next") for name in self._files.names(_SUFFIX))
        return sorted(set(names))
