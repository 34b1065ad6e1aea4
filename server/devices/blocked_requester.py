"""A requester that a subscriber does not want to hear of: an outside relying party as a whole, or one user of the portal.

An outside relying party names the asking person as it likes, so a block by that name would stop nobody: it is blocked whole. The
portal's users have logged in here, and most of them have done nothing: one is blocked, not the portal.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.relying_parties.relying_party import RelyingParty


class BlockScope(StrEnum):
    RELYING_PARTY = "relying_party"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class BlockedRequester:
    """``user_id`` and ``person`` are empty when the relying party is blocked as a whole; names as the phone showed them."""

    block_id: str
    subscriber_id: str
    relying_party_id: str
    user_id: str
    relying_party_name: str
    person: str
    device_id: str
    statement_sha256: str
    blocked_at: float
    unblocked_at: float | None = None

    @property
    def scope(self) -> BlockScope:
        return BlockScope.PERSON if self.user_id else BlockScope.RELYING_PARTY


def blocked_user(party: RelyingParty, user_id: str | None) -> str:
    """Whom a block of such a request names: one user of the portal, or nobody in particular (empty)."""
    return user_id or "" if party.kind == "portal" else ""
