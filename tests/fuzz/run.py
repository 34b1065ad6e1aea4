"""Asks about many mutants, keeps what must not be, and makes each find as short as it can be."""

import logging
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.bases import base
from tests.fuzz.choices import NothingToMutate
from tests.fuzz.judge import Judge, Verdict
from tests.fuzz.recipes import Recipe, recipes

ROUND = 500


@dataclass
class Find:
    """A mutant that must not be: the shortest recipe for it, and why."""

    recipe: Recipe
    trouble: str

    @property
    def kind(self) -> str:
        """Finds of one kind are told once: the mutations, and the words without their numbers."""
        words = "".join(letter for letter in self.trouble.split(" by ")[0] if not letter.isdigit())
        return f"{'+'.join(sorted(name for name, _ in self.recipe.steps))}: {words[:60]}"


@dataclass
class Tally:
    """What a run has seen."""

    mutants: int = 0
    said: Counter[str] = field(default_factory=Counter)
    drawn: int = 0
    finds: list[Find] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count another run's mutants too."""
        self.mutants += other.mutants
        self.said += other.said
        self.drawn += other.drawn
        self.finds += other.finds


Ask = Callable[[Judge, Recipe], Verdict]


def ask_phone(judge: Judge, recipe: Recipe) -> Verdict:
    """What the phone says, and the viewers if it accepts. Every eighth mutant gets a stamp."""
    return judge.ask_phone(recipe.make(), stamp=recipe.steps[0][1] % 8 == 0)


def ask_upload(judge: Judge, recipe: Recipe) -> Verdict:
    """What upload says, and the phone of what it takes."""
    return judge.ask_upload(recipe.make())


ASKED: dict[str, Ask] = {"phone": ask_phone, "upload": ask_upload}


def run(count: int, number: int, ask: Ask, judge: Judge) -> Tally:
    """Ask about ``count`` mutants, always the same ones for the same ``number``."""
    tally = Tally()
    logging.disable(logging.WARNING)  # pyHanko tells of every mutant's faults
    drawn_before = judge.drawn

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(recipes())
    def one(recipe: Recipe) -> None:
        try:
            if recipe.make() == base(recipe.base):
                return
            verdict = ask(judge, recipe)
        except NothingToMutate:
            return
        tally.mutants += 1
        tally.said[verdict.said] += 1
        if verdict.trouble:
            tally.finds.append(_shortest(recipe, verdict, ask, judge))

    try:
        one()
    finally:
        logging.disable(logging.NOTSET)
    tally.drawn = judge.drawn - drawn_before
    return tally


def _shortest(recipe: Recipe, verdict: Verdict, ask: Ask, judge: Judge) -> Find:
    """Leave out each step that is not needed for the trouble."""
    steps = recipe.steps
    trouble = verdict.trouble
    for step in recipe.steps:
        fewer = Recipe(recipe.base, tuple(one for one in steps if one is not step))
        if not fewer.steps:
            break
        try:
            again = ask(judge, fewer)
        except NothingToMutate:
            continue
        if again.trouble:
            steps, trouble = fewer.steps, again.trouble
    return Find(Recipe(recipe.base, steps), trouble)


def whole_round(job: tuple[str, int]) -> tuple[int, Tally]:
    """``ROUND`` mutants of one seed (second) for one question (first), behind whatever else the machine does."""
    os.nice(5)
    with Judge() as judge:
        return job[1], run(ROUND, job[1], ASKED[job[0]], judge)
