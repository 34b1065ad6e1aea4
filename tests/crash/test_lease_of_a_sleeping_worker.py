"""A worker that is put to sleep inside a job, beyond its lease, changes nothing when it wakes up: another one has done the job."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.crash.asker import Asked
from tests.crash.stand import SIGN, Stand
from tests.server_process import wait_for

PLACES = ("prepare.before_blobs", "prepare.after_blobs", "embed.before_blobs", "embed.after_blobs")


@pytest.fixture(scope="module")
def two_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    made = Stand(tmp_path_factory.mktemp("lease"), workers=2)
    try:
        made.start()
        yield made
    finally:
        for name, pid in made.server.pids().items():
            if name.startswith("worker"):
                os.kill(pid, signal.SIGCONT)
        made.stop()


@pytest.fixture
def stand(two_workers: Stand) -> Stand:
    two_workers.refresh()
    return two_workers


def everything_about(stand: Stand, asked: Asked) -> list[Any]:
    """Rows that a second run of the job would change."""
    store = stand.server.app.store
    with store.read() as tx:
        request, items = tx.requests.get(asked.request_id), list(tx.items.each(asked.request_id))
        documents = [tx.documents.get(item.document_id) for item in items]
        return [
            request,
            items,
            documents,
            tx.offers.of_request(asked.request_id),
            tx.audit.of_subject(asked.request_id),
        ]


def sleeping(stand: Stand) -> int | None:
    """The process id of the worker that is stopped."""
    for name, pid in stand.server.pids().items():
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
        if name.startswith("worker") and state == "T":
            return pid
    return None


@pytest.mark.parametrize("place", PLACES)
def test_a_worker_that_wakes_up_after_its_lease_changes_nothing(stand: Stand, place: str) -> None:
    asker = stand.asker()
    with stand.dying(server=(f"{place}~",)):
        asked = asker.ask(SIGN, 3)
        stand.tell_code(asked)
        ended = asker.await_end(asked)  # by the other worker, once the lease has run out
    assert ended["state"] == "COMPLETED"
    stand.assert_completed(asker, asked, 3)
    before = everything_about(stand, asked)
    pid = sleeping(stand)
    assert pid is not None, "nobody sleeps"
    lost = stand.server.log().count("went to another worker")
    os.kill(pid, signal.SIGCONT)
    wait_for(lambda: stand.server.log().count("went to another worker") > lost, "the worker does not go on")
    assert everything_about(stand, asked) == before
    stand.assert_completed(asker, asked, 3)
    assert pid in stand.server.pids().values(), "the worker did not survive its sleep"
