"""One message that can't be handed over does not hold up the others, and is neither lost at once nor tried for ever."""

from typing import Any, get_args

import pytest

from server.errors import NotFound, Unavailable
from server.lanes import InPlace
from server.sockets import deliver_outbox
from server.sockets.deliver_outbox import MAX_TRIES, READ_BY_ASKING, DeliverOutbox
from server.work import Topic
from tests.unit.server.world import World


class Receiver:
    """Phones and browsers at once: notes what it is handed, and fails over subjects named ``bad…``."""

    def __init__(self, error: type[Exception] = ZeroDivisionError) -> None:
        self.error = error
        self.told: list[str] = []
        self.tries = 0

    def request_changed(self, subject: str) -> None:
        if subject.startswith("bad"):
            self.tries += 1
            raise self.error(subject)
        self.told.append(subject)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(deliver_outbox, "time", clock)
    return clock


def outbox(world: World, receiver: Any) -> DeliverOutbox:
    return DeliverOutbox(world.app, InPlace(), None, receiver, receiver)  # type: ignore[arg-type] # no news


def add(world: World, *subjects: str) -> None:
    with world.app.store.write() as tx:
        for subject in subjects:
            tx.outbox.add("request_changed", subject, {}, world.clock.now())


def waiting(world: World) -> list[str]:
    with world.app.store.read() as tx:
        return [message.subject for message in tx.outbox.waiting(10_000)]


def test_the_others_go_on(world: World, clock: Clock) -> None:
    receiver = Receiver()
    one = outbox(world, receiver)
    add(world, "first", "bad", "second")
    assert one.deliver_group()
    assert receiver.told == ["first", "second"]
    assert (waiting(world), one.resting) == (["bad"], 1)
    assert not one.deliver_group(), "it rests"
    assert receiver.tries == 1
    add(world, "third")
    assert one.deliver_group()
    assert receiver.told[-1] == "third"
    assert receiver.tries == 1


def test_it_is_tried_again_more_and_more_rarely_and_then_given_up(
    world: World, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    receiver = Receiver()
    one = outbox(world, receiver)
    add(world, "bad")
    rests = []
    while waiting(world):
        before, begin = receiver.tries, clock.now
        while receiver.tries == before:
            clock.now += 0.5
            one.deliver_group()
        rests.append(clock.now - begin)
    assert receiver.tries == MAX_TRIES
    assert rests[1:] == sorted(rests[1:]) and rests[1] <= 1.5 and rests[-1] <= 61
    assert "given up" in caplog.text
    assert one.resting == 0


def test_trouble_that_passes_is_over(world: World, clock: Clock) -> None:
    receiver = Receiver(Unavailable)
    one = outbox(world, receiver)
    add(world, "bad")
    one.deliver_group()
    receiver.request_changed = receiver.told.append  # type: ignore[method-assign, assignment]
    clock.now += 2
    one.deliver_group()
    assert (receiver.told, waiting(world), one.resting) == (["bad"], [], 0)


def test_more_bad_ones_than_a_group_holds(world: World, clock: Clock) -> None:
    receiver = Receiver()
    one = outbox(world, receiver)
    add(world, *(f"bad {number}" for number in range(deliver_outbox.GROUP + 5)), "good")
    one.deliver_group()
    one.deliver_group()
    assert receiver.told == ["good"]


def test_what_is_of_no_use_to_anybody_is_dropped(world: World, clock: Clock) -> None:
    one = outbox(world, Receiver(NotFound))
    add(world, "bad")
    assert one.deliver_group()
    assert (waiting(world), one.resting) == ([], 0)


def test_every_topic_has_somebody_who_takes_it(world: World) -> None:
    """What capabilities write is held to ``Topic`` by the type checker."""
    assert outbox(world, Receiver()).topics == set(get_args(Topic))


def test_a_topic_that_nobody_knows_is_kept_and_said_once(world: World, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """A newer version wrote it, and may be back."""
    receiver = Receiver()
    delivering = outbox(world, receiver)
    with world.app.store.write() as tx:
        tx.outbox.add("of_tomorrow", "kept", {}, world.clock.now())  # type: ignore[arg-type]
    add(world, "told")
    for _ in range(MAX_TRIES + 2):
        delivering.deliver_group()
        clock.now += 61
    assert receiver.told == ["told"]
    assert waiting(world) == ["kept"]
    assert delivering.resting == 1
    assert [record.message for record in caplog.records] == ["of_tomorrow kept: nobody here takes this topic; it is kept"]


def test_what_pages_ask_for_themselves_is_done_with(world: World, clock: Clock) -> None:
    with world.app.store.write() as tx:
        for topic in READ_BY_ASKING:
            tx.outbox.add(topic, "x", {}, world.clock.now())
    outbox(world, Receiver()).deliver_group()
    assert waiting(world) == []
