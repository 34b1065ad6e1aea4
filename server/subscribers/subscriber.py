"""A subscriber: whose name stands in certificates and stamps. ``handle`` is how relying parties name them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subscriber:
    subscriber_id: str
    name: str
    handle: str
    created_at: float
