"""The one tree of errors.

Every error that a person or a program can meet has a stable ``code`` (never reused, never renamed) and belongs to a group that says
what the caller can do about it. Edges translate a group once: HTTP status, Socket.IO acknowledgement or exit status. Sentences for
people live in ``server/web/messages.py`` (Vietnamese and English), keyed by code; the text given here is for the program's log and never
holds a secret or personal data. What is not a ``PhoneSealError`` becomes ``internal`` at the edge, with nothing inside.
"""

from collections.abc import Mapping


class PhoneSealError(Exception):
    """Base of all errors that callers are meant to see. ``details`` holds public facts only (numbers, names of fields)."""

    code = "internal"

    def __init__(
        self, message: str = "", *, code: str | None = None, details: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(message or self.code)
        if code is not None:
            self.code = code
        self.details: dict[str, object] = dict(details or {})


class BadInput(PhoneSealError):
    """The message itself is wrong; sending it again unchanged can't help. HTTP 400."""

    code = "bad_input"


class NotAuthenticated(PhoneSealError):
    """We don't know who asks. HTTP 401."""

    code = "not_authenticated"


class Forbidden(PhoneSealError):
    """We know who asks, and the answer is no. HTTP 403."""

    code = "forbidden"


class NotFound(PhoneSealError):
    """There is no such thing, or the caller may not learn that there is. HTTP 404."""

    code = "not_found"


class Conflict(PhoneSealError):
    """The thing is in another state than the move needs; read it again. HTTP 409."""

    code = "conflict"


class Unprocessable(PhoneSealError):
    """Well formed, but it cannot be accepted: a document that can't be signed, a proof that does not verify. HTTP 422."""

    code = "unprocessable"


class TooLarge(PhoneSealError):
    """Over a limit of size or count. HTTP 413."""

    code = "too_large"


class TooManyTries(PhoneSealError):
    """A limit of rate or tries; ``details['retry_after']`` gives seconds, or is absent when waiting will not help. HTTP 429."""

    code = "too_many_tries"


class Unavailable(PhoneSealError):
    """Nothing is wrong with the request; try again later (disk full, worker gone). HTTP 503."""

    code = "unavailable"


class LeaseLost(PhoneSealError):
    """A worker's lease ran out while it worked: its result must change nothing."""

    code = "lease_lost"


class IllegalMove(PhoneSealError):
    """A move that the state table does not hold: a bug in the caller, or a race that compare-and-set has caught."""

    code = "illegal_move"


class VerificationFailed(Unprocessable):
    """A signature, digest, certificate or structure check said no. One check raises one code."""

    code = "verification_failed"
