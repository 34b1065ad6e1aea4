"""Fonts that were checked before: the documents of a batch carry one stamp, so that the same five objects stand in
each of them, the same to the byte.

Rules: a font is known only where every byte of its objects stands again, with the same numbers and at the same distances.
What the check says is a function of these bytes alone (an encrypted document's are not compared). Few are kept, the
newest first.
"""

from typing import Final

from mobile_app.device.document_checks.indirect_objects import IndirectObject
from mobile_app.device.document_checks.syntax import Buffer

MOST: Final = 8
Parts = tuple[IndirectObject, ...]


class KnownFonts:
    """May be used by several threads: whoever is late checks a font once more."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[tuple[int, ...], bytes, int], ...] = ()

    def find(self, data: Buffer, parts: Parts) -> int | None:
        """Return how many glyphs the font has whose very bytes were kept before."""
        start, end = parts[0].start, parts[-1].end
        distances = _distances(parts)
        for known, raw, glyphs in self._kept:
            if known == distances and len(raw) == end - start and data[start:end] == raw:
                return glyphs
        return None

    def keep(self, data: Buffer, parts: Parts, glyphs: int) -> None:
        """The font of these objects, one behind the other, has passed the check."""
        distances = _distances(parts)
        if distances == tuple(sorted(distances)):
            raw = bytes(data[parts[0].start : parts[-1].end])
            self._kept = ((distances, raw, glyphs), *self._kept[: MOST - 1])


def _distances(parts: Parts) -> tuple[int, ...]:
    return tuple(part.start - parts[0].start for part in parts)
