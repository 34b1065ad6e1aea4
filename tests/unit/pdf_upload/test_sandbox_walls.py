"""What a parser that a file has taken over could still reach from inside the sandbox: each wall is run against."""

import json
import os
import platform
import resource
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from server.errors import Unprocessable
from server.pdf import sandbox_walls
from server.pdf.inspect_limits import MIB, UploadLimits
from server.pdf.sample_contract import make_sample_contract
from server.pdf.sandbox import Sandbox
from server.pdf.verify import verify_file

ROOT = Path(__file__).parents[3]
CORPUS = Path(__file__).parents[2] / "pdf_corpus"
NO_FILTER = "no system call filter for this machine"

# Runs behind the walls; prints the name of the error of each act, or "done".
INTRUDER = """
import ctypes, json, os, resource, signal, socket, subprocess, sys, threading
from pathlib import Path
from server.pdf.sandbox_walls import build
readable, writable, private = (Path(name) for name in sys.argv[1:4])
probe = socket.socket()  # made before the walls stand
standing = build([readable], [writable])
def write(path): path.write_bytes(b"x")
def fork():
    if os.fork() == 0: os._exit(0)
def trace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.ptrace(16, os.getppid(), 0, 0) < 0: raise OSError(ctypes.get_errno(), "ptrace")
def thread():
    other = threading.Thread(target=int); other.start(); other.join()
acts = {
    "read": lambda: (readable / "a").read_bytes(), "rebuild": lambda: write(writable / "b"), "thread": thread,
    "steal": lambda: (private / "key").read_bytes(), "list": lambda: os.listdir(private),
    "overwrite": lambda: write(readable / "a"), "plant": lambda: write(private / "new"),
    "environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
    "dial": lambda: probe.connect(("127.0.0.1", int(sys.argv[4]))),
    "socket": socket.socket, "run": lambda: subprocess.run(["/bin/true"]), "fork": fork, "trace": trace,
    "kill": lambda: os.kill(os.getppid(), 0), "chmod": lambda: os.chmod(writable / "b", 0o777),
    "limit": lambda: resource.prlimit(os.getppid(), resource.RLIMIT_CORE), "own limit": lambda: resource.getrlimit(0),
}
found = {"walls": standing}
for name, act in acts.items():
    try:
        act(); found[name] = "done"
    except OSError as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the intruder could do."""
    folders = [tmp_path_factory.mktemp(name) for name in ("documents", "incoming", "keys")]
    (folders[0] / "a").write_bytes(b"document")
    (folders[2] / "key").write_bytes(b"secret")
    done = subprocess.run(
        [sys.executable, "-c", INTRUDER, *map(str, folders), "9"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, str] = json.loads(done.stdout)
    return result


def test_the_trade_goes_on(found: dict[str, str]) -> None:
    assert {found[act] for act in ("read", "rebuild", "thread", "own limit")} == {"done"}


@pytest.mark.parametrize("act", ["steal", "list", "overwrite", "plant", "environment"])
def test_other_files_are_out_of_reach(found: dict[str, str], act: str) -> None:
    if sandbox_walls.FILES not in found["walls"]:
        pytest.skip("this kernel has no Landlock")
    assert found[act] == "PermissionError"


@pytest.mark.parametrize("act", ["socket", "run", "fork", "trace", "kill", "chmod", "limit", "dial"])
def test_calls_that_no_parser_needs_fail(found: dict[str, str], act: str) -> None:
    if platform.machine() not in ("x86_64", "aarch64"):
        pytest.skip(NO_FILTER)
    assert sandbox_walls.CALLS in found["walls"]
    assert found[act] == "PermissionError"


def test_the_child_says_which_walls_stand(tmp_path: Path) -> None:
    contract = tmp_path / "documents" / "a.pdf"
    contract.parent.mkdir()
    contract.write_bytes(make_sample_contract())
    hidden = tmp_path / "other.pdf"
    hidden.write_bytes(make_sample_contract())
    (tmp_path / "incoming").mkdir()
    with Sandbox(readable=[contract.parent], writable=[tmp_path / "incoming"]) as own:
        assert own.inspect_upload(contract, tmp_path / "incoming" / "r.pdf", UploadLimits()).pages == 2
        assert own.render_page(contract, 0, width_px=50)
        if sandbox_walls.NETWORK in own.walls:
            assert Path(f"/proc/{own.child_pid}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
        if sandbox_walls.FILES in own.walls:
            with pytest.raises(Unprocessable):
                own.render_page(hidden, 0, width_px=50)


def test_the_ceilings_can_not_be_lifted(tmp_path: Path) -> None:
    contract = tmp_path / "a.pdf"
    contract.write_bytes(make_sample_contract())
    with Sandbox(max_bytes=8 * MIB) as own:
        own.warm_up()
        child = psutil.Process(own.child_pid)
        for _ in range(2):  # before a job and after it
            assert child.rlimit(psutil.RLIMIT_FSIZE)[1] == 16 * MIB
            assert child.rlimit(psutil.RLIMIT_AS)[1] < 4096 * MIB
            assert 0 < child.rlimit(psutil.RLIMIT_CPU)[1] < 7200
            for which, most in ((psutil.RLIMIT_NPROC, 0), (psutil.RLIMIT_NOFILE, 64), (psutil.RLIMIT_CORE, 0)):
                assert child.rlimit(which) == (most, most)
            own.render_page(contract, 0, width_px=50)
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY


def test_signed_files_are_verified_inside() -> None:
    """The report is the one that is made outside, field by field; a damaged file is reported, not believed."""
    path = CORPUS / "good" / "pyhanko_signed_twice.pdf"
    certificate = x509.load_pem_x509_certificate((CORPUS / "signers" / "root.pem").read_bytes())
    roots = [certificate.public_bytes(Encoding.DER)]
    with Sandbox(readable=[CORPUS]) as own:
        reports = own.verify_file(path, roots)
        assert own.verify_file(CORPUS / "good" / "libreoffice_contract.pdf", roots) == []
    assert reports == list(verify_file(path, roots))
    assert len(reports) == 2 and all(report.good for report in reports)


def test_a_changed_byte_is_found_inside(tmp_path: Path) -> None:
    data = bytearray((CORPUS / "good" / "pyhanko_signed_once.pdf").read_bytes())
    at = data.index(b"stream") + 20
    data[at] ^= 1
    (tmp_path / "changed.pdf").write_bytes(data)
    with Sandbox(readable=[tmp_path]) as own:
        reports = own.verify_file(tmp_path / "changed.pdf", [])
    assert reports and not any(report.good for report in reports)
