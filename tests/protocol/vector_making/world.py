"""What the makers of the vectors share: the keys, the signing bench, and the making of a statement."""

import json
from pathlib import Path
from typing import Any

from vector_making import fixed_keys
from vector_making.cast import DEVICE_ID, OTHER_DEVICE_ID
from vector_making.encodings import b64u, pae, pae_digest
from vector_making.third_tools import SigningBench

Json = dict[str, Any]

PHONE_KEYS = {
    "device": DEVICE_ID,
    "approval": DEVICE_ID,
    "other_device": OTHER_DEVICE_ID,
    "other_approval": OTHER_DEVICE_ID,
}
SIGNING_KEY = {
    "rsa_pkcs1_sha256": "signing_rsa",
    "rsa_pss_sha256": "signing_rsa",
    "ecdsa_p256_sha256": "signing_p256",
    "ecdsa_p384_sha384": "signing_p384",
}


def compact(value: object) -> str:
    """JSON text without white space, non-ASCII letters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class World:
    """Keys and the bench that signs with them."""

    def __init__(self, keys_folder: Path, remembered: dict[str, str]) -> None:
        fixed_keys.make_missing(keys_folder)
        self.folder = keys_folder
        self.bench = SigningBench(keys_folder, remembered)
        self._spki: dict[str, bytes] = {}

    def spki(self, key: str) -> bytes:
        """DER SubjectPublicKeyInfo."""
        if key not in self._spki:
            self._spki[key] = fixed_keys.spki(self.folder, key)
        return self._spki[key]

    def raw_server_key(self, key: str) -> bytes:
        """32 raw bytes of an Ed25519 key."""
        return self.spki(key)[-32:]

    def certificate(self, key: str) -> bytes:
        """DER certificate of a signing key."""
        return fixed_keys.certificate_der(self.folder, key)

    def key_id(self, key: str) -> str:
        """``key_id`` of a statement by that key."""
        return PHONE_KEYS[key] if key in PHONE_KEYS else fixed_keys.server_key_id(self.folder, key)

    def algorithm(self, key: str) -> str:
        """How the key signs statements."""
        return "ecdsa_p256_sha256" if key in PHONE_KEYS else "ed25519"

    def sign_statement(self, key: str, purpose: str, body: str) -> bytes:
        """Signature over PAE(purpose, body)."""
        return self.bench.sign(key, self.algorithm(key), pae(purpose, body.encode()))

    def statement(self, key: str, short: str, body: Json | str) -> Json:
        """A valid statement ``phoneseal.<short>.v1``; a body given as text stays as it is."""
        text = body if isinstance(body, str) else compact(body)
        purpose = f"phoneseal.{short}.v1"
        return {
            "purpose": purpose,
            "key_id": self.key_id(key),
            "body": text,
            "signature": b64u(self.sign_statement(key, purpose, text)),
        }

    def expect_statement(self, key: str, statement: Json, signature: bytes, *, valid: bool, why: str) -> None:
        """Have node say whether the signature verifies over the statement's own purpose and body."""
        message = pae(statement["purpose"], statement["body"].encode())
        self.bench.expect(key, self.algorithm(key), message, signature, valid=valid, why=why)


def digest_of(statement: Json) -> str:
    """Statement digest, hex."""
    return pae_digest(statement["purpose"], statement["body"].encode()).hex()
