"""Nobody asks for a signature on a version that they have not seen."""

from dataclasses import replace

import pytest

from server.errors import Conflict
from server.signing.queue_request import NewRequest, WantedSignature
from tests.unit.server.world import World


def asked_for(world: World, seen: dict[str, str | None], seen_at: float | None = None) -> NewRequest:
    documents = [WantedSignature(document_id, None, sha256) for document_id, sha256 in seen.items()]
    return replace(world.wanted([]), documents=documents, seen_at=seen_at)


def signed(world: World, count: int = 2) -> tuple[list[str], dict[str, str], float]:
    """``count`` documents, their versions before somebody signed them, and a moment before that."""
    request = world.queue(count)
    ids = [item.document_id for item in world.items(request)]
    before = {document_id: world.read_document(document_id).current_sha256 for document_id in ids}
    world.app.cancel_request(request.request_id, "test")
    seen_at = world.clock.now()
    world.clock.advance(5)
    with world.app.store.write() as tx:
        for document_id in ids[:1]:
            tx.documents.set_signed(document_id, request.request_id, "ab" * 32, 1234, world.clock.now())
    world.clock.advance(5)
    return ids, before, seen_at


@pytest.mark.parametrize("by", ["version", "time"])
def test_a_document_signed_since_it_was_looked_at_is_refused_and_named(world: World, by: str) -> None:
    ids, before, seen_at = signed(world)
    new = asked_for(world, dict(before)) if by == "version" else asked_for(world, dict.fromkeys(ids), seen_at)
    for use in (world.app.queue_request.check, world.app.queue_request):
        with pytest.raises(Conflict) as caught:
            use(new)
        assert caught.value.code == "signed_meanwhile"
        assert caught.value.details["documents"] == ids[:1]
    with world.app.store.read() as tx:
        assert not tx.documents.many(ids)[0].in_request, "nothing was recorded"


def test_who_looked_again_may_ask(world: World) -> None:
    ids, before, _ = signed(world)
    seen: dict[str, str | None] = {document_id: world.read_document(document_id).current_sha256 for document_id in ids}
    assert seen != before
    world.app.queue_request(asked_for(world, seen, world.clock.now()))


def test_who_can_not_say_what_they_saw_is_not_held_up(world: World) -> None:
    ids, _, _ = signed(world)
    world.app.queue_request(asked_for(world, dict.fromkeys(ids)))


def test_the_version_belongs_to_what_a_key_of_repetition_means(world: World) -> None:
    document = world.document()
    plain = world.wanted([document])
    assert plain.digest() == asked_for(world, {document.document_id: None}).digest(), "as before versions were named"
    assert plain.digest() != asked_for(world, {document.document_id: document.current_sha256}).digest()
