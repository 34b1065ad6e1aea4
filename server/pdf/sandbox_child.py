"""The inside of the sandbox: one process that parses hostile files under limits of the operating system.

It is started by server/pdf/sandbox.py and speaks its messages on the pipes that were its standard input and
output (nothing a library prints can get between them). It ends when its parent is gone, even in the midst of
a job. Limits per job: address space (what it holds now, plus ``memory_bytes``, plus the file mapped twice),
CPU time, wall clock, size of files written. These go up and down softly, under hard ceilings that are set once and can't
be lifted: the largest job's memory and file size, and the CPU time of the process's whole life. Before the
first job the walls are built (sandbox_walls.py); the first message says which stand.
"""

import errno
import json
import os
import resource
import select
import signal
import struct
import sys
import threading
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pypdfium2  # noqa: F401 - loaded before the limits are set

from server.errors import PhoneSealError, TooLarge, Unavailable, Unprocessable
from server.pdf.inspect_limits import MIB, UploadLimits
from server.pdf.inspect_result import inspection_to_json
from server.pdf.inspect_upload import inspect_upload
from server.pdf.page_images import render_page
from server.pdf.sandbox_walls import build

HEAD: Final = struct.Struct(">IQ")
_MAX_REQUEST = 1 << 20
_OPEN_FILES = 64
_NICENESS = 5
_CPU_SECONDS_OF_A_LIFE = 1800
_SPARE_MEMORY = 512 * MIB  # for what a job loads and keeps: libraries, fonts

_STATM: Final = os.open("/proc/self/statm", os.O_RDONLY | os.O_CLOEXEC)  # opened before the walls stand

Answer = tuple[Any, bytes]


def main() -> None:
    """Serve jobs until the parent closes the pipe."""
    given = json.loads(sys.argv[1])
    requests, answers = _take_over_pipes()
    os.nice(_NICENESS)
    walls = build([Path(name) for name in given["readable"]], [Path(name) for name in given["writable"]])
    parent = os.getppid()
    threading.Thread(target=_end_with_parent, args=(requests, parent), daemon=True).start()
    _set_ceilings(given["memory_bytes"], given["max_bytes"])
    _write(answers, {"result": walls}, b"")
    while (request := _read_request(requests)) is not None:
        answer, binary = _serve(request)
        _write(answers, answer, binary)


def _take_over_pipes() -> tuple[int, int]:
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return requests, answers


def _set_ceilings(memory_bytes: int, max_bytes: int) -> None:
    """The hard limits, for good: no core dumps, no further process or thread, few files; memory, files and CPU
    time for the largest job that may come."""
    for which, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_AS, _address_space() + memory_bytes + 2 * max_bytes + _SPARE_MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS_OF_A_LIFE),
        (resource.RLIMIT_FSIZE, 2 * max_bytes),
    ):
        resource.setrlimit(which, (most, most))


def _end_with_parent(requests: int, parent: int) -> None:
    """End at once when the parent hangs up or is gone, also while a library is busy."""
    poll = select.poll()
    poll.register(requests, 0)  # hang-up and errors are always reported
    while not poll.poll(1000) and os.getppid() == parent:
        continue
    os._exit(0)


