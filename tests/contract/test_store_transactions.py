"""Transactions: whole or not at all, one writer at a time from the first read on, and nobody told "database is locked" for that."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from server.audit.audit_log import verify_chain
from server.devices.device import Device, DeviceState, PairingState
from server.errors import Conflict, PhoneSealError, Unavailable
from server.signing.sign_request import SignRequest, State
from server.storage.store import Store, Tables
from tests.contract import entities

Factory = Callable[[], Store]


def race(store_factory: Factory, move: Callable[[Tables], object], runners: int = 2) -> list[str]:
    """Runs ``move`` at the same moment on connections of their own; returns how each ended."""
    start = threading.Barrier(runners)

    def run() -> str:
        store = store_factory()
        start.wait()
        try:
            with store.write() as tx:
                move(tx)
        except PhoneSealError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(runners) as pool:
        return sorted(future.result() for future in [pool.submit(run) for _ in range(runners)])


def test_what_was_written_is_there_for_everybody_after_the_commit(store_factory: Factory) -> None:
    one, two = store_factory(), store_factory()
    with one.write() as tx:
        tx.settings.set("a", "1")
        with two.read() as other:
            assert other.settings.get("a") is None
    with two.read() as tx:
        assert tx.settings.get("a") == "1"


def test_an_error_takes_everything_back(store: Store) -> None:
    def fail() -> None:
        with store.write() as tx:
            tx.settings.set("a", "1")
            raise KeyError("sudden")

    with pytest.raises(KeyError):
        fail()
    with store.read() as tx:
        assert tx.settings.get("a") is None


def test_a_read_sees_one_moment(store_factory: Factory) -> None:
    one, two = store_factory(), store_factory()
    with one.read() as reading:
        assert reading.settings.get("a") is None
        with two.write() as tx:
            tx.settings.set("a", "1")
        assert reading.settings.get("a") is None
    with one.read() as reading:
        assert reading.settings.get("a") == "1"


def test_a_read_writes_nothing(store: Store) -> None:
    with store.read() as tx:
        tx.settings.set("a", "1")
    with store.read() as tx:
        assert tx.settings.get("a") is None


def test_read_then_write_from_many_sides_waits_its_turn(store_factory: Factory) -> None:
    """Every writer reads first: a transaction that took its lock only with the first write would fail at once."""

    def count_up(tx: Tables) -> None:
        tx.settings.set("n", str(int(tx.settings.get("n") or "0") + 1))

    for _ in range(5):
        assert race(store_factory, count_up, runners=6) == ["done"] * 6
    with store_factory().read() as tx:
        assert tx.settings.get("n") == "30"


def test_a_lock_that_can_not_be_had_is_said(store_factory: Factory) -> None:
    one, two = store_factory(), store_factory()
    with two.read() as tx:
        tx.database.conn.execute("PRAGMA busy_timeout = 50")
    with one.write() as held:
        held.settings.set("a", "1")
        with pytest.raises(Unavailable) as caught, two.write():
            raise AssertionError("two writers at once")
    assert caught.value.code == "storage_unavailable"
    with two.write() as tx:
        tx.settings.set("a", "2")


def test_what_was_committed_survives_closing_and_opening(store_factory: Factory) -> None:
    store = store_factory()
    with store.write() as tx:
        tx.settings.set("a", "1")
    with store_factory().read() as tx:
        assert tx.settings.get("a") == "1"
        assert tx.database.conn.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert tx.database.conn.execute("PRAGMA synchronous").fetchone()[0] == 2, "FULL"
        assert tx.database.conn.execute("PRAGMA foreign_keys").fetchone()[0] == 1


# --- compare and set -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("new", [State.QUEUED, State.CANCELLED])
def test_one_of_two_moves_of_a_request_wins(
    store_factory: Factory, add_request: Callable[..., SignRequest], new: State
) -> None:
    for _ in range(10):
        request = add_request()
        assert race(store_factory, lambda tx, r=request: tx.requests.move(r, new)) == ["done", "request_moved"]
        with store_factory().read() as tx:
            assert (tx.requests.get(request.request_id).state, tx.requests.get(request.request_id).version) == (new, 2)


def test_moves_to_different_states_do_not_both_win(
    store_factory: Factory, add_request: Callable[..., SignRequest]
) -> None:
    for _ in range(10):
        request = add_request()
        ways = iter([State.QUEUED, State.CANCELLED])
        assert race(store_factory, lambda tx, r=request, w=ways: tx.requests.move(r, next(w))) == [
            "done",
            "request_moved",
        ]


def test_one_of_two_moves_of_a_device_wins(store_factory: Factory, device: Device) -> None:
    codes = race(store_factory, lambda tx: tx.devices.move(device, DeviceState.FROZEN, now=1.0))
    assert codes == ["device_moved", "done"]


def test_one_of_two_moves_of_a_pairing_wins(store_factory: Factory, store: Store, device: Device) -> None:
    pairing = entities.pairing(device.subscriber_id)
    with store.write() as tx:
        tx.pairings.add(pairing)
    assert race(store_factory, lambda tx: tx.pairings.move(pairing, PairingState.CLAIMED)) == ["done", "pairing_moved"]


def test_one_of_two_verdicts_counts(
    store_factory: Factory, store: Store, device: Device, add_request: Callable[..., SignRequest]
) -> None:
    request = add_request()
    with store.write() as tx:
        tx.offers.add(entities.offer(request, device))
    codes = race(
        store_factory, lambda tx: tx.offers.set_verdict(request.request_id, device.device_id, "x", "right", 1.0)
    )
    assert codes == ["code_already_chosen", "done"]


def test_one_of_two_equal_counters_counts(store_factory: Factory, device: Device) -> None:
    codes = race(store_factory, lambda tx: tx.devices.use_counter(device.device_id, 7))
    assert codes == ["counter_replayed", "done"]


def test_one_of_two_requests_gets_the_document(store_factory: Factory, store: Store, party, subscriber) -> None:  # type: ignore[no-untyped-def]
    document = entities.document(party.relying_party_id)
    with store.write() as tx:
        tx.documents.add(document)

    def ask(tx: Tables) -> None:
        made = entities.request(party, subscriber)
        tx.requests.add(made, entities.chosen([document]))

    assert race(store_factory, ask) == ["document_in_use", "done"]


def test_one_of_two_offers_stands(
    store_factory: Factory, device: Device, add_request: Callable[..., SignRequest]
) -> None:
    request = add_request()
    codes = race(store_factory, lambda tx: tx.offers.add(entities.offer(request, device)))
    assert codes == ["already_offered", "done"]


def test_a_job_is_taken_by_one(store_factory: Factory, store: Store) -> None:
    with store.write() as tx:
        tx.jobs.add("kind", "s", {}, now=1.0)
    taken: list[object] = []

    def take(tx: Tables) -> None:
        taken.append(tx.jobs.take("w", 2.0, 60.0))

    assert race(store_factory, take, runners=4) == ["done"] * 4
    assert sum(job is not None for job in taken) == 1


def test_the_audit_chain_has_no_fork(store_factory: Factory) -> None:
    assert race(store_factory, lambda tx: entities.write_entry(tx), runners=6) == ["done"] * 6
    with store_factory().read() as tx:
        head = verify_chain(tx.audit.entries())
    assert head is not None
    assert head.sequence == 6


def test_a_conflict_leaves_the_winner_untouched(store: Store, add_request: Callable[..., SignRequest]) -> None:
    request = add_request()
    with store.write() as tx:
        tx.requests.move(request, State.QUEUED)

    def come_late() -> None:
        with store.write() as tx:
            tx.requests.touch(request.request_id)
            tx.requests.move(request, State.CANCELLED)

    with pytest.raises(Conflict):
        come_late()
    with store.read() as tx:
        assert (tx.requests.get(request.request_id).state, tx.requests.get(request.request_id).version) == ("QUEUED", 2)
