"""The system calls that the sandbox's child gives up for good (seccomp, Linux on x86-64 and AArch64).

Rules: what starts programs or processes, reaches a network, looks into other processes, changes rights or
loads code into the kernel fails with EPERM, whatever a file has made of the parser. Threads are allowed,
signals only to itself. The filter holds for every thread, can't be taken off again and is inherited. Where
the kernel has none, ``forbid`` returns False and the other limits hold.
"""

import ctypes
import errno
import os
import platform
import struct
from typing import Final, NamedTuple

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # classic BPF, on 32-bit words
_ALLOW, _REFUSE, _ABSENT = 0x7FFF0000, 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_CLONE_THREAD: Final = 0x10000
_X32: Final = 0x40000000


class _Calls(NamedTuple):
    """One architecture: what it is called in an audit record, and its numbers of the calls."""

    architecture: int
    refused: tuple[int, ...]
    clone: int
    tgkill: int
    prlimit64: int


# io_uring, pidfd_open, pidfd_getfd, pidfd_send_signal, mount_setattr and its kind, process_madvise,
# fchmodat2: numbered alike everywhere.
_NEW: Final = (425, 426, 427, 434, 438, 424, 428, 429, 430, 431, 432, 433, 440, 442, 452)
_CLONE3: Final = 435
# Line by line: sockets (a pair of them is only a pipe, and event loops need one), starting programs and
# processes, looking into others and signalling them; bpf, perf_event_open, userfaultfd, keys; mounts, roots and
# namespaces; modules and kexec; rights of files; who we are.
_TABLE: Final = {
    "x86_64": _Calls(
        0xC000003E,
        (
            *(41, 42, 49, 59, 322, 57, 58, 101, 310, 311, 62, 200, 129, 297),
            *(321, 298, 323, 250, 248, 249),
            *(165, 166, 155, 161, 272, 308),
            *(175, 313, 176, 246, 320),
            *(90, 91, 268, 92, 93, 94, 260),
            *(105, 106, 113, 114, 117, 119, 126),
        ),
        clone=56,
        tgkill=234,
        prlimit64=302,
    ),
    "aarch64": _Calls(
        0xC00000B7,
        (
            *(198, 203, 200, 221, 281, 117, 270, 271, 129, 130, 138, 240),
            *(280, 241, 282, 219, 217, 218),
            *(40, 39, 41, 51, 97, 268),
            *(105, 273, 106, 104, 294),
            *(52, 53, 54, 55),
            *(143, 144, 145, 146, 147, 149, 91),
        ),
        clone=220,
        tgkill=131,
        prlimit64=261,
    ),
}


def forbid() -> bool:
    """Take the calls away from this process. True when the filter holds. The process must have
    ``PR_SET_NO_NEW_PRIVS``."""
    calls = _TABLE.get(platform.machine())
    if calls is None:
        return False
    program = _program(calls, os.getpid())
    code = ctypes.create_string_buffer(program, len(program))
    head = ctypes.create_string_buffer(struct.pack("@HP", len(program) // 8, ctypes.addressof(code)))
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return False
    prctl.argtypes = [ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong]
    return int(prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(head), 0, 0)) == 0


def _program(calls: _Calls, own_pid: int) -> bytes:
    """The filter: struct sock_filter after struct sock_filter. Jumps count the instructions to leap over."""
    code = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, calls.architecture),
        (_RETURN, 0, 0, _REFUSE),  # another architecture's numbers mean other calls
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, _REFUSE),
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ABSENT),  # the C library then uses clone, whose flags can be looked at
    ]
    for number in calls.refused + _NEW:
        code += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    for number, test, value in (
        (calls.clone, _ANY_BIT, _CLONE_THREAD),
        (calls.tgkill, _EQUAL, own_pid),
        (calls.prlimit64, _EQUAL, 0),
    ):
        code += [
            (_EQUAL, 0, 4, number),
            (_LOAD, 0, 0, _FIRST_ARGUMENT),
            (test, 1, 0, value),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    code.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *one) for one in code)
