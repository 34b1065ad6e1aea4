"""The phone's half of the wire for its account: phones and blocked requesters (docs/protocol.md §5.2), read as the page says.

Rules as in ``wire``: strict readers that raise ``Malformed``; nothing here acts or decides.
"""

from dataclasses import dataclass
from typing import Final

from mobile_app.link import fields

DEVICE_STATES: Final = fields.names("ACTIVE FROZEN")
SCOPES: Final = fields.names("relying_party person")
_KEY_PROTECTIONS: Final = fields.names("file android_keystore strongbox")
_DEVICE: Final = fields.names("device_id name platform state key_protection paired_at last_seen_at")
_BLOCKED: Final = fields.names("block_id relying_party scope person blocked_at")
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """One phone of the account. Times in milliseconds by the server's clock."""

    device_id: str
    name: str
    platform: str
    state: str
    key_protection: str
    paired_at: int
    last_seen_at: int | None


def read_devices_answer(value: object) -> list[PhoneLine]:
    listed = fields.record(value, fields.names("devices"))["devices"]
    return [_device(one) for one in fields.listing(listed, "devices", 1, _MOST)]


def _device(value: object) -> PhoneLine:
    found = fields.record(value, _DEVICE, "devices")
    return PhoneLine(
        fields.identifier(found["device_id"], "device_id", "dev"),
        fields.text(found["name"], "name", 1, 64),
        fields.text(found["platform"], "platform", 1, 64),
        fields.one_of(found["state"], "state", DEVICE_STATES),
        fields.one_of(found["key_protection"], "key_protection", _KEY_PROTECTIONS),
        fields.integer(found["paired_at"], "paired_at"),
        fields.nullable(found["last_seen_at"], lambda at: fields.integer(at, "last_seen_at")),
    )


@dataclass(frozen=True, slots=True)
class BlockedRequester:
    """``person`` is empty when the relying party is blocked as a whole."""

    block_id: str
    relying_party_id: str
    relying_party_name: str
    person: str
    blocked_at: int


@dataclass(frozen=True, slots=True)
class Blocked:
    """``by_person``: relying parties whose people the server tells apart, so that one of them can be blocked."""

    requesters: tuple[BlockedRequester, ...]
    by_person: frozenset[str]


def read_blocked_answer(value: object) -> Blocked:
    found = fields.record(value, fields.names("requesters by_person"))
    requesters = fields.listing(found["requesters"], "requesters", 0, _MOST)
    parties = fields.listing(found["by_person"], "by_person", 0, 100)
    return Blocked(
        tuple(_blocked(one) for one in requesters),
        frozenset(fields.identifier(one, "by_person", "rp") for one in parties),
    )


def read_block_answer(value: object) -> BlockedRequester:
    return _blocked(fields.record(value, fields.names("blocked"))["blocked"])


def _blocked(value: object) -> BlockedRequester:
    found = fields.record(value, _BLOCKED, "blocked")
    party = fields.record(found["relying_party"], fields.names("id name"), "relying_party")
    scope = fields.one_of(found["scope"], "scope", SCOPES)
    whole = scope == "relying_party"
    return BlockedRequester(
        fields.identifier(found["block_id"], "block_id", "blk"),
        fields.identifier(party["id"], "relying_party.id", "rp"),
        fields.text(party["name"], "relying_party.name", 1, 200),
        fields.text(found["person"], "person", 0 if whole else 1, 0 if whole else 200),
        fields.integer(found["blocked_at"], "blocked_at"),
    )
