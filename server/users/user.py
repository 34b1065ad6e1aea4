"""A portal user. ``session_epoch`` is raised to end all sessions; ``subscriber_id`` links to the owner of phones and credentials; ``role``
is user or operator (who sees every unfinished request).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    user_id: str
    login: str
    password_hash: str
    name: str
    email: str
    language: str
    subscriber_id: str | None
    state: str
    session_epoch: int
    signing_method: str
    created_at: float
    role: str = "user"
