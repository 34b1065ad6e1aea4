"""The request that the person is in, and what they want of it."""

from dataclasses import dataclass
from enum import StrEnum

from mobile_app.device.interaction import PendingRequest, Progress, RequestView
from mobile_app.ui.stamp_look import StampLook


class Intent(StrEnum):
    """What the person wants of the request that they opened."""

    LOOK = "look"
    SIGN = "sign"
    REFUSE = "refuse"


@dataclass
class OpenedRequest:
    pending: PendingRequest
    intent: Intent
    reason: str = ""
    view: RequestView | None = None
    progress: Progress | None = None
    refused: dict[int, str] | None = None
    """Unticked positions with their reasons."""
    stamps: StampLook | None = None
    """Whether signatures will lie over content, once the person may decide."""

    @property
    def request_id(self) -> str:
        return self.pending.request_id
