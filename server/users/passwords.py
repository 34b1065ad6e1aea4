"""Passwords: brought into one form (RFC 8265, OpaqueString), hashed with argon2id, compared in a time that tells nothing.

Rules: keyboards write one letter in several ways (a macOS terminal or an old input method takes "ế" apart), so every password is hashed in
NFC with plain spaces. What was hashed before this rule stands in the form in which it was typed then: log-in tries that form too, and the
decomposed one. How many forms are tried depends on what was typed alone, and all are tried always: the time says nothing about whose hash
it was, how old it is, or whether there is one. However many forms, it is one try for the throttles.
"""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.errors import BadInput, NotAuthenticated
from server.users.user import User

MINIMUM_PASSWORD = 10
LONGEST_LOOKED_AT = 1024
"""Characters; argon2id would take more, a form should not."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # OWASP's minimum for argon2id
_NOBODY = _hasher.hash("nobody has this password")


def opaque(password: str) -> str:
    """The form that is hashed: NFC, every kind of space a plain one (RFC 8265 4.2.1). Not NFKC: what people see as two stays two."""
    spaced = "".join(" " if unicodedata.category(c) == "Zs" else c for c in password)
    return unicodedata.normalize("NFC", spaced)[:LONGEST_LOOKED_AT]


def forms(password: str) -> tuple[str, ...]:
    """In what forms a password may have been hashed, today's first, none twice; one alone for plain ASCII."""
    typed = password[:LONGEST_LOOKED_AT]
    return tuple(dict.fromkeys((opaque(password), typed, unicodedata.normalize("NFD", opaque(password))[:LONGEST_LOOKED_AT])))


def hash_password(password: str) -> str:
    """argon2id hash. Raises ``BadInput(password_too_short)``."""
    password = opaque(password)
    if len(password) < MINIMUM_PASSWORD:
        raise BadInput("password too short", code="password_too_short", details={"minimum": MINIMUM_PASSWORD})
    return _hasher.hash(password)


def check_password(user: User | None, password: str) -> None:
    """Slow on purpose. Raises ``NotAuthenticated(log_in_failed)``."""
    kept = user.password_hash if user else _NOBODY
    right = [_holds(kept, form) for form in forms(password)]  # a list: every form costs its time, also behind the right one
    if not any(right) or user is None or user.state != "ACTIVE":
        raise NotAuthenticated("wrong name or password", code="log_in_failed")


def _holds(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
