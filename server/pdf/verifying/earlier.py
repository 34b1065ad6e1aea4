"""The signatures that a file carries before one is added, and whether they are as they were afterwards.

``judge_earlier_signatures(content)`` says of each signature and document time-stamp what ``verify`` says, without trust: nobody's roots
are needed to leave a signature as it is. ``worse_than_before(before, after)`` is the demand after an approval: an earlier signature may be
broken, odd or unreadable, and must not become worse.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from server.pdf.verifying.examine import Examined, examine
from server.pdf.verifying.reports import Integrity

_ORDER: dict[str, int] = {"ok": 0, "suspicious": 1, "unknown": 2, "broken": 3}
_GROWING = {"bytes_after_signature", "unlisted_bytes_at_end"}
"""Codes that say how the file goes on, not how the signature is."""


@dataclass(frozen=True)
class EarlierSignature:
    """``permitted``: what came after it is no more than it allows (ISO 32000-2, 12.8.2). ``changed_fields``: full names."""

    field_name: str
    is_timestamp: bool
    integrity: Integrity
    permitted: bool
    covered_bytes: int
    changed_fields: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def judge_earlier_signatures(content: bytes) -> tuple[EarlierSignature, ...]:
    """In the order of what they cover; empty without signatures. Raises Unprocessable and VerificationFailed (``pdf_unreadable``,
    ``pdf_password_needed``). About 2 ms a signature, more where many revisions follow."""
    return tuple(_earlier(one) for one in examine(content).signatures)


def worse_than_before(before: Iterable[EarlierSignature], after: Sequence[EarlierSignature]) -> tuple[str, ...]:
    """Names of the signatures that are gone, less whole, or changed in a way that they forbid, while they were not before."""
    now = {one.field_name: one for one in after}
    return tuple(was.field_name for was in before if was.field_name not in now or _is_worse(was, now[was.field_name]))


def _is_worse(was: EarlierSignature, now: EarlierSignature) -> bool:
    return (
        now.covered_bytes != was.covered_bytes
        or _ORDER[now.integrity] > _ORDER[was.integrity]
        or (was.permitted and not now.permitted)
        or bool(set(now.changed_fields) - set(was.changed_fields))
        or bool(set(now.warnings) - set(was.warnings) - _GROWING)
    )


def _earlier(one: Examined) -> EarlierSignature:
    return EarlierSignature(
        one.found.name,
        one.is_timestamp,
        one.integrity,
        one.changes.permitted and one.changes.level not in ("other", "unknown"),
        one.covered_end,
        tuple(change.field for change in one.changes.fields),
        tuple(sorted(one.warnings)),
    )
