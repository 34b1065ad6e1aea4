"""What a file takes of the softer rules (signed files only; how often honest makers do so is said where each is read).

Rules: a softening is noted while a file is read, by the word of the rule that it softens, and whoever knows whether the
file is signed decides (``check_softenings``). Where nothing is softened, as in our own increment, it is refused at
once.
"""

from mobile_app.device.document_checks.syntax import breach


class Softenings:
    """The first place of each softening that was taken: ``places`` by the rule's word, offsets in bytes."""

    def __init__(self, *, allowed: bool = True) -> None:
        self.places: dict[str, int] = {}
        self._allowed = allowed

    def take(self, rule: str, offset: int) -> None:
        """Note that ``rule`` is broken in a way that signed files may."""
        if not self._allowed:
            breach(rule, offset=offset)
        self.places.setdefault(rule, offset)
