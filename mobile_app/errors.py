"""The one tree of the phone's errors.

Every error has a stable ``code`` (never reused, never renamed) and stands in a group that says what follows
from it. What the person reads is looked up by code on the screen; the text given here is for the program's
log and never holds a secret or personal data. ``details`` holds public facts only (numbers, names of keys).
"""

from collections.abc import Mapping, Sequence


class PhoneError(Exception):
    """Base of everything the phone's own code raises for others to see."""

    code = "internal"

    def __init__(self, code: str | None = None, details: Mapping[str, object] | None = None) -> None:
        if code is not None:
            self.code = code
        self.details: dict[str, object] = dict(details or {})
        super().__init__(f"{self.code} {self.details}" if self.details else self.code)


class CheckFailed(PhoneError):
    """What the server sent is not what the phone may sign. Ends the request as ``document_mismatch``; one
    check raises one code."""

    code = "check_failed"
    end_result = "document_mismatch"

    def at(self, positions: Sequence[int]) -> "CheckFailed":
        """The same, said of these documents of a request: the others can be asked for again without them."""
        return CheckFailed(self.code, {**self.details, "positions": list(positions)})


class LinkError(PhoneError):
    """The way to the server failed, or the server's message breaks the protocol."""

    code = "link_error"


class VaultError(PhoneError):
    """A key could not be used: wrong PIN, locked, share withheld."""

    code = "vault_error"


class Refused(PhoneError):
    """The server, or this phone's own rules, said no to what was asked."""

    code = "refused"


class ServerRefused(Refused):
    """The server's answer was an error: ``code`` and ``details`` are the server's."""

    code = "server_refused"


class WrongPin(VaultError):
    """The server counted a wrong PIN, or wants a wait before the next. ``details``: ``tries_left`` (or
    None), ``retry_after`` in seconds."""

    code = "wrong_pin"


class WeakPin(Refused):
    """A PIN that anybody would try first. Choose another."""

    code = "pin_weak"
