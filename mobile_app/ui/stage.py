"""What the flow and the window share: the one screen that is shown, and the question that waits for a PIN. No Kivy here."""

from dataclasses import dataclass
from typing import Protocol

from mobile_app.device.interaction import PendingRequest, PinProblem, PinPurpose
from mobile_app.ui.bridge import Question


@dataclass(frozen=True)
class PinAsked:
    purpose: PinPurpose
    request: PendingRequest | None
    problem: PinProblem | None
    question: Question[bytearray | None]
    asked_at: int
    """By the phone's clock, in milliseconds."""


class Stage(Protocol):
    """The window's content: one screen at a time."""

    def show(self, name: str) -> None: ...

    @property
    def showing(self) -> str: ...

    def refresh(self) -> None:
        """Something that the present screen may show has changed."""
        ...

    def rebuild(self) -> None:
        """Language or theme has changed."""
        ...
