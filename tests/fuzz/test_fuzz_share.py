"""A share of the fuzzer in each test run; all of it by ``make trial``.

What was found once stays found: each recipe of ``seeds.json`` is asked about again; what is still ``open`` is expected to fail.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.errors import Unprocessable
from tests.fuzz import dishonest
from tests.fuzz.bases import BASES, OWN, base, model_of
from tests.fuzz.judge import Judge
from tests.fuzz.recipes import MUTATIONS, Recipe
from tests.fuzz.run import ASKED, ask_phone, ask_upload, run

SEEDS = json.loads((Path(__file__).parent / "seeds.json").read_text())


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with Judge() as one:
        yield one


@pytest.mark.parametrize("name", OWN)
def test_own_bases_are_accepted_and_drawn_alike(name: str, judge: Judge) -> None:
    verdict = judge.ask_phone(base(name), stamp=True)
    assert (verdict.said, verdict.trouble, verdict.by_hand) == ("accepted", "", False)
    assert set(verdict.findings) <= {"stamp_over_content"}
    assert judge.ask_upload(base(name)).said == "accepted"


@pytest.mark.parametrize("name", sorted(BASES))
def test_a_base_taken_apart_and_written_again_is_still_accepted(name: str, judge: Judge) -> None:
    drawn = judge.drawn
    verdict = judge.ask_phone(model_of(name).write(), draw=False)
    assert (verdict.said, verdict.trouble) == ("accepted", "")
    assert judge.drawn == drawn


def test_an_increment_by_hand_is_of_the_shape_that_the_phone_accepts(judge: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    def cannot(*_: object) -> None:
        raise Unprocessable("no reader of the server follows it", code="pdf_unreadable")

    monkeypatch.setattr(dishonest._preparer(), "prepare", cannot)
    for name in ("two pages", "field", "packed", "nested forms signed"):
        verdict = judge.ask_phone(base(name))
        assert (verdict.said, verdict.trouble, verdict.by_hand) == ("accepted", "", True)


def test_a_recipe_always_makes_the_same_file() -> None:
    recipe = Recipe("two pages", (("row_offset", 5), ("known_key", 77), ("operation_added", 9)))
    assert Recipe.read(str(recipe)) == recipe
    assert recipe.make() == recipe.make() != base("two pages")


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_every_mutation_changes_some_base(name: str) -> None:
    from tests.fuzz.choices import NothingToMutate

    changed = 0
    for own in OWN:
        for number in range(3):
            recipe = Recipe(own, ((name, number),))
            try:
                changed += recipe.make() != base(own)
            except NothingToMutate:
                continue
    assert changed


def test_the_judge_sees_two_readings(judge: Judge) -> None:
    """A file with two contents for one object, of which poppler and others take different ones, is trouble for the judge:
    shown without the phone, which refuses it."""
    from tests.fuzz.dishonest import prepared

    data = base("two pages")
    told = judge.differing(prepared(data), 2)
    assert told == ""
    assert "counts 3 pages" in judge.differing(prepared(data), 3)


def _found() -> Iterator[object]:
    for find in SEEDS["found"]:
        still = [pytest.mark.xfail(reason="still open")] if find["open"] else []
        yield pytest.param(find, id=find["recipe"], marks=still)


@pytest.mark.parametrize("find", list(_found()))
def test_what_was_found_once_is_settled(find: dict[str, str | bool], judge: Judge) -> None:
    verdict = ASKED[str(find["asked"])](judge, Recipe.read(str(find["recipe"])))
    assert verdict.trouble == "", find["was"]


def test_new_mutants_of_the_phone(judge: Judge) -> None:
    tally = run(150, SEEDS["share"]["phone"], ask_phone, judge)
    assert not [f"{find.recipe}: {find.trouble}" for find in tally.finds]
    assert tally.mutants > 100 and tally.drawn > 5


def test_new_mutants_of_the_upload(judge: Judge) -> None:
    tally = run(100, SEEDS["share"]["upload"], ask_upload, judge)
    assert not [f"{find.recipe}: {find.trouble}" for find in tally.finds]
    assert tally.mutants > 70 and tally.said["rewritten"] > 5
