"""A process that hangs is noticed and started again; what it had in hand goes on with its successor."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from server.processes.heartbeat import Beats, Heart
from server.processes.supervisor import Child
from tests.scenarios.real_server import Asker, a_pdf
from tests.server_process import ServerProcess, wait_for

HANG = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    made = ServerProcess(tmp_path_factory.mktemp("hung"), workers=1, hang_seconds=HANG)
    made.start()
    yield made
    made.stop()


def stopped(server: ServerProcess, name: str) -> int:
    """The process stands still, as one that hangs does; its id."""
    pid = server.pids()[name]
    os.kill(pid, signal.SIGSTOP)
    return pid


def test_a_web_process_that_hangs_is_started_again(server: ServerProcess) -> None:
    before, begun = stopped(server, "web"), time.monotonic()
    wait_for(lambda: server.pids().get("web", before) != before, "nobody noticed the web process", 20)
    assert time.monotonic() - begun >= HANG / 2, "it was not given the time that it asked for"
    wait_for(lambda: answers(server), "no page after the new start", 30)


def answers(server: ServerProcess) -> bool:
    try:
        return requests.get(f"{server.url}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def test_a_worker_that_hangs_is_started_again_and_its_work_done(server: ServerProcess) -> None:
    before = stopped(server, "worker-0")
    asker = Asker(server.url, server.add_relying_party())
    told = asker.upload(a_pdf("Contract"))
    assert told["state"] == "READY", "its successor has looked at the file"
    assert server.pids()["worker-0"] != before
    asker.close()


def test_nobody_else_is_ended(server: ServerProcess) -> None:
    """One that waits for work, and one that works, give their signs."""
    before = server.pids()
    until = time.monotonic() + 1.5 * HANG
    wait_for(lambda: time.monotonic() > until, "time stands still", 30)
    assert server.pids() == before


def test_a_sign_counts_for_the_process_that_gave_it(tmp_path: Path) -> None:
    beats, heart, child = Beats(tmp_path), Heart(tmp_path, "web"), Child("web", ["-c", "pass"])
    heart.beat(5.0)
    [(name, process_id, seconds)] = beats.heard()
    assert (name, process_id, seconds) == ("web", os.getpid(), 5.0)
    assert list(beats.heard()) == []
    child.hear(process_id, seconds)  # no process of its own yet
    assert child.silent_until == 0.0
    beats.close()
    heart.beat(5.0)  # nobody listens: never an error
    heart.close()
