"""Files by SHA-256, in areas: ``documents`` (kept), ``prepared/<request>`` (dropped when the request ends), ``incoming``.

Rules: written to a temporary name, synced, renamed, the folder synced; only then may a row speak of it. A name that exists may be a torn
file from before a crash: it is written again all the same. A digest is never a capability: callers check who asks.
"""

import ctypes
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from server.errors import Unavailable

_SYNC_SINGLY = 3  # up to here one fsync a file is cheaper than a sync of the whole file system


_AT_CURRENT, _NO_REPLACE = -100, 1


def _find(name: str) -> Callable[..., int] | None:
    """A function of the C library that Python does not offer; None where there is none."""
    try:
        function: Callable[..., int] = getattr(ctypes.CDLL(None, use_errno=True), name)
    except (OSError, AttributeError):
        return None
    return function


_syncfs = _find("syncfs")
_renameat2 = _find("renameat2")


def _rename_new(temporary: Path, target: Path) -> bool:
    """Renames unless the target is there (or the system can't tell): False then, and nothing has happened."""
    if _renameat2 is None:
        return False
    return _renameat2(_AT_CURRENT, os.fsencode(temporary), _AT_CURRENT, os.fsencode(target), _NO_REPLACE) == 0


class BlobStore:
    """Raises ``Unavailable(disk_full)`` before the disk is full, so that the database can still record what happened."""

    def __init__(self, root: Path, free_disk_bytes: int) -> None:
        self._root = root
        self._free = free_disk_bytes
        for area in ("documents", "prepared", "incoming", "pages", "archives"):
            (root / area).mkdir(parents=True, exist_ok=True)

    def path(self, area: str, sha256: str) -> Path:
        folder = self._root / area
        return folder / sha256[:2] / sha256 if area == "documents" else folder / sha256

    def read(self, area: str, sha256: str) -> bytes:
        return self.path(area, sha256).read_bytes()

    def area(self, name: str) -> Path:
        """The folder of an area."""
        return self._root / name

    def incoming(self) -> Path:
        """A fresh path for bytes that are still arriving."""
        self.check_room(0)
        return self._root / "incoming" / secrets.token_hex(16)

    def check_room(self, wanted: int) -> None:
        if shutil.disk_usage(self._root).free < self._free + wanted:
            raise Unavailable("the disk is nearly full", code="disk_full")

    def write_group(self, area: str, contents: Sequence[bytes], digests: Sequence[str] | None = None) -> list[str]:
        """Stores the group durably with as few syncs as can be. Returns the digests in order; who has them already hands them in."""
        self.check_room(sum(len(content) for content in contents))
        digests = [hashlib.sha256(content).hexdigest() for content in contents] if digests is None else list(digests)
        targets: dict[Path, Path] = {}
        folders: set[Path] = set()
        for content, sha256 in zip(contents, digests, strict=True):
            target = self.path(area, sha256)
            if target in targets:
                continue
            if target.parent not in folders:
                target.parent.mkdir(parents=True, exist_ok=True)
                folders.add(target.parent)
            temporary = target.with_name(f".{secrets.token_hex(8)}")
            self._write(temporary, content, sync=len(contents) <= _SYNC_SINGLY)
            targets[target] = temporary
        self._commit(targets)
        return digests

    def adopt(self, area: str, temporary: Path, sha256: str, *, keep: bool = False) -> None:
        """Moves a finished file of this file system into its place, durably; with ``keep`` the temporary name stays as a second link."""
        target = self.path(area, sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        fd = os.open(temporary, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
        if keep:
            link = temporary.with_name(secrets.token_hex(16))
            os.link(temporary, link)
            temporary = link
        self._commit({target: temporary})

    @staticmethod
    def _write(path: Path, content: bytes, *, sync: bool) -> None:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(fd, view) :]
            if sync:
                os.fsync(fd)
        finally:
            os.close(fd)

    def _commit(self, targets: dict[Path, Path]) -> None:
        """A new name may be given before the bytes are synced, and one sync then serves both: no row speaks of it yet, and after a crash
        nobody trusts a name. A name that is there may have rows: its bytes are replaced by synced ones only."""
        if len(targets) > _SYNC_SINGLY:
            old = {target: temporary for target, temporary in targets.items() if not _rename_new(temporary, target)}
            folders = {target.parent for target in targets}
            self._sync_all([*(old.get(target, target) for target in targets), *folders])
            if not old:
                return
            targets = old
        folders = {target.parent for target in targets}
        for target, temporary in targets.items():
            temporary.replace(target)
        folders |= {folder.parent for folder in folders}
        if len(folders) > _SYNC_SINGLY:
            self._sync_all(list(folders))
            return
        for folder in folders:
            _fsync(folder)

    def _sync_all(self, paths: Sequence[Path]) -> None:
        """Files and folders: all at once where the system can, else one by one."""
        if _syncfs is None:
            for path in paths:
                _fsync(path)
            return
        fd = os.open(self._root, os.O_RDONLY)
        try:
            if _syncfs(fd) != 0:
                raise Unavailable("syncfs failed", code="storage_unavailable")
        finally:
            os.close(fd)

    def delete(self, area: str, sha256: str) -> None:
        self.path(area, sha256).unlink(missing_ok=True)

    def drop_area(self, area: str) -> None:
        shutil.rmtree(self._root / area, ignore_errors=True)

    def page_image(self, name: str) -> Path:
        """Where the picture of a page is cached; may be deleted at any time."""
        return self._root / "pages" / name

    def leftovers(self) -> list[Path]:
        """What uploads and workers that died have left behind; callers look at the age."""
        return [*(self._root / "incoming").iterdir(), *(self._root / "documents").glob("*/.*")]

    def prepared(self) -> list[str]:
        """The requests that have prepared bytes."""
        return [path.name for path in (self._root / "prepared").iterdir()]

    def archives(self) -> list[Path]:
        return list((self._root / "archives").iterdir())

    def documents(self, prefix: str) -> list[Path]:
        """The kept files whose digest begins with these two hex digits."""
        return list((self._root / "documents" / prefix).glob("[0-9a-f]*"))


def _fsync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
