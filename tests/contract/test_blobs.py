"""Files by digest: durable before anybody speaks of them, never trusted because a name is there, refused before the disk is full."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from server.errors import Unavailable
from server.storage.blobs import BlobStore

ONE, TWO = b"one" * 1000, b"two" * 1000


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "blobs", 0)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("area", ["documents", "prepared/sr_1"])
def test_a_group_is_stored_under_its_digests(blobs: BlobStore, area: str) -> None:
    assert blobs.write_group(area, [ONE, TWO, ONE]) == [sha256(ONE), sha256(TWO), sha256(ONE)]
    assert blobs.read(area, sha256(ONE)) == ONE
    assert blobs.read(area, sha256(TWO)) == TWO
    assert blobs.write_group(area, []) == []


def test_a_torn_file_is_written_again(blobs: BlobStore) -> None:
    path = blobs.path("documents", sha256(ONE))
    path.parent.mkdir(parents=True)
    path.write_bytes(ONE[:100])
    blobs.write_group("documents", [ONE])
    assert blobs.read("documents", sha256(ONE)) == ONE


def test_a_torn_file_is_replaced_by_adopting_too(blobs: BlobStore) -> None:
    path = blobs.path("documents", sha256(ONE))
    path.parent.mkdir(parents=True)
    path.write_bytes(ONE[:100])
    arrived = blobs.incoming()
    arrived.write_bytes(ONE)
    blobs.adopt("documents", arrived, sha256(ONE))
    assert blobs.read("documents", sha256(ONE)) == ONE
    assert not arrived.exists()


def test_adopting_may_keep_the_first_name(blobs: BlobStore) -> None:
    arrived = blobs.incoming()
    arrived.write_bytes(ONE)
    blobs.adopt("documents", arrived, sha256(ONE), keep=True)
    assert arrived.read_bytes() == ONE
    blobs.delete("documents", sha256(ONE))
    blobs.adopt("documents", arrived, sha256(ONE), keep=True)
    assert blobs.read("documents", sha256(ONE)) == ONE
    assert [path.name for path in arrived.parent.iterdir()] == [arrived.name], "no third name is left"


def test_a_name_appears_only_with_whole_content(blobs: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", fail)
    with pytest.raises(OSError, match="space"):
        blobs.write_group("documents", [ONE])
    assert not blobs.path("documents", sha256(ONE)).exists()


def test_files_belong_to_the_server_alone(blobs: BlobStore) -> None:
    blobs.write_group("documents", [ONE])
    assert stat.S_IMODE(blobs.path("documents", sha256(ONE)).stat().st_mode) == 0o600


def test_the_disk_is_never_filled_to_its_end(tmp_path: Path) -> None:
    free = os.statvfs(tmp_path).f_bavail * os.statvfs(tmp_path).f_frsize
    full = BlobStore(tmp_path / "blobs", 2 * free)
    for attempt in (lambda: full.write_group("documents", [ONE]), full.incoming, lambda: full.check_room(0)):
        with pytest.raises(Unavailable) as caught:
            attempt()
        assert caught.value.code == "disk_full"
    roomy = BlobStore(tmp_path / "blobs", 0)
    with pytest.raises(Unavailable):
        roomy.check_room(2 * free)


def test_dropping_and_deleting(blobs: BlobStore) -> None:
    blobs.write_group("prepared/sr_1", [ONE])
    blobs.write_group("prepared/sr_2", [ONE])
    blobs.drop_area("prepared/sr_1")
    blobs.drop_area("prepared/sr_1")
    assert not blobs.path("prepared/sr_1", sha256(ONE)).exists()
    assert blobs.read("prepared/sr_2", sha256(ONE)) == ONE
    blobs.write_group("documents", [ONE])
    blobs.delete("documents", sha256(ONE))
    blobs.delete("documents", sha256(ONE))
    assert not blobs.path("documents", sha256(ONE)).exists()


def test_arriving_files_have_names_of_their_own(blobs: BlobStore) -> None:
    names = {blobs.incoming() for _ in range(50)}
    assert len(names) == 50
    next(iter(names)).write_bytes(ONE)
    assert len(blobs.leftovers()) == 1
