"""Values that were read before: the documents of a batch come from one template and carry one stamp, so most of
their dictionaries are the same to the byte.

Rules:
* A value is found only where every byte of it stands again. Reading is a function of these bytes alone (a
  dictionary or array ends with its own bracket, nothing behind it is looked at), so what is found is what
  reading would give, references included.
* What is kept is never changed by anybody, and there is little of it: twice ``MOST`` values of at most
  ``LONGEST`` bytes. When so many are new, those that were not found again meanwhile are forgotten.
"""

from typing import Final

LONGEST: Final = 8192
MOST: Final = 512
_HEAD: Final = 24
"""Bytes by which candidates are looked up; shorter values are read anew."""
_CANDIDATES: Final = 32

_Kept = dict[bytes, tuple[tuple[bytes, object, tuple[int, ...]], ...]]


class RepeatedValues:
    """May be used by several threads: whoever is late reads a value once more."""

    def __init__(self) -> None:
        self._new: _Kept = {}
        self._old: _Kept = {}
        self._count = 0

    def find(self, data: bytes, position: int, end: int) -> tuple[object, int, tuple[int, ...]] | None:
        """The value that stands at ``position``, where it ends and what it refers to, if the very same bytes were
        read before."""
        head = data[position : position + _HEAD]
        for raw, value, references in self._new.get(head, ()):
            if data.startswith(raw, position, end):
                return value, position + len(raw), references
        for raw, value, references in self._old.get(head, ()):
            if data.startswith(raw, position, end):
                self._add(raw, value, references)
                return value, position + len(raw), references
        return None

    def keep(self, data: bytes, position: int, end: int, value: object, references: tuple[int, ...]) -> None:
        """``value`` was read from ``position`` to ``end``."""
        if _HEAD <= end - position <= LONGEST and isinstance(value, dict | list):
            self._add(data[position:end], value, references)

    def _add(self, raw: bytes, value: object, references: tuple[int, ...]) -> None:
        if self._count >= MOST:
            self._old, self._new, self._count = self._new, {}, 0
        others = self._new.get(raw[:_HEAD], ())
        self._new[raw[:_HEAD]] = ((raw, value, references), *others[: _CANDIDATES - 1])
        self._count += 1
