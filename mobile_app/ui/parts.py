"""What differs from one kind of phone to the other, as the screens see it. ``mobile_app.main`` picks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from mobile_app.ui.page_picture import Pages, ReadChecked


class Biometrics(Protocol):
    """A finger or a face in the place of typing the PIN. May block for a moment: not for the first thread."""

    def state(self) -> str:
        """``missing``, ``not_enrolled``, ``off``, ``on``. Raises VaultError."""
        ...

    def turn_on(self) -> None:
        """From the next typed PIN on. Raises VaultError."""
        ...

    def turn_off(self) -> None:
        """Raises VaultError."""
        ...

    def ready(self, vault_name: str) -> bool:
        """Whether ``ask`` may have an answer. Does not block."""
        ...

    def ask(self, vault_name: str, title: str, type_instead: str) -> bytearray | None:
        """Blocks until the person has shown finger or face; None when they would rather type. What
        comes stands for a typed PIN (``pin_keys.is_stretched``). Raises VaultError."""
        ...


class Reachability(Protocol):
    """Hearing of requests while another app is in front. Methods return at once or within a moment."""

    def is_on(self) -> bool: ...

    def turn_on(self) -> None:
        """Raises PhoneError("reachability_refused")."""
        ...

    def turn_off(self) -> None: ...


@dataclass(frozen=True, slots=True)
class PhoneParts:
    """``pages`` is given what reads checked documents by position. None: this kind of phone has none. ``kinds_drawn``: the annotations,
    by their subtypes, that ``pages`` draws for sure; None: all of them."""

    pages: Callable[[ReadChecked], Pages]
    biometrics: Biometrics | None = None
    reachability: Reachability | None = None
    kinds_drawn: frozenset[str] | None = None
