"""The falsifications themselves: pure functions on statements and on chunks of signature values. Each changes
what its name says.
"""

import json
from collections.abc import Callable, Mapping

from mobile_app.device.statements import pae
from mobile_app.link.fields import encode_bytes, octets

Values = list[tuple[int, bytes]]
"""A chunk: position and signature value, in the order sent."""
Statement = dict[str, str]
Signer = Callable[[bytes], bytes]
"""Signs a signing input (PAE)."""

BODY_LIMIT = 512 * 1024
MESSAGE_LIMIT = 1 << 20
CHUNK_LIMIT = 200


def flip_bit(value: bytes) -> bytes:
    """Flip one bit of the last byte, where no length of a DER signature stands; empty stays empty."""
    return value[:-1] + bytes([value[-1] ^ 1]) if value else value


def read_values(raw: bytes) -> Values:
    """Protocol 4.5: u32be(position) ‖ u16be(length) ‖ value, until the end."""
    found: Values = []
    at = 0
    while at < len(raw):
        length = int.from_bytes(raw[at + 4 : at + 6], "big")
        found.append((int.from_bytes(raw[at : at + 4], "big"), raw[at + 6 : at + 6 + length]))
        at += 6 + length
    return found


def body_of(statement: Mapping[str, object]) -> dict[str, object]:
    body = json.loads(str(statement["body"]))
    assert isinstance(body, dict)
    return body


def with_body(statement: Mapping[str, object], changes: Mapping[str, object]) -> Statement:
    """The same signature over another body."""
    body = body_of(statement) | dict(changes)
    return _texts(statement) | {"body": json.dumps(body, ensure_ascii=False, separators=(",", ":"))}


def with_flipped_signature(statement: Mapping[str, object]) -> Statement:
    signature = octets(statement["signature"], "signature", 0, 1024)
    return _texts(statement) | {"signature": encode_bytes(flip_bit(signature))}


def signed_again(statement: Mapping[str, object], sign: Signer) -> Statement:
    """The statement's body as it stands, with the signature that ``sign`` makes."""
    message = pae(str(statement["purpose"]), str(statement["body"]).encode())
    return _texts(statement) | {"signature": encode_bytes(sign(message))}


def oversized(statement: Mapping[str, object], sign: Signer) -> Statement:
    """White space around the object is free (protocol 1.1), so only the limit on the body stands against it."""
    padding = " " * (BODY_LIMIT + 1 - len(str(statement["body"]).encode()))
    return signed_again(_texts(statement) | {"body": str(statement["body"]) + padding}, sign)


def of_another_device(statement: Mapping[str, object], sign: Signer) -> Statement:
    other = another_identifier(str(body_of(statement)["device_id"]))
    return signed_again(with_body(statement, {"device_id": other}) | {"key_id": other}, sign)


def another_identifier(identifier: str) -> str:
    """Well formed, of the same kind, and not the same."""
    return identifier[:-1] + ("0" if identifier[-1] != "0" else "1")


def another_digest(digest: str) -> str:
    return digest[:-1] + ("0" if digest[-1] != "0" else "1")


def _texts(statement: Mapping[str, object]) -> Statement:
    return {name: str(value) for name, value in statement.items()}
