"""Whatever happens in the sandbox's child, the caller gets an answer or an error of the tree, in time."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from server.errors import BadInput, NotFound, PhoneSealError, Unavailable, Unprocessable
from server.pdf.inspect_limits import MIB, UploadLimits
from server.pdf.sample_contract import make_sample_contract
from server.pdf.sandbox import Sandbox

BuildPdf = Callable[..., bytes]
Stream = Callable[..., bytes]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    path = tmp_path / "Hợp đồng số 1.pdf"
    path.write_bytes(make_sample_contract())
    return path


@pytest.fixture
def slow(tmp_path: Path, build_pdf: BuildPdf, stream: Stream) -> Path:
    """A page that takes a minute to draw: 400,000 transparent layers over all of it."""
    content = zlib.compress(b"/G gs " + b"0 0 595 842 re f " * 400_000)
    page = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /ExtGState << /G << /ca 0.5 >> >> >> >>"
    )
    path = tmp_path / "slow.pdf"
    path.write_bytes(build_pdf({3: page, 4: stream(content, b"/Filter /FlateDecode")}))
    return path


def test_same_child_serves_many_jobs(sandbox: Sandbox, contract: Path, tmp_path: Path) -> None:
    first = sandbox.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits())
    pid = sandbox.child_pid
    assert sandbox.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits()) == first
    assert sandbox.render_page(contract, 1, width_px=300).startswith(b"\x89PNG")
    assert sandbox.child_pid == pid is not None


def test_two_page_contract_is_inspected_fast(sandbox: Sandbox, contract: Path, tmp_path: Path) -> None:
    """By the child's processor time: the machine may be busy."""
    sandbox.warm_up()
    sandbox.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits())
    child = psutil.Process(sandbox.child_pid)
    begin = sum(child.cpu_times()[:2])
    for _ in range(30):
        sandbox.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits())
    assert (sum(child.cpu_times()[:2]) - begin) / 30 <= 0.015


def test_error_of_the_tree_comes_through(sandbox: Sandbox, contract: Path) -> None:
    with pytest.raises(NotFound):
        sandbox.render_page(contract, 2, width_px=100)
    with pytest.raises(BadInput):
        sandbox.render_page(contract, 0)
    with pytest.raises(Unavailable):
        sandbox.render_page(contract.with_name("absent.pdf"), 0, width_px=100)


def test_details_of_a_limit_come_through(sandbox: Sandbox, contract: Path, tmp_path: Path) -> None:
    with pytest.raises(PhoneSealError) as refused:
        sandbox.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits(max_pages=1))
    assert refused.value.code == "pdf_too_many_pages" and refused.value.details == {"limit": 1}


def test_slow_file_is_stopped_and_the_next_one_served(slow: Path, contract: Path) -> None:
    with Sandbox() as own:
        own.warm_up()
        with pytest.raises(Unprocessable) as refused:
            own.render_page(slow, 0, width_px=2000, limits=UploadLimits(seconds=1.0))
        assert refused.value.code == "pdf_too_complex"
        assert own.render_page(contract, 0, width_px=50)


def test_killed_child_is_replaced_and_the_job_repeated(slow: Path, contract: Path) -> None:
    """A kill from outside says nothing about the file: one more try."""
    with Sandbox() as own:
        own.warm_up()
        first = own.child_pid
        assert first is not None
        killer = threading.Thread(target=_kill_when_busy, args=(first,))
        killer.start()
        with pytest.raises(Unprocessable) as refused:
            own.render_page(slow, 0, width_px=2000, limits=UploadLimits(seconds=1.0))
        killer.join()
        assert refused.value.code == "pdf_too_complex"  # of the second try
        assert own.render_page(contract, 0, width_px=50)
        assert own.child_pid not in (first, None)


def _kill_when_busy(pid: int) -> None:
    process = psutil.Process(pid)
    begin = process.cpu_times().user
    while process.cpu_times().user < begin + 0.2:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)


def test_child_killed_between_jobs_is_replaced(contract: Path) -> None:
    with Sandbox() as own:
        assert own.render_page(contract, 0, width_px=50)
        pid = own.child_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert own.render_page(contract, 0, width_px=50)
        assert own.child_pid != pid


@pytest.mark.parametrize(
    ("ended_by", "code"),
    [(signal.SIGSEGV, "pdf_broken"), (signal.SIGABRT, "pdf_bomb"), (signal.SIGXCPU, "pdf_too_complex")],
)
def test_crash_says_what_it_means(slow: Path, ended_by: signal.Signals, code: str) -> None:
    with Sandbox() as own:
        own.warm_up()
        pid = own.child_pid
        assert pid is not None
        threading.Timer(0.5, os.kill, (pid, ended_by)).start()
        with pytest.raises(Unprocessable) as refused:
            own.render_page(slow, 0, width_px=2000)
        assert refused.value.code == code


