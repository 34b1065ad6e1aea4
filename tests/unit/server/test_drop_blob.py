"""What tidying may delete: never a signed file, or the file that a signature was made on, while a row speaks of it."""

import os

import pytest

from server.processes.housekeeping import INCOMING_KEPT, Housekeeping
from server.work import Job
from tests.unit.server.world import World


@pytest.fixture
def housekeeping(world: World) -> Housekeeping:
    app = world.app
    return Housekeeping(app.store, app.blobs, app.clock, app.pair_device, app.expire_requests, 3600)


def drop(world: World, housekeeping: Housekeeping, sha256: str) -> None:
    """As after the upload of these bytes was refused."""
    with world.app.store.write() as tx:
        tx.jobs.add("drop_blob", sha256, {}, now=world.clock.now())
    job = world.take()
    assert isinstance(job, Job)
    housekeeping.drop_blob(job)


def signed_twice(world: World) -> tuple[str, str]:
    """The digests of a document's first and second signed file: its own row names the second only."""
    first = world.completed()
    [item] = world.items(first)
    again = world.app.queue_request(world.wanted([world.read_document(item.document_id)]))
    world.work()
    world.choose(again)
    world.approve(again)
    world.send(again)
    world.work()
    [later] = world.items(again)
    assert world.read_document(item.document_id).current_sha256 == later.signed_sha256 != item.signed_sha256
    return item.signed_sha256 or "", later.signed_sha256 or ""


def test_a_refused_upload_of_a_signed_file_leaves_the_signed_file(world: World, housekeeping: Housekeeping) -> None:
    for sha256 in signed_twice(world):
        drop(world, housekeeping, sha256)
        assert world.app.blobs.path("documents", sha256).exists()


def test_bytes_that_no_row_speaks_of_go(world: World, housekeeping: Housekeeping) -> None:
    [sha256] = world.app.blobs.write_group("documents", [b"refused"])
    drop(world, housekeeping, sha256)
    assert not world.app.blobs.path("documents", sha256).exists()


def test_tidying_leaves_what_a_request_signed_or_began_with(world: World, housekeeping: Housekeeping) -> None:
    first, _ = signed_twice(world)
    [stray] = world.app.blobs.write_group("documents", [b"nobody's"])
    for sha256 in (first, stray):
        path = world.app.blobs.path("documents", sha256)
        old = path.stat().st_mtime - INCOMING_KEPT - 10
        os.utime(path, (old, old))
        housekeeping.tidy_documents(sha256[:2])
    assert world.app.blobs.path("documents", first).exists()
    assert not world.app.blobs.path("documents", stray).exists()
