"""A sign request, its items and the one table of allowed moves.

Rules: a move that is not in ``MOVES`` is a bug; a move that is in it still happens only by compare-and-set in the store; a final state is
never left; an item gets at most one accepted signature value and one signed file.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from server.errors import IllegalMove


class State(StrEnum):
    PREPARING = "PREPARING"
    QUEUED = "QUEUED"
    PUSHED = "PUSHED"
    OPENED = "OPENED"
    SIGNING = "SIGNING"
    ANSWERED = "ANSWERED"
    COMPLETED = "COMPLETED"
    REFUSED = "REFUSED"
    EXPIRED = "EXPIRED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"


S = State
NEXT_ACTOR: dict[State, str] = {
    S.PREPARING: "worker",
    S.QUEUED: "server",
    S.PUSHED: "person",
    S.OPENED: "person",
    S.SIGNING: "phone",
    S.ANSWERED: "worker",
    S.COMPLETED: "nobody",
    S.REFUSED: "nobody",
    S.EXPIRED: "nobody",
    S.CANCELLED: "nobody",
    S.FAILED: "nobody",
}
MOVES: dict[State, frozenset[State]] = {
    S.PREPARING: frozenset({S.QUEUED, S.FAILED, S.CANCELLED, S.EXPIRED, S.REFUSED}),
    S.QUEUED: frozenset({S.PUSHED, S.OPENED, S.SIGNING, S.REFUSED, S.EXPIRED, S.CANCELLED}),
    S.PUSHED: frozenset({S.OPENED, S.SIGNING, S.REFUSED, S.EXPIRED, S.CANCELLED}),
    S.OPENED: frozenset({S.SIGNING, S.REFUSED, S.EXPIRED, S.CANCELLED}),
    S.SIGNING: frozenset({S.ANSWERED, S.CANCELLED}),
    S.ANSWERED: frozenset({S.COMPLETED, S.FAILED}),
    S.COMPLETED: frozenset(),
    S.REFUSED: frozenset(),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
    S.FAILED: frozenset(),
}
FINAL = frozenset(state for state, ways in MOVES.items() if not ways)
WAITS_FOR_APPROVAL = frozenset({S.QUEUED, S.PUSHED, S.OPENED})
BEFORE_APPROVAL = WAITS_FOR_APPROVAL | {S.PREPARING}


def check_move(old: State, new: State) -> None:
    """Raises ``IllegalMove`` unless the table holds old → new."""
    if new not in MOVES[old]:
        raise IllegalMove(f"{old} -> {new}")


class EndResult(StrEnum):
    """Why a request or an item ended as it did (the words of Smart-ID where it has one)."""

    OK = "ok"
    USER_REFUSED = "user_refused"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    EXPIRED = "expired"
    WRONG_VERIFICATION_CODE = "wrong_verification_code"
    DOCUMENT_MISMATCH = "document_mismatch"
    DEVICE_ERROR = "device_error"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    NO_DEVICE = "no_device"
    SERVER_ERROR = "server_error"
    DOCUMENT_REFUSED = "document_refused"  # it can't be prepared, now or later; no phone was asked about it


class ItemState(StrEnum):
    WAITING = "WAITING"  # to be prepared
    PREPARED = "PREPARED"
    ANSWERED = "ANSWERED"  # its one signature value is stored
    SIGNED = "SIGNED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the visible signature stands: page (0-based) and box in PDF points of the page as shown, origin lower left."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Item:
    request_id: str
    position: int
    item_id: str
    document_id: str
    title: str
    document_code: str
    processing_right: str
    pages: int
    earlier_signatures: int
    findings: tuple[str, ...]
    placement: Placement | None
    source_sha256: str
    source_length: int
    state: ItemState = ItemState.WAITING
    prepared_sha256: str | None = None
    prepared_length: int = 0
    byte_range: tuple[int, int, int, int] | None = None
    field_name: str | None = None
    digest_sha256: bytes | None = None
    digest_sha384: bytes | None = None
    stamp: Placement | None = None
    signature_value: bytes | None = None
    signed_sha256: str | None = None
    signed_length: int = 0
    end_result: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ChosenItem:
    """What a new item brings along; the rest is the document's, as it stands when the request is recorded."""

    item_id: str
    document_id: str
    placement: Placement | None


@dataclass(frozen=True, slots=True)
class SignRequest:
    """``created_at`` and the other times are seconds since the epoch by the server's clock."""

    request_id: str
    relying_party_id: str
    relying_party_name: str
    requested_by: str
    user_id: str | None
    subscriber_id: str
    subscriber_name: str
    state: State
    version: int
    verification_code: str
    verification_codes: tuple[str, str, str]
    items_total: int
    created_at: float
    expires_at: float
    end_result: str | None = None
    reason: str | None = None
    device_id: str | None = None
    credential_id: str | None = None
    approval_sha256: str | None = None
    approved_at: float | None = None
    sign_by: float | None = None
    finished_at: float | None = None
    audit_sequence: int | None = None
    idempotency_key: str | None = None
    idempotency_sha256: str | None = None
    continued_by: str | None = None
    """The request that asks for the rest, where the phone would not sign some of the documents."""


@dataclass(frozen=True, slots=True)
class ItemCounts:
    """How many items of a request stand in each state."""

    by_state: dict[ItemState, int] = field(default_factory=dict)

    def __getitem__(self, state: ItemState) -> int:
        return self.by_state.get(state, 0)

    @property
    def total(self) -> int:
        return sum(self.by_state.values())
