"""What a mutation chooses, decided by one number, and what it says when it finds nothing to change."""

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class NothingToMutate(Exception):
    """The file has no place for this mutation."""


class Choices:
    """Chooses by a number: the same choices for the same number."""

    def __init__(self, number: int) -> None:
        self._random = random.Random(number)

    def one(self, options: Sequence[T]) -> T:
        """One of the options. Raises ``NothingToMutate`` where there is none."""
        if not options:
            raise NothingToMutate
        return self._random.choice(options)

    def chance(self, share: float = 0.5) -> bool:
        """True in that share of cases."""
        return self._random.random() < share

    def between(self, least: int, most: int) -> int:
        """A number, both ends included."""
        return self._random.randint(least, most)
