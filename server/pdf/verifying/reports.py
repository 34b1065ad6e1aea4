"""What ``verify`` says of one signature. Nothing here computes anything but ``good``."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from server.pdf.verifying.form_values import FieldChange

Integrity = Literal["ok", "broken", "suspicious", "unknown"]
Trust = Literal["trusted", "untrusted", "unknown"]
Coverage = Literal["whole_file", "earlier_revision", "partial"]

HARMLESS = {
    "unsigned_attributes_unusual", "signing_certificate_missing", "bytes_after_signature", "timestamp_untrusted", "cms_in_ber",
    "timestamp_type_odd",
}  # fmt: skip
"""Odd, and yet no reason to doubt what is shown."""

APART = {
    "not_accounted_for", "digest_weak", "key_weak", "field_value_changed", "field_appearance_changed", "certificate_expired",
    "certificate_revoked", "annotations_added",
}  # fmt: skip
"""Findings of their own beside an intact signature: it is not called suspicious for them, and not good either."""


@dataclass(frozen=True)
class Unaccounted:
    """The rule of the grammar that the file breaks, and where: its bytes can't be followed one by one."""

    rule: str
    offset: int


@dataclass(frozen=True)
class SignatureReport:
    """One signature or document time-stamp. ``integrity`` unknown: it could not be checked here, and nothing is said against it.
    ``accounted``: None where every byte of the file was followed. ``time_kind``: claimed by the signer, or proven by a timestamp that is
    whole and leads to a trust root. ``changes_after``: ``none``, or the highest level of what later revisions changed (``lta_updates``,
    ``form_filling``, ``annotations``, ``other``, ``unknown``); ``field_changes`` says which form fields, from what to what. ``warnings``:
    codes, sorted. ``algorithm``: by name, empty where it can't be read."""

    field_name: str
    signer: str
    time: datetime | None
    time_kind: Literal["none", "claimed", "timestamp"]
    level: str
    integrity: Integrity
    trust: Trust
    coverage: Coverage
    covered_bytes: int
    file_bytes: int
    changes_after: str
    warnings: tuple[str, ...] = field(default=())
    accounted: Unaccounted | None = None
    algorithm: str = ""
    field_changes: tuple[FieldChange, ...] = ()

    @property
    def good(self) -> bool:
        """Intact, trusted, followed byte by byte, and nothing odd."""
        odd = set(self.warnings) - HARMLESS
        return self.integrity == "ok" and self.trust == "trusted" and self.accounted is None and not odd