@pytest.mark.parametrize("megabytes", [4, 16, 40])
def test_memory_bomb_is_said_and_the_next_file_served(
    contract: Path, tmp_path: Path, build_pdf: BuildPdf, megabytes: int
) -> None:
    """Wherever memory runs out: qpdf itself would only warn, and leave the object out."""
    array = tmp_path / "array.pdf"
    array.write_bytes(build_pdf({9: b"[ " + b"[] " * 200_000 + b"]"}))
    with Sandbox() as own:
        with pytest.raises(Unprocessable) as refused:
            own.inspect_upload(array, tmp_path / "r.pdf", UploadLimits(memory_bytes=megabytes * MIB))
        assert refused.value.code == "pdf_bomb"
        assert own.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits()).pages == 2
        assert own.inspect_upload(array, tmp_path / "r.pdf", UploadLimits()).pages == 1


def test_flate_bomb_costs_little(sandbox: Sandbox, tmp_path: Path, build_pdf: BuildPdf, stream: Stream) -> None:
    inner = zlib.compress(bytes(256 * MIB), 9)
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(build_pdf({4: stream(zlib.compress(inner, 9), b"/Filter [/FlateDecode /FlateDecode]")}))
    assert bomb.stat().st_size < 8192
    sandbox.warm_up()
    before = psutil.Process(sandbox.child_pid).memory_info().rss
    with pytest.raises(Unprocessable) as refused:
        sandbox.inspect_upload(bomb, tmp_path / "r.pdf", UploadLimits())
    assert refused.value.code == "pdf_bomb"
    sandbox.warm_up()
    assert psutil.Process(sandbox.child_pid).memory_info().rss < before + 64 * MIB


def test_child_inherits_nothing(monkeypatch: pytest.MonkeyPatch, contract: Path) -> None:
    monkeypatch.setenv("PHONESEAL_SECRET", "very secret")
    open_file = os.open(contract, os.O_RDONLY)
    os.set_inheritable(open_file, True)
    try:
        with Sandbox() as own:
            own.warm_up()
            child = psutil.Process(own.child_pid)
            assert "very secret" not in str(child.environ())
            assert [one.path for one in child.open_files()] == [f"/proc/{child.pid}/statm"]
            assert child.nice() > psutil.Process().nice()
            assert os.getsid(child.pid) == child.pid
            assert child.rlimit(psutil.RLIMIT_CORE) == (0, 0)
            assert child.rlimit(psutil.RLIMIT_NPROC) == (0, 0)
            assert child.rlimit(psutil.RLIMIT_NOFILE)[0] <= 64
    finally:
        os.close(open_file)


def test_rebuilt_file_that_can_not_be_written(sandbox: Sandbox, contract: Path, tmp_path: Path) -> None:
    junk = tmp_path / "junk.pdf"
    junk.write_bytes(b"x\n" + contract.read_bytes())
    with pytest.raises(Unavailable):
        sandbox.inspect_upload(junk, tmp_path / "absent" / "r.pdf", UploadLimits())
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([contract.name, junk.name])


def test_child_ends_with_its_parent(slow: Path) -> None:
    """Also when the parent is killed while the child is busy, and no signal handler can run."""
    script = (
        "import sys; from pathlib import Path; from server.pdf.sandbox import Sandbox\n"
        "one = Sandbox(); one.warm_up(); print(one.child_pid, flush=True)\n"
        "one.render_page(Path(sys.argv[1]), 0, width_px=2000)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(slow)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        begin = child.cpu_times().user
        while child.cpu_times().user < begin + 0.1:
            time.sleep(0.01)
        parent.kill()
    assert psutil.wait_procs([child], timeout=5)[0]


def test_close_ends_the_child(contract: Path) -> None:
    own = Sandbox()
    own.warm_up()
    child = psutil.Process(own.child_pid)
    own.close()
    assert not child.is_running() and own.child_pid is None
    assert own.render_page(contract, 0, width_px=50)  # it may be used again
    own.close()


def test_forked_copy_starts_its_own_child(sandbox: Sandbox, contract: Path) -> None:
    sandbox.warm_up()
    mine = sandbox.child_pid
    script = (
        "import os, sys, warnings; from pathlib import Path; from server.pdf.sandbox import Sandbox\n"
        "one = Sandbox(); one.warm_up(); mine = one.child_pid; pid = os.fork()\n"
        "if pid == 0:\n"
        "    ok = one.render_page(Path(sys.argv[1]), 0, width_px=50) and one.child_pid != mine\n"
        "    one.close(); os._exit(0 if ok else 1)\n"
        "status = os.waitpid(pid, 0)[1]\n"
        "again = one.render_page(Path(sys.argv[1]), 0, width_px=50) and one.child_pid == mine\n"
        "one.close(); sys.exit(0 if status == 0 and again else 1)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script, str(contract)], cwd=ROOT, check=False, timeout=60
    )
    assert done.returncode == 0
    assert sandbox.child_pid == mine


def test_threads_share_one_sandbox(sandbox: Sandbox, contract: Path, tmp_path: Path) -> None:
    results: list[int] = []

    def work(index: int) -> None:
        for _ in range(5):
            results.append(sandbox.inspect_upload(contract, tmp_path / f"{index}.pdf", UploadLimits()).pages)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [2] * 20


def test_limits_of_the_caller_are_untouched(sandbox: Sandbox, contract: Path, tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    sandbox.inspect_upload(contract, tmp_path / "r.pdf", UploadLimits())
    assert resource.getrlimit(resource.RLIMIT_AS) == before
