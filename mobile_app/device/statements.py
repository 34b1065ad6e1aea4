"""Signed statements (protocol §1): what is signed, and how one is believed.

Rules:
* Signatures are over ``PAE(purpose, body)`` with the body as the text that was received; nothing is
  serialised anew to verify it.
* A statement is believed for one purpose and one key, both named by the reader. Then its body is read
  strictly.
* What fails raises ``CheckFailed``; a ``Verified`` exists only for what passed.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from mobile_app.errors import CheckFailed
from mobile_app.link.fields import Malformed, parse_json, write_json
from mobile_app.link.phone_statements import MAX_BODY
from mobile_app.link.wire import Statement

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verified(Generic[T]):
    """A statement whose signature, purpose and fields were checked, beside the text as received."""

    statement: Statement
    body: T
    digest: str


def pae(purpose: str, body: bytes) -> bytes:
    """The signing input: ``PAE(purpose, body)`` of protocol §1."""
    name = purpose.encode("ascii")
    return b"".join((b"PhoneSeal-PAE-v1", len(name).to_bytes(4, "big"), name, len(body).to_bytes(8, "big"), body))


def lp(value: bytes | str | int) -> bytes:
    """Length-prefixed: 4 bytes big-endian, then the bytes, the UTF-8 of text or the decimal digits of a
    number."""
    data = value if isinstance(value, bytes) else str(value).encode()
    return len(data).to_bytes(4, "big") + data


def signing_input(statement: Statement) -> bytes:
    """Raises CheckFailed when purpose or body have no encoding (a lone surrogate)."""
    try:
        return pae(statement.purpose, statement.body.encode())
    except UnicodeEncodeError:
        _refuse("statement_malformed", statement, what="surrogate")


def statement_digest(statement: Statement) -> str:
    """``SHA-256(PAE(purpose, body))``, hex."""
    return hashlib.sha256(signing_input(statement)).hexdigest()


def sign_statement(purpose: str, body: Mapping[str, object], key_id: str, sign: Callable[[bytes], bytes]) -> Statement:
    """Write ``body`` as text once and sign it. ``sign`` gets the signing input."""
    text = write_json(body)
    return Statement(purpose, key_id, text, sign(pae(purpose, text.encode())))


def verify_statement(
    statement: Statement,
    *,
    purpose: str,
    key_id: str,
    key: bytes,
    read: Callable[[object], T],
    max_body: int = MAX_BODY,
) -> Verified[T]:
    """Believe a server's statement, or raise CheckFailed. ``key`` is the raw Ed25519 public key. In this
    order: purpose, key, size, signature, fields."""
    if statement.purpose != purpose:
        _refuse("statement_purpose", statement, expected=purpose)
    if statement.key_id != key_id:
        _refuse("server_key_unknown", statement)
    message = signing_input(statement)
    if len(message) > max_body + 28 + len(purpose):
        _refuse("statement_too_long", statement)
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(statement.signature, message)
    except InvalidSignature:
        _refuse("statement_signature_invalid", statement)
    try:
        body = read(parse_json(statement.body))
    except Malformed as error:
        _refuse("statement_malformed", statement, **error.details)
    return Verified(statement, body, hashlib.sha256(message).hexdigest())


def _refuse(code: str, statement: Statement, **details: object) -> NoReturn:
    raise CheckFailed(code, {"purpose": statement.purpose, "key_id": statement.key_id, **details})
