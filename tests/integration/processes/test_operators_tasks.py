"""What an operator must be able to trust, with a real server and a paired phone: backup and restore, a full disk."""

import contextlib
import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.scenarios.real_server import Asked, Asker, Stage
from tests.server_process import ServerProcess, wait_for

SIGN = 'expect = [{event = "outcome", state = "COMPLETED"}]\n[[answer]]\naction = "approve"\n'
NOTHING_FITS = 1 << 60  # bytes that must stay free


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    server = ServerProcess(tmp_path / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def phone(server: ServerProcess, tmp_path: Path) -> Path:
    """A paired phone's profile; its person logs in as "an"."""
    profile = tmp_path / "phone"
    server.pair(profile, server.add_person("an"), "--algorithm", "ecdsa_p256_sha256")
    return profile


def sign(server: ServerProcess, phone: Path, asker: Asker, asked: Asked, folder: Path) -> None:
    stage = Stage(server, folder)
    stage.tell_code(asked)
    assert stage.play(SIGN, phone).code == 0
    assert asker.await_end(asked)["state"] == "COMPLETED"


def start_again(server: ServerProcess, free_disk_bytes: int) -> None:
    """Another start of the same server; with a "full" disk it answers, but isn't ready."""
    server.stop()
    server.config = dataclasses.replace(server.config, free_disk_bytes=free_disk_bytes)
    server.start(wait=False)
    wait_for(lambda: answers(server), "the server does not answer")


def answers(server: ServerProcess) -> bool:
    with contextlib.suppress(requests.RequestException):  # also one that is too busy starting to answer
        return requests.get(f"{server.url}/healthz", timeout=2).status_code == 200
    return False


def test_a_restored_backup_goes_on_where_it_was_taken(server: ServerProcess, phone: Path, tmp_path: Path) -> None:
    """Taken while the server runs, with one request signed and one open: the same phone signs the open one after the restore."""
    asker = Asker(server.url, server.add_relying_party())
    signed, waiting = asker.ask(), asker.ask()
    sign(server, phone, asker, signed, tmp_path)
    (before,) = asker.files(signed)
    server.command("backup", str(tmp_path / "backup"))
    server.stop()
    shutil.rmtree(server.data_dir)  # the machine burns down
    shutil.copytree(tmp_path / "backup", server.data_dir)
    server.command("audit", "verify")
    server.start()
    assert asker.files(signed) == [before]
    assert asker.status(waiting)["final"] is False
    sign(server, phone, asker, waiting, tmp_path)
    assert "2 signed files" in server.command("audit", "verify")
    asker.close()


def test_a_full_disk_refuses_what_is_new_and_keeps_what_is_open(
    server: ServerProcess, phone: Path, tmp_path: Path
) -> None:
    key = server.add_relying_party()
    asker = Asker(server.url, key)
    asked = asker.ask()
    start_again(server, NOTHING_FITS)
    refused = requests.post(
        f"{server.url}/api/v1/documents",
        data=b"%PDF-1.7\n%%EOF\n",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/pdf", "X-File-Name": "a.pdf"},
        timeout=30,
    )
    assert (refused.status_code, refused.json()["code"]) == (503, "disk_full"), refused.text
    assert list((server.data_dir / "blobs" / "incoming").iterdir()) == []
    assert requests.get(f"{server.url}/readyz", timeout=30).status_code == 503
    assert asker.status(asked)["final"] is False
    start_again(server, 0)
    sign(server, phone, asker, asked, tmp_path)
    asker.close()
