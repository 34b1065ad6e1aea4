"""Commits about documents, work and the operator's commands. See ``one_death``."""

import argparse
import io
import os
import zipfile
from collections.abc import Generator

from server.app import UseCases
from server.commands.run import keys_rotate
from server.documents.import_batch import ExpectedFile
from server.documents.read_document import RenderPage
from server.documents.receive_upload import InspectUpload
from server.documents.unpack_archive import UnpackArchive
from server.errors import Conflict
from server.signing.give_up import GiveUp
from server.signing.sign_request import State
from tests.crash.asker import a_pdf
from tests.crash.one_death import (
    DAY,
    Act,
    StandInInspector,
    a_ready_document,
    housekeeping,
    inspect,
    queued,
    scenario,
    state_of,
    take,
    uploaded,
    worker_of,
)
from tests.crash.store_world import StoreWorld
from tests.unit.server.builders import Nudges

# --- documents ---------------------------------------------------------------------------------------------------------------


@scenario("import_start")
def import_started(world: StoreWorld) -> Generator[Act, None, None]:
    user_id = world.user.user_id
    yield lambda app: app.import_documents.start(app.portal.relying_party_id, user_id, "Lô tháng 9")
    assert world.app.import_documents.of_user(user_id, None, 10)


@scenario("expect_files", "expect_no_more")
def files_expected(world: StoreWorld) -> Generator[Act, None, None]:
    batch = world.app.import_documents.start(world.app.portal.relying_party_id, world.user.user_id, "Lô")

    def expect(app: UseCases) -> None:
        app.import_documents.expect(batch, [ExpectedFile("a.pdf", 1), ExpectedFile("b.pdf", 1)])
        app.import_documents.not_coming(batch, "a.pdf", 1)

    yield expect
    assert world.app.import_documents.missing(batch) == ["b.pdf"]


@scenario("archive")
def archive_added(world: StoreWorld) -> Generator[Act, None, None]:
    batch = world.app.import_documents.start(world.app.portal.relying_party_id, world.user.user_id, "Lô")

    def add(app: UseCases) -> None:
        documents = app.import_documents
        documents.add_archive(batch, documents.keep_archive(documents.write_archive([an_archive()])))

    yield add
    assert world.app.import_documents.progress(batch).waiting_archives == 1


@scenario("unpack", "drop_archive", "keep_lease")
def unpacking(world: StoreWorld) -> Generator[Act, None, None]:
    batch = world.app.import_documents.start(world.app.portal.relying_party_id, world.user.user_id, "Lô")
    documents = world.app.import_documents
    documents.add_archive(batch, documents.keep_archive(documents.write_archive([an_archive()])))

    def unpack(app: UseCases) -> None:
        job = take(app, world)
        if job is not None and job.kind == "unpack_archive":
            UnpackArchive(app.store, app.blobs, app.receive_upload, app.clock, app.config, app.nudge)(job)

    yield unpack
    progress = world.app.import_documents.progress(batch)
    assert (progress.total, progress.waiting_archives) == (3, 0), "each document of the archive once"


@scenario("drop_blob")
def refused_bytes_go(world: StoreWorld) -> Generator[Act, None, None]:
    sha256 = uploaded(world, b"refused")
    inspect(world.app, world, refuse=True)

    def drop(app: UseCases) -> None:
        job = take(app, world)
        if job is not None:
            housekeeping(app).drop_blob(job)

    yield drop
    assert not world.app.blobs.path("documents", sha256).exists()


@scenario("render")
def picture_asked_for_once(world: StoreWorld) -> Generator[Act, None, None]:
    asker, document_id = a_ready_document(world)
    yield lambda app: app.read_document.page_image(app.read_document.get(asker, document_id), 0, 320)
    with world.app.store.read() as tx:
        assert tx.jobs.waiting(world.clock.now()) == 1
    job = take(world.app, world)
    assert job is not None
    assert job.kind == "render_page"


@scenario("render_again")
def picture_made(world: StoreWorld) -> Generator[Act, None, None]:
    asker, document_id = a_ready_document(world)
    read = world.app.read_document
    read.page_image(read.get(asker, document_id), 0, 320)

    def render(app: UseCases) -> None:
        job = take(app, world)
        if job is not None:
            RenderPage(app.store, app.blobs, StandInInspector(), app.nudge)(job)

    yield render
    picture = world.app.read_document.page_image(world.app.read_document.get(asker, document_id), 0, 320)
    assert picture is not None and picture.read_bytes() == b"picture"


