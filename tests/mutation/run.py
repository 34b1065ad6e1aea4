"""One run: find the refusals, ask the tests that noticed them before, then all that can tell."""

import os
import random
import sys
from collections.abc import Sequence

import pytest

from tests.mutation.forks import Forks, Observed, Outcome
from tests.mutation.refusals import Refusal, find_refusals, refusing_names, source_of
from tests.mutation.subjects import Subject


def refusals_of(subject: Subject, only: str = "") -> list[Refusal]:
    """All refusals of the subject, or of those files whose path holds ``only``."""
    files = subject.files()
    names = refusing_names([source_of(path) for path in files])
    chosen = [path for path in files if only in str(path.relative_to(subject.root))]
    return [one for path in chosen for one in find_refusals(path, subject.root, names)]


def drawn(refusals: list[Refusal], count: int, seed: int) -> list[Refusal]:
    """``count`` of them by ``seed``, in their order."""
    if count >= len(refusals):
        return refusals
    places = sorted(random.Random(seed).sample(range(len(refusals)), count))
    return [refusals[place] for place in places]


def take_away(
    subject: Subject, refusals: Sequence[Refusal], noticed: dict[str, str], *, processes: int = 2, may_fail: bool = False
) -> list[Outcome]:
    """Take each refusal away in turn. Raises ``NotGreen`` when tests fail before, unless they ``may_fail``: then
    they are left out."""
    outcomes: dict[str, Outcome] = {}

    def work(forks: Forks) -> None:
        forks.may_fail = may_fail
        before = [one for one in refusals if noticed.get(one.key) in forks.items]
        for outcome in forks.judge(before, lambda one: [noticed[one.key]], {}):
            if outcome.noticed_by:
                outcomes[outcome.refusal.key] = outcome
        left = [one for one in refusals if one.key not in outcomes]
        if left:
            seen = forks.observe(left)
            for outcome in forks.judge(left, lambda one: _tests_of(one, seen), seen.seconds):
                outcomes[outcome.refusal.key] = outcome

    _with_collected_tests(subject, processes, work)
    return [outcomes[one.key] for one in refusals]


def _tests_of(refusal: Refusal, seen: Observed) -> list[str]:
    """The tests in which it can make a difference, the quickest first."""
    saw = seen.saw.get((refusal.file, refusal.holder), {})
    return sorted(saw.get(refusal.fewer, set()), key=lambda name: (seen.seconds[name], name))


def _with_collected_tests(subject: Subject, processes: int, work: object) -> None:
    forks = Forks(subject, processes, work)  # type: ignore[arg-type]
    arguments = [*subject.tests, *subject.arguments, "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly"]
    before = os.getcwd()  # noqa: PTH109 - given back as it was
    os.chdir(subject.root)
    saved = os.dup(1)
    try:
        with open(os.devnull, "w") as nothing:  # noqa: PTH123
            sys.stdout.flush()
            os.dup2(nothing.fileno(), 1)
            pytest.main([f"--rootdir={subject.root}", *arguments], plugins=[forks])
    finally:
        sys.stdout.flush()
        os.dup2(saved, 1)
        os.close(saved)
        os.chdir(before)
    if forks.error is not None:
        raise forks.error
    if not forks.items:
        raise FileNotFoundError(f"no test was collected from {subject.tests}")
