"""A few rounds of ``make soak``: kills and cuts at random instants during a batch of 200 documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak.rounds import Soak, plan_of

SEED = 2026


@pytest.fixture(scope="module")
def soak(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Soak]:
    made = Soak(tmp_path_factory.mktemp("soak"), seed=SEED)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.timeout(240)
def test_every_document_is_signed_once_or_told_why_not(soak: Soak, number: int, tmp_path: Path) -> None:
    played = soak.play(number)
    assert not played.fault, played.line()
    assert sum(played.items.values()) == 200
    assert played.items["SIGNED"] >= 150, played.line()  # a group of 50 may be given up after five deaths over it


def test_a_seed_makes_the_same_plan_again() -> None:
    assert plan_of(1, 7) == plan_of(1, 7) != plan_of(1, 8)
