"""What drawing costs, counted, and how much of it a page may ask for (``limits.py``)."""

from dataclasses import dataclass
from typing import Final

from mobile_app.device.document_checks.document import refuse
from mobile_app.device.document_checks.limits import (
    MAX_FORM_DEPTH,
    MAX_PAGE_IMAGES,
    MAX_PAGE_OPERATORS,
    MAX_PAGE_PATTERNS,
    MAX_PAGE_PIXELS,
    MAX_SAVED_STATES,
)


@dataclass(slots=True)
class Totals:
    """Costs of drawing an owner once, with all that it draws: each form as often as it is drawn. ``depth`` is how deep
    forms lie in it, ``saved_states`` how many graphics states are kept at once; ``blends``: whether anything of it lets
    through what lies below."""

    operators: int = 0
    images: int = 0
    pixels: int = 0
    patterns: int = 0
    depth: int = 0
    saved_states: int = 0
    blends: bool = False

    def add(self, other: "Totals", times: int, own_states: int) -> None:
        """Draw ``other`` so many times within this one, which itself keeps ``own_states`` states."""
        self.operators += other.operators * times
        self.images += other.images * times
        self.pixels += other.pixels * times
        self.patterns += other.patterns * times
        self.blends |= other.blends
        self.depth = max(self.depth, other.depth + 1)
        self.saved_states = max(self.saved_states, own_states + other.saved_states + 1)

    def check(self) -> None:
        """Raises ``doc_limits`` with the name of the first limit that is passed."""
        for name, most, what in _LIMITS:
            if getattr(self, name) > most:
                refuse("doc_limits", what)


_LIMITS: Final = (
    ("depth", MAX_FORM_DEPTH, "form_depth"),
    ("saved_states", MAX_SAVED_STATES, "saved_states"),
    ("operators", MAX_PAGE_OPERATORS, "operators"),
    ("images", MAX_PAGE_IMAGES, "images"),
    ("pixels", MAX_PAGE_PIXELS, "page_pixels"),
    ("patterns", MAX_PAGE_PATTERNS, "patterns"),
)
