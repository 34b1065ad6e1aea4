"""The folder in which one phone keeps its files: 0700, every file 0600, one process at a time.

Rules:
* A file is replaced whole: written under a temporary name, fsynced, renamed, the folder fsynced. A reader
  finds the old or the new content.
* What a killed process left under temporary names or in the cache is removed at opening.
"""

import fcntl
import os
import secrets
import shutil
from pathlib import Path

from mobile_app.errors import VaultError

_PARTIAL = ".partial"


class Profile:
    """Raises VaultError("profile_in_use") when another process holds the folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.folder = folder
        self._lock = os.open(folder / "profile.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise VaultError("profile_in_use") from None
        for left in folder.glob(f"*{_PARTIAL}"):
            left.unlink()
        self.cache = folder / "cache"
        shutil.rmtree(self.cache, ignore_errors=True)
        self.cache.mkdir(mode=0o700, exist_ok=True)

    @property
    def journal_path(self) -> Path:
        return self.folder / "journal.sqlite3"

    def write(self, name: str, content: bytes) -> None:
        """Replace or make the file ``name`` durably."""
        partial = self.folder / f"{name}.{secrets.token_hex(4)}{_PARTIAL}"
        fd = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(fd, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.folder / name)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        self._sync_folder()

    def rename(self, old: str, new: str) -> None:
        (self.folder / old).replace(self.folder / new)
        self._sync_folder()

    def read(self, name: str) -> bytes:
        """Raises FileNotFoundError."""
        return (self.folder / name).read_bytes()

    def exists(self, name: str) -> bool:
        return (self.folder / name).exists()

    def shred(self, name: str) -> None:
        """Remove a file of secrets: overwritten first, which helps on plain disks and does no harm on flash.
        No error if it is gone."""
        path = self.folder / name
        try:
            with path.open("r+b") as file:
                file.write(bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        except FileNotFoundError:
            return
        self._sync_folder()

    def names(self, suffix: str) -> list[str]:
        return sorted(path.name for path in self.folder.glob(f"*{suffix}"))

    def close(self) -> None:
        """Release the folder. No effect the second time."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _sync_folder(self) -> None:
        fd = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
