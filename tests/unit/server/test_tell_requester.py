"""Every move reaches who waits for it: browser and phone read the same state, however often they ask."""

from server.signing.sign_request import FINAL, State
from tests.unit.server.builders import body_of, code_of
from tests.unit.server.world import World


def test_every_move_raises_the_version_and_leaves_a_message(world: World) -> None:
    request = world.queue()
    seen, told = [world.read(request).version], []
    for step in (
        lambda: world.work(),
        lambda: world.app.push_request.record_pushed(request.request_id, world.phone.device_id),
        lambda: world.app.push_request.record_opened(
            request.request_id, world.phone.device_id, world.offer(request).envelope_sha256
        ),
        lambda: world.choose(request),
        lambda: world.approve(request),
        lambda: world.send(request),
        lambda: world.work(),
    ):
        before = len(world.messages("request_changed"))
        step()
        seen.append(world.read(request).version)
        told.append(len(world.messages("request_changed")) > before)
    assert all(told)
    assert seen == sorted(set(seen))


def test_whatever_the_snapshot_shows_has_a_version_of_its_own(world: World) -> None:
    """A page that drops what is older than it has never goes backwards: so no two different pictures may share a version."""
    request = world.queue(120)
    pictures: dict[int, dict[str, object]] = {}

    def look() -> None:
        told = world.app.tell.snapshot(request.request_id)
        del told["server_time"]
        assert pictures.setdefault(told["version"], told) == told

    def work() -> None:
        while job := world.take():
            world.steps[job.kind](job)
            look()

    look()
    work()
    world.choose(request)
    look()
    world.approve(request)
    look()
    world.send(request)
    look()
    work()
    assert pictures[max(pictures)]["items_signed"] == 120


def test_repeated_pushes_and_openings_change_nothing(world: World) -> None:
    request = world.offered()
    push, device_id = world.app.push_request, world.phone.device_id
    sha256 = world.offer(request).envelope_sha256
    for _ in range(2):
        push.record_pushed(request.request_id, device_id)
        push.record_opened(request.request_id, device_id, sha256)
    kinds = world.audit_kinds(request.request_id)
    assert (kinds.count("request_pushed"), kinds.count("request_opened")) == (1, 1)
    assert world.read(request).version == request.version + 2


def test_snapshot_shows_the_code_only_while_somebody_must_compare_it(world: World) -> None:
    tell = world.app.tell
    request = world.queue()
    assert tell.snapshot(request.request_id)["verification_code"] is None
    world.work()
    told = tell.snapshot(request.request_id)
    assert told["verification_code"] == request.verification_code
    assert (told["state"], told["items_prepared"], told["final"], told["cancellable"]) == ("QUEUED", 1, False, True)
    world.choose(request)
    assert tell.snapshot(request.request_id)["verification_code"] is None
    world.approve(request)
    world.send(request)
    assert tell.snapshot(request.request_id)["cancellable"] is False
    world.work()
    told = tell.snapshot(request.request_id)
    assert (told["state"], told["items_signed"], told["final"]) == ("COMPLETED", 1, True)
    assert told["documents"][0]["state"] == "SIGNED"


def test_only_the_asker_may_read_a_request(world: World) -> None:
    request = world.queue()
    tell, portal = world.app.tell, world.app.portal.relying_party_id
    assert tell.get(request.request_id, portal, world.user.user_id) == request
    assert code_of(tell.get, request.request_id, portal, None) == "request_unknown"
    assert code_of(tell.get, request.request_id, portal, "usr_x") == "request_unknown"
    assert code_of(tell.get, request.request_id, "rp_x", world.user.user_id) == "request_unknown"


def test_waiting_shows_what_was_answered_so_far(world: World) -> None:
    device_id = world.phone.device_id
    older = world.offered()
    world.clock.advance(1)
    newer = world.chosen()
    first, second = world.app.push_request.waiting(device_id)
    assert (first.envelope, second.envelope) == (world.offer(older).envelope, world.offer(newer).envelope)
    assert (first.verdict, first.acknowledgement, second.acknowledgement) == (None, None, None)
    assert second.verdict is not None
    acknowledgement = world.approve(newer)
    assert world.app.push_request.waiting(device_id)[1].acknowledgement == acknowledgement
    world.send(newer)
    assert len(world.app.push_request.waiting(device_id)) == 1
    resumed = world.app.push_request.resume(newer.request_id, device_id)
    assert (resumed.state, resumed.missing, resumed.outcome) == (State.ANSWERED, [], None)
    world.work()
    outcome = world.app.push_request.resume(newer.request_id, device_id).outcome
    assert outcome is not None
    assert State(body_of(outcome)["state"]) in FINAL
