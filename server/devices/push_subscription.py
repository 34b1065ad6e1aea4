"""Where a phone can be woken, and when it shall be (docs/protocol.md §2.3). A wake-up says only *ask*, and is authority for nothing.

``wake_at`` is written in the transaction that records the reason, so that no death loses it; sending comes after commit. The lease says
that somebody is sending just now; what a sender settles counts only while its lease stands.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

ACKNOWLEDGE_WITHIN = 1.5
"""Seconds that a phone has to say over its socket that it knows."""
AT_MOST_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """``p256dh``: 65 bytes, ``auth``: 16 bytes (RFC 8291). ``wake_at`` None: nothing to do. ``asked_about``: the pairing that the phone has
    acknowledged over its socket last. ``tries``: calls in a row that found no answer, or a late one; above 0 it is doubtful. What is
    secret is in no ``repr``."""

    device_id: str
    endpoint: str = field(repr=False)
    p256dh: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    registered_at: float
    wake_at: float | None = None
    tries: int = 0
    lease_until: float = 0.0
    woken_at: float | None = None
    asked_about: str | None = None


@dataclass(frozen=True, slots=True)
class WakeUp:
    """One wake-up that this process has claimed until ``lease_until``. ``ttl``: whole seconds for which it is of use."""

    subscription: PushSubscription
    lease_until: float
    ttl: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """``more``: there may be others that are due now."""

    wake_ups: list[WakeUp]
    more: bool


class Received(StrEnum):
    """What became of a wake-up at the push service."""

    SENT = "sent"
    GONE = "gone"  # 404, 410: the subscription is over
    BUSY = "busy"  # no answer, 429, 5xx: later again
    REFUSED = "refused"  # anything else: not again for the same reason


@dataclass(frozen=True, slots=True)
class Delivery:
    """``word``: for the log, never with an address in it. ``retry_after``: seconds that the push service asked for.
    ``late``: it let us wait."""

    received: Received
    word: str
    retry_after: float = 0.0
    late: bool = False


class PushGateway(Protocol):
    def send(self, subscription: PushSubscription, ttl: int) -> Delivery:
        """One wake-up to the subscription's push service. Never raises for what that service does."""
        ...


class WantedWakeUps(Protocol):
    def want(self, device_id: str, now: float, *, within: float, at_most_every: float) -> None: ...


class WakingTransaction(Protocol):
    @property
    def push_subscriptions(self) -> WantedWakeUps: ...


def want_wake_up(tx: WakingTransaction, device_id: str, now: float) -> None:
    """Something waits for this phone's person: the phone is woken unless it acknowledges in time. Does nothing for a phone without a
    subscription."""
    tx.push_subscriptions.want(device_id, now, within=ACKNOWLEDGE_WITHIN, at_most_every=AT_MOST_EVERY)
