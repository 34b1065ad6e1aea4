"""The table of moves: the page's and the code's are one, and nothing moves outside of it."""

import re
from pathlib import Path

import pytest

from server.devices.device import DEVICE_MOVES, PAIRING_MOVES, DeviceState, PairingState
from server.errors import Conflict, IllegalMove
from server.signing.sign_request import FINAL, MOVES, NEXT_ACTOR, State, check_move
from tests.unit.server.builders import code_of
from tests.unit.server.world import World

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text("utf-8")


def rows_of_the_page() -> dict[str, tuple[str, set[str]]]:
    table = re.search(r"<!-- states:begin.*?-->\n(.*?)<!-- states:end -->", PAGE, re.S)
    assert table is not None
    rows = {}
    for line in table[1].splitlines()[2:]:
        state, actor, ways = (cell.strip() for cell in line.strip("|").split("|"))
        rows[state] = (actor, set() if ways == "–" else {way.strip() for way in ways.split(",")})
    return rows


def test_the_page_has_the_same_table() -> None:
    page = rows_of_the_page()
    assert set(page) == set(State)
    for state in State:
        assert page[state] == (NEXT_ACTOR[state], set(MOVES[state])), state


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_only_moves_of_the_table_pass(old: State, new: State) -> None:
    if new in MOVES[old]:
        check_move(old, new)
    else:
        with pytest.raises(IllegalMove):
            check_move(old, new)


def test_every_state_can_be_reached_and_final_ones_are_left_by_nobody() -> None:
    reachable = {State.PREPARING}.union(*MOVES.values())
    assert reachable == set(State)
    assert {state for state in State if NEXT_ACTOR[state] == "nobody"} == FINAL


def test_the_store_moves_by_the_table_only(world: World) -> None:
    request = world.queue()
    for new in set(State) - MOVES[State.PREPARING]:
        with world.app.store.write() as tx:
            assert code_of(tx.requests.move, request, new) == "illegal_move"
    assert world.state(request) is State.PREPARING


def test_a_move_from_a_state_that_is_past_is_a_conflict(world: World) -> None:
    request = world.queue()
    with world.app.store.write() as tx:
        tx.requests.move(request, State.CANCELLED)
    with world.app.store.write() as tx, pytest.raises(Conflict):
        tx.requests.move(request, State.QUEUED)
    assert world.state(request) is State.CANCELLED


def test_only_named_fields_change_with_a_move(world: World) -> None:
    request = world.queue()
    with pytest.raises(ValueError), world.app.store.write() as tx:
        tx.requests.move(request, State.QUEUED, subscriber_id="sub_x")


@pytest.mark.parametrize("old", DeviceState)
@pytest.mark.parametrize("new", DeviceState)
def test_devices_move_by_their_table(world: World, old: DeviceState, new: DeviceState) -> None:
    with world.app.store.write() as tx:
        device = tx.devices.get(world.phone.device_id)
        if old is not DeviceState.ACTIVE:
            device = tx.devices.move(device, old, now=1.0)
        if new in DEVICE_MOVES[old]:
            assert tx.devices.move(device, new, now=2.0).state is new
        else:
            assert code_of(tx.devices.move, device, new, now=2.0) == f"device_{old.lower()}"


def test_pairings_move_by_their_table(world: World) -> None:
    offer = world.app.pair_device.offer(world.subscriber_id, None)
    for new in set(PairingState) - PAIRING_MOVES[PairingState.WAITING]:
        with world.app.store.write() as tx:
            assert code_of(tx.pairings.move, offer.pairing, new) == "illegal_move"
    with world.app.store.write() as tx:
        tx.pairings.move(offer.pairing, PairingState.REJECTED, finished_at=1.0)
        assert code_of(tx.pairings.move, offer.pairing, PairingState.CLAIMED) == "pairing_moved"