def _serve(request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    limits = UploadLimits(**request["limits"])
    try:
        with _Limited(limits, request["arguments"]):
            result, binary = _JOBS[request["job"]](request["arguments"], limits)
            return {"result": result}, binary
    except PhoneSealError as error:
        return _error(error), b""
    except MemoryError as error:
        return _error(Unprocessable(type(error).__name__, code="pdf_bomb")), b""
    except RecursionError:
        return _error(Unprocessable("nested too deeply", code="pdf_too_complex")), b""
    except OSError as error:
        return _error(_from_os_error(error)), b""
    except Exception as error:  # noqa: BLE001 - whatever a parser raises on a hostile file means that it is broken
        return _error(Unprocessable(f"{type(error).__name__}: {error}", code="pdf_broken")), b""


def _error(error: PhoneSealError) -> dict[str, Any]:
    group = next(one.__name__ for one in type(error).__mro__ if one.__module__ == "server.errors")
    message = str(error)
    return {"error": {"group": group, "code": error.code, "message": message, "details": _plain(error.details)}}


def _from_os_error(error: OSError) -> PhoneSealError:
    if error.errno == errno.EFBIG:
        return TooLarge("the rewritten file grows too large", code="pdf_too_large")
    if error.errno == errno.ENOMEM:
        return Unprocessable("out of memory", code="pdf_bomb")
    return Unavailable(f"files can't be reached: {errno.errorcode.get(error.errno or 0, 'unknown')}")


class _Limited:
    """Limits for one job, taken back afterwards."""

    def __init__(self, limits: UploadLimits, arguments: dict[str, Any]) -> None:
        path = Path(arguments.get("source") or arguments["path"])
        mapped = 2 * path.stat().st_size if path.exists() else 0
        spent = resource.getrusage(resource.RUSAGE_SELF)
        seconds = int(limits.seconds) + 2
        self._seconds = limits.seconds + 1
        self._soft = {
            resource.RLIMIT_AS: _address_space() + limits.memory_bytes + mapped,
            resource.RLIMIT_CPU: int(spent.ru_utime + spent.ru_stime) + seconds,
            resource.RLIMIT_FSIZE: 2 * limits.max_bytes,
        }

    def __enter__(self) -> None:
        for which, soft in self._soft.items():
            most = resource.getrlimit(which)[1]
            resource.setrlimit(which, (min(soft, most), most))
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for which in self._soft:
            most = resource.getrlimit(which)[1]
            resource.setrlimit(which, (most, most))


def _address_space() -> int:
    """Bytes of address space in use now."""
    return int(os.pread(_STATM, 100, 0).split()[0]) * resource.getpagesize()


def _inspect(arguments: dict[str, Any], limits: UploadLimits) -> Answer:
    target = Path(arguments["repaired_target"])
    return inspection_to_json(inspect_upload(Path(arguments["source"]), target, limits)), b""


def _render(arguments: dict[str, Any], limits: UploadLimits) -> Answer:  # noqa: ARG001 - one shape for all jobs
    path, page = Path(arguments["path"]), arguments["page"]
    return None, render_page(path, page, width_px=arguments["width_px"], scale=arguments["scale"])


def _verify(arguments: dict[str, Any], limits: UploadLimits) -> Answer:  # noqa: ARG001 - as above
    from server.pdf.verify import verify_file  # a large import that uploads don't need

    roots = [bytes.fromhex(root) for root in arguments["trust_roots"]]
    moment = datetime.fromisoformat(arguments["moment"]) if arguments["moment"] else None
    given = arguments["timestamp_roots"]
    stamps = None if given is None else [bytes.fromhex(root) for root in given]
    return _plain(verify_file(Path(arguments["path"]), roots, timestamp_roots=stamps, moment=moment)), b""


_JOBS: Final[dict[str, Callable[[dict[str, Any], UploadLimits], Answer]]] = {
    "inspect_upload": _inspect,
    "render_page": _render,
    "verify_file": _verify,
}


def _plain(value: Any) -> Any:
    """JSON values for reports: dates as ISO 8601, bytes as hex, enumerations by name."""
    if is_dataclass(value) and not isinstance(value, type):
        # Not asdict(): it would copy whatever a subclass of str drags along.
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _read_request(descriptor: int) -> dict[str, Any] | None:
    head = _read(descriptor, HEAD.size)
    if head is None:
        return None
    length, _ = HEAD.unpack(head)
    if length > _MAX_REQUEST:
        return None
    body = _read(descriptor, length)
    return None if body is None else dict(json.loads(body))


def _read(descriptor: int, length: int) -> bytes | None:
    parts = b""
    while len(parts) < length:
        part = os.read(descriptor, length - len(parts))
        if not part:
            return None
        parts += part
    return parts


def _write(descriptor: int, answer: dict[str, Any], binary: bytes) -> None:
    body = json.dumps(answer).encode()
    rest = memoryview(HEAD.pack(len(body), len(binary)) + body + binary)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


if __name__ == "__main__":
    sys.setrecursionlimit(2000)
    main()
