"""Values that were read before: the documents of a batch come from one template and carry one stamp, so most of
their dictionaries are the same to the byte.

Rules:
* A value is found only where every byte of it stands again. Reading is a function of these bytes alone (a
  dictionary or array ends with its own bracket, nothing behind it is looked at), so what is found is what
  reading would give.
* What is kept is never changed by anybody, and there is little of it: ``MOST`` values of at most ``LONGEST``
  bytes.
"""

from typing import Final

LONGEST: Final = 8192
MOST: Final = 256
_HEAD: Final = 24
"""Bytes by which candidates are looked up; shorter values are read anew."""
_CANDIDATES: Final = 8


class RepeatedValues:
    """May be used by several threads: whoever is late reads a value once more."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[tuple[bytes, object], ...]] = {}
        self._count = 0

    def find(self, data: bytes, position: int, end: int) -> tuple[object, int] | None:
        """The value that stands at ``position`` and where it ends, if the very same bytes were read before."""
        for raw, value in self._kept.get(data[position : position + _HEAD], ()):
            if data.startswith(raw, position, end):
                return value, position + len(raw)
        return None

    def keep(self, data: bytes, position: int, end: int, value: object) -> None:
        """``value`` was read from ``position`` to ``end``."""
        if not _HEAD <= end - position <= LONGEST or not isinstance(value, dict | list):
            return
        if self._count >= MOST:
            self._kept, self._count = {}, 0
        raw = data[position:end]
        others = self._kept.get(raw[:_HEAD], ())
        self._kept[raw[:_HEAD]] = ((raw, value), *others[: _CANDIDATES - 1])
        self._count += 1
