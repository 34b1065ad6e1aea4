"""Jobs under lease, the outbox, settings and throttles."""

import pytest

from server.errors import LeaseLost
from server.storage.store import Store
from server.work import BULK, INTERACTIVE, Job


def take(store: Store, now: float, owner: str = "w", seconds: float = 60.0) -> Job | None:
    with store.write() as tx:
        return tx.jobs.take(owner, now, seconds)


def add(store: Store, kind: str = "k", subject: str = "s", **options: object) -> None:
    with store.write() as tx:
        tx.jobs.add(kind, subject, {"á": [1]}, now=1.0, **options)  # type: ignore[arg-type]


def test_jobs_come_by_priority_and_age(store: Store) -> None:
    for kind, priority in (("bulk1", BULK), ("now1", INTERACTIVE), ("bulk2", BULK), ("now2", INTERACTIVE)):
        add(store, kind, priority=priority)
    order = []
    while job := take(store, 2.0):
        order.append(job.kind)
    assert order == ["now1", "now2", "bulk1", "bulk2"]


def test_a_leased_job_is_taken_by_nobody_until_its_lease_runs_out(store: Store) -> None:
    add(store)
    first = take(store, 10.0, "a")
    assert first is not None
    assert (first.body, first.lease_epoch, first.lease_until, first.attempts) == ({"á": [1]}, 1, 70.0, 1)
    assert take(store, 69.9, "b") is None
    second = take(store, 70.0, "b")
    assert second is not None
    assert (second.job_id, second.lease_epoch, second.attempts) == (first.job_id, 2, 2)


def test_a_lost_lease_holds_nothing(store: Store) -> None:
    add(store)
    first = take(store, 10.0)
    assert first is not None
    with store.write() as tx:
        tx.jobs.hold(first, 69.9)
        with pytest.raises(LeaseLost):
            tx.jobs.hold(first, 70.0)
    second = take(store, 80.0)
    assert second is not None
    with store.write() as tx:
        with pytest.raises(LeaseLost):
            tx.jobs.hold(first, 81.0)
        tx.jobs.done(first)
        tx.jobs.put_back(first, "late", 0.0)
        tx.jobs.hold(second, 81.0)
        tx.jobs.done(second)
        with pytest.raises(LeaseLost):
            tx.jobs.hold(second, 81.0)
    assert take(store, 1e9) is None


def test_a_job_that_is_put_back_waits(store: Store) -> None:
    add(store)
    job = take(store, 10.0)
    assert job is not None
    with store.write() as tx:
        tx.jobs.put_back(job, "Broken: x", 50.0)
        assert tx.jobs.last_error("s") == "Broken: x"
        assert tx.jobs.last_error("other") is None
        with pytest.raises(LeaseLost):
            tx.jobs.hold(job, 11.0)
    assert take(store, 49.9) is None
    again = take(store, 50.0)
    assert again is not None
    assert again.attempts == 2


def test_jobs_wait_for_their_time(store: Store) -> None:
    add(store, not_before=5.0)
    with store.read() as tx:
        assert (tx.jobs.waiting(4.9), tx.jobs.waiting(5.0)) == (0, 1)
        assert (tx.jobs.any_to_take(4.9), tx.jobs.any_to_take(5.0)) == (False, True)
    assert take(store, 4.9) is None
    assert take(store, 5.0) is not None
    with store.read() as tx:
        assert tx.jobs.waiting(6.0) == 0, "leased"
        assert not tx.jobs.any_to_take(6.0)


def test_a_unique_key_waits_once(store: Store) -> None:
    add(store, unique_key="a")
    add(store, unique_key="a")
    add(store, unique_key="b")
    add(store)
    add(store)
    with store.read() as tx:
        assert tx.jobs.waiting(2.0) == 4
    job = take(store, 2.0)
    assert job is not None
    with store.write() as tx:
        tx.jobs.done(job)
    add(store, unique_key="a")
    with store.read() as tx:
        assert tx.jobs.waiting(2.0) == 4, "free again once it is done"


def test_forgetting_a_subject_takes_leases_too(store: Store) -> None:
    add(store, subject="gone")
    add(store, subject="stays")
    job = take(store, 2.0)
    assert job is not None
    with store.write() as tx:
        tx.jobs.forget("gone")
        with pytest.raises(LeaseLost):
            tx.jobs.hold(job, 3.0)
    rest = take(store, 3.0)
    assert rest is not None
    assert rest.subject == "stays"


def test_numbers_of_jobs_are_never_used_again(store: Store) -> None:
    """A worker that slept for very long must not take another job for its own."""
    add(store)
    first = take(store, 2.0)
    assert first is not None
    with store.write() as tx:
        tx.jobs.done(first)
    add(store)
    second = take(store, 3.0)
    assert second is not None
    assert second.job_id > first.job_id


def test_the_outbox_keeps_its_order(store: Store) -> None:
    with store.write() as tx:
        for number in range(5):
            tx.outbox.add("push", f"s{number}", {"n": number}, 1.0)
        waiting = tx.outbox.waiting(3)
        assert [(m.subject, m.body) for m in waiting] == [("s0", {"n": 0}), ("s1", {"n": 1}), ("s2", {"n": 2})]
        tx.outbox.delivered([waiting[0].message_id, waiting[2].message_id])
        assert [m.subject for m in tx.outbox.waiting(9)] == ["s1", "s3", "s4"]
        tx.outbox.delivered([m.message_id for m in tx.outbox.waiting(9)])
        tx.outbox.add("push", "later", {}, 1.0)
        [last] = tx.outbox.waiting(9)
        assert last.message_id > waiting[-1].message_id, "numbers are never used again"


def test_settings(store: Store) -> None:
    with store.write() as tx:
        assert tx.settings.get("a") is None
        tx.settings.set("a", "1")
        tx.settings.set("a", "2")
        assert tx.settings.get("a") == "2"


def test_throttles_leak(store: Store) -> None:
    def pour(now: float, amount: float = 1.0, bucket: str = "b") -> float:
        with store.write() as tx:
            return tx.throttles.pour(bucket, now, capacity=3, leak_per_second=0.5, amount=amount)

    assert [pour(10.0), pour(10.0), pour(10.0)] == [0.0, 0.0, 0.0]
    assert pour(10.0) == 2.0, "seconds until one fits"
    assert pour(11.0) == 1.0, "what was refused is not counted"
    assert pour(12.0) == 0.0
    assert pour(4.0, bucket="set back") == 0.0
    assert pour(-3600.0, bucket="set back") == 0.0, "a clock that was set back shuts nobody out"
    assert [pour(100.0, bucket="full") for _ in range(4)] == [0.0, 0.0, 0.0, 2.0]
    assert pour(40.0, bucket="full") == 2.0, "set back while it is full:"
    assert pour(42.0, bucket="full") == 0.0, "it leaks from there on"
    with store.write() as tx:
        tx.throttles.take_back("full", 2.0)
        tx.throttles.take_back("full", 9.0)
        tx.throttles.take_back("none")
    assert pour(42.0, 3.0, bucket="full") == 0.0
    assert pour(10.0, bucket="other") == 0.0
    assert pour(1000.0, amount=3.0) == 0.0, "it leaks until it is empty, and no further"
    assert pour(1000.0) == 2.0
    with store.write() as tx:
        tx.throttles.empty("b")
    assert pour(1000.0, amount=3.0) == 0.0
    with store.write() as tx:
        tx.throttles.forget_before(1001.0)
    assert pour(1000.0, amount=3.0) == 0.0
