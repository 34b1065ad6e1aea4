"""Signed statements (docs/protocol.md §1): the text that was signed, kept as it was received.

Rules: a signature is made and checked over ``PAE(purpose, UTF-8 of body)`` and never over a re-serialisation; each purpose is signed by one
kind of key; a body is one JSON object without duplicate names, floats or unknown fields.
"""

import base64
import binascii
import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from server.errors import BadInput, VerificationFailed
from server.strict_json import is_text

MAGIC = b"PhoneSeal-PAE-v1"
BODY_LIMIT = 64 * 1024
APPROVAL_LIMIT = 512 * 1024


def pae(purpose: str, body: bytes) -> bytes:
    """The bytes that are signed or digested: magic, u32be length and purpose, u64be length and body."""
    tag = purpose.encode("ascii")
    return MAGIC + struct.pack(">I", len(tag)) + tag + struct.pack(">Q", len(body)) + body


def lp(value: bytes | str | int) -> bytes:
    """Length-prefixed: u32be length, then the bytes (text as UTF-8, numbers as decimal ASCII)."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    return struct.pack(">I", len(raw)) + raw


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64(text: object, *, length: int | None = None, limit: int = APPROVAL_LIMIT) -> bytes:
    """Strict base64url without padding; ``length`` is the exact number of bytes wanted. Raises ``BadInput``."""
    if not isinstance(text, str) or len(text) > limit * 2:
        raise BadInput("not base64url", code="bad_message")
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInput("not base64url", code="bad_message") from error
    if b64(raw) != text or (length is not None and len(raw) != length):
        raise BadInput("not canonical base64url", code="bad_message")
    return raw


@dataclass(frozen=True, slots=True)
class Statement:
    purpose: str
    key_id: str
    body: str
    signature: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 over the signing input: the statement digest."""
        return hashlib.sha256(pae(self.purpose, self.body.encode())).digest()

    def to_json(self) -> dict[str, str]:
        return {"purpose": self.purpose, "key_id": self.key_id, "body": self.body, "signature": b64(self.signature)}


def read_statement(value: object, *, limit: int = BODY_LIMIT) -> Statement:
    """The four fields of a statement from the wire, not yet verified. Raises ``BadInput``."""
    if not isinstance(value, dict) or set(value) != {"purpose", "key_id", "body", "signature"}:
        raise BadInput("a statement has four fields", code="bad_message")
    purpose, key_id, body = value["purpose"], value["key_id"], value["body"]
    if not (isinstance(purpose, str) and isinstance(key_id, str) and isinstance(body, str)):
        raise BadInput("a statement's fields are text", code="bad_message")
    try:
        size = len(body.encode())
    except UnicodeEncodeError as error:
        raise BadInput("a statement's body is Unicode text", code="bad_message") from error
    if not purpose.isascii():
        raise BadInput("a purpose is ASCII", code="bad_message")
    if len(purpose) > 64 or len(key_id) > 64 or size > limit:
        raise BadInput("statement too large", code="message_too_large")
    return Statement(purpose, key_id, body, unb64(value["signature"], limit=256))


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise BadInput("duplicate name in a statement", code="bad_message")
    return fields


def _no_float(text: str) -> Any:
    raise BadInput(f"only integers stand in a statement, not {text[:20]}", code="bad_message")


def read_body(statement: Statement, purpose: str, fields: frozenset[str]) -> dict[str, Any]:
    """The body's fields: exactly ``fields``, under exactly ``purpose``. Raises ``BadInput``."""
    if statement.purpose != purpose:
        raise BadInput("statement has another purpose", code="bad_message")
    try:
        value = json.loads(
            statement.body, object_pairs_hook=_no_duplicates, parse_float=_no_float, parse_constant=_no_float
        )
    except (ValueError, RecursionError) as error:
        raise BadInput("a statement's body is JSON", code="bad_message") from error
    if not isinstance(value, dict) or set(value) != fields:
        raise BadInput("a statement holds exactly its fields", code="bad_message")
    if "\\u" in statement.body and not is_text(value):
        raise BadInput("a statement holds a lone surrogate", code="bad_message")
    if value.get("version") != 1 or isinstance(value.get("version"), bool):
        raise BadInput("unknown version", code="version_unsupported")
    for name, moment in value.items():
        if (name == "at" or name.endswith("_at")) and not _is_number(moment):
            raise BadInput("a time is a number of milliseconds", code="bad_message")
    return value


def _is_number(value: object) -> bool:
    """An integer as statements hold them: 0 to 2^53 - 1, and no boolean."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def verify_p256(statement: Statement, spki: bytes, *, code: str) -> None:
    """ECDSA P-256 with SHA-256 over the signing input. Raises ``VerificationFailed(code)``."""
    verify_p256_raw(spki, pae(statement.purpose, statement.body.encode()), statement.signature, code=code)


def verify_phone(statement: Statement, device_id: str, spki: bytes) -> None:
    """A phone's statement: it names that phone as its signer, and the phone's key made it. Checked before the body is looked at.
    Raises ``VerificationFailed(statement_signature_invalid)``."""
    if statement.key_id != device_id:
        raise VerificationFailed("another phone's statement", code="statement_signature_invalid")
    verify_p256(statement, spki, code="statement_signature_invalid")


def verify_p256_raw(spki: bytes, message: bytes, signature: bytes, *, code: str) -> None:
    key = load_der_public_key(spki)
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise VerificationFailed("the key is not on P-256", code=code)
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature as error:
        raise VerificationFailed("the signature does not verify", code=code) from error


def key_id_of(public_key: bytes) -> str:
    """First 16 hex digits of SHA-256 over the raw Ed25519 public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


class RequestSigner:
    """Signs the server's statements with its Ed25519 request-signing key. Ed25519 is deterministic: the same fields give the same bytes."""

    def __init__(self, server_id: str, private_key: ed25519.Ed25519PrivateKey, counter: int) -> None:
        self.server_id = server_id
        self.counter = counter
        self._sign: Callable[[bytes], bytes] = private_key.sign
        self.public_key = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = key_id_of(self.public_key)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.public_key).hexdigest()

    def sign(self, purpose: str, fields: Mapping[str, object]) -> Statement:
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        return Statement(purpose, self.key_id, body, self._sign(pae(purpose, body.encode())))
