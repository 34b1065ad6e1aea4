"""Who can wake a phone: the platform's part of ``device.wake_up``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from mobile_app.link.push_wire import PushSubscription


@dataclass(frozen=True, slots=True)
class Distributor:
    """An app on this phone that can wake others. ``distributor_id`` for the program, ``name`` for the person."""

    distributor_id: str
    name: str


class PushReceiver(Protocol):
    """The platform's part: who gives this phone an address, and hears when it is woken. Thread-safe; what blocks, blocks for a moment."""

    def distributors(self) -> Sequence[Distributor]:
        """Those installed. Raises PhoneError."""
        ...

    def chosen(self) -> str:
        """The id of the person's choice, over restarts; empty: they do not wish to be woken."""
        ...

    def choose(self, distributor_id: str) -> None:
        """Raises PhoneError("wake_up_refused")."""
        ...

    def give_up(self) -> None:
        """No wake-ups any more: the address is given back, the choice forgotten. Raises PhoneError."""
        ...

    def let_go(self) -> None:
        """The address is given back, the choice stays. Raises PhoneError."""
        ...

    def register(self, vapid_key: bytes, *, anew: bool) -> None:
        """Ask the chosen distributor for an address that answers to this key; ``changed`` tells when there is one. ``anew``, or with
        another key than before: the present address is given back first. Raises PhoneError."""
        ...

    def subscription(self) -> PushSubscription | None:
        """The present address; None while there is none."""
        ...

    def problem(self) -> str:
        """Why the distributor gave no address (a code); empty if it did, or has not answered."""
        ...

    def listen(self, changed: Callable[[], None], woken: Callable[[], None]) -> None:
        """Both are called on any thread and return at once."""
        ...
