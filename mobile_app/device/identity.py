"""Who this phone is to its server once paired, and how that is kept in the journal."""

from dataclasses import asdict, dataclass

from mobile_app.device.journal import Journal
from mobile_app.device.server_keys import PinnedKeys
from mobile_app.link.fields import encode_bytes, octets, octets32, parse_json, write_json

_IDENTITY = "identity"
_PINNED_KEYS = "pinned_keys"


@dataclass(frozen=True, slots=True)
class AboutThisPhone:
    """What this phone says about itself: shown in the browser and on a first phone at pairing."""

    device_name: str
    platform: str
    app_version: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The pairing this phone has. Digests are lower-case hex; the certificate is DER; ``paired_at`` by the
    server's clock."""

    server_url: str
    server_id: str
    server_name: str
    subscriber_id: str
    subscriber_name: str
    device_id: str
    credential_id: str
    signature_algorithm: str
    certificate: bytes
    certificate_sha256: str
    key_protection: str
    vault_name: str
    paired_at: int


def keep_identity(journal: Journal, identity: Identity) -> None:
    found = asdict(identity)
    found["certificate"] = encode_bytes(identity.certificate)
    journal.set_fact(_IDENTITY, write_json(found))


def forget_identity(journal: Journal) -> None:
    with journal.commit():
        journal.set_fact(_IDENTITY, None)
        journal.set_fact(_PINNED_KEYS, None)


def kept_identity(journal: Journal) -> Identity | None:
    text = journal.fact(_IDENTITY)
    if text is None:
        return None
    found = parse_json(text)
    assert isinstance(found, dict)
    found["certificate"] = octets(found["certificate"], "certificate", 1, 1 << 16)
    return Identity(**found)


def keep_pinned_keys(journal: Journal, pinned: PinnedKeys) -> None:
    found = asdict(pinned)
    found["request_signing_key"] = encode_bytes(pinned.request_signing_key)
    found["recovery_key"] = encode_bytes(pinned.recovery_key)
    journal.set_fact(_PINNED_KEYS, write_json(found))


def kept_pinned_keys(journal: Journal) -> PinnedKeys | None:
    text = journal.fact(_PINNED_KEYS)
    if text is None:
        return None
    found = parse_json(text)
    assert isinstance(found, dict)
    found["request_signing_key"] = octets32(found["request_signing_key"], "request_signing_key")
    found["recovery_key"] = octets32(found["recovery_key"], "recovery_key")
    return PinnedKeys(**found)
