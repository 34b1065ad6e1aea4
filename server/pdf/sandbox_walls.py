"""What the sandbox's child can reach: no network, and of the files only what it reads and writes by trade.

Rules: each wall stands where the kernel offers it, and none needs root; ``build`` says which do. Files
(Landlock): programs and the folders of documents may be read, one folder for rebuilt files written; keys,
database and other processes are out of reach. Network: a network namespace of its own (with a user
namespace), without so much as a loopback address that is up.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from server.pdf import sandbox_syscalls

NETWORK, FILES, CALLS = "network", "files", "system calls"
EVERY_WALL: Final = (NETWORK, FILES, CALLS)

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls, alike on every architecture
_READ: Final = (1 << 2) | (1 << 3)  # files, folders
_ON_FILES: Final = 1 | (1 << 1) | (1 << 2) | (1 << 14)  # execute, write, read, truncate
_RULES_OF_VERSION: Final = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
_PROGRAMS: Final = ("/usr", "/lib", "/lib64", "/opt/hostedtoolcache", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES: Final = ("/dev/null", "/dev/urandom", "/dev/zero")


def build(readable: Sequence[Path], writable: Sequence[Path]) -> list[str]:
    """Wall this process in and say which of ``EVERY_WALL`` stand. Without any folder files stay reachable.
    Must be called before the process has a second thread."""
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        standing = [NETWORK] if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0 else []
        if (readable or writable) and _restrict_files(libc, readable, writable):
            standing.append(FILES)
    except (OSError, AttributeError):
        return []  # not Linux: the limits hold
    return [*standing, CALLS] if sandbox_syscalls.forbid() else standing


def _restrict_files(libc: ctypes.CDLL, readable: Sequence[Path], writable: Sequence[Path]) -> bool:
    """Landlock (landlock(7)); False where the kernel has none."""
    call = libc.syscall
    version = call(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)
    if version < 1:
        return False
    every = _RULES_OF_VERSION[min(version, 3)]
    ruleset = call(_CREATE_RULESET, struct.pack("=Q", every), ctypes.c_size_t(8), 0)
    if ruleset < 0:
        return False
    try:
        allowed = [(path, _READ | 1) for path in (*_programs(), *readable)]
        allowed += [(path, every) for path in writable]
        for path, rights in allowed:
            if path.exists() and not _allow(call, ruleset, path, rights & every):
                return False
        return bool(call(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(call: "ctypes._NamedFuncPointer", ruleset: int, path: Path, rights: int) -> bool:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rights = rights if path.is_dir() else rights & _ON_FILES
        return bool(call(_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, descriptor), 0) == 0)
    finally:
        os.close(descriptor)


def _programs() -> Iterator[Path]:
    """The interpreter, its libraries and this package: never the folder around it, where data may lie."""
    own = Path(__file__).resolve().parents[2]
    yield own / "server"
    for name in (*_PROGRAMS, *_DEVICES, sys.prefix, sys.base_prefix):
        yield Path(name)
    for name in sys.path:
        if name and Path(name).resolve() != own:
            yield Path(name)
