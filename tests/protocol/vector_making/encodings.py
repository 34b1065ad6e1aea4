"""The encodings of docs/protocol.md sections 1 and 4.2, and the few DER forms of 4.3, written from the standards with the standard library.

Glue only: no key is used here.
"""

import base64
import hashlib
import struct
from collections.abc import Sequence

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


def b64u(raw: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def sha256_hex(raw: bytes) -> str:
    """Plain SHA-256, lower-case hex."""
    return hashlib.sha256(raw).hexdigest()


def seeded(label: str, length: int = 32) -> bytes:
    """Bytes that look random and are the same in each run."""
    out = b""
    while len(out) < length:
        out += hashlib.sha256(f"phoneseal vector {label} {len(out)}".encode()).digest()
    return out[:length]


def identifier(prefix: str, milliseconds: int, random: bytes) -> str:
    """48 bits of time and 80 random bits as 26 Crockford characters behind the prefix."""
    number = (milliseconds << 80) | int.from_bytes(random, "big")
    return f"{prefix}_" + "".join(CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def lp(value: bytes | str | int) -> bytes:
    """Four bytes of length, big-endian, and the value; text as UTF-8, numbers as decimal ASCII."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    return struct.pack(">I", len(raw)) + raw


def pae(purpose: str, body: bytes) -> bytes:
    """Signing input: PAE(purpose, body)."""
    tag = purpose.encode()
    return b"PhoneSeal-PAE-v1" + struct.pack(">I", len(tag)) + tag + struct.pack(">Q", len(body)) + body


def pae_digest(purpose: str, body: bytes) -> bytes:
    """SHA-256 over the signing input; for a statement this is its digest."""
    return hashlib.sha256(pae(purpose, body)).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Merkle tree hash of RFC 6962 section 2.1 over the leaf entries (at least one)."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + merkle_root(leaves[:half]) + merkle_root(leaves[half:])).digest()


def der(tag: int, *contents: bytes) -> bytes:
    """One DER value: tag, shortest definite length, contents."""
    body = b"".join(contents)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    length = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + body


def der_oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER."""
    first, second, *rest = (int(part) for part in dotted.split("."))
    out = bytearray()
    for arc in (first * 40 + second, *rest):
        septets = [arc & 0x7F]
        while arc := arc >> 7:
            septets.append(arc & 0x7F | 0x80)
        out += bytes(reversed(septets))
    return der(0x06, bytes(out))


def der_set_of(*values: bytes) -> bytes:
    """SET OF in DER order: the encodings ascending (X.690 section 11.6)."""
    return der(0x31, *sorted(values))
