"""Groups of files: durable with one sync, and a name that is there already is never trusted."""

import hashlib
import os
from pathlib import Path

import pytest

from server.storage import blobs
from server.storage.blobs import BlobStore

CONTENTS = [os.urandom(3000) for _ in range(10)]
AREAS = ("documents", "prepared/sr_1")


@pytest.fixture(params=["renameat2", "nothing but POSIX"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    if request.param != "renameat2":
        monkeypatch.setattr(blobs, "_renameat2", None)
        monkeypatch.setattr(blobs, "_syncfs", None)
    return BlobStore(tmp_path, 0)


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("count", [1, 3, 10])
def test_each_file_stands_under_its_digest_and_nothing_else_is_left(store: BlobStore, area: str, count: int) -> None:
    digests = store.write_group(area, CONTENTS[:count])
    assert digests == [hashlib.sha256(content).hexdigest() for content in CONTENTS[:count]]
    folder = store.path(area, digests[0]).parent
    for content, digest in zip(CONTENTS, digests, strict=False):
        assert store.read(area, digest) == content
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("count", [1, 10])
def test_a_torn_file_from_before_a_crash_is_written_again(store: BlobStore, area: str, count: int) -> None:
    digest = hashlib.sha256(CONTENTS[0]).hexdigest()
    torn = store.path(area, digest)
    torn.parent.mkdir(parents=True, exist_ok=True)
    torn.write_bytes(CONTENTS[0][:100])
    store.write_group(area, CONTENTS[:count])
    assert torn.read_bytes() == CONTENTS[0]


def test_equal_contents_of_a_group_are_one_file(store: BlobStore) -> None:
    digests = store.write_group("documents", [CONTENTS[0]] * 10)
    assert len(set(digests)) == 1
    assert store.read("documents", digests[0]) == CONTENTS[0]


def test_digests_that_are_known_are_taken(store: BlobStore) -> None:
    known = [hashlib.sha256(content).hexdigest() for content in CONTENTS]
    assert store.write_group("documents", CONTENTS, known) == known
    assert store.read("documents", known[3]) == CONTENTS[3]


def test_bytes_are_synced_before_a_name_that_is_there_gets_them(
    store: BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row may speak of that name: until the new bytes are on the disk, it must keep the old ones."""
    digests = store.write_group("documents", CONTENTS)
    before = {digest: store.path("documents", digest).stat().st_ino for digest in digests}
    seen: list[bool] = []
    sync = BlobStore._sync_all

    def spy(self: BlobStore, paths: list[Path]) -> None:
        seen.append(all(store.path("documents", digest).stat().st_ino == before[digest] for digest in digests))
        sync(self, paths)

    monkeypatch.setattr(BlobStore, "_sync_all", spy)
    store.write_group("documents", CONTENTS)
    assert seen[0] and not seen[-1]
