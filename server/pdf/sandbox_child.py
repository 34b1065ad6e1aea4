"""The inside of the sandbox: one process that parses hostile files under limits of the operating system.

It is started by server/pdf/sandbox.py and speaks its messages on the pipes that were its standard input and
output (nothing a library prints can get between them). It ends when its parent is gone, even in the midst of
a job. Limits per job: address space (what it holds now, plus ``memory_bytes``, plus the file mapped twice),
CPU time, wall clock, size of files written. The limits go up and down softly; the hard ones can't be lifted.
"""

import ctypes
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
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

import pypdfium2  # noqa: F401 - loaded before the limits are set

from server.errors import PhoneSealError, TooLarge, Unavailable, Unprocessable
from server.pdf.inspect_limits import UploadLimits
from server.pdf.inspect_result import inspection_to_json
from server.pdf.inspect_upload import inspect_upload
from server.pdf.page_images import render_page

HEAD: Final = struct.Struct(">IQ")
_MAX_REQUEST = 1 << 20
_OPEN_FILES = 64
_NICENESS = 5
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

Answer = tuple[Any, bytes]


def main() -> None:
    """Serve jobs until the parent closes the pipe."""
    requests, answers = _take_over_pipes()
    _give_up_rights()
    parent = os.getppid()
    threading.Thread(target=_end_with_parent, args=(requests, parent), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    _write(answers, {"result": "ready"}, b"")
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


def _give_up_rights() -> None:
    """No core dumps, no new privileges, few files, low priority."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    os.nice(_NICENESS)
    try:
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return  # not Linux: the other limits hold


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
        return TooLarge("the rebuilt file grows too large", code="pdf_too_large")
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
            resource.setrlimit(which, (soft, resource.RLIM_INFINITY))
        signal.setitimer(signal.ITIMER_REAL, self._seconds)

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for which in self._soft:
            resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def _address_space() -> int:
    """Bytes of address space in use now."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


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
    return _plain(list(verify_file(Path(arguments["path"]), roots, moment=moment))), b""


_JOBS: Final[dict[str, Callable[[dict[str, Any], UploadLimits], Answer]]] = {
    "inspect_upload": _inspect,
    "render_page": _render,
    "verify_file": _verify,
}


def _plain(value: Any) -> Any:
    """JSON values for reports: dates as ISO 8601, bytes as hex, enumerations by name."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
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
