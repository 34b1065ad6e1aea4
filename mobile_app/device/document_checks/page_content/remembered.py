"""Summaries of streams that were read before: letterheads, stamps and whole pages stand in many documents of a batch.

Rules: a summary is found by SHA-256 of everything that it depends on; of the newest ``MOST`` and those found again meanwhile it
keeps all, older ones are forgotten. A stream that was refused is not kept. May be used by several threads: whoever is late reads
once more.
"""

import hashlib
from collections.abc import Callable
from typing import Final, Generic, TypeVar

MOST: Final = 1024

T = TypeVar("T")


class Remembered(Generic[T]):
    """At most twice ``MOST`` results."""

    def __init__(self) -> None:
        self._new: dict[bytes, T] = {}
        self._old: dict[bytes, T] = {}

    def get(self, key: bytes, make: Callable[[], T]) -> T:
        """The result under ``key``, made if it isn't there."""
        found = self._new.get(key)
        if found is None:
            found = self._old.get(key)
            if found is None:
                found = make()
            if len(self._new) >= MOST:
                self._old, self._new = self._new, {}
            self._new[key] = found
        return found


def digest_of(parts: list[bytes]) -> bytes:
    """A digest of the parts and of where each ends."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