@scenario("skip")
def work_for_nobody_is_dropped(world: StoreWorld) -> Generator[Act, None, None]:
    uploaded(world, b"twice")
    first = take(world.app, world)
    assert first is not None
    inspector = StandInInspector()
    InspectUpload(world.app.store, world.app.blobs, inspector, world.clock, Nudges())(first)
    with world.app.store.write() as tx:
        tx.jobs.add("inspect_upload", first.subject, {}, now=world.clock.now())
    yield lambda app: inspect(app, world)
    assert take(world.app, world) is None


@scenario("tidy")
def old_refusals_go(world: StoreWorld) -> Generator[Act, None, None]:
    uploaded(world, b"refused")
    inspect(world.app, world, refuse=True)
    world.clock.advance(2 * DAY)
    yield lambda app: housekeeping(app).tidy()
    with world.app.store.read() as tx:
        assert tx.documents.refused_before(world.clock.now()) == []


@scenario("tidy_document")
def bytes_without_a_row_go(world: StoreWorld) -> Generator[Act, None, None]:
    """An upload died between its bytes and its row."""
    receive = world.app.receive_upload
    stray = receive.keep_file(receive.write_file([b"stray"]))
    kept = uploaded(world, b"kept")
    for sha256 in (stray.sha256, kept):
        os.utime(world.app.blobs.path("documents", sha256), (0, 0))
    yield lambda app: housekeeping(app).tidy_documents(stray.sha256[:2])
    housekeeping(world.app).tidy_documents(kept[:2])
    assert not world.app.blobs.path("documents", stray.sha256).exists()
    assert world.app.blobs.path("documents", kept).exists()


# --- workers and operators ---------------------------------------------------------------------------------------------------


@scenario("put_back")
def put_back(world: StoreWorld) -> Generator[Act, None, None]:
    """A job that fails is put back; whoever dies over that has it put back by the end of its lease."""
    queued(world)

    def fail(app: UseCases) -> None:
        job = take(app, world)
        if job is not None:
            worker_of(app)._put_back(job, Conflict("no"))

    yield fail
    world.clock.advance(61)
    assert take(world.app, world) is not None


@scenario("take_over")
def taken_over(world: StoreWorld) -> Generator[Act, None, None]:
    queued(world)
    assert take(world.app, world) is not None
    yield lambda app: worker_of(app).take_over("worker-0-")
    assert take(world.app, world) is not None


@scenario("give_up")
def given_up(world: StoreWorld) -> Generator[Act, None, None]:
    request = queued(world)

    def give_up(app: UseCases) -> None:
        job = take(app, world)
        if job is not None and job.kind == "prepare_items":
            GiveUp(app.store, app.clock, app.nudge)(job)

    yield give_up
    assert state_of(world, request) is State.FAILED


@scenario("unstick")
def unstuck(world: StoreWorld) -> Generator[Act, None, None]:
    request = queued(world)
    job = take(world.app, world)
    assert job is not None
    with world.app.store.write() as tx:
        tx.jobs.put_back(job, "broken", world.clock.now() + 3600)
    yield lambda app: app.unstick.retry(request.request_id, "operator")
    assert take(world.app, world) is not None


@scenario("set_aside")
def set_aside(world: StoreWorld) -> Generator[Act, None, None]:
    request = queued(world)
    job = take(world.app, world)
    assert job is not None
    GiveUp(world.app.store, world.app.clock, world.app.nudge)(job)
    yield lambda app: app.set_aside(request.request_id, "operator", "seen")
    assert world.app.unstick.listed() == []
    with world.app.store.read() as tx:
        kinds = [entry.kind for entry in tx.audit.entries() if entry.subject == request.request_id]
    assert kinds.count("request_set_aside") == 1


@scenario("rotate")
def rotated(world: StoreWorld) -> Generator[Act, None, None]:
    """Died before the commit: the old key signs on. After it: another rotation follows that one."""
    yield lambda app: keys_rotate(app, argparse.Namespace(recovery_key=None))
    world.restart()
    counter = world.app.signer.counter
    with world.app.store.read() as tx:
        assert counter in (2, 3)
        rotations = tx.devices.rotations_after(1)
    assert len(rotations) == counter - 1


def an_archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(3):
            archive.writestr(zipfile.ZipInfo(f"{number}.pdf"), a_pdf(str(number)))  # no date: the same bytes whenever it is made
    return packed.getvalue()
