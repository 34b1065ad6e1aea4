"""What a request's way does not pass: pairing, the end of phones, imports, tidying, the operator's commands. Each commit is made by a
process of its own that is killed just before or just after it; whoever asked asks again, and all is as if nothing had happened."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mobile_app.crash_points import CRASH_POINTS as PHONE_PLACES
from server.audit.verify_log import verify_log
from server.crash_points import CRASH_POINTS as SERVER_PLACES
from server.keys.server_keys import open_keys
from tests.crash import (
    scenarios_of_phones,
    scenarios_of_wake_ups,
    scenarios_of_work,
    test_pairing_and_account_die,
    test_phone_dies,
    test_server_dies,
)
from tests.crash.one_death import SCENARIOS, SIDES, die_at, die_over
from tests.crash.store_world import StoreWorld, drop_template
from tests.integration.processes import test_wake_ups_over_tcp

assert scenarios_of_phones and scenarios_of_work and scenarios_of_wake_ups  # their scenarios are in SCENARIOS now
KEYS = ("keys.before_rename", "keys.after_rename")
NOW = 1_790_000_000.0


@pytest.fixture(scope="module", autouse=True)
def _clean_up() -> Iterator[None]:
    yield
    drop_template()


@pytest.fixture
def world() -> Iterator[StoreWorld]:
    made = StoreWorld()
    yield made
    made.close()


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_asked_again_after_a_death_it_is_done_once(world: StoreWorld, name: str, side: str) -> None:
    playing = SCENARIOS[name](world)
    act = next(playing)
    die_over(world, f"{name}.{side}", act)
    world.restart()
    act(world.app)
    with pytest.raises(StopIteration):
        next(playing)
    assert verify_log(world.app.store, world.app.blobs).problems == []


@pytest.mark.parametrize("place", KEYS)
def test_a_set_up_that_dies_leaves_nothing_that_the_next_one_refuses(tmp_path: Path, place: str) -> None:
    folder = tmp_path / "keys"
    die_at(place, lambda: open_keys(folder, NOW))
    assert open_keys(folder, NOW).signer(1).counter == 1


def test_no_place_is_left_out() -> None:
    """Every named place of server and phone is died at somewhere in this folder, or where wake-ups go over TCP."""
    died = {f"{name}.{side}" for name in SCENARIOS for side in SIDES} | {*KEYS}
    died.update(place for places in test_server_dies.TOGETHER.values() for place in places)
    died.update(f"{name}.{side}" for name in test_server_dies.ENDS for side in SIDES)
    died.update(test_pairing_and_account_die.SERVER_PLACES)
    died.update(test_wake_ups_over_tcp.PLACES)
    assert set(SERVER_PLACES) - died == set()
    phone = {place for group in test_phone_dies.GROUPS.values() for place in group} | set(test_phone_dies.REFUSING)
    assert set(PHONE_PLACES) - phone - set(test_pairing_and_account_die.PHONE_PLACES) == set()
