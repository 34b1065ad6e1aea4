"""A mutant in a few words: its base, and its mutations with the number that decides their choices."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.fuzz import mutate_content, mutate_objects, mutate_tables, mutate_values
from tests.fuzz.bases import BASES, OWN, model_of
from tests.fuzz.choices import Choices, NothingToMutate
from tests.fuzz.pdf_model import Model

Mutation = Callable[[Model, Choices], None]
_LISTED: tuple[Mutation, ...] = (
    *mutate_tables.MUTATIONS, *mutate_objects.MUTATIONS, *mutate_values.MUTATIONS, *mutate_content.MUTATIONS,
)  # fmt: skip
MUTATIONS: dict[str, Mutation] = {mutation.__name__: mutation for mutation in _LISTED}


@dataclass(frozen=True)
class Recipe:
    """``steps``: pairs of a mutation's name and its number. Written ``base: name 12, name 345``."""

    base: str
    steps: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        return f"{self.base}: " + ", ".join(f"{name} {number}" for name, number in self.steps)

    @classmethod
    def read(cls, text: str) -> "Recipe":
        """The recipe that ``str`` has written."""
        base, _, steps = text.partition(": ")
        pairs = [one.rsplit(" ", 1) for one in steps.split(", ")]
        return cls(base, tuple((name, int(number)) for name, number in pairs))

    def make(self) -> bytes:
        """The mutant's bytes. Raises ``NothingToMutate`` when no step finds a place."""
        model = model_of(self.base)
        done = 0
        for name, number in self.steps:
            try:
                MUTATIONS[name](model, Choices(number))
                done += 1
            except (NothingToMutate, ValueError, IndexError, zlib.error):  # an earlier step has left nothing that this one could read
                continue
        if not done:
            raise NothingToMutate
        return model.write()


def recipes() -> st.SearchStrategy[Recipe]:
    """Recipes of one to three mutations; the fuzzer's own bases more often, since they are quick to draw."""
    base = st.one_of(st.sampled_from(OWN), st.sampled_from(OWN), st.sampled_from(sorted(BASES)))
    step = st.tuples(st.sampled_from([mutation.__name__ for mutation in _LISTED]), st.integers(0, 2**32))
    return st.builds(Recipe, base, st.lists(step, min_size=1, max_size=3).map(tuple))
