"""Signatures that a document carried before ours: what we add leaves each as good as it was.

Rules: nobody is asked to make others' signatures better: one that is broken, was never completed, or was followed by a forbidden change
stays what it is, and is told to the person (findings of the upload). But none may become worse by what we append: that is found when the
document is prepared, before a phone is asked, at every position of a request alike; after the signing the full validation asks it once
more. What judges is what ``verify`` judges by (verifying/examine.py). A document time-stamp (ISO 32000-2, 12.8.5) has no permissions of
its own: it must stay whole.
"""

from dataclasses import dataclass
from pathlib import Path

from server.errors import Unprocessable
from server.pdf.verifying.examine import Examined, examine

_HARMLESS = ("none", "lta_updates", "form_filling")


@dataclass(frozen=True)
class Standing:
    """What holds of a signature; both False where it can't be judged at all."""

    intact: bool = False
    changes_allowed: bool = False

    def is_worse_than(self, before: "Standing") -> bool:
        """Whether anything that held does not hold any more."""
        return (before.intact and not self.intact) or (before.changes_allowed and not self.changes_allowed)


def standings(content: bytes) -> dict[str, Standing]:
    """By the field's name, of all signature fields that have a value. Raises Unprocessable and VerificationFailed (``pdf_unreadable``,
    ``pdf_password_needed``)."""
    return {one.found.name: _standing(one) for one in examine(content).signatures}


def _standing(one: Examined) -> Standing:
    allowed = one.is_timestamp or (one.changes.permitted and one.changes.level in _HARMLESS)
    return Standing(one.sound.soundness == "intact", allowed)


def worse_off(content: bytes, original_length: int) -> list[str]:
    """The names of those signatures of the first ``original_length`` bytes that are worse in the whole. Raises as ``standings``."""
    now = standings(content)
    return [name for name, was in standings(content[:original_length]).items() if now.get(name, Standing()).is_worse_than(was)]


def refuse_if_worse(document: bytes | Path, original_length: int) -> None:
    """``document`` is an original of ``original_length`` bytes and one update. Raises
    Unprocessable(``pdf_earlier_signature_would_break``), and as ``standings``. Memory: about three times the file."""
    names = worse_off(document if isinstance(document, bytes) else document.read_bytes(), original_length)
    if names:
        raise Unprocessable(f"worse after the update: {names}", code="pdf_earlier_signature_would_break", details={"field": names[0][:100]})
