"""A relying party and its API keys. The built-in portal is one; its name is what phones show."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """``kind`` is ``portal`` or ``api``; ``state`` is ``ACTIVE`` or ``SUSPENDED``; ``live_limit`` counts live requests per subscriber."""

    relying_party_id: str
    name: str
    kind: str
    state: str
    live_limit: int
    created_at: float


SCOPES = ("documents", "sign-requests")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """Only the SHA-256 of the secret is kept."""

    key_id: str
    relying_party_id: str
    secret_sha256: str
    scopes: tuple[str, ...]
    label: str
    created_at: float
    revoked_at: float | None = None
