"""``make demo``: set up once, kept, usable in the browser, and gone on Ctrl-C."""

import json
import os
import shutil
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from server.demo.visitor import Visitor
from server.pdf.verify import verify_file
from tests.integration.demo.demo_kit import CORPUS, Demo
from tests.server_process import wait_for


@pytest.fixture
def port() -> int:
    return free_port()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def said(lines: list[str], name: str) -> str:
    return next(line.removeprefix(name).strip() for line in lines if line.startswith(name))


def test_first_start_visitor_and_second_start(start_demo: Callable[..., Demo], tmp_path: Path, port: int) -> None:
    data = tmp_path / "kept"
    demo = start_demo("--data-dir", str(data), PORT=str(port), FILES="")
    lines = demo.wait_for_line("Data and logs")
    signed = Path(said(lines, "Signed file"))
    verdicts = {line.split()[0]: line for line in lines if line.startswith("  ")}
    for validator in ("pyHanko", "PhoneSeal", *(["pdfsig"] if shutil.which("pdfsig") else [])):
        assert " valid: " in verdicts[validator], lines
    assert len(verify_file(signed, [])) == 1
    assert said(lines, "Open") == f"http://127.0.0.1:{port}"
    login, password = said(lines, "Log-in name"), said(lines, "Password")
    assert (data / "demo.json").stat().st_mode & 0o777 == 0o600

    # a visitor signs something: the phone here approves with the code of the visitor's page, and says so
    visitor = Visitor(f"http://127.0.0.1:{port}", login, password)
    visitor.log_in()
    document_id = visitor.upload(CORPUS / "good" / "chromium_contract.pdf")
    request_id = visitor.sign(document_id, 0, (300.0, 100.0, 500.0, 175.0))
    seen = visitor.wait_for_end(request_id, 60)
    assert (seen["state"], seen["items_signed"]) == ("COMPLETED", 1)
    told = "\n".join(demo.wait_for_line("Phone: COMPLETED"))
    assert "the person picks" in told
    target = tmp_path / "signed.pdf"
    visitor.fetch(document_id, target)
    assert len(verify_file(target, [])) == 1
    demo.stop(signal.SIGINT)
    assert demo.process.returncode == 0

    before = json.loads((data / "demo.json").read_text("utf-8"))
    again = start_demo("--data-dir", str(data), PORT=str(port), FILES="")
    lines = again.wait_for_line("PhoneSeal ")
    assert said(lines, "Password") == password
    assert json.loads((data / "demo.json").read_text("utf-8")) == before
    visitor = Visitor(f"http://127.0.0.1:{port}", login, password)
    visitor.log_in()
    visitor.fetch(document_id, tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == target.read_bytes()
    assert not any("Signing the sample" in line for line in lines)
    again.stop(signal.SIGKILL)


def test_the_demo_may_take_another_port_each_time(start_demo: Callable[..., Demo], tmp_path: Path) -> None:
    """The phone was paired on the first one, and finds its server on each."""
    first, second = (free_port(), free_port())
    for port in (first, second, first):
        demo = start_demo("--data-dir", str(tmp_path / "kept"), PORT=str(port), FILES="")
        lines = demo.wait_for_line("Data and logs")
        assert said(lines, "Open") == f"http://127.0.0.1:{port}"
        visitor = Visitor(f"http://127.0.0.1:{port}", said(lines, "Log-in name"), said(lines, "Password"))
        visitor.log_in()
        document_id = visitor.upload(CORPUS / "good" / "chromium_contract.pdf")
        seen = visitor.wait_for_end(visitor.sign(document_id, 0, (300.0, 100.0, 500.0, 175.0)), 60)
        assert (seen["state"], seen["items_signed"]) == ("COMPLETED", 1), port
        demo.stop(signal.SIGINT)


def test_a_busy_port_is_said_in_one_line(start_demo: Callable[..., Demo], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        status, printed = start_demo("--data-dir", str(tmp_path / "kept"), PORT=str(busy), FILES="").end()
    assert status == 1
    assert (
        printed == f"port {busy} is in use: stop what runs there, or choose another, as in: make demo PORT={busy + 1}"
    )
    assert not (tmp_path / "kept").exists()


def test_a_server_that_dies_ends_the_demo(start_demo: Callable[..., Demo], tmp_path: Path, port: int) -> None:
    demo = start_demo("--data-dir", str(tmp_path / "kept"), PORT=str(port), FILES="")
    demo.wait_for_line("Data and logs")
    supervisor = next(pid for pid, command in demo.processes().items() if "server serve" in command)
    os.kill(supervisor, signal.SIGKILL)
    status, printed = demo.end()
    assert status == 1
    assert "server has ended unexpectedly" in printed
    wait_for(lambda: not demo.processes(), "processes are left", 8)
