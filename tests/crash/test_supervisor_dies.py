"""The supervisor itself is killed: its children end with it, and the next start works at once on the same port and goes on with what
was under way."""

import os
import signal
from pathlib import Path

from tests.crash.stand import IGNORE, SIGN, Stand
from tests.server_process import wait_for


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_children_end_with_the_supervisor_and_the_next_start_works_at_once(stand: Stand) -> None:
    asker = stand.asker()
    waiting = asker.ask(IGNORE)
    children = stand.kill_supervisor()
    stand.start_server()  # on the same port and folder; fails if somebody still holds either
    wait_for(lambda: not any(is_alive(pid) for pid in children), "the children outlive their supervisor", 5)
    assert set(stand.server.pids().values()).isdisjoint(children)
    asker.cancel(waiting)
    asked_by, asked, _ = stand.sign(SIGN, 3)
    stand.assert_completed(asked_by, asked, 3)
    stand.assert_settled(waiting)


def test_a_web_process_that_was_just_being_started_holds_no_port_against_the_next_start(stand: Stand) -> None:
    """It has the listening socket from its first moment on, and its own eyes only later."""
    old = stand.server.pids()["web"]
    stand.kill_child("web")
    wait_for(lambda: stand.server.pids().get("web", old) != old, "the web process is not started again", every=0.001)
    stand.kill_supervisor()
    stand.start_server()
    asker, asked, _ = stand.sign(SIGN)
    stand.assert_completed(asker, asked, 1)


def test_a_request_goes_on_after_the_whole_server_was_killed(stand: Stand) -> None:
    """Killed between approval and signature, with everything that belongs to it."""
    asker = stand.asker()
    asked = asker.ask(SIGN, 3)
    with stand.dying(server=("approve.after_commit",)):
        stand.tell_code(asked)
        wait_for(lambda: "web" not in stand.server.pids() or not stand.server_dies.read_text("ascii"), "nobody died")
    for pid in stand.kill_supervisor():
        if is_alive(pid):
            os.kill(pid, signal.SIGKILL)
    stand.start_server()
    asker.await_end(asked)
    stand.assert_completed(asker, asked, 3)


def test_the_folder_of_a_killed_supervisor_is_removed(stand: Stand) -> None:
    old = Path((stand.server.data_dir / "server.run").read_text("utf-8"))
    assert old.is_dir()
    stand.kill_supervisor()
    stand.start_server()
    assert not old.exists()
