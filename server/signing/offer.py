"""An offer: one sign request as one phone sees it, with that phone's envelope and what it answered before the approval."""

from dataclasses import dataclass

from server.statements import Statement


@dataclass(frozen=True, slots=True)
class Offer:
    """``withdrawn`` holds the end result that this phone was told when the request went on without it; ``told_at`` is when it was given the
    envelope because it asked, ``pushed_at`` when it acknowledged the push."""

    request_id: str
    device_id: str
    credential_id: str
    envelope: Statement
    envelope_sha256: str
    manifest_root: str
    offered_at: float
    pushed_at: float | None = None
    opened_at: float | None = None
    choice_sha256: str | None = None
    verdict: str | None = None
    verdict_at: float | None = None
    approval_sha256: str | None = None
    withdrawn: str | None = None
    told_at: float | None = None

    @property
    def unheard(self) -> bool:
        """The phone is still asked, and has not said that it knows."""
        return self.pushed_at is None and self.told_at is None and self.withdrawn is None
